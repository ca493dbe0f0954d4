"""What follows when something was passed or decided: hours, ledger entries, gradebooks, the award.

Called by the steps of `journey`, inside their transaction; what must leave the process goes to the outbox.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.launch import api as launch
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people import api as people
from lti_tools.people.api import Person
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from reports.evidence import Hours, Words
from rubrics import awards


def pass_task(
    enrolment: Enrolment,
    task_id: str,
    *,
    evidence: str,
    note: str = "",
    by: Person | None = None,
    identity_id: uuid.UUID | None = None,
) -> bool:
    """Passes a task of the policy once: hours and ledger entry; False when it was passed or is not in the policy."""
    policy = programmes.policy(enrolment.programme)
    task = policy.task(task_id)
    if task is None or not tasks.pass_task(
        enrolment, task, evidence=evidence, note=note, by=by, identity_id=identity_id
    ):
        return False
    results.record(
        "task",
        enrolment=enrolment,
        definition=policy,
        value={"task": task_id, "evidence": evidence, "hours": str(task.hours.total)},
        key=f"task:{enrolment.id}:{task_id}",
    )
    return True


def of_decision(decision: Any) -> None:
    """The panel has decided: the ledger first, then the lesson task, the gradebooks and perhaps the award."""
    lesson = lessons.lesson(decision.lesson_id)
    lessons.mark_decided(lesson.id)
    enrolment = lesson.enrolment
    rubric = definitions.by_hash(decision.rubric_hash)
    results.record(
        "lesson",
        enrolment=enrolment,
        definition=rubric,
        value={
            "lesson": str(lesson.id),
            "title": lesson.title,
            "total": str(decision.total),
            "band": decision.band,
        },
        key=f"lesson:{lesson.id}:{decision.id}",
    )
    if decision.band != "fail":
        pass_lesson_tasks(enrolment)
    publish_best(enrolment)
    award_if_met(enrolment)
    # Decided after the person was carried on: it counts where they are now.
    carry_on(enrolment)


def pass_lesson_tasks(enrolment: Enrolment) -> None:
    """The first lesson that passes is the first lesson task, the second the second; more earn no further hours."""
    passing = [lesson for lesson in certificates.lessons(enrolment) if lesson.band != "fail"]
    for task_id in programmes.task_ids(enrolment, "lesson")[: len(passing)]:
        pass_task(enrolment, task_id, evidence="lesson", note=str(passing[-1].lesson_id))


def publish_best(enrolment: Enrolment, *, occasion: str = "") -> None:
    """The best decided lesson goes to every gradebook from which the person came; bytes and time are fixed here.

    A gradebook that had this score once gets it again only for a new `occasion`.
    """
    decided = certificates.lessons(enrolment)
    if not decided:
        return
    # A lesson that passed is better than one that missed a gate, whatever the points.
    best = max(decided, key=lambda lesson: (lesson.band != "fail", lesson.total))
    for target_id, sub in launch.targets_of(identities.subs_of(enrolment.person)):
        line = f"{target_id}:{_short(sub)}"
        outbox.put(
            "publish_grade",
            key=f"{line}:{best.lesson_id}:{best.total}{occasion and ':' + occasion}",
            supersedes=line,
            payload={"target": str(target_id), "score": _score(sub, best)},
        )


def publish_of(person_id: uuid.UUID, *, occasion: str) -> None:
    """What was decided in this person's newest programme, once more, to every gradebook of theirs."""
    for enrolment in programmes.enrolments_of_person(person_id):
        if certificates.lessons(enrolment):
            return publish_best(enrolment, occasion=occasion)
    return None


def withdraw_grades(subs: Iterable[tuple[object, str]], *, occasion: str) -> None:
    """Gradebooks of these accounts, (platform id, sub), show no score any more: what they showed was not theirs."""
    for target_id, sub in launch.targets_of(subs):
        line = f"{target_id}:{_short(sub)}"
        outbox.put(
            "publish_grade",
            key=f"{line}:none:{occasion}",
            supersedes=line,
            payload={"target": str(target_id), "score": _no_score(sub)},
        )


def _no_score(sub: str) -> dict[str, object]:
    """LTI AGS 2.0, section 3.4: without `scoreGiven` the platform clears what it had from us."""
    return {
        "userId": sub,
        "activityProgress": "Initialized",
        "gradingProgress": "NotReady",
        "timestamp": timezone.now().isoformat(timespec="microseconds"),
    }


