"""Where somebody stands: what the ledger and the tasks say, judged by the programme's own rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_tools.definitions import api as definitions
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from rubrics import awards
from rubrics.model import Hours


@dataclass(frozen=True)
class CountedLesson:
    """A decided lesson with the exact standard that judged it. `total` is out of 100."""

    lesson_id: str
    title: str
    total: Decimal
    band: str
    rubric: Any
    decided_at: datetime


def lessons(enrolment: Enrolment) -> list[CountedLesson]:
    return [_counted(entry) for entry in results.lessons_of(enrolment.id)]


def _counted(entry: results.Entry) -> CountedLesson:
    return CountedLesson(
        lesson_id=str(entry.value["lesson"]),
        title=str(entry.value["title"]),
        total=Decimal(str(entry.value["total"])),
        band=str(entry.value["band"]),
        rubric=definitions.by_hash(entry.definition_hash),
        decided_at=entry.at,
    )


def award_without(
    enrolment: Enrolment, *, tier: str, tasks_gone: Collection[str], lessons_gone: Collection[str]
) -> awards.Award | None:
    """What the award rules would say in this tier, were these tasks, with their hours, and lessons not there."""
    if not tier:
        return None
    kept = {name: one for name, one in tasks.passed_tasks(enrolment).items() if name not in tasks_gone}
    earned = (Hours(one.online, one.practice, one.offline) for one in kept.values())
    return awards.assess(
        programmes.policy(enrolment.programme),
        programmes.award_rules(enrolment.programme),
        tier=tier,
        passed=tasks.passed(enrolment) - set(tasks_gone),
        lessons=_counting(
            enrolment, tier, (one for one in lessons(enrolment) if one.lesson_id not in lessons_gone)
        ),
        hours=sum(earned, Hours()),
    )


def _counting(
    enrolment: Enrolment, tier: str, found: Iterable[CountedLesson]
) -> Sequence[awards.LessonResult]:
    """Those that the programme's rule for attempts lets count, in the order in which they were first decided: a
    result that was put right later does not become the last attempt by that."""
    turn = {lesson: number for number, lesson in enumerate(results.lessons_in_turn(enrolment.id))}
    return awards.counting(
        programmes.award_rules(enrolment.programme),
        programmes.policy(enrolment.programme).tier(tier),
        [(one.rubric, _result(one)) for one in sorted(found, key=lambda one: turn[one.lesson_id])],
    )


def _result(lesson: CountedLesson) -> awards.LessonResult:
    return awards.LessonResult(rubric_key=lesson.rubric.key, total=lesson.total, band=lesson.band)


def award(enrolment: Enrolment) -> awards.Award | None:
    """What the award rules say now, with all that is missing; None before the first placement."""
    if not enrolment.tier:
        return None
    return awards.assess(
        programmes.policy(enrolment.programme),
        programmes.award_rules(enrolment.programme),
        tier=enrolment.tier,
        passed=tasks.passed(enrolment),
        lessons=_counting(enrolment, enrolment.tier, lessons(enrolment)),
        hours=tasks.hours(enrolment),
    )
