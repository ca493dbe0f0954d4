"""Merged cells of a worksheet. A spreadsheet keeps the value in the first cell only and leaves the others empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from openpyxl.utils.cell import range_boundaries

from lti_tools.rosters.sheet import Merged

BLOCK = 1024 * 1024
MOST = 100_000
RANGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
TAG = b"mergeCell "
LONGEST_TAG = 400


@dataclass(frozen=True)
class Range:
    """Columns and rows count from one, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    first_cell: str


def merges_of(part: BinaryIO) -> list[Range]:
    """The merged ranges of a worksheet, by row. They stand behind the rows, so the part is walked for them alone."""
    found = [_range(text) for text in _refs(part)]
    return sorted(found, key=lambda one: one.first_row)


def _refs(part: BinaryIO) -> Iterator[str]:
    rest, count = b"", 0
    while block := part.read(BLOCK):
        window, done = rest + block, 0
        for match in RANGE.finditer(window) if TAG in window else ():
            done = match.end()
            if (count := count + 1) > MOST:
                return
            yield match[1].decode()
        # A tag cut in two by the end of the block is found with the next one.
        rest = window[done:][-LONGEST_TAG:]


def _range(ref: str) -> Range:
    first_column, first_row, last_column, last_row = range_boundaries(ref)
    return Range(
        first_row=int(first_row or 1),
        last_row=int(last_row or 1),
        first_column=int(first_column or 1),
        last_column=int(last_column or 1),
        first_cell=ref.partition(":")[0],
    )


class Merges:
    """Marks the empty cells of merged ranges while the rows of the sheet go by in order."""

    def __init__(self, ranges: Iterable[Range]):
        self._coming = list(reversed(list(ranges)))
        self._here: list[Range] = []

    def __bool__(self) -> bool:
        return bool(self._coming or self._here)

    def marked(self, number: int, cells: tuple[object, ...]) -> tuple[object, ...]:
        while self._coming and self._coming[-1].first_row <= number:
            self._here.append(self._coming.pop())
        self._here = [one for one in self._here if one.last_row >= number]
        if not self._here:
            return cells
        found = list(cells)
        for one in self._here:
            for column in range(one.first_column, min(one.last_column, len(found)) + 1):
                first = number == one.first_row and column == one.first_column
                if not first and found[column - 1] is None:
                    found[column - 1] = Merged(one.first_cell)
        return tuple(found)
