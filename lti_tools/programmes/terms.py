"""The years of a programme, the batches in which its people train, and whether it still takes anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, require
from lti_tools.programmes.models import Batch, Enrolment, Programme

BATCH_ACTION = "programme.open"
NOTHING_CHANGED = _("Nothing was changed.")


@dataclass(frozen=True)
class Year:
    """One year of a programme, both days included. `label` is 2026 for a calendar year, 2026–2027 otherwise."""

    label: str
    starts: date
    ends: date


def year_begin(text: str) -> tuple[int, int]:
    """Month and day of MM-DD; refuses what does not exist in every year."""
    try:
        day = date.fromisoformat(f"2025-{text}")
    except ValueError as problem:
        raise Refused(
            "programme.year_begins",
            _("A year of the programme must begin on a day that every year has, for example 09-01."),
            kept=NOTHING_CHANGED,
            todo=_("Choose another day."),
        ) from problem
    return day.month, day.day


def years_of(programme: Programme) -> tuple[Year, ...]:
    """The years from the first day of the programme to its last; the first and the last are clipped to these."""
    month, day = year_begin(programme.year_begins)
    begins = date(programme.starts.year, month, day)
    if begins > programme.starts:
        begins = date(programme.starts.year - 1, month, day)
    found = []
    while begins <= programme.ends:
        following = date(begins.year + 1, month, day)
        found.append(_year(programme, begins, following - timedelta(days=1)))
        begins = following
    return tuple(found)


def _year(programme: Programme, begins: date, last: date) -> Year:
    label = str(begins.year) if begins.year == last.year else f"{begins.year}–{last.year}"
    return Year(label, max(begins, programme.starts), min(last, programme.ends))


def require_open(programme: Programme) -> None:
    """Refuses a closed programme: it takes no diagnosis, sign-off, lesson, import or rater any more."""
    if programme.closed_at is not None:
        raise Refused(
            "programme.closed",
            _("This programme was closed on %(day)s and takes nothing new.")
            % {"day": timezone.localdate(programme.closed_at).isoformat()},
            kept=_("Everything that was done in it before is kept, its reports and certificates too."),
            todo=_("Ask the officer of your area which programme follows it."),
            status=409,
        )


def open_batch(programme: Programme, *, title: str, starts: date, ends: date) -> Batch:
    """A new batch. Refuses days outside the programme, a title it has already, and a closed programme."""
    require_open(programme)
    _require_within(programme, starts, ends)
    try:
        with transaction.atomic():
            return Batch.objects.create(programme=programme, title=title, starts=starts, ends=ends)
    except IntegrityError as problem:
        raise _title_taken() from problem


def change_batch(batch: Batch, *, title: str, starts: date, ends: date) -> Batch:
    require_open(batch.programme)
    _require_within(batch.programme, starts, ends)
    batch.title, batch.starts, batch.ends = title, starts, ends
    try:
        with transaction.atomic():
            batch.save(update_fields=["title", "starts", "ends"])
    except IntegrityError as problem:
        raise _title_taken() from problem
    return batch


def set_batch(enrolments: Iterable[Enrolment], batch: Batch | None) -> int:
    """Puts enrolments into a batch of their programme, or into none; returns how many that changed.

    Refuses a batch of another programme and a closed one; the caller has asked for the right and holds the
    transaction.
    """
    ids = [_of(batch, enrolment).id for enrolment in enrolments]
    changed = 0
    for start in range(0, len(ids), 500):
        rows = Enrolment.objects.filter(id__in=ids[start : start + 500])
        moved = rows.filter(batch__isnull=False) if batch is None else rows.exclude(batch=batch)
        changed += moved.update(batch=batch)
    return changed


def _of(batch: Batch | None, enrolment: Enrolment) -> Enrolment:
    if batch is not None and enrolment.programme_id != batch.programme_id:
        raise Refused(
            "batch.of_another_programme",
            _("This batch belongs to another programme."),
            kept=NOTHING_CHANGED,
            todo=_("Choose a batch of the programme these people are in."),
        )
    if batch is not None:
        require_open(batch.programme)
    return enrolment


def batches_of(programme: Programme) -> QuerySet[Batch]:
    return programme.batches.order_by("starts", "title")


def batch_for(actor: Actor, batch_id: uuid.UUID) -> Batch:
    """The batch, for whoever may open programmes in its area; `Denied` for everybody else and for a wrong id."""
    found = Batch.objects.select_related("programme__area").filter(id=batch_id).first()
    if found is None:
        raise Denied(BATCH_ACTION)
    require(actor, BATCH_ACTION, area=found.programme.area)
    return found


def _require_within(programme: Programme, starts: date, ends: date) -> None:
    if not programme.starts <= starts <= ends <= programme.ends:
        raise Refused(
            "batch.outside_programme",
            _("A batch begins and ends within its programme, and does not end before it begins."),
            kept=NOTHING_CHANGED,
            todo=_("Choose days from %(first)s to %(last)s.")
            % {"first": programme.starts.isoformat(), "last": programme.ends.isoformat()},
        )


def _title_taken() -> Refused:
    return Refused(
        "batch.title_taken",
        _("The programme has a batch of this name already."),
        kept=NOTHING_CHANGED,
        todo=_("Choose another name, or change the batch that is there."),
        status=409,
    )


def close(programme: Programme, *, by: Any, carry_over: str, successor: Programme | None) -> bool:
    """Marks a programme as closed; False when it was closed before. `by` is the id of whoever decided it."""
    rows = Programme.objects.filter(id=programme.id, closed_at__isnull=True)
    closed = rows.update(
        closed_at=timezone.now(), closed_by_id=by, carry_over=carry_over, successor=successor
    )
    programme.refresh_from_db()
    return bool(closed)
