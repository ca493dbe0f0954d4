"""Ratings of one person's lessons, and how their words are taken away. Callers have asked `require`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lti_tools.people.api import Actor
from lti_tools.ratings.feedback import feedback_for
from lti_tools.ratings.models import Case, Mark, Reading, Span


def ratings_held(actor: Actor, lesson: Any) -> dict[str, Any]:
    """The decision about a lesson and what the raters wrote, under codes 1, 2 and 3; empty until it is decided."""
    feedback = feedback_for(actor, lesson)
    if feedback is None:
        return {}
    return {
        "total": str(feedback.total),
        "out_of": str(feedback.out_of),
        "band": feedback.band,
        "decided_at": feedback.decided_at.isoformat(),
        "criteria": [
            {
                "criterion": one.id,
                "level": str(one.level),
                "remarks": [
                    {"rater": said.rater, "text": said.text, "start_ms": said.start_ms, "end_ms": said.end_ms}
                    for said in one.remarks
                ],
            }
            for one in feedback.criteria
        ],
    }


def has_open_case(person_id: object) -> bool:
    """True while raters are at work on a lesson of this person."""
    return Case.objects.filter(enrolment__person_id=person_id).exclude(state=Case.State.DECIDED).exists()


@transaction.atomic
def erase_person(person_id: object) -> int:
    """The raters' words and drafts go, and with them the salts of their seals; levels stay, about nobody.

    Returns the readings emptied. Their seals can be proved no more, which `opened` says.
    """
    readings = Reading.objects.filter(case__enrolment__person_id=person_id)
    Span.objects.filter(mark__reading__in=readings).update(text="")
    Mark.objects.filter(reading__in=readings).update(note="")
    return readings.update(draft={}, salt="")
