"""Roles and ways in: a role given to somebody in sight or entered just now, taken back, and a link handed over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from lti_tools.errors import Denied
from lti_tools.people.api import (
    Actor,
    Invitation,
    Person,
    RoleGrant,
    RoleScope,
    Term,
    accounts,
    grants,
    require,
)


@dataclass(frozen=True)
class NewPerson:
    """Somebody of the staff who works at none of our schools: a college's rater, a bureau's officer."""

    name: str
    staff_no: str


def person_to_appoint(actor: Actor, person_id: uuid.UUID) -> Person:
    """Refuses with `Denied` whom the actor may give no role."""
    require(actor, "role.grant")
    person = grants.people_to_appoint(actor).filter(id=person_id).first()
    if person is None:
        raise Denied("role.grant")
    return person


def person_to_look_after(actor: Actor, person_id: uuid.UUID) -> Person:
    """Refuses with `Denied` whose way in the actor may not renew."""
    person = person_to_appoint(actor, person_id)
    if not accounts.may_look_after(actor, person):
        raise Denied("role.grant")
    return person


def appoint(actor: Actor, who: Person | NewPerson, role: str, scope: RoleScope, term: Term) -> RoleGrant:
    """Gives a role; somebody new is entered in the same transaction, so a refused role leaves nobody behind."""
    require(actor, "role.grant", area=scope.area, school=scope.school)
    with transaction.atomic():
        if isinstance(who, Person):
            return grants.grant(actor, who, role, scope, term)
        if not grants.may_hand_out(actor, role, scope):
            raise Denied("role.grant")
        entered = grants.new_staff_person(actor, name=who.name, staff_no=who.staff_no)
        return grants.grant(actor, entered, role, scope, term, entered_now=True)


def dismiss(actor: Actor, grant_id: uuid.UUID, *, reason: str) -> RoleGrant:
    """Takes a role back; the holder's next request is without it."""
    require(actor, "role.grant")
    return grants.revoke(actor, grant_id, reason=reason)


def invite(actor: Actor, person_id: uuid.UUID) -> tuple[Person, Invitation]:
    """A link for a first or a new password, to be handed over."""
    person = person_to_appoint(actor, person_id)
    return person, accounts.invite(actor, person)


def reset_second_factor(actor: Actor, person_id: uuid.UUID, *, reason: str) -> Person:
    """For a lost telephone: the next sign-in sets up a new one."""
    person = person_to_appoint(actor, person_id)
    accounts.reset_second_factor(actor, person, reason=reason)
    return person
