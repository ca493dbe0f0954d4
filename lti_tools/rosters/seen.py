"""Whom a file has spoken of so far: a few dozen bytes a row, so that a whole prefecture fits into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Mark = bytes | str


class Seen:
    """ID hashes, staff numbers and, once matched, people of the register -> the row that named them first."""

    def __init__(self) -> None:
        self._rows: dict[Mark, int] = {}
        self._people: dict[bytes, int] = {}

    def marked(self, row: Mapping[str, Any], *, number: int) -> Iterator[tuple[str, int]]:
        """Notes the marks of a row, wrong or right; yields columns whose mark stood further up, with that row."""
        earlier = []
        for key, mark in _marks(row):
            first = self._rows.setdefault(mark, number)
            if first != number:
                earlier.append((key, first))
        yield from earlier

    def first_row_of(self, person: Any, *, number: int) -> int:
        """The row that meant this person of the register first: `number` itself when there was none."""
        return self._people.setdefault(person.bytes, number)


def _marks(row: Mapping[str, Any]) -> Iterator[tuple[str, Mark]]:
    if row.get("id_hash"):
        yield "id_number", bytes.fromhex(row["id_hash"][:32])
    if row.get("staff_no"):
        yield "staff_no", row["staff_no"]
