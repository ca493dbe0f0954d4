"""A finished upload becomes a lesson, and what others may know about a lesson."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.lessons import files
from lti_tools.lessons.models import Lesson, Rendition, Take, Upload
from lti_tools.lessons.playback import Viewer, media_url
from lti_tools.lessons.refusals import RefusalText, refusal_text
from lti_tools.lessons.uploads import find_upload, is_complete
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Person
from lti_tools.programmes.api import Enrolment, attempts_allowed

Id = uuid.UUID | str


@dataclass(frozen=True)
class LessonView:
    """A lesson as its teacher sees it. `state` is received, checking, rendering, ready, refused or decided.

    `progress` is percent; `play_url` and `poster_url` are empty until it plays, or when no viewer was named.
    """

    id: uuid.UUID
    take_id: uuid.UUID
    person_id: uuid.UUID
    enrolment_id: uuid.UUID
    title: str
    subject: str
    stage: str
    rubric_key: str
    rubric_hash: str
    attempt: int
    submitted_at: datetime
    state: str
    progress: int
    reason: RefusalText | None
    seconds: int
    play_url: str
    poster_url: str

    @property
    def settled(self) -> bool:
        """Nothing more will change while the teacher waits."""
        return self.state in {Take.State.READY, Take.State.REFUSED, Lesson.State.DECIDED}


def submit(
    enrolment: Enrolment,
    *,
    title: str,
    subject: str,
    stage: str,
    rubric_hash: str,
    upload_id: uuid.UUID,
    owner: Person,
    consent: bool = False,
    identity_id: uuid.UUID | None = None,
) -> Lesson:
    """Makes a lesson of a complete upload of `owner` and asks for its check, all in the caller's transaction.

    No byte moves here. The same upload handed in twice is one lesson: an answer that was lost does no harm.
    `consent` keeps the time at which the owner said that pupils and parents agreed. Refuses an upload that is
    not the owner's, not complete, or handed in for somebody else, and an attempt more than the rules allow.
    """
    upload = find_upload(upload_id, owner=owner.id)
    taken = Take.objects.filter(upload=upload).select_related("lesson").first()
    if taken:
        return _same(taken.lesson, enrolment)
    if not is_complete(upload) or not upload.length:
        raise Refused(
            "lesson.incomplete", _("The recording has not arrived completely."), **_SEND_REST, status=409
        )
    facts = {"title": title, "subject": subject, "stage": stage, "rubric_hash": rubric_hash}
    lesson = _lesson(enrolment, facts, owner=owner.id, consent=consent, identity_id=identity_id)
    take = Take(lesson=lesson, upload=upload, bytes=upload.length)
    take.source = f"{files.take_folder(take.id)}/source"
    take.save(force_insert=True)
    Upload.objects.filter(id=upload.id).update(state=Upload.State.USED)
    outbox.put("check_take", key=f"take:{take.id}", payload={"take": str(take.id)}, queue="media")
    return lesson


def _same(lesson: Lesson, enrolment: Enrolment) -> Lesson:
    if lesson.enrolment_id != enrolment.id:
        raise Refused(
            "lesson.used_elsewhere", _("This recording belongs to another lesson."), **_OTHER, status=409
        )
    return lesson


def _lesson(
    enrolment: Enrolment,
    facts: dict[str, str],
    *,
    owner: uuid.UUID,
    consent: bool,
    identity_id: uuid.UUID | None,
) -> Lesson:
    rubric = definitions.by_hash(facts["rubric_hash"])
    attempt = attempts_used(enrolment, rubric_key=rubric.key) + 1
    if attempt > attempts_allowed(enrolment, rubric):
        raise Refused(
            "lesson.attempts_used",
            _("You have handed in as many lessons of this kind as the standard allows."),
            **_ENOUGH,
            status=409,
        )
    lesson = Lesson(
        enrolment=enrolment, rubric_key=rubric.key, attempt=attempt, submitted_by_id=owner, **facts
    )
    lesson.consented_at = timezone.now() if consent else None
    lesson.identity_id = identity_id
    try:
        with transaction.atomic():
            lesson.save(force_insert=True)
    except IntegrityError as twice:
        raise Refused(
            "lesson.twice", _("Two lessons arrived at the same moment."), **_ONE, status=409
        ) from twice
    return lesson


def attempts_used(enrolment: Enrolment, *, rubric_key: str) -> int:
    """Lessons that count against the number of attempts: refused recordings do not."""
    rows = Lesson.objects.filter(enrolment=enrolment, rubric_key=rubric_key)
    return rows.exclude(state=Lesson.State.RETURNED).count()


def handed_in(enrolments: QuerySet[Enrolment]) -> int:
    """How many of them have handed in at least one recording that was not sent back."""
    rows = Lesson.objects.filter(enrolment__in=enrolments).exclude(state=Lesson.State.RETURNED)
    return rows.values("enrolment").distinct().count()


def mark_decided(lesson_id: Id) -> None:
    """The panel has spoken: the lesson waits for nobody any more."""
    Lesson.objects.filter(id=lesson_id, state=Lesson.State.READY).update(state=Lesson.State.DECIDED)


def lesson(lesson_id: Id) -> Lesson:
    """One lesson with its enrolment, programme and person; the caller has asked whether it may be seen."""
    return _lessons().get(id=lesson_id)


def lesson_of_take(take_id: Id) -> Lesson:
    """The lesson a job's take belongs to."""
    return _lessons().get(takes__id=take_id)


