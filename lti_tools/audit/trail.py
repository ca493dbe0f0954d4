"""Reading the trail: what happened about somebody or something, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from lti_tools.audit.models import AuditEvent, AuditMention
from lti_tools.audit.spool import UNSPOOLED

Codes = Mapping[str, str | int]


@dataclass(frozen=True)
class Happened:
    """One event as others see it. `reason` is "" where none was given or it was erased.

    `among` says how many people the event was about, when it was about many.
    """

    seq: int
    at: datetime
    kind: str
    actor: str
    subject: str
    reason: str = ""
    detail: Codes = field(default_factory=dict)
    among: int = 0


@dataclass(frozen=True)
class Part:
    """Some events and where the next older ones begin; `older` is 0 at the end."""

    events: tuple[Happened, ...]
    older: int


def about(subject: object, *, limit: int = 200) -> list[Happened]:
    """The newest events about a person or thing, or about many of whom they were one."""
    return list(part_about([subject], limit=limit).events)


def part_about(subjects: Iterable[object], *, before: int = 0, limit: int = 50) -> Part:
    """Events whose subject or mention is one of `subjects`, newest first, older than seq `before`."""
    wanted = [str(subject) for subject in subjects]
    mentioned = AuditMention.objects.filter(subject__in=wanted).values("event_id")
    return _part(AuditEvent.objects.filter(Q(subject__in=wanted) | Q(seq__in=mentioned)), before, limit)


def _part(events: QuerySet[AuditEvent], before: int, limit: int) -> Part:
    found = events.filter(seq__lt=before) if before else events
    rows = list(found.order_by("-seq")[: limit + 1])
    shown = rows[:limit]
    return Part(tuple(map(_happened, shown)), older=shown[-1].seq if len(rows) > limit else 0)


def _happened(row: AuditEvent) -> Happened:
    return Happened(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        subject=row.subject,
        reason=row.reason if row.salt else "",
        detail=row.detail,
        among=int(row.detail.get("mentioned", 0)),
    )


def last_of(kind: str) -> Happened | None:
    """The newest event of one kind."""
    row = AuditEvent.objects.filter(kind=kind).order_by("-seq").first()
    return _happened(row) if row else None


def unspooled(*, days: int = 7) -> int:
    """How many views lately could not wait in the spool folder and went straight to the trail: its disk ails."""
    since = timezone.now() - timedelta(days=days)
    return AuditEvent.objects.filter(kind=UNSPOOLED, at__gte=since).count()
