"""Lessons that turn out to be another person's: which they are, and how they go over with their recordings."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from lti_tools.lessons.models import Lesson, Upload
from lti_tools.programmes.api import Enrolment


def handed_in_through(identity_id: uuid.UUID, *, enrolment: Enrolment) -> list[uuid.UUID]:
    """Lessons handed in through one LMS account, oldest first."""
    rows = Lesson.objects.filter(enrolment=enrolment, identity_id=identity_id)
    return list(rows.order_by("submitted_at").values_list("id", flat=True))


def carried_through(identity_id: uuid.UUID, *, enrolment: Enrolment) -> list[uuid.UUID]:
    """Lessons this person handed in through the account in other programmes; they may count here, too."""
    rows = Lesson.objects.filter(identity_id=identity_id, enrolment__person_id=enrolment.person_id)
    return list(rows.exclude(enrolment=enrolment).order_by("submitted_at").values_list("id", flat=True))


def people_through(identity_id: uuid.UUID) -> set[uuid.UUID]:
    """Ids of the people with a lesson handed in through this LMS account."""
    rows = Lesson.objects.filter(identity_id=identity_id)
    return set(rows.values_list("enrolment__person_id", flat=True))


def take_lessons(lesson_ids: Sequence[uuid.UUID], *, of: Enrolment, to: Enrolment) -> None:
    """They become lessons of `to`, numbered after the own ones, even beyond what the standard allows: none is lost.

    What is left of `of` is numbered anew, so that no number stands in the way of the next lesson.
    """
    moved = list(Lesson.objects.filter(id__in=lesson_ids, enrolment=of).order_by("attempt", "submitted_at"))
    for lesson in moved:
        lesson.attempt = 1 + max(_numbers(to, lesson.rubric_key), default=0)
        lesson.enrolment, lesson.submitted_by_id = to, to.person_id
        lesson.save(update_fields=["attempt", "enrolment", "submitted_by"])
    Upload.objects.filter(take__lesson__in=moved).update(owner_id=to.person_id)
    for rubric_key in {lesson.rubric_key for lesson in moved}:
        _close_gaps(of, rubric_key)


def _numbers(enrolment: Enrolment, rubric_key: str) -> Collection[int]:
    rows = Lesson.objects.filter(enrolment=enrolment, rubric_key=rubric_key)
    return list(rows.exclude(state=Lesson.State.RETURNED).values_list("attempt", flat=True))


def _close_gaps(enrolment: Enrolment, rubric_key: str) -> None:
    """Upwards, so that each number is free before it is given."""
    left = Lesson.objects.filter(enrolment=enrolment, rubric_key=rubric_key)
    for number, lesson in enumerate(left.exclude(state=Lesson.State.RETURNED).order_by("attempt"), start=1):
        Lesson.objects.filter(id=lesson.id).exclude(attempt=number).update(attempt=number)
