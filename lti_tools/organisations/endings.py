"""Closing a school, and merging it into another: people, teaching points and rights follow. Data only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lti_tools.organisations.changes import hold, hold_both, points_of, take_points
from lti_tools.organisations.models import SchoolSpell
from lti_tools.organisations.refusals import check_day, check_no_plan, check_open, refused
from lti_tools.organisations.spells import end, present_spell
from lti_tools.people.api import Affiliation, Person, RoleGrant, School

BATCH = 500
# Why an affiliation ended (codes.toml, table `left`).
MERGED = "merged"


@dataclass(frozen=True)
class Ended:
    """What went along: who changed the school, how many teaching points did, whose rights at the school ended."""

    people: frozenset[uuid.UUID] = frozenset()
    points: int = 0
    holders: tuple[uuid.UUID, ...] = ()


def close(school: School, *, since: date, by: Person | None) -> Ended:
    """From that day on, today or earlier, there is no such school.

    Refuses while people work in it or it has teaching points.
    """
    held, present = _ending(school, since)
    working = _at_work(held, since).count()
    if working:
        raise refused(
            "people_left",
            ngettext_lazy("%(count)s person still works here.", "%(count)s people still work here.", working)
            % {"count": working},
            _(
                "Merge the school into another one, or import a roster that shows where they work from then on."
            ),
            people=working,
        )
    _refuse_points(points_of(held))
    holders = _end_grants(held, on=since, by=by)
    _close(held, present, on=since)
    return Ended(holders=holders)


def merge(school: School, *, into: School, since: date, by: Person | None) -> Ended:
    """The school becomes part of another one on that day, which is today or earlier.

    Affiliations of the old school end on that day (`left` "merged") and go on at the successor with all their
    facts, teaching points move along, rights at the old school end. Its code and name stay findable.
    """
    hold_both(school, into)
    held, present = _ending(school, since)
    successor = hold(into)
    _check_successor(held, successor, since)
    points = take_points(held, into=successor, on=since)
    people = _take_people(held, into=successor, on=since)
    holders = _end_grants(held, on=since, by=by)
    _close(held, present, on=since, successor=successor)
    return Ended(people=people, points=points, holders=holders)


def _ending(school: School, on: date) -> tuple[School, SchoolSpell]:
    """Refuses a day ahead: what works here, and may, changes with the school at once."""
    if on > timezone.localdate():
        raise refused(
            "end_ahead",
            _(
                "A school is closed or merged when the day has come, because people and rights change with it."
            ),
            _("Come back on that day."),
            field="since",
        )
    held = hold(school)
    check_open(held)
    present = present_spell(held)
    check_day(present, on)
    if present.since == on:
        raise refused(
            "same_day",
            _("What is written about %(name)s now began on this very day.") % {"name": held.name},
            _("Give a later day."),
            field="since",
        )
    return held, present


def _refuse_points(points: list[School]) -> None:
    if points:
        raise refused(
            "points_left",
            ngettext_lazy(
                "The school has %(count)s teaching point.",
                "The school has %(count)s teaching points.",
                len(points),
            )
            % {"count": len(points)},
            _("Move or close them first, or merge the school into another one."),
        )


def _check_successor(school: School, into: School, on: date) -> None:
    if into.id == school.id:
        raise refused(
            "into_itself",
            _("A school cannot be merged into itself."),
            _("Give the code of the school that takes over."),
            field="into",
        )
    check_open(into)
    if into.parent_id is not None and (into.parent_id == school.id or points_of(school)):
        raise refused(
            "into_a_point",
            _("%(name)s is a teaching point, and the teaching points of a school move along with it.")
            % {"name": into.name},
            _("Give a school, or make %(name)s a school of its own first.") % {"name": into.name},
            field="into",
        )
    if points_of(school):
        check_no_plan(present_spell(into), on)
    first = into.spells.order_by("since").first()
    if first is not None and first.since > on:
        raise refused(
            "into_not_open",
            _("%(name)s opened only on %(day)s.") % {"name": into.name, "day": first.since.isoformat()},
            _("Give that day or a later one."),
            field="since",
        )


def _at_work(school: School, on: date) -> QuerySet[Affiliation]:
    """Affiliations that go on, or begin, on that day or later."""
    return Affiliation.objects.filter(school=school).filter(Q(until__isnull=True) | Q(until__gt=on))


def _take_people(school: School, *, into: School, on: date) -> frozenset[uuid.UUID]:
    """What began earlier is cut in two at that day; what began that day or later was at the successor all along."""
    going_on = list(_at_work(school, on).filter(since__lt=on))
    later = _at_work(school, on).filter(since__gte=on)
    moved = frozenset({*(row.person_id for row in going_on), *later.values_list("person_id", flat=True)})
    later.update(school=into)
    _at_work(school, on).filter(since__lt=on).update(until=on, left=MERGED)
    Affiliation.objects.bulk_create([_carried(row, into, on) for row in going_on], batch_size=BATCH)
    return moved


def _carried(row: Affiliation, into: School, on: date) -> Affiliation:
    own = {"id", "school_id", "since"}
    facts = {
        field.attname: getattr(row, field.attname)
        for field in Affiliation._meta.concrete_fields
        if field.attname not in own
    }
    return Affiliation(school=into, since=on, **facts)


def _end_grants(school: School, *, on: date, by: Person | None) -> tuple[uuid.UUID, ...]:
    """Rights at the school hold until the day before; one that would begin later never does. Says whose they were."""
    grants = RoleGrant.objects.filter(school=school, revoked_at__isnull=True)
    grants = grants.filter(Q(until__isnull=True) | Q(until__gte=on))
    holders = tuple(grants.values_list("person_id", flat=True))
    grants.filter(since__gte=on).update(
        revoked_at=timezone.now(), revoked_by=by, revoked_reason=str(_("The school was closed or merged."))
    )
    grants.filter(since__lt=on).update(until=on - timedelta(days=1))
    return holders


def _close(school: School, present: SchoolSpell, *, on: date, successor: School | None = None) -> None:
    end(present, on=on)
    School.objects.filter(id=school.id).update(closed_on=on, successor=successor)
