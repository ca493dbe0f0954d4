"""Who may read which lesson: never the teacher, never a colleague, never twice, the least loaded first."""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import ShijieError
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, Area, Person, RoleGrant, in_force
from lti_tools.ratings.models import Reading

LOT = random.SystemRandom()


@dataclass(frozen=True)
class Seat:
    """Whose lesson is to be read, in which area, and for how many years colleagues stay colleagues."""

    teacher: Person
    area: Area
    colleague_years: int


def pick(
    count: int, *, seat: Seat, without: Collection[uuid.UUID] = (), pool: Iterable[Person] | None = None
) -> list[Person]:
    """`count` raters for the seat, least loaded first, ties by lot.

    Refuses (not for good: grants may come) when the area has fewer eligible raters than that.
    """
    found = eligible(seat, without=without, pool=pool)
    if len(found) < count:
        raise ShijieError(
            "ratings.too_few_raters",
            _("Not enough raters from other schools are free to rate this lesson."),
            permanent=False,
            needed=count,
            found=len(found),
        )
    LOT.shuffle(found)
    load = _load(found)
    return sorted(found, key=lambda person: load.get(person.id, 0))[:count]


def eligible(
    seat: Seat, *, without: Collection[uuid.UUID] = (), pool: Iterable[Person] | None = None
) -> list[Person]:
    """Holders of a present rater grant covering the area who share no school with the teacher.

    A rater of a college or a research office works at no school of ours and shares none.
    """
    barred = {seat.teacher.id, *without, *_colleagues(seat)}
    people = Person.objects.filter(id__in=_granted(seat.area).values("person_id")).exclude(id__in=barred)
    if pool is not None:
        people = people.filter(id__in=[person.id for person in pool])
    return list(people)


def _colleagues(seat: Seat) -> set[uuid.UUID]:
    """Everybody who in the last years worked where the teacher worked in the last years."""
    since = timezone.localdate() - timedelta(days=366 * seat.colleague_years)
    recent = Affiliation.objects.filter(Q(until__isnull=True) | Q(until__gte=since))
    worked = set(recent.filter(person=seat.teacher).values_list("school_id", flat=True))
    shared = recent.filter(school__in=organisations.houses(worked, since=since))
    return set(shared.values_list("person_id", flat=True))


def _granted(area: Area) -> QuerySet[RoleGrant]:
    covering = Q(area__isnull=True, school__isnull=True) | Q(area__path__in=_upwards(area.path))
    return in_force(RoleGrant.objects.filter(covering, role=RoleGrant.Role.RATER))


def _upwards(path: str) -> list[str]:
    """The area's own path and those of all areas above it."""
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[:depth])}/" for depth in range(1, len(codes) + 1)]


def _load(people: Iterable[Person]) -> dict[uuid.UUID, int]:
    waiting = Reading.objects.filter(rater__in=[person.id for person in people], state=Reading.State.OPEN)
    return dict(waiting.values_list("rater_id").annotate(Count("id")))