def ready() -> list[Lesson]:
    """Lessons that can be played and are not decided, longest waiting first."""
    return list(_lessons().filter(state=Lesson.State.READY).order_by("submitted_at"))


def lesson_view(lesson_id: Id, *, viewer: Viewer = "") -> LessonView:
    return _view(_lessons().get(id=lesson_id), viewer=viewer)


def lessons_of(enrolment: Enrolment, *, viewer: Viewer = "") -> list[LessonView]:
    """Newest first."""
    rows = _lessons().filter(enrolment=enrolment).order_by("-submitted_at")
    return [_view(row, viewer=viewer) for row in rows]


def _lessons() -> QuerySet[Lesson]:
    return Lesson.objects.select_related("enrolment__programme__area", "enrolment__person").prefetch_related(
        "takes__renditions"
    )


def _view(row: Lesson, *, viewer: Viewer) -> LessonView:
    take = max(row.takes.all(), key=lambda each: each.received_at)
    urls = {each.kind: media_url(each, viewer=viewer) for each in take.renditions.all() if viewer}
    return LessonView(
        id=row.id,
        take_id=take.id,
        person_id=row.enrolment.person_id,
        enrolment_id=row.enrolment_id,
        title=row.title,
        subject=row.subject,
        stage=row.stage,
        rubric_key=row.rubric_key,
        rubric_hash=row.rubric_hash,
        attempt=row.attempt,
        submitted_at=row.submitted_at,
        state=row.state if row.state == Lesson.State.DECIDED else take.state,
        progress=take.progress,
        reason=refusal_text(take),
        seconds=take.duration_ms // 1000,
        play_url=urls.get(Rendition.Kind.VIDEO_360P, ""),
        poster_url=urls.get(Rendition.Kind.POSTER, ""),
    )


_SEND_REST = {
    "kept": _("What you typed and everything that arrived are kept."),
    "todo": _("Choose the same file again and press Continue."),
}
_OTHER = {
    "kept": _("That lesson is kept as it was handed in."),
    "todo": _("Choose another file for this lesson."),
}
_ENOUGH = {
    "kept": _("All of them are kept. The recording that arrived is kept for seven days."),
    "todo": _("Look at their results. If you think you need another attempt, ask your education bureau."),
}
_ONE = {
    "kept": _("The recording that arrived is kept."),
    "todo": _("Press the button once more."),
}
