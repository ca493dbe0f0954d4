"""A reading is handed in; when all called ones are, the panel decides or a third rater is called."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.definitions import api as definitions
from lti_tools.errors import ShijieError
from lti_tools.people.api import Actor
from lti_tools.ratings import checks, drafts, sealing
from lti_tools.ratings.desk import already_handed_in, own_reading
from lti_tools.ratings.models import Case, Decision, Mark, Reading
from lti_tools.ratings.opening import call_third, panel_rules
from rubrics import panel
from rubrics.decimals import plain
from rubrics.model import Mark as JudgedMark
from rubrics.model import Reason

WAITING, THIRD_CALLED, DECIDED = "waiting", "third_called", "decided"


@dataclass(frozen=True)
class Verdict:
    """What the panel decided. `used` are reading ids; `levels` are medians and may lie halfway."""

    case_id: uuid.UUID
    lesson_id: uuid.UUID
    enrolment_id: uuid.UUID
    rubric_key: str
    rubric_version: int
    rubric_hash: str
    total: Decimal
    band: str
    levels: dict[str, Decimal]
    used: tuple[str, ...]
    reasons: tuple[Reason, ...]
    decided_at: datetime

    @property
    def id(self) -> uuid.UUID:
        """A case is decided once, so its id names the decision."""
        return self.case_id


@dataclass(frozen=True)
class CommitOutcome:
    """`state` is waiting, third_called or decided (then with the decision).

    `rater_missing` says that a third is needed and nobody is eligible yet: `call_third(case_id)` tries again.
    Never shown to the rater, who is to know nothing about the other readings.
    """

    state: str
    case_id: uuid.UUID
    lesson_id: uuid.UUID
    enrolment_id: uuid.UUID
    decision: Verdict | None = None
    rater_missing: bool = False


@transaction.atomic
def commit(actor: Actor, reading_id: object) -> CommitOutcome:
    """Seals the actor's reading for good and, when it was the last one called, lets the panel decide.

    Refuses a foreign reading (`Denied`), one handed in before, and an incomplete one by criterion. Of raters
    who commit at the same moment one waits for the other, so there is exactly one decision.
    """
    row = own_reading(actor, reading_id)
    # Takes the case for this transaction: what the other rater committed before is visible from here on.
    Case.objects.filter(id=row.case_id).update(turn=F("turn") + 1)
    row.refresh_from_db(fields=["state", "draft", "revision"])
    if row.state != Reading.State.OPEN:
        raise already_handed_in()
    # The seal stands on the trail too: marks and seal changed together still show.
    seal = _hand_in(row)
    audit.record("reading.committed", actor=actor.pseudonym, subject=str(row.id), detail={"seal": seal})
    return _conclude(Case.objects.select_related("round").get(id=row.case_id))


def _hand_in(row: Reading) -> str:
    rubric = definitions.by_hash(row.case.round.rubric_hash)
    draft = drafts.loaded(row.draft)
    drafts.refuse_foreign(rubric, draft)
    missing = checks.problems(rubric, draft, duration_ms=row.case.take.duration_ms)
    if missing:
        raise checks.Incomplete(missing)
    seal = sealing.write(row, draft)
    here = Reading.objects.filter(id=row.id, state=Reading.State.OPEN, revision=row.revision)
    if not here.update(state=Reading.State.COMMITTED, committed_at=timezone.now(), seal=seal):
        raise already_handed_in()
    return seal


def _conclude(case: Case) -> CommitOutcome:
    readings = list(Reading.objects.filter(case=case))
    called = 3 if case.state == Case.State.THIRD else 2
    if len(readings) < called or any(reading.state == Reading.State.OPEN for reading in readings):
        return _outcome(case, WAITING)
    rubric, rules = definitions.by_hash(case.round.rubric_hash), panel_rules(case.round)
    ratings = [_rating(rubric, reading, marks) for reading, marks in sealing.opened(case).items()]
    drawn = case.lot and case.state == Case.State.RATING
    found = panel.decide(rubric, ratings, rules=rules, random_third=drawn)
    if isinstance(found, panel.ThirdNeeded):
        return _call(case, found)
    return _outcome(case, DECIDED, decision=_decide(case, found))


def _rating(rubric: Any, reading: Reading, marks: list[Mark]) -> panel.Rating:
    """Criteria that were only answered in words are no marks; any other one without a level was left out."""
    words_only = {one.id for one in rubric.criteria if one.feedback_only}
    counted = (mark for mark in marks if mark.level is not None or mark.criterion not in words_only)
    given = {
        mark.criterion: JudgedMark(mark.level, None if mark.points is None else plain(mark.points))
        for mark in counted
    }
    return panel.Rating(rater=str(reading.id), marks=given)


def _call(case: Case, found: panel.ThirdNeeded) -> CommitOutcome:
    _move(
        case,
        since=(Case.State.RATING,),
        to=Case.State.THIRD,
        third_reasons=[reason.stored() for reason in found.reasons],
    )
    try:
        call_third(case.id)
    except ShijieError as problem:
        if problem.permanent:
            raise
        # The rating that was just handed in must not be lost because nobody is free for the third.
        return _outcome(case, THIRD_CALLED, rater_missing=True)
    return _outcome(case, THIRD_CALLED)


def _decide(case: Case, found: panel.Decided) -> Verdict:
    _move(case, since=(Case.State.RATING, Case.State.THIRD), to=Case.State.DECIDED)
    decision = Decision.objects.create(
        case=case,
        total=found.total,
        band=found.band,
        levels={criterion: str(level) for criterion, level in found.levels.items()},
        used=list(found.used),
        reasons=[*case.third_reasons, *(reason.stored() for reason in found.reasons)],
    )
    return verdict(decision)


def _move(case: Case, *, since: tuple[str, ...], to: str, **values: object) -> None:
    if not Case.objects.filter(id=case.id, state__in=since).update(state=to, **values):
        raise ShijieError("ratings.already_decided", permanent=False, case=str(case.id))


def _outcome(
    case: Case, state: str, *, decision: Verdict | None = None, rater_missing: bool = False
) -> CommitOutcome:
    return CommitOutcome(
        state=state,
        case_id=case.id,
        lesson_id=case.lesson_id,
        enrolment_id=case.enrolment_id,
        decision=decision,
        rater_missing=rater_missing,
    )


def verdict(decision: Decision) -> Verdict:
    case = decision.case
    rubric = definitions.by_hash(case.round.rubric_hash)
    return Verdict(
        case_id=case.id,
        lesson_id=case.lesson_id,
        enrolment_id=case.enrolment_id,
        rubric_key=rubric.key,
        rubric_version=rubric.version,
        rubric_hash=rubric.hash,
        total=plain(Decimal(decision.total)),
        band=decision.band,
        levels={criterion: Decimal(level) for criterion, level in decision.levels.items()},
        used=tuple(decision.used),
        reasons=tuple(Reason(entry["code"], entry["values"]) for entry in decision.reasons),
        decided_at=decision.decided_at,
    )
