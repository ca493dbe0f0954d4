"""Tasks and hours of one enrolment as their owner may have them, and how they are emptied."""

from __future__ import annotations

from typing import Any

from lti_tools.programmes.api import Enrolment
from lti_tools.tasks.models import Attempt, HoursEntry


def tasks_held(enrolment: Enrolment) -> list[dict[str, Any]]:
    rows = HoursEntry.objects.filter(enrolment=enrolment).select_related("attempt").order_by("year")
    return [
        {
            "task": row.attempt.task,
            "evidence": row.attempt.evidence,
            "note": row.attempt.note,
            "passed_at": row.attempt.passed_at.isoformat(),
            "online": str(row.online),
            "practice": str(row.practice),
            "offline": str(row.offline),
        }
        for row in rows
    ]


def erase_person(person_id: object) -> int:
    """Notes go; tasks and hours stay as counts about nobody."""
    return Attempt.objects.filter(enrolment__person_id=person_id).update(note="", identity=None)
