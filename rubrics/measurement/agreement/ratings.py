"""What goes in: who gave which value to what."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.scale import Floats, Ints, Scale, coded, is_missing

#: In one cell of a table of counts.
MOST_COUNTED = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Readings in long form: ``unit[i]`` was given ``place[i]`` on the ``scale`` by ``rater[i]``.

    A missing reading is simply not there, so two raters out of three hundred cost two entries a unit. Made by the
    constructors below only. Each takes ``scale``, the values that can be given: needed where a level nobody used must
    count (AC1, steps between levels), and to give words an order. Without it the scale is what was observed; numbers
    are ordered by size, words have no order. Blank texts, ``None`` and NaN are missing.

    Refused everywhere: fewer than two raters, nothing at all, a unit read twice by one rater, a reading whose unit or
    rater is missing, words beside numbers, numbers beyond 1e100, a value that is not on the scale.
    """

    units: tuple[Hashable, ...]
    raters: tuple[Hashable, ...]
    scale: Scale
    unit: Ints
    rater: Ints
    place: Ints
    named: bool  # false where only counts are known: who gave which value is not

    @classmethod
    def of(
        cls, table: Sequence[Sequence[Any]] | NDArray[Any], *, scale: Iterable[Any] | None = None
    ) -> Ratings:
        """A table with a row for each unit and a column for each rater: rows, an array, or a data frame of pandas.

        Units and raters are counted from 0, in a data frame they have its names.
        """
        if hasattr(table, "to_numpy"):
            return _of_frame(table, scale)
        rows = [list(row) for row in table] if not isinstance(table, np.ndarray) else table
        width = _width(rows)
        units, raters = np.arange(len(rows)), np.arange(width)
        flat: Any = rows.ravel() if isinstance(rows, np.ndarray) else [value for row in rows for value in row]
        places, found = coded(flat, scale)
        return _ratings(
            units.tolist(),
            raters.tolist(),
            np.repeat(units, width),
            np.tile(raters, len(rows)),
            places,
            found,
        )

    @classmethod
    def from_records(
        cls, records: Iterable[tuple[Hashable, Hashable, Any]], *, scale: Iterable[Any] | None = None
    ) -> Ratings:
        """Records (unit, rater, value) in any order."""
        rows = list(records)
        for row in rows:
            if len(row) != 3:
                raise MeasurementError("agreement.ragged", expected=3, found=len(row))
        return cls.from_columns(
            [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], scale=scale
        )

    @classmethod
    def from_columns(
        cls,
        units: Sequence[Hashable] | NDArray[Any],
        raters: Sequence[Hashable] | NDArray[Any],
        values: Sequence[Any] | NDArray[Any],
        *,
        scale: Iterable[Any] | None = None,
    ) -> Ratings:
        """The same three as columns of equal length; arrays of numbers are the fastest way in."""
        if not len(units) == len(raters) == len(values):
            raise MeasurementError("agreement.ragged", expected=len(units), found=len(values))
        (unit_names, unit), (rater_names, rater) = (
            _names(units, column="units"),
            _names(raters, column="raters"),
        )
        places, found = coded(values, scale)
        return _ratings(unit_names, rater_names, unit, rater, places, found)

    @classmethod
    def from_cross_table(
        cls, table: Sequence[Sequence[int]] | NDArray[Any], *, scale: Iterable[Any] | None = None
    ) -> Ratings:
        """Two raters as papers print them: ``table[i][j]`` units were i to the first rater and j to the second.

        Without ``scale`` the levels are 1, 2, 3, ...
        """
        counts = _counts(table)
        if counts.shape[0] != counts.shape[1]:
            raise MeasurementError("agreement.ragged", expected=counts.shape[0], found=counts.shape[1])
        first, second = (np.repeat(one.ravel(), counts.ravel()) for one in np.indices(counts.shape))
        return _from_places(
            np.column_stack([first, second]), scale=_levels(scale, counts.shape[1]), named=True
        )

    @classmethod
    def from_counts(
        cls, table: Sequence[Sequence[int]] | NDArray[Any], *, scale: Iterable[Any] | None = None
    ) -> Ratings:
        """Fleiss's form: ``table[i][k]`` raters gave unit i the level k, and who they were is not known.

        Without ``scale`` the levels are 1, 2, 3, ... Cohen's kappa and two-way ICCs refuse this form.
        """
        counts = _counts(table)
        most = int(counts.sum(axis=1).max(initial=0))
        places = np.full((len(counts), most), -1, dtype=np.intp)
        for row, here in zip(places, counts, strict=True):
            given = np.repeat(np.arange(len(here)), here)
            row[: len(given)] = given
        return _from_places(places, scale=_levels(scale, counts.shape[1]), named=False)

    def between(self, first: Hashable, second: Hashable) -> Ratings:
        """Only what these two raters gave, on the same scale."""
        for rater in (first, second):
            if rater not in self.raters:
                raise MeasurementError("agreement.unknown_rater", rater=str(rater))
        wanted = np.array([self.raters.index(first), self.raters.index(second)])
        kept = np.isin(self.rater, wanted)
        rater = (self.rater[kept] == wanted[1]).astype(np.intp)
        return Ratings(
            self.units, (first, second), self.scale, self.unit[kept], rater, self.place[kept], self.named
        )

    def numbers(self, method: str) -> Floats:
        """The value of every reading as a number; refuses words."""
        return self.scale.numeric(method)[self.place]


