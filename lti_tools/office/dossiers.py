"""Dossiers for title committees: made by an officer, lent to named people, closed again."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Denied, Refused
from lti_tools.people import api as people
from lti_tools.people.api import Actor
from lti_tools.reporting.api import dossier


def make(actor: Actor, **what: Any) -> Any:
    with transaction.atomic():
        return dossier.make(actor, **what)


def lend(actor: Actor, dossier_id: uuid.UUID, person_id: uuid.UUID, *, until: date, reason: str) -> Any:
    """Lets one person read one dossier until a day. Refuses a closed dossier, a day after its last one and whoever
    is judged by it.
    """
    found = dossier.dossier_for(actor, dossier_id)
    if not dossier.is_open(found):
        raise Denied("dossier.make")
    person = people.grants.people_to_appoint(actor).filter(id=person_id).first()
    if person is None:
        raise Denied("role.grant")
    if dossier.is_candidate(found, person_id):
        raise Refused(
            "dossier.own",
            _("This person is a candidate in the dossier and cannot judge it."),
            kept=_("Nobody was let in."),
            todo=_("Choose somebody else."),
            status=409,
        )
    scope = people.RoleScope(dossier=found)
    term = people.Term(since=timezone.localdate(), until=until, reason=reason)
    return people.grants.grant(actor, person, "committee", scope, term)


def close(actor: Actor, dossier_id: uuid.UUID) -> None:
    with transaction.atomic():
        dossier.close(actor, dossier_id)
