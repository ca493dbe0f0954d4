"""The tree as its officers see it: areas with their schools, how many people each has, and what it was earlier."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lti_tools.errors import Denied
from lti_tools.organisations.models import SchoolSpell
from lti_tools.organisations.spells import BEFORE_RECORDS, open_on
from lti_tools.people.api import Actor, Area, School, areas_of

SEE = "organisation.see"
MOST_FOUND = 50


@dataclass(frozen=True)
class Branch:
    """An area below the one looked at, with what is in it and below it today."""

    area: Area
    schools: int
    people: int


def schools_seen(actor: Actor, action: str = SEE) -> QuerySet[School]:
    """The schools of the areas where the actor may do this, with `people`: how many work there at present."""
    working = Count("affiliation", filter=Q(affiliation__until__isnull=True))
    rows = School.objects.filter(area__in=areas_of(actor, action)).annotate(people=working)
    return rows.select_related("area", "parent", "successor").order_by("code")


def school_for(actor: Actor, school_id: uuid.UUID, action: str = SEE) -> School:
    """Refuses with `Denied` a school of another area and one that does not exist alike."""
    found = schools_seen(actor, action).filter(id=school_id).first()
    if found is None:
        raise Denied(action)
    return found


def open_school_with(actor: Actor, code: str, action: str) -> School | None:
    """The open school with this code, if the actor may do this to it."""
    return schools_seen(actor, action).filter(open_on(timezone.localdate()), code=code).first()


def area_seen(actor: Actor, code: str) -> Area | None:
    """The area with this code, or without a code the topmost one, among those the actor sees."""
    seen = areas_of(actor, SEE)
    return (seen.filter(code=code) if code else seen.order_by("path")).first()


def path_to(actor: Actor, area: Area) -> list[Area]:
    """From the topmost area the actor sees down to this one."""
    return list(areas_of(actor, SEE).filter(code__in=area.path.strip("/").split("/")).order_by("path"))


def tops(actor: Actor) -> list[Area]:
    """The areas the actor was given, without those below them."""
    seen = list(areas_of(actor, SEE).order_by("path"))
    inside = {area.id for area in seen}
    return [area for area in seen if area.parent_id not in inside]


def branches(area: Area) -> list[Branch]:
    """The areas directly below; two queries however many schools there are."""
    below = School.objects.filter(area__path__startswith=area.path).filter(open_on(timezone.localdate()))
    counted = below.values("area__path").annotate(
        schools=Count("id", distinct=True),
        people=Count("affiliation", filter=Q(affiliation__until__isnull=True)),
    )
    rows = [(row["area__path"], row["schools"], row["people"]) for row in counted]
    children = Area.objects.filter(parent=area).order_by("code")
    return [_branch(child, rows) for child in children]


def _branch(area: Area, rows: Iterable[tuple[str, int, int]]) -> Branch:
    inside = [(schools, people) for path, schools, people in rows if path.startswith(area.path)]
    return Branch(area, sum(schools for schools, _ in inside), sum(people for _, people in inside))


def with_points(schools: Iterable[School]) -> list[tuple[School, bool]]:
    """Each school followed by its teaching points; True marks a point shown below its school."""
    rows = list(schools)
    shown = {school.id for school in rows}
    points: dict[uuid.UUID, list[School]] = {}
    for school in rows:
        if school.parent_id in shown:
            points.setdefault(school.parent_id, []).append(school)
    return [
        (row, row is not school)
        for school in rows
        if school.parent_id not in shown
        for row in (school, *points.get(school.id, ()))
    ]


def find(actor: Actor, wanted: str) -> list[School]:
    """Schools by a part of a name or the beginning of a code, those they had earlier included; at most fifty."""
    fits = Q(name__icontains=wanted) | Q(code__startswith=wanted)
    earlier = SchoolSpell.objects.filter(fits).values("school_id")
    return list(schools_seen(actor).filter(fits | Q(id__in=earlier))[:MOST_FOUND])


def history(school: School) -> list[tuple[date | None, SchoolSpell]]:
    """Its spells, the newest first, with the day each began; None when nobody wrote that down."""
    spells = school.spells.select_related("area", "parent").order_by("-since")
    return [(None if spell.since == BEFORE_RECORDS else spell.since, spell) for spell in spells]
