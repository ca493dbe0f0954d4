"""Cases follow their lesson to the person it belongs to; readings, marks and decisions stay what they are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from lti_tools.ratings.models import Case


def hold_lessons(lesson_ids: Sequence[uuid.UUID]) -> None:
    """Counting the turn takes the cases for this transaction: a rater who commits at this moment was first or waits."""
    Case.objects.filter(lesson__in=lesson_ids).update(turn=F("turn") + 1)


def follow_lessons(lesson_ids: Sequence[uuid.UUID], *, to: Any) -> None:
    Case.objects.filter(lesson__in=lesson_ids).update(enrolment=to)
