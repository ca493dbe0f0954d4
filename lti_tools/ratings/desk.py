"""Door 2 to data about people: a rater reaches the lessons assigned to them, blind, and no other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, require
from lti_tools.ratings import checks, drafts, footage, sealing
from lti_tools.ratings.drafts import Draft, MarkDraft, SpanDraft
from lti_tools.ratings.models import Mark, Reading
from rubrics.decimals import plain

DONE_SHOWN = 50


@dataclass(frozen=True)
class Assignment:
    """A reading on a rater's list. Nothing here, ids included, leads to the teacher or to another rater."""

    reading_id: uuid.UUID
    blind_code: str
    rubric_title: Any
    title: str
    subject: str
    stage: str
    duration_ms: int
    media_url: str
    poster_url: str
    due: date
    committed_at: datetime | None
    begun: bool

    @property
    def late(self) -> bool:
        return self.committed_at is None and self.due < timezone.localdate()


@dataclass(frozen=True)
class Sheet:
    """One reading as its rater works on it: the assignment, the rubric, and what was entered so far."""

    assignment: Assignment
    rubric: Any
    marks: Draft
    revision: int
    saved_at: datetime | None

    @property
    def committed(self) -> bool:
        return self.assignment.committed_at is not None

    def problems(self) -> tuple[checks.Problem, ...]:
        return checks.problems(self.rubric, self.marks, duration_ms=self.assignment.duration_ms)


def assigned_to(actor: Actor) -> list[Assignment]:
    """The actor's own readings: those to do first by deadline, then the last ones handed in, newest first."""
    require(actor, "rating.desk")
    waiting = _own(actor).filter(state=Reading.State.OPEN).order_by("due", "case__blind_code")
    done = _own(actor).filter(state=Reading.State.COMMITTED).order_by("-committed_at")[:DONE_SHOWN]
    return [_assignment(reading, actor=actor) for reading in (*waiting, *done)]


def _own(actor: Actor) -> QuerySet[Reading]:
    related = ("case__round", "case__take", "case__lesson", "case__enrolment__person")
    mine = Reading.objects.filter(rater_id=actor.person_id).exclude(rater_id=None)
    return mine.select_related(*related).prefetch_related("case__take__renditions")


def own_reading(actor: Actor, reading_id: object) -> Reading:
    """The reading, if it is the actor's own; a foreign one and one that does not exist are denied alike."""
    require(actor, "rating.rate")
    try:
        found = _own(actor).filter(id=reading_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise Denied("rating.rate")
    return found


def _assignment(reading: Reading, *, actor: Actor) -> Assignment:
    case = reading.case
    shown = footage.of(case, viewer=actor)
    return Assignment(
        reading_id=reading.id,
        blind_code=case.blind_code,
        rubric_title=definitions.by_hash(case.round.rubric_hash).title,
        title=shown.title,
        subject=shown.subject,
        stage=shown.stage,
        duration_ms=shown.duration_ms,
        media_url=shown.media_url,
        poster_url=shown.poster_url,
        due=reading.due,
        committed_at=reading.committed_at,
        begun=bool(reading.draft),
    )


def reading(actor: Actor, reading_id: object) -> Sheet:
    """One's own reading: the draft while it is open, then the own marks. Denied for everybody else."""
    row = own_reading(actor, reading_id)
    rubric = definitions.by_hash(row.case.round.rubric_hash)
    return Sheet(
        assignment=_assignment(row, actor=actor),
        rubric=rubric,
        marks=_entered(row, rubric, actor=actor),
        revision=row.revision,
        saved_at=row.saved_at,
    )


def _entered(row: Reading, rubric: Any, *, actor: Actor) -> Draft:
    if row.state == Reading.State.OPEN:
        return drafts.loaded(row.draft)
    may_be_out = {one.id for one in rubric.criteria if one.not_applicable}
    own = sealing.own_marks(row, rater_id=actor.person_id)
    return {mark.criterion: _as_entered(mark, may_be_out=mark.criterion in may_be_out) for mark in own}


def _as_entered(mark: Mark, *, may_be_out: bool) -> MarkDraft:
    rows = sorted(mark.spans.all(), key=lambda span: span.position)
    spans = tuple(SpanDraft(drafts.clock(s.start_ms), drafts.clock(s.end_ms), s.text) for s in rows)
    # Without a level the criterion was left out, or only words were asked for.
    left_out = mark.level is None and may_be_out
    return MarkDraft(
        level=drafts.LEFT_OUT if left_out else mark.level,
        note=mark.note,
        spans=spans,
        points="" if mark.points is None else str(plain(mark.points)),
    )


def save_draft(actor: Actor, reading_id: object, marks: Draft, *, revision: int | None = None) -> int:
    """Keeps what was entered so far, complete or not, in place of the draft before; returns the new revision.

    Refuses criteria and levels the rubric does not have, a reading handed in, and, where the page says which
    `revision` it started from, to overwrite what another page saved after it.
    """
    row = own_reading(actor, reading_id)
    drafts.refuse_foreign(definitions.by_hash(row.case.round.rubric_hash), marks)
    if row.state != Reading.State.OPEN:
        raise already_handed_in()
    value = drafts.stored(marks)
    if value == row.draft:
        # Also the answer to a save that arrived while its confirmation got lost.
        return row.revision
    here = Reading.objects.filter(id=row.id, state=Reading.State.OPEN)
    if revision is not None:
        here = here.filter(revision=revision)
    if not here.update(draft=value, revision=F("revision") + 1, saved_at=timezone.now()):
        raise _overtaken()
    return Reading.objects.values_list("revision", flat=True).get(id=row.id)


def already_handed_in() -> Refused:
    return Refused(
        "ratings.already_committed",
        _("This rating has been handed in and is sealed. It cannot be changed any more."),
        kept=_("What you handed in is kept as it was."),
        todo=_("Go back to the rating desk and take the next lesson."),
        status=409,
    )


def _overtaken() -> Refused:
    return Refused(
        "ratings.newer_draft",
        _("This rating was changed on another page or device after this page was opened."),
        kept=_("The newer version is kept. What you entered here is still on this page."),
        todo=_("Load this page again to see the newer version, then add what is missing."),
        status=409,
    )
