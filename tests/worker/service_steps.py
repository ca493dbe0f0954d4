"""Steps on the service's side, up to the moment a story begins at; each runs the product's own doors."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.utils import timezone

from lti_tools import journey
from lti_tools.definitions import api as definitions
from lti_tools.identities.models import Identity
from lti_tools.lessons.models import Lesson, Rendition, Take, Upload
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import actor_for
from lti_tools.programmes.api import Enrolment, current_enrolment
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Decision, Reading
from lti_tools.results.models import LedgerEntry


def rated(sub: str, *, level: int = 3) -> list[str]:
    """A lesson of this learner before two raters, both sheets filled in, the first handed in; reading ids."""
    person = Identity.objects.get(sub=sub).person
    assert person, f"{sub} is not linked to a person"
    enrolment = current_enrolment(person)
    assert enrolment
    rubric = definitions.get("rubric", "basic-operation")
    ratings.ensure_round(enrolment.programme, rubric.hash, rules={"random_share": "0"})
    with transaction.atomic():
        case = ratings.open_case(_lesson(enrolment, rubric))
    readings = list(Reading.objects.filter(case=case).select_related("rater").order_by("ordinal"))
    for reading in readings:
        ratings.save_draft(actor_for(reading.rater, via="sign-in"), reading.id, _marks(rubric, level))
    commit(str(readings[0].id))
    return [str(reading.id) for reading in readings]


def commit(reading: str) -> str:
    """The rater hands in, as the page does it; what came of it."""
    row = Reading.objects.select_related("rater").get(id=reading)
    return str(journey.commit_reading(actor_for(row.rater, via="sign-in"), row.id).state)


def put_score(sub: str, score: int, *, quietly: bool = False) -> str:
    """Puts a passback the way the story does, without a wake-up when `quietly`; the row's key."""
    target_id, found = next(iter(_targets(sub)))
    key = f"{target_id}:{found}:{uuid.uuid4()}"
    with patch.object(outbox, "_wake") if quietly else nullcontext(), transaction.atomic():
        outbox.put(
            "publish_grade",
            key=key,
            supersedes=f"{target_id}:{found}",
            payload={"target": str(target_id), "score": _score(found, score)},
        )
    return key


def put_hopeless() -> str:
    """A passback to a column that was never there."""
    key = f"nowhere:{uuid.uuid4()}"
    with transaction.atomic():
        outbox.put(
            "publish_grade", key=key, payload={"target": str(uuid.uuid4()), "score": _score("nobody", 1)}
        )
    return key


def row(key: str) -> dict[str, Any]:
    found = OutboxRow.objects.get(key=key)
    names = ("kind", "key", "state", "attempts", "error_code", "payload")
    return {name: getattr(found, name) for name in names}


def rows_for(sub: str) -> list[dict[str, Any]]:
    found = OutboxRow.objects.filter(kind="publish_grade", payload__score__userId=sub).order_by("id")
    return [row(one.key) for one in found]


def problems() -> list[dict[str, str]]:
    return [{"key": one.key, "state": one.state, "code": one.error_code} for one in outbox.problems()]


def retry(key: str) -> bool:
    return outbox.retry(OutboxRow.objects.get(key=key).id)


def counts(sub: str) -> dict[str, int]:
    """How many decisions and lesson results this learner has."""
    person = Identity.objects.get(sub=sub).person
    return {
        "decisions": Decision.objects.filter(case__enrolment__person=person).count(),
        "results": LedgerEntry.objects.filter(person=person, kind="lesson").count(),
    }


def _targets(sub: str) -> list[tuple[uuid.UUID, str]]:
    from lti_tools.launch.api import targets_of

    return targets_of([(Identity.objects.get(sub=sub).platform_id, sub)])


def _score(sub: str, score: int) -> dict[str, object]:
    return {
        "userId": sub,
        "scoreGiven": score,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds"),
        "comment": "课堂",
    }


def _lesson(enrolment: Enrolment, rubric: Any) -> Lesson:
    lesson = Lesson.objects.create(
        enrolment=enrolment,
        title="认识分数",
        subject="数学",
        stage="primary",
        rubric_key=rubric.key,
        rubric_hash=rubric.hash,
        attempt=1,
        state="ready",
        submitted_by=enrolment.person,
    )
    until = timezone.now() + timedelta(days=1)
    upload = Upload.objects.create(owner=enrolment.person, length=9, state="used", expires_at=until)
    take = Take.objects.create(
        lesson=lesson, upload=upload, source="lessons/x/source", bytes=9, duration_ms=61_500, state="ready"
    )
    Rendition.objects.create(take=take, kind="360p", path="lessons/x/360p", bytes=9, duration_ms=61_500)
    return lesson


def _marks(rubric: Any, level: int) -> dict[str, ratings.MarkDraft]:
    shown = (ratings.SpanDraft("0:05", "0:12", "这里看得清楚"),)
    return {
        criterion.id: ratings.MarkDraft(level=level, note="整节课都能看到", spans=shown)
        for criterion in rubric.criteria
    }
