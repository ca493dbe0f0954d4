"""Where somebody works and as what, through the years: one affiliation after the other, never two at once.

A change begins on a day: the affiliation before ends on it and stays as it was. The caller has asked for the right
and holds the transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Denied, Refused
from lti_tools.people.access import Actor, areas_of, visible_to
from lti_tools.people.models import Affiliation, Person, School
from lti_tools.people.rights import ACTIONS

NOTHING_CHANGED = _("Nothing was changed.")
# Facts that may differ from one affiliation to the next.
FACTS = (
    "employment",
    "staff_status",
    "stage",
    "subjects",
    "title",
    "title_date",
    "appointed_date",
    "post_level",
    "personnel_unit",
)
# What belongs to the school and not to the person: not taken along by a transfer.
OF_THE_SCHOOL = frozenset({"staff_status", "personnel_unit"})
CHANGED, TRANSFERRED = "changed", "transferred"
# Codes of the table `left` that say somebody works nowhere with us any more.
LEFT = ("retired", "moved-away", "left")


@dataclass(frozen=True)
class Change:
    """The affiliation that holds now, and the names of the facts that are different from before."""

    affiliation: Affiliation
    fields: tuple[str, ...]


def affiliations_of(person: Person) -> QuerySet[Affiliation]:
    """From the first to the present one."""
    return person.affiliations.select_related("school__area").order_by(
        "since", F("until").asc(nulls_last=True)
    )


def change_facts(present: Affiliation, *, day: date, facts: Mapping[str, Any]) -> Change:
    """From `day` on these facts hold. On the first day of the present affiliation it is corrected in place.

    Refuses a day before that or in the future; the same facts again change nothing.
    """
    changed = tuple(key for key in FACTS if key in facts and facts[key] != getattr(present, key))
    _require_day(day, not_before=present.since)
    if not changed:
        return Change(present, ())
    new = {key: facts[key] for key in changed}
    if day == present.since:
        for key, value in new.items():
            setattr(present, key, value)
        present.save(update_fields=list(changed))
        return Change(present, changed)
    opened = _copy(present, school=present.school, since=day, without=frozenset(), facts=new)
    _end(present, day, left=CHANGED)
    opened.save(force_insert=True)
    return Change(opened, changed)


def transfer(present: Affiliation, school: School, *, day: date, facts: Mapping[str, Any]) -> Affiliation:
    """Ends the present affiliation and opens one at `school` on the same day; returns the new one.

    Refuses the same school, a closed one, and a day before the one the present affiliation began. On this very day
    the one before held no day, as when a roster of this morning named the wrong school; it stays on record.
    """
    if school.id == present.school_id:
        raise _refused(
            "affiliation.same_school", _("The person works at this school."), _("Choose another school.")
        )
    _require_working(school)
    _require_day(day, not_before=present.since)
    opened = _copy(present, school=school, since=day, without=OF_THE_SCHOOL, facts=facts)
    _end(present, day, left=TRANSFERRED)
    opened.save(force_insert=True)
    return opened


def leave(present: Affiliation, *, day: date, left: str) -> Affiliation:
    """Marks the person as retired, moved away or left: from `day` on they work nowhere with us."""
    if left not in LEFT:
        raise _refused(
            "affiliation.left_unknown", _("Say why the person left."), _("Choose one of the list.")
        )
    _require_day(day, not_before=present.since)
    _end(present, day, left=left)
    return present


def come_back(person: Person, school: School, *, day: date, facts: Mapping[str, Any]) -> Affiliation:
    """Opens an affiliation for somebody who has none. Refuses days on which the last one still held."""
    if person.affiliations.filter(until__isnull=True).exists():
        raise _refused(
            "affiliation.present",
            _("The person works at a school already."),
            _("Transfer them from there instead."),
            status=409,
        )
    _require_working(school)
    last = person.affiliations.order_by("-until", "-since").first()
    _require_day(day, not_before=last.until if last else None)
    blank = last or Affiliation(person=person)
    opened = _copy(blank, school=school, since=day, without=OF_THE_SCHOOL, facts=facts)
    opened.save(force_insert=True)
    return opened


def _copy(
    before: Affiliation, *, school: School, since: date, without: frozenset[str], facts: Mapping[str, Any]
) -> Affiliation:
    kept = {key: getattr(before, key) for key in FACTS if key not in without}
    given = {key: value for key, value in facts.items() if key in FACTS}
    return Affiliation(person=before.person, school=school, since=since, **(kept | given))


def _end(present: Affiliation, day: date, *, left: str) -> None:
    """Of two who end it at the same moment one is refused; nobody works at two schools."""
    rows = Affiliation.objects.filter(id=present.id, until__isnull=True)
    if not rows.update(until=day, left=left):
        raise _refused(
            "affiliation.changed_meanwhile",
            _("Somebody else changed this just now."),
            _("Look at the card again, then repeat what is still right."),
            status=409,
        )
    present.until, present.left = day, left


def _require_day(day: date, *, not_before: date | None) -> None:
    if day > timezone.localdate():
        raise _refused(
            "affiliation.day_in_future",
            _("The day lies in the future."),
            _("Enter the change on the day it begins, or afterwards."),
        )
    if not_before is not None and day < not_before:
        raise _refused(
            "affiliation.day_too_early",
            _("What holds now began on %(day)s; a change cannot begin before it.")
            % {"day": not_before.isoformat()},
            _("Choose a later day."),
        )


def _require_working(school: School) -> None:
    """Whatever the day: what begins now would go on after the school's end. Locked, so that no merger slips between."""
    there = School.objects.select_for_update(of=("self",)).get(id=school.id)
    if there.closed_on is not None:
        raise _refused(
            "affiliation.school_closed",
            _("This school was closed on %(day)s.") % {"day": there.closed_on.isoformat()},
            _("Choose the school that took its people over."),
        )


