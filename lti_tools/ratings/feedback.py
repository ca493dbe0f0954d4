"""What others may know of a rating: the teacher the decision and why, the office how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied
from lti_tools.people.api import Actor, require
from lti_tools.ratings import sealing
from lti_tools.ratings.deciding import Verdict, verdict
from lti_tools.ratings.models import Case, Decision, Mark, Reading, Round


@dataclass(frozen=True)
class Remark:
    """What one rater wrote about a criterion. `rater` is 1, 2 or 3 (评审甲、乙、丙) and leads to nobody.

    With times it is about that stretch of the recording, without about the whole lesson.
    """

    rater: int
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True)
class CriterionFeedback:
    """The decided level (it may lie halfway between two) and what the raters wrote, in lesson order.

    Level, label and descriptor are None where the panel found that the criterion does not apply (`left_out`), or
    where it is `words_only`.
    """

    id: str
    label: Any
    weight: Decimal
    level: Decimal | None
    level_label: Any
    descriptor: Any
    remarks: tuple[Remark, ...]
    words_only: bool = False

    @property
    def left_out(self) -> bool:
        return self.level is None and not self.words_only


@dataclass(frozen=True)
class Feedback:
    rubric_title: Any
    total: Decimal
    out_of: Decimal
    band: str
    band_label: Any
    raters: int
    criteria: tuple[CriterionFeedback, ...]
    verdict: Verdict
    decided_at: datetime


@dataclass(frozen=True)
class Progress:
    """Counts of one round, by state of its cases; nothing about any single rating."""

    round_id: object
    title: str
    rubric_key: str
    cases: int
    decided: int
    third: int
    readings: int
    committed: int


def decision_of(lesson: Any) -> Verdict | None:
    """The decision about a lesson; None while it is being rated. Says nothing about single ratings."""
    found = Decision.objects.filter(case__lesson=lesson).select_related("case__round")
    newest = found.order_by("-decided_at").first()
    return verdict(newest) if newest else None


def state_of(lesson: Any) -> str | None:
    """rating, third or decided; None when the lesson has not come before the panel."""
    return Case.objects.filter(lesson=lesson).order_by("-opened_at").values_list("state", flat=True).first()


def feedback_for(actor: Actor, lesson: Any) -> Feedback | None:
    """Levels, band, total and remarks for the teacher whose lesson it is; None until it is decided."""
    require(actor, "lesson.see", person_id=lesson.enrolment.person_id)
    if actor.person_id != lesson.enrolment.person_id:
        raise Denied("lesson.see")
    found = Decision.objects.filter(case__lesson=lesson).select_related("case__round").order_by("-decided_at")
    newest = found.first()
    return _feedback(newest) if newest else None


def _feedback(decision: Decision) -> Feedback:
    marks = sealing.opened(decision.case)
    rubric = definitions.by_hash(decision.case.round.rubric_hash)
    decided = verdict(decision)
    return Feedback(
        rubric_title=rubric.title,
        total=decided.total,
        out_of=rubric.total,
        band=decided.band,
        band_label=rubric.band(decided.band).label,
        raters=len(marks),
        criteria=tuple(_criterion(rubric, one, decided=decided, marks=marks) for one in rubric.criteria),
        verdict=decided,
        decided_at=decided.decided_at,
    )


def _criterion(rubric: Any, criterion: Any, *, decided: Verdict, marks: Any) -> CriterionFeedback:
    level = decided.levels.get(criterion.id)
    # Halfway between two levels, the words of the lower one are those that were fully shown.
    shown = None if level is None else int(level)
    return CriterionFeedback(
        id=criterion.id,
        label=criterion.label,
        weight=criterion.weight,
        level=level,
        level_label=next((step.label for step in rubric.scale if step.level == shown), None),
        descriptor=None if shown is None else criterion.levels[shown],
        remarks=tuple(_remarks(marks, criterion=criterion.id)),
        words_only=criterion.feedback_only,
    )


def _remarks(marks: dict[Reading, list[Mark]], *, criterion: str) -> list[Remark]:
    found: list[Remark] = []
    for letter, rows in enumerate(marks.values(), start=1):
        for mark in (row for row in rows if row.criterion == criterion):
            found += [Remark(letter, mark.note)] if mark.note else []
            found += [Remark(letter, span.text, span.start_ms, span.end_ms) for span in mark.spans.all()]
    return sorted(found, key=lambda remark: (remark.start_ms is None, remark.start_ms or 0, remark.rater))


def progress(actor: Actor, programme: Any) -> list[Progress]:
    """How far the rounds of a programme have come, for its officers and chairs. Marks stay sealed to them."""
    require(actor, "round.see", area=programme.area)
    return [_progress(round_) for round_ in Round.objects.filter(programme=programme).order_by("rubric_key")]


def _progress(round_: Round) -> Progress:
    states = dict(Case.objects.filter(round=round_).values_list("state").annotate(Count("id")))
    readings = dict(Reading.objects.filter(case__round=round_).values_list("state").annotate(Count("id")))
    return Progress(
        round_id=round_.id,
        title=round_.title,
        rubric_key=round_.rubric_key,
        cases=sum(states.values()),
        decided=states.get(Case.State.DECIDED, 0),
        third=states.get(Case.State.THIRD, 0),
        readings=sum(readings.values()),
        committed=readings.get(Reading.State.COMMITTED, 0),
    )
