"""The tasks door: what a teacher has passed, what proves it, and the hours it earned."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lti_tools.people.api import Person, present_affiliation
from lti_tools.programmes.api import Enrolment, policy
from lti_tools.tasks.carrying import carry, count_passed, hours_of_person
from lti_tools.tasks.models import Attempt, HoursEntry
from lti_tools.tasks.moving import passed_by, passed_through, people_through, take_task
from lti_tools.tasks.personal import erase_person, tasks_held
from rubrics.model import Hours

__all__ = [
    "SIGN_OFF_CATEGORIES",
    "PassedTask",
    "carry",
    "count_passed",
    "erase_person",
    "hours",
    "hours_by_year",
    "hours_of_person",
    "pass_task",
    "passed",
    "passed_by",
    "passed_tasks",
    "passed_through",
    "people_through",
    "take_task",
    "tasks_held",
    "tasks_open_for_sign_off",
]

# What a specialist can see with own eyes; lessons are judged by raters and the diagnosis by its answers.
SIGN_OFF_CATEGORIES = frozenset({"common", "basic", "blend", "ai", "mentor", "rural"})


@dataclass(frozen=True)
class PassedTask:
    task: str
    evidence: str
    note: str
    passed_at: datetime
    online: Decimal
    practice: Decimal
    offline: Decimal


def pass_task(
    enrolment: Enrolment,
    task: Any,
    *,
    evidence: str,
    note: str = "",
    by: Person | None = None,
    identity_id: uuid.UUID | None = None,
) -> bool:
    """Marks a policy task (rubrics.model.Task) as passed and credits its hours; False when it was passed before.

    `identity_id` names the LMS account through which it was done, where there was one.
    """
    now = timezone.now()
    attempt, new = Attempt.objects.get_or_create(
        enrolment=enrolment,
        task=task.id,
        defaults={
            "evidence": evidence,
            "note": note,
            "by": by,
            "identity_id": identity_id,
            "passed_at": now,
        },
    )
    if new:
        HoursEntry.objects.create(
            enrolment=enrolment,
            attempt=attempt,
            year=timezone.localtime(now).year,
            online=task.hours.online,
            practice=task.hours.practice,
            offline=task.hours.offline,
        )
    return new


def passed(enrolment: Enrolment) -> frozenset[str]:
    return frozenset(Attempt.objects.filter(enrolment=enrolment).values_list("task", flat=True))


def passed_tasks(enrolment: Enrolment) -> dict[str, PassedTask]:
    rows = HoursEntry.objects.filter(enrolment=enrolment).select_related("attempt")
    return {row.attempt.task: _passed(row) for row in rows}


def _passed(row: HoursEntry) -> PassedTask:
    attempt = row.attempt
    return PassedTask(
        task=attempt.task,
        evidence=attempt.evidence,
        note=attempt.note,
        passed_at=attempt.passed_at,
        online=row.online,
        practice=row.practice,
        offline=row.offline,
    )


def hours(enrolment: Enrolment) -> Hours:
    """All hours earned in this enrolment, by way of learning."""
    return sum(hours_by_year(enrolment).values(), Hours())


def hours_by_year(enrolment: Enrolment) -> dict[int, Hours]:
    """Hours earned in each calendar year, before any annual cap."""
    totals: dict[int, Hours] = {}
    for row in HoursEntry.objects.filter(enrolment=enrolment).order_by("year"):
        earned = Hours(online=row.online, practice=row.practice, offline=row.offline)
        totals[row.year] = totals.get(row.year, Hours()) + earned
    return totals


def tasks_open_for_sign_off(enrolment: Enrolment) -> list[Any]:
    """Tasks of the person's tier that a specialist may sign off and that are not passed yet, in policy order."""
    if not enrolment.tier:
        return []
    done = passed(enrolment)
    rules = policy(enrolment.programme)
    tier = rules.tier(enrolment.tier)
    school = getattr(present_affiliation(enrolment.person), "school", None)
    rural = rules.rural_optional if school and (school.remote or school.teaching_point) else ()
    wanted = rules.tasks_of(tuple(dict.fromkeys((*tier.required, *tier.optional, *rural))))
    return [task for task in wanted if task.category in SIGN_OFF_CATEGORIES and task.id not in done]
