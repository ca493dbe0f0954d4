"""The story, one function a step, from a launch in an LMS to a certificate on paper.

Read top to bottom. Transactions live here; what must leave the process is written to the outbox in the same
transaction and worked off by the functions at the end, which hold no transaction while they wait for others.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.launch import api as launch
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people import api as people
from lti_tools.people.api import Actor, Area, Person
from lti_tools.privacy import api as privacy
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.ratings import api as ratings
from lti_tools.reporting import api as reporting
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from rubrics import diagnosis
from rubrics.errors import AnswersError

# 1. Somebody arrives ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrival:
    """Who came through a launch, by which account. Without `person` it waits for an officer to confirm it."""

    identity_id: uuid.UUID
    person: Person | None
    enrolment: Enrolment | None


def begin(arrived: launch.Launch) -> Arrival:
    """A verified launch becomes a person and, if they are enrolled, their place in the running programme."""
    with transaction.atomic():
        account = identities.identify(arrived)
        person = account.person
        launch.remember_target(arrived)
        enrolment = programmes.current_enrolment(person) if person else None
        if enrolment:
            # An LMS that joined after the result was decided still gets it.
            consequences.publish_best(enrolment)
    return Arrival(identity_id=account.id, person=person, enrolment=enrolment)


def open_programme(actor: Actor, *, area: Area, **terms: Any) -> Programme:
    """An officer opens a programme for an area: from now on it holds its policy and its rules by hash."""
    people.require(actor, "programme.open", area=area)
    with transaction.atomic():
        opened = programmes.open_programme(area, opened_by=Person.objects.get(id=actor.person_id), **terms)
        audit.record(
            "programme.opened",
            actor=actor.pseudonym,
            subject=str(opened.id),
            detail={
                "area": area.code,
                "policy": opened.tier_policy_hash,
                "rules": opened.award_rules_hash,
                "hours": opened.hours_rules_hash,
            },
        )
    return opened


# 2. Diagnosis and tier ----------------------------------------------------------------------------------------


def diagnose(
    actor: Actor,
    enrolment: Enrolment,
    answers: Mapping[str, Sequence[str] | str],
    *,
    seconds: Mapping[str, int],
) -> Any:
    """Answers become a skill level, a tier with its reasons and the hours of the diagnosis task.

    They join what the person answered before through the same account, and what a specialist saw; of a question
    answered twice the newer answer counts. The placement is judged anew from all of it, so the tier may change.
    Refuses with `rubrics.errors.AnswersError` answers the bank does not allow, and checks only a specialist makes.
    """
    people.require(actor, "diagnosis.take", person_id=enrolment.person_id)
    programmes.require_open(enrolment.programme)
    _require_birth_month(enrolment)
    bank = programmes.diagnosis_bank(enrolment.programme)
    for check in diagnosis.specialist_checks(bank):
        if check.id in answers:
            raise AnswersError("answers.unknown_question", question=check.id)
    with transaction.atomic():
        programmes.hold(enrolment)
        kept = programmes.kept_through(enrolment, actor.identity_id)
        joined = replace(kept, answers={**kept.answers, **answers}, seconds={**kept.seconds, **seconds})
        return _judge(actor, enrolment, bank, joined)


def check_hands_on(
    actor: Actor,
    enrolment: Enrolment,
    seen: Mapping[str, Sequence[str] | str],
    *,
    note: str,
    outside: Mapping[str, Decimal] | None = None,
) -> Any:
    """What a specialist saw with own eyes counts over what the teacher said; the person is placed anew by it.

    `outside` are points in tests of others that the bank lists, from the paper the teacher showed: one stated input
    each. Refuses one's own checks, checks before the teacher's own answers, and with `rubrics.errors.AnswersError`
    questions that are no specialist's checks, tests the bank does not list and points such a test does not have.
    """
    people.require(actor, "diagnosis.check", person_id=enrolment.person_id)
    programmes.require_open(enrolment.programme)
    _require_somebody_else(actor, enrolment)
    _require_birth_month(enrolment)
    bank = programmes.diagnosis_bank(enrolment.programme)
    known = {check.id for check in diagnosis.specialist_checks(bank)}
    for check_id in seen:
        if check_id not in known:
            raise AnswersError("answers.unknown_question", question=check_id)
    with transaction.atomic():
        programmes.hold(enrolment)
        kept = programmes.kept_answers(enrolment)
        placed = _judge(actor, enrolment, bank, kept.watched(bank, seen, outside=outside or {}))
        about = {"actor": actor.pseudonym, "subject": str(enrolment.person_id), "reason": note}
        if seen:
            audit.record("hands_on.seen", detail={"checks": " ".join(seen)}, **about)
        if outside:
            audit.record("outside_test.entered", detail={"tests": " ".join(outside)}, **about)
    return placed


def _judge(actor: Actor, enrolment: Enrolment, bank: Any, kept: programmes.Kept) -> Any:
    """Everything answered and seen so far becomes a placement, an entry of the ledger and what follows from it."""
    advised = [task.id for task in programmes.policy(enrolment.programme).tasks]
    found = diagnosis.assess(bank, kept.everything, seconds=kept.seconds, tasks=advised, outside=kept.points)
    placed = programmes.place(
        enrolment,
        skill=found.skill,
        diagnosis=_diagnosis_record(found, kept),
        identity_id=kept.identity_id,
    )
    entry = programmes.latest_placement(enrolment)
    recorded = results.record(
        "diagnosis",
        enrolment=enrolment,
        definition=bank,
        value={"skill": found.skill, "tier": placed.tier, "placement": str(entry.id)},
        key=f"diagnosis:{enrolment.id}:{entry.id}",
    )
    for task_id in programmes.task_ids(enrolment, "diagnosis") if kept.answers else ():
        consequences.pass_task(
            enrolment,
            task_id,
            evidence="diagnosis",
            note=f"#{recorded.seq}",
            identity_id=kept.identity_id,
        )
    audit.record(
        "placed", actor=actor.pseudonym, subject=str(enrolment.person_id), detail={"tier": placed.tier}
    )
    consequences.award_if_met(enrolment)
    return placed


def _require_birth_month(enrolment: Enrolment) -> None:
    if not enrolment.person.birth_month:
        raise Refused(
            "diagnosis.birth_month_unknown",
            _(
                "Your tier also depends on your age, and your month of birth is not on the list we were given."
            ),
            kept=_("Your answers stay in this browser."),
            todo=_("Ask your school office to add it to the list, then send your answers again."),
            status=409,
        )


def _require_somebody_else(actor: Actor, enrolment: Enrolment) -> None:
    if actor.person_id == enrolment.person_id:
        raise Refused(
            "task.own_sign_off",
            _("Nobody signs off their own tasks."),
            kept=_("Nothing was signed off."),
            todo=_("Ask the specialist of another school or your technical envoy to watch and sign."),
        )


def _diagnosis_record(found: Any, kept: programmes.Kept) -> dict[str, object]:
    """What was found, and what it was found from, so that it can be judged again and joined by more."""
    return {
        "reasons": [reason.stored() for reason in found.reasons],
        "axes": {axis.id: None if axis.value is None else str(axis.value) for axis in found.axes},
        "spans": {axis.id: [str(axis.low), str(axis.high)] for axis in found.axes},
        "flags": [flag.stored() for flag in found.flags],
        "advice": list(found.advice),
        "advice_reasons": [reason.stored() for reason in found.advice_reasons],
        "answers": dict(kept.answers),
        "seconds": dict(kept.seconds),
        "checks": dict(kept.checks),
        "outside": dict(kept.outside),
    }


# 3. Tasks signed off by the specialist ------------------------------------------------------------------------


def sign_off(actor: Actor, enrolment: Enrolment, task_ids: Sequence[str], *, note: str) -> int:
    """What a specialist saw done with own eyes counts, with its hours; returns how many tasks are new."""
    people.require(actor, "task.sign_off", person_id=enrolment.person_id)
    programmes.require_open(enrolment.programme)
    _require_somebody_else(actor, enrolment)
    open_tasks = {task.id for task in tasks.tasks_open_for_sign_off(enrolment)}
    by = Person.objects.get(id=actor.person_id)
    with transaction.atomic():
        new = [
            task_id
            for task_id in task_ids
            if task_id in open_tasks
            and consequences.pass_task(enrolment, task_id, evidence="sign_off", note=note, by=by)
        ]
        if new:
            audit.record(
                "tasks.signed_off",
                actor=actor.pseudonym,
                subject=str(enrolment.person_id),
                reason=note,
                detail={"tasks": " ".join(new)},
            )
        for lesson in lessons.lessons_of(enrolment) if new else ():
            if lesson.state == "ready":
                _call_raters(lessons.lesson(lesson.id))
        consequences.award_if_met(enrolment)
    return len(new)


# 4. The demo lesson -------------------------------------------------------------------------------------------


def lesson_slots(enrolment: Enrolment) -> list[Any]:
    """The rubrics this person's next lesson may be judged by, as the tier asks; all of the tier's when all are met."""
    tier = programmes.policy(enrolment.programme).tier(enrolment.tier)
    if tier is None:
        return []
    keys = dict.fromkeys(key for slot in tier.lesson_rubrics for key in slot)
    return [definitions.get("rubric", key) for key in keys]


def submit_lesson(
    actor: Actor,
    enrolment: Enrolment,
    *,
    title: str,
    subject: str,
    stage: str,
    rubric_hash: str,
    upload_id: uuid.UUID,
    consent: bool,
) -> Any:
    """An uploaded recording becomes a lesson waiting for its check."""
    people.require(actor, "lesson.submit", person_id=enrolment.person_id)
    programmes.require_open(enrolment.programme)
    with transaction.atomic():
        lesson = lessons.submit(
            enrolment,
            title=title,
            subject=subject,
            stage=stage,
            rubric_hash=rubric_hash,
            upload_id=upload_id,
            owner=enrolment.person,
            consent=consent,
            identity_id=actor.identity_id,
        )
        audit.record("lesson.submitted", actor=actor.pseudonym, subject=str(enrolment.person_id))
    return lesson


def check_take(row: outbox.Row) -> None:
    """Background: is it a lesson video at all? If so it is made playable; if not the teacher reads why."""
    take_id = str(row.payload["take"])
    outcome = lessons.check(take_id, minutes=_minutes_for(take_id))
    if outcome.ok:
        with transaction.atomic():
            outbox.put("render_take", key=f"take:{take_id}", payload={"take": take_id}, queue="media")


def _minutes_for(take_id: str) -> tuple[int, int]:
    lesson = lessons.lesson_of_take(take_id)
    rubric = definitions.by_hash(lesson.rubric_hash)
    return programmes.recording_minutes(lesson.enrolment.programme, rubric, stage=lesson.stage)


def render_take(row: outbox.Row) -> outbox.Again | None:
    """Background: one bounded step of making the recording playable; when it is, two raters are called."""
    again = lessons.render_step(row.payload)
    if again is None:
        with transaction.atomic():
            _call_raters(lessons.lesson_of_take(str(row.payload["take"])))
    return again


def _call_raters(lesson: Any) -> None:
    """Orders the case once what the rubric asks for beforehand (sign-offs no video can show) is there."""
    if lesson.enrolment.programme.closed_at is not None:
        return
    rubric = definitions.by_hash(lesson.rubric_hash)
    if all(asked.task in tasks.passed(lesson.enrolment) for asked in rubric.prerequisites):
        outbox.put("open_case", key=str(lesson.id), payload={"lesson": str(lesson.id)})


def open_case(row: outbox.Row) -> None:
    """Background: calls two raters of other schools; tried again later while there are too few."""
    lesson = lessons.lesson(str(row.payload["lesson"]))
    programmes.require_open(lesson.enrolment.programme)
    with transaction.atomic():
        ratings.open_case(lesson)


# 5. Rating, decision, consequences ----------------------------------------------------------------------------


def commit_reading(actor: Actor, reading_id: uuid.UUID) -> Any:
    """A rater seals a reading. The last one decides the lesson, or calls a third rater who sees nothing of it."""
    with transaction.atomic():
        outcome = ratings.commit(actor, reading_id)
        if outcome.decision is not None:
            consequences.of_decision(outcome.decision)
        elif outcome.rater_missing:
            outbox.put("call_third", key=str(outcome.case_id), payload={"case": str(outcome.case_id)})
    return outcome


def call_third(row: outbox.Row) -> None:
    """Background: a third rater was needed while nobody was free; tried again until somebody is."""
    with transaction.atomic():
        ratings.call_third(row.payload["case"])


# 6. Reports for the bureau ------------------------------------------------------------------------------------


def request_report(actor: Actor, *, programme: Programme, area: Area) -> Any:
    """Freezes the annual-appraisal snapshot of an area and starts setting its papers."""
    with transaction.atomic():
        return reporting.start(actor, programme=programme, area=area)


# What the outbox works off ------------------------------------------------------------------------------------


def publish_grade(row: outbox.Row) -> None:
    """Sends exactly the stored score; sent twice it means the same, because its timestamp is fixed."""
    score = row.payload["score"]
    launch.post_score(row.payload["target"], score=score)  # type: ignore[arg-type]


def issue_certificate(row: outbox.Row) -> None:
    certificates.write_paper(row.payload["certificate"])


def advance_report_run(row: outbox.Row) -> outbox.Again | None:
    return reporting.advance(row.payload)


def keep_house() -> None:
    """Background, once an hour: ended sessions go, and abandoned uploads after their days of grace; nothing handed
    in is touched. Once a day the rules of retention are carried out.

    A sign-off and the end of a rendering at the same moment may each miss the other, so that nobody called the
    raters: lessons that wait without a case are looked at again here.
    """
    people.forget_old_visits()
    programmes.end_leaves(timezone.localdate())
    lessons.delete_expired()
    privacy.keep()
    for lesson in lessons.ready():
        if ratings.state_of(lesson) is None:
            with transaction.atomic():
                _call_raters(lesson)
