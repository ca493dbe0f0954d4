"""What was done through an LMS account, as long as it was linked with the person it is linked with now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from lti_tools.certificates import api as certificates
from lti_tools.certificates.api import Certificate
from lti_tools.lessons import api as lessons
from lti_tools.people.api import Actor, may
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.results import api as results
from lti_tools.results.api import Entry
from lti_tools.tasks import api as tasks


@dataclass(frozen=True)
class Work:
    """The part of one programme. `tasks` were passed through the account; `lesson_tasks` only by its lessons.

    `carried` are its lessons that were handed in to an earlier programme and count here, too.
    `entries` are those of the ledger that say so. `falling` is a certificate that would rest on too little without
    all this, or that names a better result than the rest gives.
    """

    enrolment: Enrolment
    placements: tuple[Any, ...]
    tasks: tuple[str, ...]
    lesson_tasks: tuple[str, ...]
    lessons: tuple[uuid.UUID, ...]
    carried: tuple[uuid.UUID, ...]
    entries: tuple[Entry, ...]
    falling: Certificate | None

    @property
    def nothing(self) -> bool:
        return not (self.placements or self.tasks or self.lessons or self.carried)

    @property
    def counted(self) -> tuple[uuid.UUID, ...]:
        """All lessons of the account that count in this programme."""
        return (*self.lessons, *self.carried)


def work_through(identity_id: uuid.UUID, person_id: uuid.UUID) -> list[Work]:
    """One for each programme in which something was done, the newest programme first. The caller asked `require`."""
    found = (_work(identity_id, enrolment) for enrolment in programmes.enrolments_of_person(person_id))
    return [work for work in found if not work.nothing]


def _work(identity_id: uuid.UUID, enrolment: Enrolment) -> Work:
    placements = programmes.placements_through(identity_id, enrolment=enrolment)
    handed_in = lessons.handed_in_through(identity_id, enrolment=enrolment)
    carried = _carried(identity_id, enrolment)
    passed = tasks.passed_through(identity_id, enrolment=enrolment)
    earned = _earned_by([*handed_in, *carried], enrolment)
    work = Work(
        enrolment=enrolment,
        placements=tuple(placements),
        tasks=tuple(passed),
        lesson_tasks=tuple(earned),
        lessons=tuple(handed_in),
        carried=tuple(carried),
        entries=tuple(_entries(enrolment, placements, [*passed, *earned], [*handed_in, *carried])),
        falling=None,
    )
    return Work(**{**vars(work), "falling": _falling(work)})


def _carried(identity_id: uuid.UUID, enrolment: Enrolment) -> list[uuid.UUID]:
    counted = {lesson.lesson_id for lesson in certificates.lessons(enrolment)}
    return [one for one in lessons.carried_through(identity_id, enrolment=enrolment) if str(one) in counted]


def _earned_by(handed_in: list[uuid.UUID], enrolment: Enrolment) -> list[str]:
    """Lesson tasks that the lessons left over do not earn: the first lesson that passes is the first task."""
    gone = {str(lesson_id) for lesson_id in handed_in}
    passing = [lesson.lesson_id for lesson in certificates.lessons(enrolment) if lesson.band != "fail"]
    if not gone & set(passing):
        return []
    left = len(set(passing) - gone)
    by_lesson = tasks.passed_by(enrolment, "lesson") | tasks.passed_by(enrolment, "carried")
    return [task for task in programmes.task_ids(enrolment, "lesson")[left:] if task in by_lesson]


def _entries(
    enrolment: Enrolment, placements: list[Any], passed: list[str], handed_in: list[uuid.UUID]
) -> list[Entry]:
    named = {
        "placement": {str(placement.id) for placement in placements},
        "task": set(passed),
        "lesson": {str(lesson_id) for lesson_id in handed_in},
    }
    return [
        entry
        for entry in results.of_enrolment(enrolment.id)
        if any(entry.value.get(name) in ids for name, ids in named.items())
    ]


def _falling(work: Work) -> Certificate | None:
    enrolment = work.enrolment
    left = certificates.award_without(
        enrolment,
        tier=_tier_without(work),
        tasks_gone={*work.tasks, *work.lesson_tasks},
        lessons_gone={str(lesson_id) for lesson_id in work.counted},
    )
    return certificate_not_borne_by(left, enrolment)


def _tier_without(work: Work) -> str:
    gone = {placement.id for placement in work.placements}
    if not gone:
        return work.enrolment.tier
    left = work.enrolment.placements.exclude(id__in=gone).order_by("-at").first()
    return left.tier if left else ""


def certificate_not_borne_by(award: Any, enrolment: Enrolment) -> Certificate | None:
    """The certificate in force, or run out, that this award would not give."""
    line = certificates.certificate_line(enrolment)
    if line is None or line.status not in {"valid", "expired"}:
        return None
    stands = award is not None and award.met
    lower = certificates.certified_level(enrolment) == "excellent" and stands and award.level != "excellent"
    return certificates.of_enrolment(enrolment) if not stands or lower else None


def may_revoke(actor: Actor, certificate: Certificate) -> bool:
    """A certificate belongs to the area of its programme, which may be larger than that of the officer."""
    return may(actor, "certificate.revoke", area=certificate.area)
