"""Proving a chain at speed: plain tuples in chunks, the hashed text put together by the database itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection

from lti_tools.audit.chain import Broken, Row, check, salted
from lti_tools.audit.events import CHAIN, MENTIONED, MENTIONS_DIGEST, mentions_digest
from lti_tools.audit.forgetting import FORGOTTEN
from lti_tools.audit.models import AuditEvent

CHUNK = 2000
WITH_MENTIONS = f'"{MENTIONED}":'
MENTIONS = "SELECT event_id, subject FROM shijie_auditmention WHERE event_id > %s AND event_id <= %s"


def verify() -> Broken | None:
    """Proves the audit chain; names the first broken row."""
    return check(CHAIN, rows) or _emptied_in_secret()


def _emptied_in_secret() -> Broken | None:
    """An erasure leaves its number of rows on the trail; more empty reasons than that are somebody's work."""
    emptied = AuditEvent.objects.filter(salt="").exclude(reason_digest="").order_by("seq")
    ordered = sum(event.detail.get("rows", 0) for event in AuditEvent.objects.filter(kind=FORGOTTEN))
    first = emptied.first() if emptied.count() > ordered else None
    return Broken(seq=first.seq, reason="erased without an order") if first else None


def lines(*columns: str) -> str:
    """SQL for columns joined by line breaks."""
    return " || '\n' || ".join(columns)


def moment(column: str) -> str:
    """SQL for a point in time as it is hashed: UTC, to the microsecond, with all its zeros."""
    if connection.vendor == "sqlite":
        # 19 characters: a time that fell on a full second.
        return f"CASE length({column}) WHEN 19 THEN {column} || '.000000' ELSE {column} || '' END"
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"


def pages(select: str, *, after: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a statement that begins with seq, some thousands at a time, in bounded memory."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"{select} WHERE seq > %s ORDER BY seq LIMIT {CHUNK}", [after])
            found = cursor.fetchall()
        if not found:
            return
        yield found
        after = found[-1][0]


def rows(after: int) -> Iterator[Row]:
    """The rows of the trail behind `after`."""
    text = lines(moment("at"), "kind", "actor", "subject", "reason_digest", "detail")
    select = f"SELECT seq, previous, hash, {text}, reason, salt, reason_digest FROM shijie_auditevent"  # noqa: S608
    for page in pages(select, after=after):
        mentions = _mentions(after, page[-1][0])
        after = page[-1][0]
        for seq, previous, value, text, reason, salt, digest in page:
            honest = not (reason or salt) or _reason_agrees(reason, salt, digest)
            if seq in mentions or WITH_MENTIONS in text:
                honest = honest and _mentions_agree(text, mentions.get(seq, []))
            yield seq, previous, value, text, honest


def _mentions(after: int, last: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(MENTIONS, [after, last])
        for seq, subject in cursor.fetchall():
            found[seq].append(subject)
    return found


def _reason_agrees(reason: str, salt: str, digest: str) -> bool:
    """A reason whose salt is still there must match its digest; an erased one has neither."""
    try:
        return bool(salt) and salted(reason, salt) == digest
    except ValueError:
        return False


def _mentions_agree(text: str, people: list[str]) -> bool:
    """Whom the rows name must be whom the event counted, no more and no fewer."""
    try:
        detail = json.loads(text.rpartition("\n")[2])
    except ValueError:
        return False
    said = detail.get(MENTIONED, 0), detail.get(MENTIONS_DIGEST, "")
    return said == ((len(people), mentions_digest(people)) if people else (0, ""))
