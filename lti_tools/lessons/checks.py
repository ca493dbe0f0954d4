"""The technical check of a take: what a recording must be before anybody is asked to judge it.

Runs outside any transaction and may be repeated: a take once decided keeps its outcome.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.definitions import api as definitions
from lti_tools.lessons import files, probing
from lti_tools.lessons.models import Lesson, Take
from lti_tools.lessons.probing import Facts, Unusable

READ_SECONDS = 120
LISTEN_SECONDS = 100
SILENCE_DB = -60.0
# A container may round its length; more than this missing at the end means that the file breaks off.
MISSING_MS = 2000


@dataclass(frozen=True)
class CheckOutcome:
    """`code` names the refusal (see `refusals`), with the values its sentences need; both empty when ok."""

    ok: bool
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def check(take_id: uuid.UUID | str, *, minutes: tuple[float, float] | None = None) -> CheckOutcome:
    """Checks the recording and keeps the outcome with the take; refused, its lesson goes back to the teacher.

    `minutes` (least, most) are the programme's; without them the rubric's for the lesson's stage hold.
    """
    take = Take.objects.select_related("lesson__enrolment").get(id=take_id)
    if take.state in {Take.State.RENDERING, Take.State.READY}:
        return CheckOutcome(ok=True)
    if take.state == Take.State.REFUSED:
        return CheckOutcome(ok=False, code=take.refusal, values=take.refusal_values)
    Take.objects.filter(id=take_id, state=Take.State.RECEIVED).update(state=Take.State.CHECKING)
    source = files.take_over(take.upload_id, take.source)
    try:
        facts = _examine(take, source, minutes=minutes)
    except Unusable as problem:
        return _refuse(take, problem)
    return _accept(take, facts)


def _examine(take: Take, source: Path, *, minutes: tuple[float, float] | None) -> Facts:
    facts = probing.probe(source)
    video = definitions.by_hash(take.lesson.rubric_hash).video
    if facts.short_side < video.min_height:
        raise Unusable("too_small", height=facts.short_side, least=video.min_height)
    real_ms = probing.read_through(source, seconds=READ_SECONDS)
    if real_ms < facts.duration_ms - MISSING_MS:
        raise Unusable("truncated")
    _require_minutes(real_ms, minutes or video.minutes.get(take.lesson.stage))
    _require_first_use(take, source)
    if probing.loudness(source, seconds=LISTEN_SECONDS) < SILENCE_DB:
        raise Unusable("silent")
    return Facts(duration_ms=real_ms, width=facts.width, height=facts.height, frame_rate=facts.frame_rate)


def _require_minutes(duration_ms: int, minutes: tuple[float, float] | None) -> None:
    """A lesson that misses the limit by less than a second is not late."""
    if minutes is None:
        return
    least, most = minutes
    found = {"seconds": round(duration_ms / 1000), "least": least, "most": most}
    if math.ceil(duration_ms / 1000) < least * 60:
        raise Unusable("too_short", **found)
    if duration_ms // 1000 > most * 60:
        raise Unusable("too_long", **found)


def _require_first_use(take: Take, source: Path) -> None:
    """The same bytes count once. Of two people with one file, the one who handed it in first keeps it."""
    take.sha256 = files.sha256_of(source)
    Take.objects.filter(id=take.id).update(sha256=take.sha256)
    earlier = Take.objects.filter(sha256=take.sha256, received_at__lte=take.received_at).exclude(id=take.id)
    earlier = (
        earlier.exclude(state=Take.State.REFUSED).select_related("lesson__enrolment").order_by("received_at")
    )
    first = earlier.first()
    if first is None:
        return
    if first.lesson.enrolment.person_id != take.lesson.enrolment.person_id:
        raise Unusable("same_file_other")
    raise Unusable("same_file_own", title=first.lesson.title)


def _accept(take: Take, facts: Facts) -> CheckOutcome:
    Take.objects.filter(id=take.id, state=Take.State.CHECKING).update(
        state=Take.State.RENDERING,
        duration_ms=facts.duration_ms,
        width=facts.width,
        height=facts.height,
        frame_rate=facts.frame_rate,
        checked_at=timezone.now(),
    )
    return CheckOutcome(ok=True)


def _refuse(take: Take, problem: Unusable) -> CheckOutcome:
    with transaction.atomic():
        Take.objects.filter(id=take.id, state=Take.State.CHECKING).update(
            state=Take.State.REFUSED,
            refusal=problem.code,
            refusal_values=dict(problem.values),
            checked_at=timezone.now(),
        )
        Lesson.objects.filter(id=take.lesson_id).update(state=Lesson.State.RETURNED)
        audit.record(
            "lesson.refused", actor="system", subject=str(take.lesson_id), detail={"code": problem.code}
        )
    return CheckOutcome(ok=False, code=problem.code, values=problem.values)
