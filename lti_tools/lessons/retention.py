"""Recordings whose time has run out, and those of people who were erased: the video goes, the lesson stays."""

from __future__ import annotations

import shutil
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from lti_tools.lessons import files
from lti_tools.lessons.models import Lesson, Rendition, Take
from lti_tools.outbox import api as outbox

# Bounded steps: a worker's task is short, and what is left is due again tomorrow.
IN_ONE_RUN = 500
UNJUDGED = (Lesson.State.SUBMITTED, Lesson.State.READY)
MOVING = (Take.State.RECEIVED, Take.State.CHECKING, Take.State.RENDERING)


def forget_recordings(ended_before: date, *, dry_run: bool = False) -> int:
    """Recordings of programmes that ended before that day. Returns how many, at most a bounded number a run."""
    late = _held().filter(lesson__enrolment__programme__ends__lt=ended_before).exclude(state__in=MOVING)
    found = late.order_by("received_at")
    if dry_run:
        return found.count()
    return sum(forget_recording(take) for take in list(found[:IN_ONE_RUN]))


def _held() -> QuerySet[Take]:
    return Take.objects.filter(Q(renditions__isnull=False) | ~Q(source="")).distinct()


def forget_recording(take: Take) -> int:
    """Files first: a kill between leaves rows without files, and the next run finds them again.

    Work on the recording that still waits is called off, and a lesson nobody has judged yet never will be.
    """
    for kind in ("check_take", "render_take"):
        outbox.cancel(kind, key=f"take:{take.id}")
    for name in {take.source, *take.renditions.values_list("path", flat=True)} - {""}:
        files.media_file(name).unlink(missing_ok=True)
    shutil.rmtree(files.media_file(files.take_folder(take.id)), ignore_errors=True)
    files.upload_file(take.upload_id).unlink(missing_ok=True)
    with transaction.atomic():
        Rendition.objects.filter(take=take).delete()
        Take.objects.filter(id=take.id).update(source="")
        Lesson.objects.filter(id=take.lesson_id, state__in=UNJUDGED).update(state=Lesson.State.RETURNED)
    return 1