def _refused(code: str, message: Any, todo: Any, *, status: int = 400) -> Refused:
    return Refused(code, message, kept=NOTHING_CHANGED, todo=todo, status=status)


def seen_as(actor: Actor, action: str, *, with_self: bool = False) -> QuerySet[Person]:
    """Door 1, narrowed to the roles that may do this: an officer who teaches as well does not find colleagues."""
    rows = visible_to(replace(actor, grants=actor.granted(ACTIONS[action].roles)))
    return rows if with_self else rows.exclude(id=actor.person_id)


def left_from(actor: Actor, action: str) -> QuerySet[Person]:
    """Those who work nowhere now and did so last in the actor's area: whoever let them go can take them back."""
    return _gone("school__area_id").filter(last__in=areas_of(actor, action))


def left_schools(schools: Iterable[uuid.UUID]) -> QuerySet[Person]:
    """Those who work nowhere now and did so last at one of these schools, or at one that was merged into them."""
    own = set(schools)
    merged = School.objects.filter(successor__in=own).values_list("id", flat=True)
    return _gone("school_id").filter(last__in=[*own, *merged])


def _gone(what: str) -> QuerySet[Person]:
    """People who work nowhere now, with `last`: this field of the affiliation that ended last."""
    last = Affiliation.objects.filter(person=OuterRef("pk")).order_by("-until", "-since")
    rows = Person.objects.filter(erased_at__isnull=True).exclude(affiliations__until__isnull=True)
    return rows.annotate(last=Subquery(last.values(what)[:1]))


def card_of(actor: Actor, action: str, person_id: object) -> Person:
    """A person the actor may see in this role, now or as the last who had them; `Denied` otherwise."""
    reach = Q(pk__in=seen_as(actor, action).values("pk")) | Q(pk__in=left_from(actor, action).values("pk"))
    found = Person.objects.filter(reach, id=person_id).first()
    if found is None:
        raise Denied(action)
    return found


def find_people(
    actor: Actor, action: str, *, text: str = "", school: str = "", status: str = ""
) -> QuerySet[Person]:
    """By name or staff number and by school code or name; `status` is a code of `staff_status`, or "gone"."""
    gone = status == "gone"
    rows = left_from(actor, action) if gone else seen_as(actor, action)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(staff_no__iexact=text))
    working = Affiliation.objects.filter(until__isnull=not gone)
    if school:
        working = working.filter(Q(school__code=school) | Q(school__name__icontains=school))
    if status and not gone:
        working = working.filter(staff_status=status)
    if school or (status and not gone):
        rows = rows.filter(id__in=working.values("person_id"))
    return rows.order_by("name", "staff_no", "id")
