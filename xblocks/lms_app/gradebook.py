"""Scores in, grades out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from xblocks.lti_platform import ScoreMessage
from xblocks.lti_platform.grades import final_score

from . import models


@dataclass(frozen=True, kw_only=True)
class Column:
    id: UUID
    label: str
    maximum: Decimal
    tag: str
    link_id: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`score` is on the column's scale, and None unless the tool called it fully graded."""

    score: Decimal | None
    maximum: Decimal
    final: bool
    activity: str
    grading: str
    comment: str
    timestamp: datetime


@dataclass(frozen=True, kw_only=True)
class Gradebook:
    columns: tuple[Column, ...]
    cells: Mapping[tuple[UUID, str], Cell]


@dataclass(frozen=True, kw_only=True)
class ScoreEntry:
    message: ScoreMessage
    received_at: datetime
    applied: bool


def keep_score(line_item: models.LineItem, message: ScoreMessage) -> bool:
    """Appends the score; True when it is now the newest of this person.

    A time stamp already held is the same message delivered again: nothing is written, whatever else differs.
    """
    mine = models.Score.objects.filter(line_item=line_item, sub=message.user_id)
    try:
        with transaction.atomic():
            newest = not mine.filter(timestamp__gte=message.timestamp).exists()
            _append(line_item, message, applied=newest)
    except IntegrityError:
        return False
    return newest


def _append(line_item: models.LineItem, message: ScoreMessage, *, applied: bool) -> None:
    models.Score.objects.create(
        line_item=line_item,
        sub=message.user_id,
        timestamp=message.timestamp,
        score_given=message.score_given,
        score_maximum=message.score_maximum,
        activity_progress=message.activity_progress,
        grading_progress=message.grading_progress,
        comment=message.comment,
        started_at=message.started_at,
        submitted_at=message.submitted_at,
        applied=applied,
    )


def current_scores() -> QuerySet[models.Score]:
    """The newest score of each person in each column."""
    later = models.Score.objects.filter(
        line_item=OuterRef("line_item"), sub=OuterRef("sub"), timestamp__gt=OuterRef("timestamp")
    )
    return models.Score.objects.filter(~Exists(later))


def message_of(row: models.Score) -> ScoreMessage:
    return ScoreMessage(
        user_id=row.sub,
        timestamp=row.timestamp,
        activity_progress=row.activity_progress,
        grading_progress=row.grading_progress,
        score_given=row.score_given,
        score_maximum=row.score_maximum,
        comment=row.comment,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
    )


def gradebook(course: str) -> Gradebook:
    """All columns of a course and every person's newest score in them."""
    items = models.LineItem.objects.filter(context_id=course, removed_at=None)
    items = items.select_related("link").order_by("created_at", "id")
    scores = current_scores().filter(line_item__in=items).select_related("line_item")
    return Gradebook(
        columns=tuple(_column(item) for item in items),
        cells={(row.line_item_id, row.sub): _cell(row) for row in scores},
    )


def _column(item: models.LineItem) -> Column:
    link_id = item.link.link_id if item.link else ""
    return Column(id=item.id, label=item.label, maximum=item.score_maximum, tag=item.tag, link_id=link_id)


def _cell(row: models.Score) -> Cell:
    message = message_of(row)
    maximum = row.line_item.score_maximum
    score = final_score(message, maximum=maximum)
    return Cell(
        score=score,
        maximum=maximum,
        final=score is not None,
        activity=row.activity_progress,
        grading=row.grading_progress,
        comment=row.comment,
        timestamp=row.timestamp,
    )


def history(column_id: UUID, sub: str) -> tuple[ScoreEntry, ...]:
    """Every score message of one person in one column, oldest first by its own time stamp."""
    rows = models.Score.objects.filter(line_item=column_id, sub=sub).order_by("timestamp")
    return tuple(
        ScoreEntry(message=message_of(row), received_at=row.received_at, applied=row.applied) for row in rows
    )