def _short(sub: str) -> str:
    """A sub may be 255 characters long (LTI Core 1.3, section 5.3.6.1), longer than a key of the outbox."""
    return hashlib.sha256(sub.encode()).hexdigest()[:32]


def _score(sub: str, best: certificates.CountedLesson) -> dict[str, object]:
    """LTI AGS 2.0, section 3.4.1."""
    return {
        "userId": sub,
        "scoreGiven": float(best.total),
        "scoreMaximum": float(best.rubric.total),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": timezone.now().isoformat(timespec="microseconds"),
        "comment": f"{best.rubric.title.zh} v{best.rubric.version} · {best.rubric.band(best.band).label.zh}",
    }


def award_if_met(enrolment: Enrolment) -> None:
    """When nothing is missing any more the award is recorded, a number reserved and the paper ordered."""
    award = certificates.award(enrolment)
    if award is None or not award.met:
        return
    rules = programmes.award_rules(enrolment.programme)
    affiliation = people.present_affiliation(enrolment.person)
    earned = tasks.hours(enrolment)
    certificate = certificates.reserve(
        enrolment,
        school=affiliation.school.name if affiliation else "",
        tier=Words.of(programmes.policy(enrolment.programme).tier(enrolment.tier).label),
        level=award.level or "pass",
        hours=Hours(earned.online, earned.practice, earned.offline),
        valid_to=awards.valid_until(rules, awarded=timezone.localdate()),
    )
    if certificate is None:
        return
    results.record(
        "award",
        enrolment=enrolment,
        definition=rules,
        value={"level": award.level or "pass", "certificate": certificate.number},
        key=f"award:{certificate.number}",
    )
    outbox.put("issue_certificate", key=str(certificate.id), payload={"certificate": str(certificate.id)})


def enrol(programme: Programme, people: Iterable[Person]) -> int:
    """Enrols everybody not yet enrolled; what somebody passed in another running programme, and has no certificate
    for yet, follows them there. Returns how many are new.
    """
    new = programmes.newly_enrolled(programme, people)
    following = programmes.follow(new)
    done = set(certificates.certified([row.carried_from for row in following]))
    for row in following:
        if row.carried_from and row.carried_from_id not in done:
            row.save(update_fields=["carried_from"])
            carry_passed(row.carried_from, programmes.find_enrolment(row.id))
    return len(new)


def carry_on(enrolment: Enrolment) -> None:
    """What this enrolment has now counts where its person was carried on to, if passed things are carried at all."""
    if enrolment.programme.carry_over != programmes.CarryOver.PEOPLE:
        for new in programmes.carried_on(enrolment):
            carry_passed(enrolment, new)


def carry_passed(old: Enrolment, new: Enrolment) -> None:
    """Passed tasks with their hours, lessons that passed and the skill found by the same questions count in the new
    programme too. Nothing is taken from the old one, and doing it again adds nothing.
    """
    policy = programmes.policy(new.programme)
    carried = tasks.carry(old, new)
    for row in carried:
        hours = str(row.online + row.practice + row.offline)
        results.record(
            "task",
            enrolment=new,
            definition=policy,
            value={"task": row.attempt.task, "evidence": "carried", "hours": hours},
            key=f"task:{new.id}:{row.attempt.task}",
        )
    known = {lesson.value["lesson"] for lesson in results.lessons_of(new.id)}
    for lesson in results.lessons_of(old.id):
        if lesson.value["band"] != "fail" and lesson.value["lesson"] not in known:
            _carry_lesson(lesson, new)
    _place_again(old, new)
    audit.record(
        "enrolment.carried",
        actor="system",
        subject=str(new.person_id),
        detail={"from": str(old.id), "to": str(new.id), "tasks": len(carried)},
    )
    award_if_met(new)


def _carry_lesson(lesson: results.Entry, new: Enrolment) -> None:
    rubric = definitions.by_hash(lesson.definition_hash)
    key = f"carried:{new.id}:{lesson.id}"
    results.record("lesson", enrolment=new, definition=rubric, value=lesson.value, key=key, at=lesson.at)


def _place_again(old: Enrolment, new: Enrolment) -> None:
    """The same answers under the new programme's policy and reference date; other questions are asked anew."""
    entry = programmes.latest_placement(old)
    same = old.programme.diagnosis_hash == new.programme.diagnosis_hash
    if entry is None or new.tier or not same or not new.person.birth_month:
        return
    try:
        programmes.place(new, skill=entry.skill, diagnosis=entry.diagnosis, identity_id=entry.identity_id)
    except Refused:
        return
