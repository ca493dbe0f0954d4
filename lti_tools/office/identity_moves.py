"""One programme's work goes from the wrong person to the right one, inside the transaction of the split."""

from __future__ import annotations

import uuid
from collections import Counter

from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.certificates import api as certificates
from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.identities.api import STILL_LINKED
from lti_tools.lessons import api as lessons
from lti_tools.office.identity_work import Work, certificate_not_borne_by, may_revoke, work_through
from lti_tools.people.api import Actor
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks


def move_work(actor: Actor, work: Work, *, to: Enrolment, reason: str, occasion: str) -> Counter[str]:
    """Lessons, placements, tasks with hours and ledger entries; then standing, certificate and gradebooks of both.

    The account belongs to the right person already. Refuses a certificate the actor may not revoke.
    """
    of = work.enrolment
    lessons.take_lessons(work.lessons, of=of, to=to)
    ratings.follow_lessons(work.lessons, to=to)
    tiers = _move_placements(work, to=to)
    _restate_works(work, to=to, tiers=tiers)
    moved = _move_tasks(work, to=to)
    consequences.pass_lesson_tasks(to)
    consequences.carry_on(to)
    revoked = _revoke_fallen(actor, of, reason=reason)
    _grades_anew(work, to=to, occasion=occasion)
    for enrolment in (of, to):
        consequences.award_if_met(enrolment)
    return Counter(
        lessons=len(work.lessons),
        lessons_carried=len(work.carried),
        placements=len(work.placements),
        tasks=len(moved),
        tasks_dropped=len(work.tasks) + len(work.lesson_tasks) - len(moved),
        entries=len(work.entries),
        certificates_revoked=revoked,
    )


def held(identity_id: uuid.UUID, person_id: uuid.UUID) -> list[Work]:
    """Takes the cases before it looks: a rater who hands in at this moment was first, or finds the lesson moved."""
    for work in work_through(identity_id, person_id):
        ratings.hold_lessons(work.lessons)
    return work_through(identity_id, person_id)


def enrolment_for(work: Work, person_id: uuid.UUID) -> Enrolment:
    """Where the right person takes the work over. Refuses who is not in the programme, and an unknown age."""
    found = programmes.enrolment_in(work.enrolment.programme, person_id)
    if found is None:
        raise _refused(
            "identity.not_enrolled",
            _("This person is not in the programme in which the results were earned."),
            _("Enrol the person with the roster first, or leave the results where they are for now."),
        )
    if work.placements and not found.person.birth_month:
        raise _refused(
            "identity.birth_month_unknown",
            _("The tier also depends on the age, and this person's month of birth is not known."),
            _("Add the month of birth with the roster first, or leave the results where they are for now."),
        )
    return found


def new_occasion() -> str:
    """One word for all scores that go out because of one decision."""
    return uuid.uuid4().hex[:8]


def _refused(code: str, message: object, todo: object) -> Refused:
    return Refused(code, message, kept=STILL_LINKED, todo=todo, status=409)


def _move_placements(work: Work, *, to: Enrolment) -> dict[str, str]:
    """The tier each placement means for the right person, whose age may be another."""
    tiers = {}
    for entry in work.placements:
        placed = programmes.placement(to, skill=entry.skill)
        programmes.take_placement(entry, to=to, placed=placed)
        tiers[str(entry.id)] = placed.tier
    for enrolment in (work.enrolment, to) if tiers else ():
        programmes.settle(enrolment)
    return tiers


def _restate_works(work: Work, *, to: Enrolment, tiers: dict[str, str]) -> None:
    """Lessons and diagnoses; tasks follow when it is known which of them go over."""
    for entry in work.entries:
        if entry.kind != "task":
            tier = tiers.get(str(entry.value.get("placement")))
            results.void(entry, enrolment=work.enrolment)
            results.move(entry, to=to, changes={"tier": tier} if tier else None)


def _move_tasks(work: Work, *, to: Enrolment) -> frozenset[str]:
    """The tasks that went over. One the right person has passed already is not counted twice."""
    of, needed = work.enrolment, _lesson_tasks_of(to)
    moved = {task for task in work.tasks if tasks.take_task(task, of=of, to=to)}
    moved |= {
        task for task in work.lesson_tasks if tasks.take_task(task, of=of, to=to, needed=task in needed)
    }
    for entry in work.entries:
        if entry.kind == "task":
            results.void(entry, enrolment=of)
            if entry.value["task"] in moved:
                results.move(entry, to=to)
    return frozenset(moved)


def _lesson_tasks_of(enrolment: Enrolment) -> list[str]:
    passing = [lesson for lesson in certificates.lessons(enrolment) if lesson.band != "fail"]
    return programmes.task_ids(enrolment, "lesson")[: len(passing)]


def _revoke_fallen(actor: Actor, enrolment: Enrolment, *, reason: str) -> int:
    """Revokes the certificate that no longer rests on enough, with the reason of the split; how many that were.

    Whoever lost it through somebody else's mistake may earn it with own results.
    """
    fallen = certificate_not_borne_by(certificates.award(enrolment), enrolment)
    if fallen is None:
        return 0
    if not may_revoke(actor, fallen):
        raise Refused(
            "identity.certificate_elsewhere",
            _("A certificate would no longer stand, and it was issued for a larger area than yours."),
            kept=STILL_LINKED,
            todo=_("Ask the officer of that area to do this, or leave the results where they are for now."),
            status=409,
        )
    certificates.revoke(actor, fallen.number, reason=reason, gives_way=True)
    results.record(
        "revocation",
        enrolment=enrolment,
        definition=programmes.award_rules(enrolment.programme),
        value={"certificate": fallen.number},
        key=f"revocation:{fallen.number}",
    )
    return 1


def _grades_anew(work: Work, *, to: Enrolment, occasion: str) -> None:
    """Each gradebook shows the best of whoever it belongs to now; where nothing is left, nothing."""
    of = work.enrolment
    consequences.publish_best(to, occasion=occasion)
    consequences.publish_best(of, occasion=occasion)
    if work.counted and not certificates.lessons(of):
        consequences.withdraw_grades(identities.subs_of(of.person), occasion=occasion)
