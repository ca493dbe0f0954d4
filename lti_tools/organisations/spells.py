"""What a school was on a day: spells, kept so that a report of last year shows last year's school."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from lti_tools.organisations.models import SchoolSpell
from lti_tools.people.api import Area, School

# When a school was there before anybody wrote down since when.
BEFORE_RECORDS = date(1900, 1, 1)
FACTS = ("code", "name", "area_id", "parent_id", "location", "remote")


@dataclass(frozen=True)
class SchoolFacts:
    """What a school was on one day; its area with the area's path, as areas are today."""

    school_id: uuid.UUID
    code: str
    name: str
    area_id: uuid.UUID
    area_path: str
    area_name: str
    parent_id: uuid.UUID | None
    location: str
    remote: bool


def facts_on(school: School, day: date) -> SchoolFacts:
    """What the school was on that day.

    Before its first spell it counts as what the first one says, after its end as what it was last; a school
    without spells is what `School` says.
    """
    return facts_of([school.id], day)[school.id]


def facts_of(school_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, SchoolFacts]:
    """`facts_on` for many schools: always two queries."""
    wanted = list(set(school_ids))
    spells: dict[uuid.UUID, SchoolSpell] = {}
    for spell in SchoolSpell.objects.filter(school__in=wanted).select_related("area").order_by("since"):
        if spell.since <= day or spell.school_id not in spells:
            spells[spell.school_id] = spell
    schools = School.objects.filter(id__in=wanted).select_related("area")
    return {school.id: _facts(school.id, spells.get(school.id, school)) for school in schools}


def _facts(school_id: uuid.UUID, told: SchoolSpell | School) -> SchoolFacts:
    return SchoolFacts(
        school_id=school_id,
        area_path=told.area.path,
        area_name=told.area.name,
        **{name: getattr(told, name) for name in FACTS},
    )


def holding(day: date) -> Q:
    """Of rows with `since` and `until`: those that held on that day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def open_on(day: date) -> Q:
    """Of schools: those that had not been closed by that day."""
    return Q(closed_on__isnull=True) | Q(closed_on__gt=day)


def schools_in(area: Area, day: date) -> set[uuid.UUID]:
    """Schools that lay in the area or below it on that day and were open then, whatever became of them since."""
    below = Q(area__path__startswith=area.path)
    written = SchoolSpell.objects.filter(holding(day) & below).values_list("school_id", flat=True)
    unwritten = School.objects.filter(below & open_on(day), spells__isnull=True).values_list("id", flat=True)
    return {*written, *unwritten}


def houses(schools: Iterable[uuid.UUID], *, since: date) -> set[uuid.UUID]:
    """These schools with everything that was one house with any of them at some time from that day on.

    A teaching point and its school are one house, and so are all points of a school: colleagues, whatever the
    building, and whatever became of the school since.
    """
    own = set(schools)
    tops = own | {parent for _point, parent in _held_points(Q(school__in=own), Q(id__in=own), since)}
    below = _held_points(Q(parent__in=tops), Q(parent__in=tops), since)
    return tops | {point for point, _parent in below}


def _held_points(spells: Q, schools: Q, since: date) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Teaching points with the school they belonged to, of what is written and of what `School` says now."""
    written = SchoolSpell.objects.filter(spells, parent__isnull=False, since__lte=timezone.localdate())
    written = written.filter(Q(until__isnull=True) | Q(until__gte=since))
    now = School.objects.filter(schools, parent__isnull=False)
    return {*written.values_list("school_id", "parent_id"), *now.values_list("id", "parent_id")}


def open_spell(school: School, *, since: date) -> SchoolSpell:
    """The school's first spell, saying what `School` says; one that has spells already keeps them."""
    first = school.spells.order_by("since").first()
    return first or SchoolSpell.objects.create(
        school=school, since=since, **{name: getattr(school, name) for name in FACTS}
    )


def present_spell(school: School) -> SchoolSpell:
    """The spell without end, which may lie ahead. What was never written down is written down now."""
    present = school.spells.filter(until__isnull=True).first()
    return present or open_spell(school, since=BEFORE_RECORDS)


def succeed(present: SchoolSpell, *, on: date, **facts: Any) -> SchoolSpell:
    """From that day on other facts hold: the present spell ends, or is corrected if it began on that very day."""
    if present.since == on:
        for name, value in facts.items():
            setattr(present, name, value)
        present.save()
        return present
    kept = {name: getattr(present, name) for name in FACTS}
    end(present, on=on)
    return SchoolSpell.objects.create(school_id=present.school_id, since=on, **(kept | facts))


def end(spell: SchoolSpell, *, on: date) -> None:
    SchoolSpell.objects.filter(id=spell.id).update(until=on)


def catch_up(day: date) -> int:
    """Lets `School` say what the spell of that day says: planned changes come true. Returns how many did."""
    told = SchoolSpell.objects.filter(holding(day) & _differs())
    for spell in told:
        School.objects.filter(id=spell.school_id).update(**{name: getattr(spell, name) for name in FACTS})
    return len(told)


def _differs() -> Q:
    """Spells that say something else than their school; the comparison of two empty parents needs its own words."""
    plain = [name for name in FACTS if name != "parent_id"]
    other = Q(parent__isnull=True, school__parent__isnull=False)
    other |= Q(parent__isnull=False, school__parent__isnull=True)
    other |= Q(parent__isnull=False, school__parent__isnull=False) & ~Q(parent_id=F("school__parent_id"))
    for name in plain:
        other |= ~Q(**{name: F(f"school__{name}")})
    return other
