"""The audit door: what happened, by whom, about whom, in an order nobody can change unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lti_tools.audit.chain import Broken, Link, Row, check, extend, new_salt, salted
from lti_tools.audit.collecting import collect_views
from lti_tools.audit.events import NewEvent, record_many
from lti_tools.audit.fields import CanonicalJSON, canonical_text
from lti_tools.audit.forgetting import forget
from lti_tools.audit.heads import (
    Head,
    check_heads,
    newest,
    public_keys,
    sign_heads,
    signed_on,
    trail_hash_at,
    write_file,
)
from lti_tools.audit.models import AuditEvent
from lti_tools.audit.proving import lines, moment, pages, verify
from lti_tools.audit.spool import viewed
from lti_tools.audit.trail import Happened, Part, about, last_of, part_about, unspooled

__all__ = [
    "Broken",
    "CanonicalJSON",
    "Happened",
    "Head",
    "Link",
    "NewEvent",
    "Part",
    "Row",
    "about",
    "canonical_text",
    "check_chain",
    "check_heads",
    "collect_views",
    "events_about",
    "events_of",
    "extend",
    "forget",
    "last_of",
    "lines",
    "moment",
    "new_salt",
    "newest_heads",
    "pages",
    "part_about",
    "public_keys",
    "record",
    "record_many",
    "salted",
    "sign_heads",
    "signed_on",
    "trail_hash_at",
    "unspooled",
    "verify",
    "viewed",
    "write_heads",
]

check_chain = check
newest_heads = newest
write_heads = write_file


def record(
    kind: str,
    *,
    actor: str,
    subject: str = "",
    reason: str = "",
    detail: Mapping[str, str | int] | None = None,
    mentions: Iterable[str] = (),
) -> AuditEvent:
    """Appends one event. `actor` and `subject` are pseudonymous ids; `detail` holds codes and counts, no names.

    The reason is free text and may name people, so the chain holds its salted digest only. `mentions` are the
    pseudonyms of everybody an event about many is about (a roster exported): the detail carries how many they
    are and a digest over all of them, so that the chain covers them.
    """
    event = NewEvent(
        kind,
        actor=actor,
        subject=subject,
        reason=reason,
        detail=detail or {},
        mentions=tuple(str(each) for each in mentions),
    )
    return record_many([event])[0]


def events_of(kind: str) -> list[AuditEvent]:
    """Every event of one kind, oldest first."""
    return list(AuditEvent.objects.filter(kind=kind).order_by("seq"))


def events_about(subject: str) -> list[AuditEvent]:
    """The newest 200 whose subject this is, newest first."""
    return list(AuditEvent.objects.filter(subject=subject).order_by("-seq")[:200])
