"""From readings to a fit: check, sift, lay out, estimate, tell."""

from __future__ import annotations

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.completed import Known, complete
from rubrics.measurement.facets.constraints import Space, space
from rubrics.measurement.facets.data import FACETS, Readings
from rubrics.measurement.facets.jml import Estimate, estimate
from rubrics.measurement.facets.known import known_of
from rubrics.measurement.facets.mml import marginal
from rubrics.measurement.facets.prepared import Prepared, prepare
from rubrics.measurement.facets.result import FacetsFit
from rubrics.measurement.facets.settings import METHODS, Anchors, Settings, centred_facets, held_values
from rubrics.measurement.facets.telling import Told, tell

DEFAULTS = Settings()
NO_ANCHORS = Anchors()


def fit(
    readings: Readings,
    *,
    method: str = "jml",
    scale: str = "criterion",
    anchors: Anchors = NO_ANCHORS,
    centred: tuple[str, ...] | None = None,
    settings: Settings = DEFAULTS,
) -> FacetsFit:
    """ln(P[k] / P[k-1]) = lesson - criterion - rater - threshold[k], fitted to the readings.

    ``method`` is ``jml`` (joint) or ``mml`` (lessons normally distributed, variance free). ``scale`` says whose
    thresholds are free (:data:`.settings.SCALES`). Criteria and raters have mean 0 unless anchored; ``centred`` may
    choose otherwise. An estimate that did not converge is returned and says so.

    Refuses a design that falls apart (:class:`.connectivity.DisconnectedError`, also when only extreme lessons held
    it together), readings without any variation, anchors that are unknown or contradict each other or the
    centring, and under ``mml`` anchored lessons (they have no distribution) or fewer than two lessons, and
    a correction of bias beside anchors.
    """
    if method not in METHODS:
        raise MeasurementError("facets.unknown_method", found=method, known=", ".join(METHODS))
    chosen = centred_facets(anchors, centred)
    if settings.correct_bias and any(anchors.of(facet) for facet in FACETS):
        raise MeasurementError("facets.corrected_and_anchored")
    ready = prepare(readings, method=method, scale=scale, anchors=anchors)
    room = space(ready.kept, ready.table, ready.scales, anchors=anchors, held=ready.held, centred=chosen)
    found = _estimate(ready, room, method=method, anchors=anchors, settings=settings)
    known = known_of(ready, found, anchors=anchors)
    if settings.correct_bias and method == "jml":
        _shrink(ready, known)
    told = Told(method=method, centred=chosen, free=room.directions.shape[1])
    complete(ready.readings, ready.sifted, known, by=settings.extreme)
    return tell(ready, found, known, told)


def _estimate(ready: Prepared, room: Space, *, method: str, anchors: Anchors, settings: Settings) -> Estimate:
    if method == "mml":
        return marginal(ready.table, room, exists=ready.exists, settings=settings)
    used = ready.table.used
    return estimate(
        ready.table,
        room,
        exists=ready.exists,
        held=ready.held["lessons"][used],
        lessons=held_values(ready.readings, anchors, "lessons")[used],
        settings=settings,
    )


def _shrink(ready: Prepared, known: Known) -> None:
    """The correction of joint estimation's spread; what is held stays, and so do the standard errors' formulas."""
    records = np.bincount(ready.kept.lesson)
    records = records[records > 0]
    factor = 1.0 - 1.0 / max(float(len(records) / (1.0 / records).sum()), 2.0)
    for facet in FACETS:
        free = ~ready.held[facet]
        known.measures[facet][free] *= factor
        known.errors[facet][free] *= factor
    known.steps *= factor
