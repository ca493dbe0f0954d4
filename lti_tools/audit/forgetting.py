"""Reasons are free text and may name people: an erasure destroys them with their salts, and the chain still holds."""

from __future__ import annotations

from django.db import transaction

from lti_tools.audit.events import NewEvent, record_many
from lti_tools.audit.models import AuditEvent

FORGOTTEN = "audit.forgotten"


@transaction.atomic
def forget(subject: str, *, actor: str) -> int:
    """Empties the reasons of every event whose subject this is; returns how many. Leaves an event with the count.

    Repeating it finds nothing and leaves no second event.
    """
    emptied = AuditEvent.objects.filter(subject=subject).exclude(salt="").update(reason="", salt="")
    if emptied:
        record_many([NewEvent(FORGOTTEN, actor=actor, subject=subject, detail={"rows": emptied})])
    return emptied
