"""Passed tasks that turn out to be another person's: which they are, and how they go over with their hours."""

from __future__ import annotations

import uuid

from lti_tools.programmes.api import Enrolment
from lti_tools.tasks.models import Attempt, HoursEntry


def passed_through(identity_id: uuid.UUID, *, enrolment: Enrolment) -> list[str]:
    """Tasks passed through one LMS account, in the order they were passed."""
    rows = Attempt.objects.filter(enrolment=enrolment, identity_id=identity_id)
    return list(rows.order_by("passed_at").values_list("task", flat=True))


def people_through(identity_id: uuid.UUID) -> set[uuid.UUID]:
    """Ids of the people with a task passed through this LMS account."""
    rows = Attempt.objects.filter(identity_id=identity_id)
    return set(rows.values_list("enrolment__person_id", flat=True))


def passed_by(enrolment: Enrolment, evidence: str) -> frozenset[str]:
    """Tasks that this kind of evidence passed."""
    rows = Attempt.objects.filter(enrolment=enrolment, evidence=evidence)
    return frozenset(rows.values_list("task", flat=True))


def take_task(task_id: str, *, of: Enrolment, to: Enrolment, needed: bool = True) -> bool:
    """The task goes over with its hours, which keep their year; False when it went nowhere.

    That is so when `to` has passed it already or has no use for it (`needed`): hours are never earned twice.
    """
    attempt = Attempt.objects.filter(enrolment=of, task=task_id)
    hours = HoursEntry.objects.filter(enrolment=of, attempt__in=attempt.values("id"))
    if not needed or Attempt.objects.filter(enrolment=to, task=task_id).exists():
        hours.delete()
        attempt.delete()
        return False
    hours.update(enrolment=to)
    attempt.update(enrolment=to)
    return True
