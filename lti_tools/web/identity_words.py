"""What was done through an LMS account, put into words for the officer who decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lti_tools.certificates import api as certificates
from lti_tools.lessons import api as lessons
from lti_tools.office.identity_work import Work, may_revoke
from lti_tools.people.api import Actor
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks
from lti_tools.web import wording


@dataclass(frozen=True)
class Shown:
    """The work of one programme, in words; `holder` is with whom it is now."""

    holder: str
    programme: str
    placements: list[tuple[Any, str]]
    tasks: list[tuple[str, Any, Any]]
    lessons: list[tuple[Any, str]]
    entries: int
    certificate: str
    may_revoke: bool


def in_words(actor: Actor, work: Work) -> Shown:
    """For an officer who may see whose work it is."""
    policy, language = programmes.policy(work.enrolment.programme), wording.language()
    passed = tasks.passed_tasks(work.enrolment)
    decided = {one.lesson_id: one for one in certificates.lessons(work.enrolment)}
    views = [lessons.lesson_view(lesson_id) for lesson_id in work.counted]
    return Shown(
        holder=work.enrolment.person.name,
        programme=work.enrolment.programme.title,
        placements=[(entry, policy.tier(entry.tier).label.text(language)) for entry in work.placements],
        tasks=[
            (task.label.text(language), passed[task.id].passed_at, wording.length(task.hours))
            for task in policy.tasks_of((*work.tasks, *work.lesson_tasks))
            if task.id in passed
        ],
        lessons=[(view, _standing(view.state, decided.get(str(view.id)))) for view in views],
        entries=len(work.entries),
        certificate=certificates.shown(work.falling.number) if work.falling else "",
        may_revoke=work.falling is None or may_revoke(actor, work.falling),
    )


def _standing(state: str, decided: Any) -> str:
    if decided is None:
        return wording.lesson_state(state, [])
    band = decided.rubric.band(decided.band).label.text(wording.language())
    return _("%(total)s points, %(band)s") % {"total": wording.number(decided.total), "band": band}
