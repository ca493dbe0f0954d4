"""What the gradebook shows: every score that arrived by AGS, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tools.demo import directory, wording
from xblocks.lms_app import api


@dataclass(frozen=True)
class Row:
    """`score` is empty until the tool calls it final; `history` holds what arrived before."""

    person: directory.Teacher
    column: str
    score: Decimal | None
    maximum: Decimal
    progress: str
    comment: str
    at: datetime
    history: tuple[api.ScoreEntry, ...]

    @property
    def shown(self) -> str:
        """98.5 and not 98.50, 84 and not 84.0."""
        return "" if self.score is None else f"{self.score.normalize():f}"


def rows(course: str, *, only: str = "") -> list[Row]:
    book = api.gradebook(course)
    labels = {column.id: column.label for column in book.columns}
    found = [
        _row(label, column_id, sub, book.cells[column_id, sub])
        for column_id, label in labels.items()
        for sub in {sub for column, sub in book.cells if column == column_id}
        if only in {"", sub}
    ]
    return sorted((row for row in found if row), key=lambda row: row.at, reverse=True)


def without_score(course: str) -> int:
    graded = {sub for _column, sub in api.gradebook(course).cells}
    return sum(person.sub not in graded for person in directory.teachers())


def _row(label: str, column_id: UUID, sub: str, cell: api.Cell) -> Row | None:
    person = directory.teacher(sub)
    if person is None:
        return None
    return Row(
        person=person,
        column=label,
        score=cell.score if cell.final else None,
        maximum=cell.maximum,
        progress=wording.joined([wording.progress(cell.activity), wording.progress(cell.grading)]),
        comment=cell.comment,
        at=cell.timestamp,
        history=api.history(column_id, sub),
    )
