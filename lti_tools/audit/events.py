"""What an event is, which text of it is hashed, and how it is appended, one or many at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from lti_tools.audit.chain import extend_many, new_salt, salted
from lti_tools.audit.fields import canonical_text
from lti_tools.audit.models import AuditEvent, AuditMention
from lti_tools.errors import ShijieError

CHAIN = "audit"
# What the detail of an event about many people says of them: how many, and a digest over all.
MENTIONED, MENTIONS_DIGEST = "mentioned", "mentions_digest"
ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class NewEvent:
    """An event to be appended. `at` is now unless it happened earlier and waited outside the database."""

    kind: str
    actor: str
    subject: str = ""
    reason: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    at: datetime | None = None


def record_many(events: Iterable[NewEvent]) -> list[AuditEvent]:
    """Appends all of them or none; the end of the chain moves once, and each row covers the one before it."""
    made, mentions = [], []
    for event in events:
        people = sorted(set(event.mentions))
        made.append(_row(event, people))
        mentions.append(people)
    if not made:
        return []
    # No savepoint: an event that cannot be written takes its cause with it anyway.
    with transaction.atomic(savepoint=False):
        links = extend_many(CHAIN, [text_of(row) for row in made])
        for row, link in zip(made, links, strict=True):
            row.seq, row.previous, row.hash = link.seq, link.previous, link.hash
        if len(made) == 1:
            made[0].save(force_insert=True)
        else:
            AuditEvent.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)
        _mention(made, mentions)
    return made


def _row(event: NewEvent, people: Sequence[str]) -> AuditEvent:
    detail = dict(event.detail)
    if people:
        detail |= {MENTIONED: len(people), MENTIONS_DIGEST: mentions_digest(people)}
    salt = new_salt() if event.reason else ""
    row = AuditEvent(
        at=event.at or timezone.now(),
        kind=event.kind,
        actor=event.actor,
        subject=event.subject,
        reason=event.reason,
        detail=detail,
        salt=salt,
        reason_digest=salted(event.reason, salt) if event.reason else "",
    )
    if "\n" in f"{row.kind}{row.actor}{row.subject}":
        # Lines part the columns in the text that is hashed.
        raise ShijieError("audit.line_break_refused")
    return row


def _mention(made: Sequence[AuditEvent], mentions: Sequence[Sequence[str]]) -> None:
    rows = [
        AuditMention(event_id=row.seq, subject=person)
        for row, people in zip(made, mentions, strict=True)
        for person in people
    ]
    AuditMention.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def mentions_digest(people: Iterable[str]) -> str:
    """SHA-256 over the sorted pseudonyms, one a line."""
    return hashlib.sha256("\n".join(sorted(people)).encode()).hexdigest()


def text_of(row: AuditEvent) -> str:
    """The columns that are hashed, one a line; no column but the last could hold a line break, and JSON holds none.

    `proving.ROWS` has the database put the same text together.
    """
    at = row.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    detail = canonical_text(row.detail)
    return f"{at}\n{row.kind}\n{row.actor}\n{row.subject}\n{row.reason_digest}\n{detail}"
