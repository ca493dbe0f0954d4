"""The audit door: what happened, by whom, about whom, in an order nobody can change unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lti_tools.audit.chain import Broken, Link, Row, check, extend, new_salt, salted
from lti_tools.audit.events import NewEvent, record_many
from lti_tools.audit.fields import CanonicalJSON, canonical_text
from lti_tools.audit.models import AuditEvent
from lti_tools.audit.proving import lines, moment, pages, verify
from lti_tools.audit.spool import viewed

__all__ = [
    "Broken",
    "CanonicalJSON",
    "Link",
    "NewEvent",
    "Row",
    "canonical_text",
    "check_chain",
    "events_about",
    "events_of",
    "extend",
    "lines",
    "moment",
    "new_salt",
    "pages",
    "record",
    "record_many",
    "salted",
    "verify",
    "viewed",
]

check_chain = check


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
