"""From levels to categories: which levels a scale has, and each record's place on its scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.data import Bools, Floats, Ints, Readings
from rubrics.measurement.facets.settings import SCALES, SHARED, Anchors, is_finite


@dataclass(frozen=True, slots=True)
class Scales:
    """One scale for each element of the facet that carries thresholds (``carrier``), the same for all if shared.

    The levels that are used are the categories, in their order: a level nobody gave has no threshold that could
    be estimated, so the levels around it count as neighbours (the rule for unused categories). An anchored scale
    has the categories of its anchor, used or not. ``levels`` is empty for an element without records.
    """

    kind: str
    levels: tuple[Ints, ...]

    @property
    def carrier(self) -> str:
        return "raters" if self.kind == "rater" else "criteria"

    @property
    def other(self) -> str:
        return "criteria" if self.kind == "rater" else "raters"

    @property
    def steps(self) -> Ints:
        """How many steps each scale has: one less than its categories."""
        return np.array([max(len(levels) - 1, 0) for levels in self.levels], dtype=np.int64)

    def key(self, carrier_id: str) -> str:
        return SHARED if self.kind == "shared" else carrier_id

    def filled(self) -> Scales:
        """The same, with a shared scale given to elements without records too: extreme ones have none left."""
        if self.kind != "shared":
            return self
        longest = max(self.levels, key=len)
        return Scales(self.kind, tuple(longest for _ in self.levels))

    def values(self) -> Floats:
        """Columns x categories: the level of each category; a scale shorter than the longest repeats its highest."""
        most = int(self.steps.max()) + 1
        rows = [
            np.pad(one, (0, most - len(one)), mode="edge") if len(one) else np.zeros(most)
            for one in self.levels
        ]
        return np.array(rows, dtype=np.float64)

    def code(self, carrier: Ints, levels: Ints) -> Ints:
        """Each level's place among the categories of its scale. A level beyond a scale counts as its nearest."""
        lowest = int(levels.min())
        span = int(levels.max()) - lowest + 1
        table = np.zeros((len(self.levels), span), dtype=np.int64)
        for column, known in enumerate(self.levels):
            if len(known):
                distance = np.abs(np.arange(lowest, lowest + span)[:, None] - known[None, :])
                table[column] = distance.argmin(axis=1)
        return table[carrier, levels - lowest]


def carrier_of(kind: str) -> str:
    if kind not in SCALES:
        raise MeasurementError("facets.unknown_scale", found=kind, known=", ".join(SCALES))
    return "raters" if kind == "rater" else "criteria"


def scales_of(readings: Readings, kept: Bools, *, kind: str, anchors: Anchors) -> Scales:
    """The scales of the records ``kept``. Refuses a level that an anchored scale does not have."""
    facet = carrier_of(kind)
    carrier, ids = readings.of_facet(facet)[kept], readings.ids(facet)
    levels = readings.levels[kept]
    lowest = int(levels.min())
    span = int(levels.max()) - lowest + 1
    counted = np.bincount(carrier * span + levels - lowest, minlength=len(ids) * span)
    used: Bools = np.asarray(counted.reshape(len(ids), span) > 0, dtype=np.bool_)
    if kind == "shared":
        used = np.logical_and.outer(used.any(axis=1), used.any(axis=0))
    known = [np.flatnonzero(row) + lowest for row in used]
    for index, one in enumerate(ids):
        key = SHARED if kind == "shared" else one
        if key in anchors.thresholds and len(known[index]):
            known[index] = _anchored(key, anchors, used=known[index])
    return Scales(kind=kind, levels=tuple(known))


def _anchored(key: str, anchors: Anchors, *, used: Ints) -> Ints:
    steps: Mapping[int, float] = anchors.thresholds[key]
    if not all(map(is_finite, steps.values())):
        raise MeasurementError("facets.anchor_not_finite", facet="thresholds", element=key)
    if not steps or abs(sum(steps.values())) > 0.01:
        raise MeasurementError("facets.anchor_not_centred", scale=key)
    lowest = anchors.lowest.get(key, min(steps) - 1)
    levels = np.array(sorted({lowest, *steps}), dtype=np.int64)
    if len(levels) != len(steps) + 1 or levels[0] != lowest:
        raise MeasurementError("facets.anchor_lowest", scale=key, lowest=lowest)
    beyond = np.setdiff1d(used, levels)
    if len(beyond):
        raise MeasurementError("facets.level_not_anchored", scale=key, level=int(beyond[0]))
    return levels
