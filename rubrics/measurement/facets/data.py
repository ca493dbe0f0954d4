"""What raters wrote down, as long records: one lesson, one criterion, one rater, one level (and one period)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.scale import is_missing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Ids = Sequence[str] | NDArray[Any]

#: Between the lowest and the highest level: tables here have a place for every level between them.
MOST_APART = 100_000

#: How missing values read as text.
_NOTHING = frozenset(("None", "nan", "NaN", "NaT", "<NA>"))

#: The three facets, in the order in which every table here lists them.
FACETS = ("lessons", "criteria", "raters")


@dataclass(frozen=True, slots=True)
class Readings:
    """Records by position: record ``i`` says that ``raters[rater[i]]`` gave ``levels[i]``. Built by :meth:`of`.

    Ids are sorted, so that nothing here depends on the order of the records.
    """

    lessons: tuple[str, ...]
    criteria: tuple[str, ...]
    raters: tuple[str, ...]
    lesson: Ints
    criterion: Ints
    rater: Ints
    levels: Ints
    periods: tuple[str, ...] = ()
    period: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(
        cls, *, lessons: Ids, criteria: Ids, raters: Ids, levels: ArrayLike, periods: Ids | None = None
    ) -> Readings:
        """Any ids, any whole levels, any design. Without ``periods`` all records are of one time.

        Refuses no records at all, columns of different lengths, an id that is missing (None, NaN or blank), levels
        that are no whole numbers (an empty cell is left out, not given as NaN) or more than :data:`MOST_APART`
        apart, and two records of one rater for one criterion of one lesson in one period.
        """
        columns: dict[str, Any] = {
            "lessons": lessons,
            "criteria": criteria,
            "raters": raters,
            "levels": levels,
        }
        columns |= {} if periods is None else {"periods": periods}
        _check_lengths(columns)
        found = {name: coded(ids, column=name) for name, ids in columns.items() if name != "levels"}
        readings = cls(
            lessons=found["lessons"][0],
            criteria=found["criteria"][0],
            raters=found["raters"][0],
            lesson=found["lessons"][1],
            criterion=found["criteria"][1],
            rater=found["raters"][1],
            levels=_whole(levels),
            periods=() if periods is None else found["periods"][0],
            period=np.zeros(len(lessons), dtype=np.int64) if periods is None else found["periods"][1],
        )
        _check_unique(readings)
        return readings

    def __len__(self) -> int:
        return len(self.levels)

    def ids(self, facet: str) -> tuple[str, ...]:
        return {"lessons": self.lessons, "criteria": self.criteria, "raters": self.raters}[facet]

    def of_facet(self, facet: str) -> Ints:
        """Which element of the facet each record belongs to."""
        return {"lessons": self.lesson, "criteria": self.criterion, "raters": self.rater}[facet]

    def reading(self) -> tuple[Ints, Ints]:
        """One number for each (lesson, rater, period) in order, and the position of each record in that list."""
        key = (self.lesson * len(self.raters) + self.rater) * max(len(self.periods), 1) + self.period
        keys, position = np.unique(key, return_inverse=True)
        return keys, position.astype(np.int64)

    def only(self, kept: Bools) -> Readings:
        """The records marked, with all ids as they are."""
        return Readings(
            self.lessons,
            self.criteria,
            self.raters,
            self.lesson[kept],
            self.criterion[kept],
            self.rater[kept],
            self.levels[kept],
            self.periods,
            self.period[kept],
        )


def coded(ids: Ids, *, column: str) -> tuple[tuple[str, ...], Ints]:
    """The distinct ids in sorted order and the position of each record's own among them. Refuses a missing one, for
    a rater called "nan" would link what nobody linked."""
    values: Iterable[Any] = ids.tolist() if isinstance(ids, np.ndarray) else ids
    words = list(map(str, values))
    names = tuple(sorted(set(words)))
    if any(name in _NOTHING or not name.strip() for name in names):
        _check_there(column, ids)
    place = {name: index for index, name in enumerate(names)}
    return names, np.fromiter(map(place.__getitem__, words), dtype=np.int64, count=len(words))


def _check_there(column: str, ids: Ids) -> None:
    """A text that reads "nan" is a name; None, not a number and blanks are none."""
    for record, given in enumerate(ids, start=1):
        if is_missing(given) or given != given:
            raise MeasurementError("facets.no_id", column=column, record=record)


def _check_lengths(columns: dict[str, Any]) -> None:
    lengths = {name: len(column) for name, column in columns.items()}
    if not lengths["levels"]:
        raise MeasurementError("facets.no_records")
    for name, length in lengths.items():
        if length != lengths["levels"]:
            raise MeasurementError(
                "facets.lengths_differ", column=name, found=length, expected=lengths["levels"]
            )


def _whole(levels: ArrayLike) -> Ints:
    given = np.asarray(levels)
    try:
        numbers = given.astype(np.float64) if given.dtype.kind != "c" else np.full(len(given), np.nan)
    except (TypeError, ValueError) as error:
        raise MeasurementError("facets.level_not_whole", record=1, level=str(given.flat[0])) from error
    wrong = ~(np.isfinite(numbers) & (numbers == np.rint(numbers)))
    if wrong.any() or given.ndim != 1:
        first = int(np.argmax(wrong)) if given.ndim == 1 else 0
        raise MeasurementError("facets.level_not_whole", record=first + 1, level=str(given[first]))
    lowest, highest = float(numbers.min()), float(numbers.max())
    if highest - lowest > MOST_APART or max(-lowest, highest) > 2**53:
        raise MeasurementError(
            "facets.levels_apart", lowest=f"{lowest:g}", highest=f"{highest:g}", most=MOST_APART
        )
    return numbers.astype(np.int64)


def _check_unique(readings: Readings) -> None:
    key = (readings.lesson * len(readings.raters) + readings.rater) * max(len(readings.periods), 1)
    key = (key + readings.period) * len(readings.criteria) + readings.criterion
    order = np.argsort(key, kind="stable")
    twice = np.flatnonzero(np.diff(key[order]) == 0)
    if len(twice):
        record = order[twice[0] + 1]
        raise MeasurementError(
            "facets.record_twice",
            lesson=readings.lessons[readings.lesson[record]],
            criterion=readings.criteria[readings.criterion[record]],
            rater=readings.raters[readings.rater[record]],
        )
