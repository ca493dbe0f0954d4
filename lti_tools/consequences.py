"""What follows when something was passed or decided: hours, ledger entries, gradebooks, the award.

Called by the steps of `journey`, inside their transaction; what must leave the process goes to the outbox.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.identities import api as identities
from lti_tools.launch import api as launch
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people import api as people
from lti_tools.people.api import Person
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from reports.evidence import Hours, Words
from rubrics import awards


def pass_task(
    enrolment: Enrolment, task_id: str, *, evidence: str, note: str = "", by: Person | None = None
) -> bool:
    """Passes a task of the policy once: hours and ledger entry; False when it was passed or is not in the policy."""
    policy = programmes.policy(enrolment.programme)
    task = policy.task(task_id)
    if task is None or not tasks.pass_task(enrolment, task, evidence=evidence, note=note, by=by):
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
        _pass_lesson_task(enrolment)
    publish_best(enrolment)
    award_if_met(enrolment)


def _pass_lesson_task(enrolment: Enrolment) -> None:
    """The first lesson that passes is the first lesson task, the second the second; more earn no further hours."""
    passing = [lesson for lesson in certificates.lessons(enrolment) if lesson.band != "fail"]
    for task_id in programmes.task_ids(enrolment, "lesson")[: len(passing)]:
        pass_task(enrolment, task_id, evidence="lesson", note=str(passing[-1].lesson_id))


def publish_best(enrolment: Enrolment) -> None:
    """The best decided lesson goes to every gradebook from which the person came; bytes and time are fixed here."""
    decided = certificates.lessons(enrolment)
    if not decided:
        return
    # A lesson that passed is better than one that missed a gate, whatever the points.
    best = max(decided, key=lambda lesson: (lesson.band != "fail", lesson.total))
    for target_id, sub in launch.targets_of(identities.subs_of(enrolment.person)):
        line = f"{target_id}:{_short(sub)}"
        outbox.put(
            "publish_grade",
            key=f"{line}:{best.lesson_id}:{best.total}",
            supersedes=line,
            payload={"target": str(target_id), "score": _score(sub, best)},
        )


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
        key=f"award:{enrolment.id}",
    )
    outbox.put("issue_certificate", key=str(certificate.id), payload={"certificate": str(certificate.id)})
