"""Can everything be put on one scale? Checked before anything is estimated.

Two raters are comparable only through lessons they have in common, directly or along a chain of other raters
(Eckes 2015, Introduction to Many-Facet Rasch Measurement, ch. 9; Weeks and Williams 1964 for the general rule).
An element held at a given value stands on the scale already, so all such elements count as linked to each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.data import Bools, Floats, Ints, Readings


@dataclass(frozen=True, slots=True)
class Island:
    """Lessons and raters that are comparable with each other and with nobody else."""

    lessons: tuple[str, ...]
    raters: tuple[str, ...]

    def __str__(self) -> str:
        return f"raters {_some(self.raters)}; lessons {_some(self.lessons)}"


class DisconnectedError(MeasurementError):
    """The design falls apart. ``islands`` names every one whole, the smallest first; the text abbreviates."""

    def __init__(self, islands: tuple[Island, ...]) -> None:
        self.islands = islands
        super().__init__(
            "facets.disconnected",
            number=len(islands),
            islands=" | ".join(map(str, islands[:5])) + (" | ..." if len(islands) > 5 else ""),
        )


def islands(readings: Readings, *, fixed: dict[str, Bools] | None = None) -> tuple[Island, ...]:
    """The parts into which lessons and raters fall, the smallest first; a single one when all is connected.

    ``fixed`` marks, by facet, the elements held at given values; they link to each other.
    """
    count = len(readings.lessons)
    label = linked(readings.lesson, readings.rater, count=count, others=len(readings.raters), fixed=fixed)
    found = []
    used_lessons, used_raters = np.unique(readings.lesson), np.unique(readings.rater)
    for part in np.unique(label[used_lessons]):
        found.append(
            Island(
                tuple(readings.lessons[one] for one in used_lessons if label[one] == part),
                tuple(readings.raters[one] for one in used_raters if label[count + one] == part),
            )
        )
    return tuple(sorted(found, key=lambda one: (len(one.raters) + len(one.lessons), one.raters, one.lessons)))


def linked(
    lesson: Ints, other: Ints, *, count: int, others: int, fixed: dict[str, Bools] | None = None
) -> Ints:
    """A label for every lesson and then every other element: equal labels are linked by records."""
    ends = [lesson], [other + count]
    held = _fixed_together(fixed, count=count)
    if len(held) > 1:
        ends[0].append(np.full(len(held) - 1, held[0]))
        ends[1].append(held[1:])
    rows, columns = (np.concatenate(end) for end in ends)
    size = count + others
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def check_connected(readings: Readings, *, fixed: dict[str, Bools]) -> None:
    """Refuses a design that falls apart, naming the islands; see :class:`DisconnectedError`.

    Also refuses criteria that cannot be told from raters (every rater scored criteria of their own).
    """
    found = islands(readings, fixed=fixed)
    if len(found) > 1:
        raise DisconnectedError(found)
    if not _criteria_share_readings(readings):
        _check_not_confounded(readings, fixed=fixed)


def _fixed_together(fixed: dict[str, Bools] | None, *, count: int) -> Ints:
    if not fixed:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate([np.flatnonzero(fixed["lessons"]), np.flatnonzero(fixed["raters"]) + count])


def _criteria_share_readings(readings: Readings) -> bool:
    """Whether a chain of readings that scored both joins any two criteria; then lessons and raters decide alone."""
    keys, reading = readings.reading()
    label = linked(reading, readings.criterion, count=len(keys), others=len(readings.criteria))
    return len(np.unique(label[len(keys) + np.unique(readings.criterion)])) == 1


def _check_not_confounded(readings: Readings, *, fixed: dict[str, Bools]) -> None:
    """With lessons swept out, exactly one shift of all criteria and one of all raters may remain undetermined."""
    criteria, raters = len(readings.criteria), len(readings.raters)
    used = np.concatenate([np.unique(readings.criterion), np.unique(readings.rater) + criteria])
    design = _swept(readings, free_lessons=~fixed["lessons"])[np.ix_(used, used)]
    held = np.concatenate([fixed["criteria"], fixed["raters"]])[used]
    shifts = np.column_stack([used < criteria, used >= criteria]).astype(np.float64)
    design = design + shifts @ shifts.T + np.diag(held * float(len(used)))
    if np.linalg.eigvalsh(design)[0] < 1e-9 * len(used):
        raise MeasurementError("facets.criteria_confounded", criteria=criteria, raters=raters)


def _swept(readings: Readings, *, free_lessons: Bools) -> Floats:
    criteria, size = len(readings.criteria), len(readings.criteria) + len(readings.raters)
    rows = np.concatenate([readings.lesson, readings.lesson])
    columns = np.concatenate([readings.criterion, readings.rater + criteria])
    shape = (len(readings.lessons), size)
    by_lesson = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    pairs = coo_array(
        (np.ones(len(readings)), (readings.criterion, readings.rater + criteria)), shape=(size, size)
    ).toarray()
    whole = pairs + pairs.T + np.diag(by_lesson.sum(axis=0))
    records = np.bincount(readings.lesson, minlength=len(readings.lessons))
    weight = np.where(free_lessons & (records > 0), 1.0 / np.maximum(records, 1), 0.0)
    half = by_lesson.multiply(np.sqrt(weight)[:, None]).tocsr()
    return np.asarray(whole - (half.T @ half).toarray(), dtype=np.float64)


def _some(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:8]) + (f" (+{len(ids) - 8})" if len(ids) > 8 else "")
