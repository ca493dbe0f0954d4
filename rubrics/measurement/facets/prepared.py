"""Readings checked, sifted and laid out: what every estimator and every table of the result works from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.connectivity import check_connected
from rubrics.measurement.facets.data import FACETS, Bools, Readings
from rubrics.measurement.facets.extremes import Sifted, sift
from rubrics.measurement.facets.scales import Scales, carrier_of
from rubrics.measurement.facets.settings import Anchors, held
from rubrics.measurement.facets.table import Table, table_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything an estimator needs. ``kept`` are the records that take part."""

    readings: Readings
    kept: Readings
    sifted: Sifted
    table: Table
    held: dict[str, Bools]

    @property
    def scales(self) -> Scales:
        return self.sifted.scales

    @property
    def exists(self) -> Bools:
        """Columns x steps: which steps there are."""
        steps = self.scales.steps
        return np.asarray(np.arange(int(steps.max()))[None, :] < steps[:, None], dtype=np.bool_)


def prepare(
    readings: Readings, *, method: str, scale: str, anchors: Anchors, connected: bool = True
) -> Prepared:
    """Checked, sifted and laid out; refuses what cannot be estimated (see :func:`.fitting.fit`).

    Without ``connected`` a design may fall apart: the caller has a rule for its parts.
    """
    carrier_of(scale)
    _check_scales(readings, scale, anchors)
    marks = held(readings, anchors)
    if connected:
        check_connected(readings, fixed=marks)
    facets = tuple(
        facet
        for facet in FACETS
        if (facet != "lessons" or method == "jml") and (scale == "shared" or facet != carrier_of(scale))
    )
    sifted = sift(readings, kind=scale, anchors=anchors, held=marks, facets=facets)
    kept = readings if sifted.kept.all() else readings.only(sifted.kept)
    if connected and kept is not readings:
        check_connected(kept, fixed=marks)
    if method == "mml":
        _check_marginal(kept, anchors)
    return Prepared(readings, kept, sifted, table_of(kept, sifted.scales), marks)


def _check_scales(readings: Readings, scale: str, anchors: Anchors) -> None:
    known = {""} if scale == "shared" else set(readings.ids(carrier_of(scale)))
    if unknown := sorted({*anchors.thresholds, *anchors.lowest} - known):
        raise MeasurementError("facets.unknown_anchor", facet="thresholds", element=unknown[0])


def _check_marginal(kept: Readings, anchors: Anchors) -> None:
    if anchors.lessons:
        raise MeasurementError("facets.lessons_anchored", lesson=min(anchors.lessons))
    if len(np.unique(kept.lesson)) < 2:
        raise MeasurementError("facets.one_lesson", lesson=kept.lessons[int(kept.lesson[0])])
