"""What was passed follows a person into another programme; its hours are still the same hours."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from lti_tools.programmes.api import Enrolment, policy
from lti_tools.tasks.models import Attempt, HoursEntry
from rubrics.model import Hours

CARRIED = Attempt.Evidence.CARRIED


def carry(old: Enrolment, new: Enrolment) -> list[HoursEntry]:
    """Credits in `new` what was passed in `old`, where the new policy has a task of the same id; returns what is new.

    Hours, year and day stay those in which they were earned. Doing it again adds nothing.
    """
    known = {task.id for task in policy(new.programme).tasks}
    rows = HoursEntry.objects.filter(enrolment=old, attempt__task__in=known).select_related("attempt")
    carried = (_carried(row, new) for row in rows.order_by("attempt__passed_at", "id"))
    return [row for row in carried if row is not None]


def _carried(row: HoursEntry, new: Enrolment) -> HoursEntry | None:
    attempt, made = Attempt.objects.get_or_create(
        enrolment=new,
        task=row.attempt.task,
        defaults={
            "evidence": CARRIED,
            "note": row.attempt.note,
            "by": row.attempt.by,
            "identity_id": row.attempt.identity_id,
            "passed_at": row.attempt.passed_at,
        },
    )
    if not made:
        return None
    return HoursEntry.objects.create(
        enrolment=new,
        attempt=attempt,
        year=row.year,
        online=row.online,
        practice=row.practice,
        offline=row.offline,
    )


def hours_of_person(person_id: uuid.UUID) -> dict[int, Hours]:
    """All hours of a person by calendar year, over all programmes; what was carried counts once."""
    rows = HoursEntry.objects.filter(enrolment__person_id=person_id).exclude(attempt__evidence=CARRIED)
    totals: dict[int, Hours] = {}
    for row in rows.order_by("year"):
        earned = Hours(online=row.online, practice=row.practice, offline=row.offline)
        totals[row.year] = totals.get(row.year, Hours()) + earned
    return totals


def count_passed(enrolments: QuerySet[Any]) -> int:
    """How many passed tasks these enrolments hold together."""
    return Attempt.objects.filter(enrolment__in=enrolments.order_by().values("id")).count()
