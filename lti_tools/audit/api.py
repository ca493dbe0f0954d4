"""The audit door: what happened, by whom, about whom, in an order nobody can change unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils import timezone

from lti_tools.audit.chain import Broken, Link, canonical, check, extend, new_salt, salted
from lti_tools.audit.models import AuditEvent

__all__ = [
    "Broken",
    "Link",
    "canonical",
    "check_chain",
    "events_about",
    "events_of",
    "extend",
    "new_salt",
    "record",
    "salted",
    "verify",
]

CHAIN = "audit"
check_chain = check


def record(
    kind: str,
    *,
    actor: str,
    subject: str = "",
    reason: str = "",
    detail: Mapping[str, str | int] | None = None,
) -> AuditEvent:
    """Appends one event. `actor` and `subject` are pseudonymous ids; `detail` holds codes and counts, no names.

    The reason is free text and may name people, so the chain holds its salted digest only.
    """
    at = timezone.now()
    salt = new_salt() if reason else ""
    event = AuditEvent(
        at=at,
        kind=kind,
        actor=actor,
        subject=subject,
        reason=reason,
        detail=dict(detail or {}),
        salt=salt,
        reason_digest=salted(reason, salt) if reason else "",
    )
    with transaction.atomic():
        link = extend(CHAIN, _payload(event))
        event.seq, event.previous, event.hash = link.seq, link.previous, link.hash
        event.save(force_insert=True)
    return event


def _payload(event: AuditEvent) -> dict[str, object]:
    return {
        "at": event.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "reason": event.reason_digest,
        "detail": event.detail,
    }


def _rows() -> Iterator[tuple[int, str, str, Mapping[str, object]]]:
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        yield event.seq, event.previous, event.hash if _honest(event) else "", _payload(event)


def _honest(event: AuditEvent) -> bool:
    """A reason whose salt is still there must match its digest; an erased one has neither."""
    if not event.salt:
        return not event.reason
    return salted(event.reason, event.salt) == event.reason_digest


def verify() -> Broken | None:
    """Proves the audit chain; names the first broken row."""
    return check(CHAIN, _rows())


def events_of(kind: str) -> list[AuditEvent]:
    """Every event of one kind, oldest first."""
    return list(AuditEvent.objects.filter(kind=kind).order_by("seq"))


def events_about(subject: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(subject=subject).order_by("-seq")[:200])