def _ratings(
    units: Sequence[Hashable], raters: Sequence[Hashable], unit: Ints, rater: Ints, place: Ints, scale: Scale
) -> Ratings:
    there = place >= 0
    if not there.any():
        raise MeasurementError("agreement.empty")
    if len(raters) < 2:
        raise MeasurementError("agreement.too_few_raters", found=len(raters))
    unit, rater, place = unit[there], rater[there], place[there]
    cells, first, times = np.unique(unit * len(raters) + rater, return_index=True, return_counts=True)
    if len(cells) < len(unit):
        twice = first[np.argmax(times)]
        raise MeasurementError(
            "agreement.twice", unit=str(units[unit[twice]]), rater=str(raters[rater[twice]])
        )
    return Ratings(tuple(units), tuple(raters), scale, unit, rater, place, named=True)


def _of_frame(frame: Any, scale: Iterable[Any] | None) -> Ratings:
    # Walking through a data frame would give the names of its columns and not its rows.
    made = Ratings.of(frame.to_numpy(), scale=scale)
    units, raters = tuple(frame.index), tuple(frame.columns)
    return Ratings(units, raters, made.scale, made.unit, made.rater, made.place, made.named)


def _from_places(places: Ints, *, scale: Sequence[Any], named: bool) -> Ratings:
    place, found = coded(list(scale), scale)
    places = np.where(places >= 0, place[places], -1)
    units, raters = np.arange(places.shape[0]), np.arange(places.shape[1])
    unit, rater = np.repeat(units, len(raters)), np.tile(raters, len(units))
    made = _ratings(units.tolist(), raters.tolist(), unit, rater, places.ravel(), found)
    return Ratings(made.units, made.raters, made.scale, made.unit, made.rater, made.place, named)


def _names(given: Sequence[Hashable] | NDArray[Any], *, column: str) -> tuple[list[Hashable], Ints]:
    if isinstance(given, np.ndarray) and given.ndim != 1:
        raise MeasurementError("agreement.ragged", expected=1, found=given.shape[-1])
    if isinstance(given, np.ndarray) and given.dtype.kind in "iu":
        names, codes = np.unique(given, return_inverse=True)
        return names.tolist(), codes.astype(np.intp)
    place: dict[Hashable, int] = {}
    codes = np.array([place.setdefault(name, len(place)) for name in given], dtype=np.intp)
    for name, first in place.items():
        if is_missing(name) or name != name:
            record = int(np.argmax(codes == first)) + 1
            raise MeasurementError("agreement.no_name", column=column, record=record)
    return list(place), codes


def _width(rows: Any) -> int:
    widths = {len(row) for row in rows} if not isinstance(rows, np.ndarray) else {rows.shape[-1]}
    if not widths:
        raise MeasurementError("agreement.empty")
    if len(widths) > 1 or (isinstance(rows, np.ndarray) and rows.ndim != 2):
        raise MeasurementError("agreement.ragged", expected=max(widths), found=min(widths))
    return int(widths.pop())


def _counts(table: Any) -> NDArray[np.int64]:
    _width(table if isinstance(table, np.ndarray) else [list(row) for row in table])
    try:
        given = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise MeasurementError("agreement.not_counts") from problem
    # Not a number is neither, and what goes on here has an entry for every reading.
    if not ((given >= 0) & (given <= MOST_COUNTED) & (given == np.rint(given))).all():
        raise MeasurementError("agreement.not_counts")
    return given.astype(np.int64)


def _levels(scale: Iterable[Any] | None, width: int) -> list[Any]:
    levels = list(range(1, width + 1)) if scale is None else list(scale)
    if len(levels) != width:
        raise MeasurementError("agreement.ragged", expected=width, found=len(levels))
    return levels
