"""Opening schools and changing what they are, from a day on. Data only: the caller asked, and owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.organisations.models import SchoolSpell
from lti_tools.organisations.refusals import (
    check_code,
    check_day,
    check_no_plan,
    check_open,
    check_possible,
    given_once,
    refused,
)
from lti_tools.organisations.spells import FACTS, open_spell, present_spell, succeed
from lti_tools.people.api import Area, School, codes

MOST_OF_A_KIND = 99_999


def hold(school: School) -> School:
    """The school as it is now, locked for this transaction where the database can."""
    return School.objects.select_for_update(of=("self",)).select_related("area").get(id=school.id)


def hold_both(one: School, other: School) -> tuple[School, School]:
    """Both as they are now, always locked in the same order: two who take them crosswise wait and do not collide."""
    rows = School.objects.select_for_update(of=("self",)).select_related("area")
    found = {school.id: school for school in rows.filter(id__in=(one.id, other.id)).order_by("id")}
    return found[one.id], found[other.id]


def open_school(
    *, area: Area, code: str, name: str, location: str, remote: bool = False, since: date
) -> School:
    """A new school. Refuses a code that is none or is taken, and a day more than a year ahead."""
    check_possible(since)
    check_code(code)
    return _made(area=area, parent=None, code=code, name=name, location=location, remote=remote, since=since)


def open_teaching_point(
    school: School, *, code: str, name: str, location: str, remote: bool = False, since: date
) -> School:
    """A teaching point of a school, in the school's area. Refuses a teaching point of a teaching point."""
    parent = hold(school)
    check_open(parent)
    _check_parent(parent)
    check_possible(since)
    check_code(code)
    check_no_plan(present_spell(parent), since)
    area = present_spell(parent).area
    return _made(
        area=area, parent=parent, code=code, name=name, location=location, remote=remote, since=since
    )


def _made(*, since: date, **facts: Any) -> School:
    with given_once():
        made = School.objects.create(**facts)
    open_spell(made, since=since)
    return made


def rename(school: School, *, code: str, name: str, since: date) -> School:
    """Another name, another code, or both, from that day on; the old ones stay findable."""
    check_code(code, besides=school)
    return _change(school, on=since, code=code, name=name)


def change_kind(school: School, *, location: str, remote: bool, since: date) -> School:
    """Urban, township or village, remote or not, from that day on."""
    return _change(school, on=since, location=location, remote=remote)


def move(school: School, *, area: Area, parent: School | None, since: date) -> School:
    """To another area, or to another parent: a school may become a teaching point, and a point a school.

    A teaching point lies in the area of its school, and the points of a school move along with it.
    """
    if parent is not None:
        school, parent = hold_both(school, parent)
    points = points_of(hold(school))
    if parent is not None:
        _check_new_parent(school, parent, points)
        check_no_plan(present_spell(parent), since)
        area = present_spell(parent).area
    moved = _change(school, on=since, area_id=area.id, parent_id=parent.id if parent else None)
    for point in points:
        _change(point, on=since, same_is_fine=True, area_id=area.id)
    return moved


def _check_new_parent(school: School, parent: School, points: list[School]) -> None:
    check_open(parent)
    _check_parent(parent)
    if parent.id == school.id:
        raise refused(
            "own_parent",
            _("A school cannot be a teaching point of itself."),
            _("Give the code of another school, or leave the field empty."),
            field="parent",
        )
    if points:
        raise refused(
            "has_points",
            _("%(name)s has teaching points of its own, and a teaching point has none.")
            % {"name": school.name},
            _("Move or close its teaching points first."),
            field="parent",
        )


def _check_parent(parent: School) -> None:
    if present_spell(parent).parent_id is not None:
        raise refused(
            "point_of_point",
            _("%(name)s is a teaching point itself, and a teaching point has none.") % {"name": parent.name},
            _("Give the school to which it belongs."),
            field="parent",
        )


def points_of(school: School) -> list[School]:
    """Its teaching points that are not closed."""
    return list(School.objects.filter(parent=school, closed_on__isnull=True).order_by("code"))


def take_points(school: School, *, into: School, on: date) -> int:
    """The teaching points of one school become those of another; returns how many."""
    points = points_of(school)
    for point in points:
        _change(point, on=on, parent_id=into.id, area_id=into.area_id)
    return len(points)


def _change(school: School, *, on: date, same_is_fine: bool = False, **facts: Any) -> School:
    """A new spell from that day; `School` follows at once when the day has come, else by `catch_up`."""
    held = hold(school)
    check_open(held)
    present = present_spell(held)
    check_day(present, on)
    if all(getattr(present, name) == value for name, value in facts.items()):
        if same_is_fine:
            return held
        raise refused(
            "nothing_new",
            _("That is what is written about this school already."),
            _("Change something, or go back."),
        )
    return _follow(held, succeed(present, on=on, **facts))


def _follow(school: School, spell: SchoolSpell) -> School:
    if spell.since <= timezone.localdate():
        with given_once():
            School.objects.filter(id=school.id).update(**{name: getattr(spell, name) for name in FACTS})
    return School.objects.select_related("area", "parent").get(id=school.id)


def set_equipment(school: School, equipment: Mapping[str, int | None]) -> School:
    """How many of each kind of the table `equipment` there are; None takes a line out. Has no history.

    Refuses kinds that are not in the table and numbers below 0 or above 99999.
    """
    held = hold(school)
    check_open(held)
    known = {code.code for code in codes.known("equipment")}
    for kind, number in equipment.items():
        if kind not in known or not (number is None or 0 <= number <= MOST_OF_A_KIND):
            raise refused(
                "equipment",
                _("A number of the equipment cannot be right."),
                _("Give whole numbers from 0 to 99999, or leave a line empty."),
                field=kind,
            )
    merged = held.equipment | dict(equipment)
    held.equipment = {kind: number for kind, number in merged.items() if number is not None}
    held.save(update_fields=["equipment"])
    return held
