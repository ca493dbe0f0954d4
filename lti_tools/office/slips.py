"""Slips for teachers without an LMS: who prints and ends them, and who confirms telephones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Denied, Refused
from lti_tools.identities import api as identities
from lti_tools.identities.api import SlipState, Telephone
from lti_tools.people.api import (
    ACTIONS,
    Actor,
    Person,
    School,
    anybody_holds,
    left_schools,
    require,
    visible_to,
)
from lti_tools.programmes.api import Enrolment, current_enrolment

PRINT = "slip.print"
CONFIRM = "slip.confirm"
# Slips of one run: what one sees through before handing it out.
MOST_AT_ONCE = 60


@dataclass(frozen=True)
class Holder:
    """A teacher of a school and how their slip stands. `barred` is the code of why none can be printed, or ""."""

    person_id: uuid.UUID
    name: str
    state: SlipState
    barred: str


@dataclass(frozen=True)
class Printed:
    """What stands on one slip. `secret` exists in this value only; `question` is what its first scan asks."""

    name: str
    school: str
    programme: str
    secret: str
    question: str
    last_day: date


@dataclass(frozen=True)
class Waiting:
    """A telephone that waits for its confirmation, and whose path it wants to open."""

    teacher: str
    telephone: Telephone


# Printing ------------------------------------------------------------------------------------------------------


def schools(actor: Actor, *, named: str = "") -> QuerySet[School]:
    """The open schools and teaching points for which the actor may print, by name or code."""
    reach = Q(pk__in=[])
    for grant in actor.granted(ACTIONS[PRINT].roles):
        reach |= Q(id__in=grant.school_ids)
        if grant.area_path:
            reach |= Q(area__path__startswith=grant.area_path)
    found = School.objects.filter(reach, closed_on__isnull=True).select_related("area")
    if named:
        found = found.filter(Q(name__icontains=named) | Q(code__startswith=named))
    return found.order_by("code")


def school_for(actor: Actor, school_id: uuid.UUID) -> School:
    school = School.objects.select_related("area").filter(id=school_id).first()
    if school is None:
        raise Denied(PRINT)
    require(actor, PRINT, school=school)
    return school


def teachers(actor: Actor, school: School) -> QuerySet[Person]:
    """Everybody who works at the school today, by name, without the actor."""
    require(actor, PRINT, school=school)
    here = _narrowed(actor, PRINT).filter(affiliations__school=school, affiliations__until__isnull=True)
    return here.exclude(id=actor.person_id).order_by("name", "id")


def former(actor: Actor, school: School) -> list[Holder]:
    """Who left this school for none of ours, with a slip that still opens their path: it may be ended here."""
    require(actor, PRINT, school=school)
    gone = identities.with_slip(left_schools([school.id])).order_by("name", "id")
    return [row for row in holders(list(gone)) if row.state.revocable]


def is_confirmed_by_somebody(school: School) -> bool:
    """Whether a specialist or envoy of the school, or of the school it belongs to, is there to confirm telephones."""
    at = [one for one in (school.id, school.parent_id) if one]
    return anybody_holds(ACTIONS[CONFIRM].roles, schools=at)


def holders(people: Sequence[Person]) -> list[Holder]:
    states = identities.states_of(person.id for person in people)
    return [
        Holder(
            person_id=person.id,
            name=person.name,
            state=states.get(person.id, SlipState()),
            barred=_barred(person),
        )
        for person in people
    ]


def _barred(person: Person) -> str:
    refusal = identities.refusal_for(person)
    if refusal:
        return refusal.code
    return "" if current_enrolment(person) else "slip.no_programme"


def without_slip(actor: Actor, school: School) -> list[uuid.UUID]:
    """Who may hold a slip and has none that works, the first `MOST_AT_ONCE` by name."""
    rows = holders(list(teachers(actor, school)))
    return [row.person_id for row in rows if not row.barred and not row.state.works][:MOST_AT_ONCE]


@transaction.atomic
def print_slips(actor: Actor, school: School, people: Iterable[uuid.UUID]) -> list[Printed]:
    """New slips for teachers of one school; what they had before is revoked. All are printed or none.

    Refuses none and more than `MOST_AT_ONCE`, people who may hold no slip, and people in no running programme;
    people of another school are `Denied`.
    """
    wanted = set(people)
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise _not_printed(
            "slip.how_many",
            _("Nobody was chosen, or more than 60 teachers."),
            _("Choose between one and 60 teachers and print again."),
        )
    found = list(teachers(actor, school).filter(id__in=wanted))
    if len(found) != len(wanted):
        raise Denied(PRINT)
    return [_print(actor, school, person) for person in found]


def _print(actor: Actor, school: School, person: Person) -> Printed:
    enrolment = _enrolment(person)
    slip, secret = identities.issue(person, by=actor, until=enrolment.programme.ends)
    return Printed(
        name=person.name,
        school=school.name,
        programme=enrolment.programme.title,
        secret=secret,
        question=identities.question_for(person),
        last_day=timezone.localdate(slip.expires_at - timedelta(seconds=1)),
    )


def _enrolment(person: Person) -> Enrolment:
    enrolment = current_enrolment(person)
    if enrolment is None:
        raise _not_printed(
            "slip.no_programme",
            _("Somebody you chose is in no running programme, so there is no path a slip could open."),
            _("Ask the education bureau to put the teacher on the list of the programme, then print again."),
        )
    return enrolment


def _not_printed(code: str, message: object, todo: object) -> Refused:
    kept = _("No slip was printed, and no earlier one was ended.")
    return Refused(code, message, kept=kept, todo=todo, status=409)


def revoke_slip(actor: Actor, slip_id: uuid.UUID) -> None:
    """The slip and all its telephones open nothing from now on."""
    slip = identities.slip_by_id(slip_id)
    _require_holder(actor, slip.person_id)
    identities.revoke(slip, by=actor)


# Confirming ----------------------------------------------------------------------------------------------------


def waiting_telephones(actor: Actor) -> list[Waiting]:
    """Telephones of the teachers of one's own schools that answered right and wait, the longest waiting first."""
    return [
        Waiting(teacher=scan.slip.person.name, telephone=identities.telephone_of(scan))
        for scan in identities.waiting_scans(_narrowed(actor, CONFIRM))
    ]


