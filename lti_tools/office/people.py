"""What a bureau changes about its people: facts, transfers, who left and who came back; each from a day, with a reason.

The trail names the fields, never the values.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.people import api as people
from lti_tools.people.api import Actor, Affiliation, Person, School, may
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import ListCheck, Programme

ACTION = "person.change"
NOTHING_CHANGED = _("Nothing was changed.")


def change_facts(
    actor: Actor, person_id: uuid.UUID, *, day: date, reason: str, facts: Mapping[str, Any]
) -> Affiliation:
    """New facts from a day on; the affiliation before stays as it was."""
    person = _own(actor, person_id)
    with transaction.atomic():
        changed = people.change_facts(_present(person), day=day, facts=facts)
        if changed.fields:
            _event("person.changed", actor, person, reason, fields=" ".join(changed.fields))
    return changed.affiliation


def transfer(
    actor: Actor, person_id: uuid.UUID, school: School, *, day: date, reason: str, facts: Mapping[str, Any]
) -> Affiliation:
    """From one school of the own area to another; the old school keeps the time that was its own."""
    person = _own(actor, person_id)
    _require_school(actor, school)
    with transaction.atomic():
        before = _present(person)
        opened = _once(lambda: people.transfer(before, school, day=day, facts=facts))
        ends = {"from": str(before.school_id), "to": str(school.id)}
        _event("person.transferred", actor, person, reason, **ends)
    return opened


def mark_left(actor: Actor, person_id: uuid.UUID, *, day: date, left: str, reason: str) -> Affiliation:
    """Retired, moved away or left: nobody is deleted, and who came back is taken back."""
    person = _own(actor, person_id)
    with transaction.atomic():
        ended = people.leave(_present(person), day=day, left=left)
        _event("person.left", actor, person, reason, left=left)
    return ended


def take_back(
    actor: Actor, person_id: uuid.UUID, school: School, *, day: date, reason: str, facts: Mapping[str, Any]
) -> Affiliation:
    """Somebody who left the own area works at one of its schools again."""
    person = _own(actor, person_id)
    _require_school(actor, school)
    with transaction.atomic():
        opened = _once(lambda: people.come_back(person, school, day=day, facts=facts))
        _event("person.returned", actor, person, reason, to=str(school.id))
    return opened


def _own(actor: Actor, person_id: uuid.UUID) -> Person:
    """Of the own area, now or as the last who had them, and never oneself."""
    return people.card_of(actor, ACTION, person_id)


def _present(person: Person) -> Affiliation:
    found = people.present_affiliation(person)
    if found is None:
        raise Refused(
            "affiliation.none",
            _("The person works at none of our schools now."),
            kept=NOTHING_CHANGED,
            todo=_("Take them back first, with the day and the school."),
            status=409,
        )
    return found


def _require_school(actor: Actor, school: School) -> None:
    if not may(actor, ACTION, school=school):
        raise Refused(
            "person.other_bureau",
            _("This school belongs to another bureau."),
            kept=NOTHING_CHANGED,
            todo=_(
                "Ask that bureau to import a roster with the person's ID number: this takes the person over, "
                "with everything that was passed."
            ),
        )


def _once(opening: Any) -> Any:
    """Two who act at the same moment: the database lets one through, the other reads why not."""
    try:
        with transaction.atomic():
            return opening()
    except IntegrityError as problem:
        raise Refused(
            "affiliation.changed_meanwhile",
            _("Somebody else changed this just now."),
            kept=NOTHING_CHANGED,
            todo=_("Look at the card again, then repeat what is still right."),
            status=409,
        ) from problem


def _event(kind: str, actor: Actor, person: Person, reason: str, **detail: str) -> None:
    audit.record(kind, actor=actor.pseudonym, subject=str(person.id), reason=reason, detail=detail)


def check_list(actor: Actor, programme: Programme, school: School, *, mistake: str = "") -> ListCheck:
    """A school office says that its list is right, or what is wrong with it, before it goes up."""
    with transaction.atomic():
        return programmes.check_list(actor, programme, school, mistake=mistake)
