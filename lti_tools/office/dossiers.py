"""Dossiers for title committees: made by an officer, lent to named people, closed again."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from lti_tools.errors import Denied
from lti_tools.people import api as people
from lti_tools.people.api import Actor
from lti_tools.reporting.api import dossier


def make(actor: Actor, **what: Any) -> Any:
    with transaction.atomic():
        return dossier.make(actor, **what)


def lend(actor: Actor, dossier_id: uuid.UUID, person_id: uuid.UUID, *, until: date, reason: str) -> Any:
    """Lets one person read one dossier until a day. Refuses a closed dossier and a day after its last one."""
    found = dossier.dossier_for(actor, dossier_id)
    if not dossier.is_open(found):
        raise Denied("dossier.make")
    person = people.grants.people_to_appoint(actor).filter(id=person_id).first()
    if person is None:
        raise Denied("role.grant")
    scope = people.RoleScope(dossier=found)
    term = people.Term(since=timezone.localdate(), until=until, reason=reason)
    return people.grants.grant(actor, person, "committee", scope, term)


def close(actor: Actor, dossier_id: uuid.UUID) -> None:
    with transaction.atomic():
        dossier.close(actor, dossier_id)
