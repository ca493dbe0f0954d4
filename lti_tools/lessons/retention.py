"""Recordings whose time has run out, and those of people who were erased: the video goes, the lesson stays."""

from __future__ import annotations

import shutil
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from lti_tools.lessons import files
from lti_tools.lessons.models import Rendition, Take

# Bounded steps: a worker's task is short, and what is left is due again tomorrow.
IN_ONE_RUN = 500
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
    """Files first: a kill between leaves rows without files, and the next run finds them again."""
    for name in {take.source, *take.renditions.values_list("path", flat=True)} - {""}:
        files.media_file(name).unlink(missing_ok=True)
    shutil.rmtree(files.media_file(files.take_folder(take.id)), ignore_errors=True)
    files.upload_file(take.upload_id).unlink(missing_ok=True)
    with transaction.atomic():
        Rendition.objects.filter(take=take).delete()
        Take.objects.filter(id=take.id).update(source="")
    return 1
