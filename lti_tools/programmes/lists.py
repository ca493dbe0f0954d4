"""The list of a school in a programme: who stands on it, and what the school office said when it read it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.people.api import Actor, School, require
from lti_tools.programmes.models import Enrolment, ListCheck, Programme
from lti_tools.programmes.terms import require_open

ACTION = "school.list"


def current_of(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Enrolment]]:
    """The enrolments of these people in programmes that run today and are open; the caller may see the people."""
    today = timezone.localdate()
    rows = Enrolment.objects.filter(
        person_id__in=list(people),
        programme__starts__lte=today,
        programme__ends__gte=today,
        programme__closed_at__isnull=True,
    ).select_related("programme__area")
    found: dict[uuid.UUID, list[Enrolment]] = {}
    for row in rows.order_by("-programme__opened_at"):
        found.setdefault(row.person_id, []).append(row)
    return found


def on_list(programme: Programme, school: School) -> QuerySet[Enrolment]:
    """Everybody of the programme who works at this school now."""
    rows = Enrolment.objects.filter(
        programme=programme,
        person__affiliations__school=school,
        person__affiliations__until__isnull=True,
    )
    return rows.select_related("person", "programme").order_by("person__name", "person__staff_no")


def check_list(actor: Actor, programme: Programme, school: School, *, mistake: str = "") -> ListCheck:
    """Confirms the school's list as it stands today or, with `mistake`, says what is wrong with it.

    The caller holds the transaction. Refuses a closed programme.
    """
    require(actor, ACTION, school=school)
    require_open(programme)
    row = ListCheck.objects.create(
        programme=programme,
        school=school,
        people=on_list(programme, school).count(),
        mistake=mistake,
        by_id=actor.person_id,
    )
    audit.record(
        "school.list_mistake" if mistake else "school.list_confirmed",
        actor=actor.pseudonym,
        subject=str(programme.id),
        reason=mistake,
        detail={"school": str(school.id), "people": row.people},
    )
    return row


def list_checks(programme: Programme, *, schools: Iterable[uuid.UUID] | None = None) -> list[ListCheck]:
    """The newest word of each school, the mistakes first; `schools` narrows it to these."""
    rows = ListCheck.objects.filter(programme=programme).select_related("school", "by")
    if schools is not None:
        rows = rows.filter(school_id__in=list(schools))
    newest = {row.school_id: row for row in rows.order_by("at", "id")}
    return sorted(newest.values(), key=lambda row: (not row.mistake, row.school.code))
