"""From one programme into another: who is carried over when one closes, and what follows a person who transfers.

Here only enrolments move; what was passed in them, and its hours, is the business of the rooms above.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from lti_tools.people.api import Person, enter_many
from lti_tools.programmes.models import Enrolment, ParticipationEntry, Programme
from lti_tools.programmes.participation import carried_entry

BATCH = 500
Kind = Enrolment.Participation


@dataclass(frozen=True)
class Left:
    """Who would be carried over when a programme closes: unfinished and due, deferred, exempt.

    Whose leave or exemption is over that day counts as due.
    """

    due: int
    deferred: int
    exempt: int

    @property
    def people(self) -> int:
        return self.due + self.deferred + self.exempt


def newly_enrolled(programme: Programme, people: Iterable[Person]) -> list[Enrolment]:
    """Enrols everybody not yet enrolled; returns the new enrolments."""
    wanted = {person.id: person for person in people}
    known: set[uuid.UUID] = set()
    for some in _parts(list(wanted)):
        rows = Enrolment.objects.filter(programme=programme, person_id__in=some)
        known.update(rows.values_list("person_id", flat=True))
    new = [Enrolment(programme=programme, person=one) for key, one in wanted.items() if key not in known]
    enter_many(new)
    return new


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    following = iter(rows)
    while part := list(islice(following, BATCH)):
        yield part


def follow(new: Sequence[Enrolment]) -> list[Enrolment]:
    """Of these new enrolments, those of people with another one that is open, runs today and was not carried on yet.

    Each of them remembers it as `carried_from`; of several, the one enrolled last.
    """
    found: list[Enrolment] = []
    today = timezone.localdate()
    for part in _parts(new):
        earlier = _running(today).filter(person_id__in=[row.person_id for row in part])
        own = [row.id for row in part]
        rows = earlier.exclude(id__in=own).select_related("programme__area", "person").order_by("enrolled_at")
        by_person = {row.person_id: row for row in rows}
        for row in part:
            if row.person_id in by_person:
                row.carried_from = by_person[row.person_id]
                found.append(row)
    return found


def _running(today: date) -> QuerySet[Enrolment]:
    carried = Exists(Enrolment.objects.filter(carried_from=OuterRef("pk")))
    return Enrolment.objects.filter(
        ~carried,
        programme__starts__lte=today,
        programme__ends__gte=today,
        programme__closed_at__isnull=True,
    )


def find_programme(programme_id: object) -> Programme:
    return Programme.objects.select_related("area", "successor__area").get(id=programme_id)


def successors_for(programme: Programme) -> QuerySet[Programme]:
    """Programmes that may follow this one: of its area or one above, open, and running today."""
    today = timezone.localdate()
    codes = programme.area.path.strip("/").split("/")
    rows = Programme.objects.filter(
        area__code__in=codes, starts__lte=today, ends__gte=today, closed_at__isnull=True
    )
    return rows.exclude(id=programme.id).select_related("area").order_by("-opened_at")


def everybody(programme: Programme) -> QuerySet[Enrolment]:
    """Every enrolment; the caller has asked for the whole programme, or is a job."""
    return Enrolment.objects.filter(programme=programme)


def unfinished(programme: Programme, *, certified: Any) -> QuerySet[Enrolment]:
    """Everybody without a certificate in force (`certified` are the ids of those with one)."""
    rows = Enrolment.objects.filter(programme=programme).exclude(id__in=certified)
    return rows.select_related("person", "programme__area").order_by("id")


def left(rows: QuerySet[Enrolment]) -> Left:
    still = rows.exclude(participation_until__isnull=False, participation_until__lte=timezone.localdate())
    deferred, exempt = (still.filter(participation=kind).count() for kind in (Kind.DEFERRED, Kind.EXEMPT))
    return Left(due=rows.count() - deferred - exempt, deferred=deferred, exempt=exempt)


def enrol_carried(old: Enrolment, successor: Programme) -> Enrolment | None:
    """Enrols one person in the programme that follows; a leave or exemption goes with them, to its own end.

    None when the person is in it already.
    """
    new, made = Enrolment.objects.get_or_create(
        programme=successor, person=old.person, defaults=_carried(old, successor)
    )
    if not made:
        return None
    if new.participation != Kind.DUE:
        ParticipationEntry.objects.bulk_create([carried_entry(new)])
    return new


def already_there(old: Enrolment, successor: Programme) -> Enrolment | None:
    """The enrolment of a person who was in the successor before; it comes from `old` if it came from nowhere."""
    rows = Enrolment.objects.filter(programme=successor, person_id=old.person_id)
    fresh = rows.filter(carried_from__isnull=True).exclude(id=old.carried_from_id)
    fresh.update(carried_from=old)
    return rows.select_related("programme__area", "person").first()


def _carried(old: Enrolment, successor: Programme) -> dict[str, object]:
    until = old.participation_until
    if old.participation == Kind.DEFERRED:
        until = min(until or successor.ends, successor.ends)
    return {"carried_from": old, "participation": old.participation, "participation_until": until}


def carried_on(enrolment: Enrolment) -> list[Enrolment]:
    """The enrolments this one was carried on to, in programmes that are still open."""
    rows = Enrolment.objects.filter(carried_from=enrolment, programme__closed_at__isnull=True)
    return list(rows.select_related("programme__area", "person"))
