"""The records laid out for speed: columns carry thresholds, a row is one lesson met by one element of the other facet.

With scales by criterion a row is one reading (a lesson by a rater) and the columns are criteria; with scales by
rater a row is a lesson's criterion and the columns are raters. Rows are sorted by lesson and cut into parts that
end with a lesson and fit the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from rubrics.measurement.facets.data import Floats, Ints, Readings
from rubrics.measurement.facets.scales import Scales

#: Doubles in one part's largest array: 4 MB.
_PART = 1 << 19


@dataclass(frozen=True, slots=True)
class Part:
    """Some lessons' rows. ``present`` is columns x rows, or none where no cell is empty."""

    rows: slice
    lessons: slice  # among the lessons that have rows
    starts: Ints  # of each lesson, counted from the part's first row
    other: Ints
    by_other: csr_array  # others x rows
    present: Floats | None
    records: Ints  # the records that lie in these rows


@dataclass(frozen=True, slots=True)
class Table:
    """``lesson`` and ``other`` of each row; ``used`` are the lessons that have rows, in order.

    ``cell_row`` and ``cell_column`` place each record. ``codes`` are the records' categories.
    """

    lesson: Ints
    other: Ints
    used: Ints
    starts: Ints
    lessons: int
    others: int
    columns: int
    categories: int
    cell_row: Ints
    cell_column: Ints
    codes: Ints
    parts: tuple[Part, ...]

    def by_lesson(self, rows: Floats) -> Floats:
        """Sums over each used lesson's rows."""
        return np.asarray(np.add.reduceat(rows, self.starts), dtype=np.float64)


def table_of(readings: Readings, scales: Scales) -> Table:
    """The records of ``readings`` as a table. All ids keep their positions, used or not."""
    other, column = readings.of_facet(scales.other), readings.of_facet(scales.carrier)
    others = len(readings.ids(scales.other))
    key = (readings.lesson * others + other) * max(len(readings.periods), 1) + readings.period
    keys, place = _ranked(key)
    row_key = keys // max(len(readings.periods), 1)
    lesson, row_other = row_key // others, row_key % others
    starts = np.flatnonzero(np.diff(lesson, prepend=-1))
    columns = len(readings.ids(scales.carrier))
    categories = int(scales.steps.max()) + 1
    codes = scales.code(column, readings.levels)
    table = (lesson, row_other, lesson[starts], starts, len(readings.lessons), others, columns, categories)
    parts = tuple(_parts(lesson, row_other, starts, others, place, column, columns, categories))
    return Table(*table, place, column, codes, parts)


def _ranked(key: Ints) -> tuple[Ints, Ints]:
    """The distinct keys in order and each key's rank; by counting where keys are dense, else by sorting."""
    most = int(key.max()) + 1
    if most > 20 * len(key) + 1_000_000:
        keys, place = np.unique(key, return_inverse=True)
        return keys, place.astype(np.int64)
    seen = np.zeros(most, dtype=np.bool_)
    seen[key] = True
    keys = np.flatnonzero(seen)
    rank = np.zeros(most, dtype=np.int64)
    rank[keys] = np.arange(len(keys))
    return keys, rank[key]


def _parts(
    lesson: Ints,
    other: Ints,
    starts: Ints,
    others: int,
    place: Ints,
    column: Ints,
    columns: int,
    categories: int,
) -> Iterator[Part]:
    full = len(place) == len(lesson) * columns
    order = np.argsort(place, kind="stable")
    ordered = place[order]
    ends = np.append(starts, len(lesson))
    for first, last in cuts(ends, rows=max(_PART // (columns * max(categories - 1, 1)), 1)):
        rows = slice(int(ends[first]), int(ends[last]))
        mine = other[rows]
        count = rows.stop - rows.start
        by_other = csr_array((np.ones(count), (mine, np.arange(count))), shape=(others, count))
        cells = order[slice(*np.searchsorted(ordered, [rows.start, rows.stop]))]
        present = None
        if not full:
            present = np.zeros((columns, count))
            present[column[cells], place[cells] - rows.start] = 1.0
        yield Part(rows, slice(first, last), starts[first:last] - rows.start, mine, by_other, present, cells)


def cuts(ends: Ints, *, rows: int) -> Iterator[tuple[int, int]]:
    """Stretches of lessons of at most so many rows, or of one lesson; ``ends`` are lessons' first rows and the end."""
    first, lessons = 0, len(ends) - 1
    while first < lessons:
        last = int(np.searchsorted(ends, ends[first] + rows, side="right")) - 1
        last = min(max(last, first + 1), lessons)
        yield first, last
        first = last