def confirm_telephone(actor: Actor, scan_id: uuid.UUID) -> None:
    """The specialist saw the same number on the teacher's telephone: it opens the path from now on."""
    _require_scan(actor, CONFIRM, scan_id)
    identities.confirm(scan_id, by=actor)


def decline_telephone(actor: Actor, scan_id: uuid.UUID) -> None:
    _require_scan(actor, CONFIRM, scan_id)
    identities.decline(scan_id, by=actor)


def end_telephone(actor: Actor, scan_id: uuid.UUID) -> None:
    """A lost telephone: it opens nothing from its next request on."""
    _require_holder(actor, identities.find_scan(scan_id).slip.person_id)
    identities.end_telephone(scan_id, by=actor)


def _require_holder(actor: Actor, person_id: uuid.UUID) -> None:
    """Whoever prints for the school where the holder works or, working nowhere now, worked last."""
    own = schools(actor).values_list("id", flat=True)
    if not left_schools(own).exclude(id=actor.person_id).filter(id=person_id).exists():
        require(actor, PRINT, person_id=person_id)


def _require_scan(actor: Actor, action: str, scan_id: uuid.UUID) -> None:
    require(actor, action, person_id=identities.find_scan(scan_id).slip.person_id)


def _narrowed(actor: Actor, action: str) -> QuerySet[Person]:
    """The people one sees by the roles of this action only, never by another role one holds besides."""
    in_this_role = replace(actor, grants=actor.granted(ACTIONS[action].roles))
    return visible_to(in_this_role).exclude(id=actor.person_id)
