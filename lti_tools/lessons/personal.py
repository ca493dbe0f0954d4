"""Lessons and uploads of one person, and how they are taken away. Callers have asked `require`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lti_tools.lessons import files
from lti_tools.lessons.models import Lesson, Take, Upload
from lti_tools.lessons.retention import forget_recording
from lti_tools.programmes.api import Enrolment


def lessons_held(enrolment: Enrolment) -> list[dict[str, Any]]:
    """Lessons with the facts about their recordings; `ready` ones play on the lesson's own page."""
    rows = Lesson.objects.filter(enrolment=enrolment).prefetch_related("takes__renditions")
    return [_lesson(row) for row in rows.order_by("submitted_at")]


def _lesson(row: Lesson) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": row.title,
        "subject": row.subject,
        "stage": row.stage,
        "rubric": row.rubric_key,
        "attempt": row.attempt,
        "state": row.state,
        "submitted_at": row.submitted_at.isoformat(),
        "consented_at": row.consented_at.isoformat() if row.consented_at else "",
        "recordings": [_take(take) for take in row.takes.all()],
    }


def _take(take: Take) -> dict[str, Any]:
    return {
        "received_at": take.received_at.isoformat(),
        "bytes": take.bytes,
        "seconds": take.duration_ms // 1000,
        "sha256": take.sha256,
        "state": take.state,
        "refusal": take.refusal,
        "kept": bool(take.renditions.all()),
    }


def uploads_held(person_id: object) -> list[dict[str, Any]]:
    rows = Upload.objects.filter(owner_id=person_id).order_by("created_at")
    return [
        {
            "created_at": row.created_at.isoformat(),
            "bytes": row.length or 0,
            "state": row.state,
            "metadata": row.metadata,
        }
        for row in rows
    ]


def erase_person(person_id: object) -> int:
    """Recordings, titles and file names go; returns how many recordings. Safe to repeat."""
    takes = list(Take.objects.filter(lesson__enrolment__person_id=person_id))
    for take in takes:
        forget_recording(take)
    for upload in Upload.objects.filter(owner_id=person_id):
        files.upload_file(upload.id).unlink(missing_ok=True)
    with transaction.atomic():
        Upload.objects.filter(owner_id=person_id).update(metadata={}, state=Upload.State.GONE)
        Take.objects.filter(lesson__enrolment__person_id=person_id).update(sha256="", refusal_values={})
        Lesson.objects.filter(enrolment__person_id=person_id).update(title="", subject="", identity=None)
    return len(takes)
