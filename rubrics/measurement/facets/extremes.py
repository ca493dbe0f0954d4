"""Who has no finite measure: elements that got (or gave) nothing but the lowest or nothing but the highest.

The rule. A criterion (or rater) with a scale of its own on which only one level was given says nothing and is set
aside. An element with an extreme total has no finite maximum-likelihood measure; its records, which the model can
then predict perfectly, are taken out, which may make further elements extreme, and so on in rounds. What remains
is estimated; then the elements taken out get measures one round after the other, the last round first, with their
total moved by :attr:`Settings.extreme` of a level (Linacre, Facets manual, "extreme scores"; Winsteps the same).
Under marginal estimation lessons have a distribution and stay in whatever their total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.data import Bools, Readings
from rubrics.measurement.facets.scales import Scales, scales_of
from rubrics.measurement.facets.settings import Anchors
from rubrics.model import Reason


@dataclass(frozen=True, slots=True)
class Round:
    """Elements found extreme together, and the records there were at that moment."""

    records: Bools
    found: dict[str, Bools]


@dataclass(frozen=True, slots=True)
class Sifted:
    """What can be estimated: the records ``kept`` and their scales, the rounds taken out, and what is to be told."""

    kept: Bools
    scales: Scales
    rounds: tuple[Round, ...]
    notes: tuple[Reason, ...]


def sift(
    readings: Readings, *, kind: str, anchors: Anchors, held: dict[str, Bools], facets: tuple[str, ...]
) -> Sifted:
    """Take out extreme elements of ``facets`` until none is left. Refuses data of which nothing remains."""
    kept = np.ones(len(readings), dtype=np.bool_)
    rounds: list[Round] = []
    notes: list[Reason] = []
    while True:
        if not kept.any():
            raise MeasurementError("facets.all_extreme")
        scales = scales_of(readings, kept, kind=kind, anchors=anchors)
        silent = _one_level(readings, scales)
        if silent.any():
            kept = kept & ~silent[readings.of_facet(scales.carrier)]
            notes += _set_aside(readings, scales, silent)
            continue
        found = {facet: _extreme(readings, scales, kept, facet) & ~held[facet] for facet in facets}
        if not any(marks.any() for marks in found.values()):
            return Sifted(kept, scales, tuple(rounds), (*notes, *_unused(readings, scales)))
        rounds.append(Round(kept, found))
        for facet, marks in found.items():
            kept = kept & ~marks[readings.of_facet(facet)]


def _one_level(readings: Readings, scales: Scales) -> Bools:
    lengths = np.array([len(levels) for levels in scales.levels])
    if scales.kind == "shared" and lengths.max() == 1:
        raise MeasurementError("facets.all_extreme")
    return np.asarray(lengths == 1, dtype=np.bool_)


def _extreme(readings: Readings, scales: Scales, kept: Bools, facet: str) -> Bools:
    element = readings.of_facet(facet)[kept]
    carrier = readings.of_facet(scales.carrier)[kept]
    codes = scales.code(carrier, readings.levels[kept])
    size = len(readings.ids(facet))
    records = np.bincount(element, minlength=size)
    lowest = np.bincount(element, weights=codes == 0, minlength=size)
    highest = np.bincount(element, weights=codes == scales.steps[carrier], minlength=size)
    return np.asarray((records > 0) & ((lowest == records) | (highest == records)), dtype=np.bool_)


def _set_aside(readings: Readings, scales: Scales, silent: Bools) -> list[Reason]:
    ids = readings.ids(scales.carrier)
    return [
        Reason(
            "facets.one_level",
            {"facet": scales.carrier, "element": ids[index], "level": int(scales.levels[index][0])},
        )
        for index in np.flatnonzero(silent)
    ]


def _unused(readings: Readings, scales: Scales) -> list[Reason]:
    """A note for each scale on which nobody gave a level that lies between levels that were given."""
    notes = []
    for name, levels in dict(
        zip(map(scales.key, readings.ids(scales.carrier)), scales.levels, strict=True)
    ).items():
        if len(levels) and (gaps := np.setdiff1d(np.arange(levels[0], levels[-1]), levels)).size:
            notes.append(
                Reason(
                    "facets.levels_unused",
                    {"scale": name, "levels": ", ".join(map(str, gaps)), "used": ", ".join(map(str, levels))},
                )
            )
    return notes
