"""A teacher's own page: one next thing to do, the whole path below it, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.lessons import api as lessons
from lti_tools.people.api import Person
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.tasks import api as tasks
from lti_tools.web import diagnosis_result, wording
from lti_tools.web.participation import leave_line
from lti_tools.web.screen import PageRequest, screen

# The session's word for an answer just sent, see `arrived`.
ARRIVED = "diagnosis_arrived"


@dataclass(frozen=True)
class Step:
    title: str
    length: str
    done: bool
    required: bool
    how: str
    address: str = ""


@dataclass(frozen=True)
class Next:
    title: str
    text: str
    address: str = ""
    button: str = ""


def own_enrolment(request: PageRequest) -> Enrolment | None:
    """The running programme of whoever looks at the page; never anybody else's."""
    person = Person.objects.filter(id=request.actor.person_id).first()
    return programmes.current_enrolment(person) if person else None


@screen("path.see", framed=True)
def path(request: PageRequest) -> HttpResponse:
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html")
    standing = {"leave": leave_line(enrolment), "enrolment": enrolment}
    if not enrolment.tier:
        return render(request, "shijie/path_start.html", standing)
    sent = {"sent": f"diagnosis:{enrolment.id} {arrived(request)}".strip()}
    return render(request, "shijie/path.html", standing | sent | _context(enrolment))


def arrived(request: PageRequest) -> str:
    """What the browser may forget because it has just been sent; once, so that a reload forgets nothing newer."""
    return str(request.session.pop(ARRIVED, ""))


def _context(enrolment: Enrolment) -> dict[str, object]:
    language = wording.language()
    policy = programmes.policy(enrolment.programme)
    tier = policy.tier(enrolment.tier)
    award = certificates.award(enrolment)
    entry = programmes.latest_placement(enrolment)
    own_lessons = lessons.lessons_of(enrolment)
    needed = policy.hours_of(tier.required).total
    newest = certificates.of_enrolment(enrolment)
    certificate = newest if newest and newest.gave_way_at is None else None
    return {
        "enrolment": enrolment,
        "portrait": diagnosis_result.portrait(entry, enrolment, policy),
        "tier": tier.label.text(language),
        "skill": wording.skill(policy, enrolment.skill),
        "reasons": _reasons(entry, policy, programmes.diagnosis_bank(enrolment.programme)),
        "next": _next(enrolment, policy, own_lessons, award, certificate),
        "steps": _steps(enrolment, policy, tier, language),
        "hours": tasks.hours(enrolment),
        "hours_needed": needed,
        "missing": wording.missing(award.missing, policy) if award else [],
        "award": award,
        "award_says": _award_says(award, policy),
        "under_way": _states(enrolment, policy, own_lessons),
        "lesson_results": [
            (lesson, wording.number(lesson.total), lesson.rubric.title.text(language))
            for lesson in certificates.lessons(enrolment)
        ],
        "certificate": certificate,
        "certificate_shown": certificates.shown(newest.number) if newest else "",
        "certificate_gone": newest is not None and certificate is None,
    }


def _reasons(entry: Any, policy: Any, bank: Any) -> list[str]:
    """The rule that decided first, then what the answers showed."""
    if entry is None:
        return []
    return [
        *wording.stored_reasons(entry.reasons, policy),
        *wording.stored_reasons(entry.diagnosis.get("reasons", []), policy, bank),
        *wording.stored_reasons(entry.diagnosis.get("flags", []), policy, bank),
    ]


def _award_says(award: Any, policy: Any) -> list[str]:
    """Why this level and not the other, and which lesson that passed is not asked for."""
    said = (wording.reason_text(each.code, each.values, policy) for each in award.reasons) if award else ()
    return list(dict.fromkeys(filter(None, said)))


def _steps(enrolment: Enrolment, policy: Any, tier: Any, language: str) -> list[Step]:
    done = tasks.passed(enrolment)
    wanted = [*tier.required, *(task for task in tier.optional if task in done)]
    return [
        Step(
            title=task.label.text(language),
            length=wording.length(task.hours),
            done=task.id in done,
            required=task.id in tier.required,
            how=wording.how_passed(task.category),
            address=reverse("lesson") if task.category == "lesson" and task.id not in done else "",
        )
        for task in policy.tasks_of(tuple(wanted))
    ]


def _next(enrolment: Enrolment, policy: Any, own: Any, award: Any, certificate: Any) -> Next:
    """The one thing to do now. Waiting for others is said as such, so that nobody wonders."""
    if certificate is not None:
        return _certificate_next(certificate)
    if enrolment.programme.closed_at is not None:
        return Next(
            _("There is nothing you have to do now"),
            _("What you have done is kept. Your school office knows which programme follows."),
        )
    if own and own[0].state == "refused":
        return _sent_back(own[0])
    tier = policy.tier(enrolment.tier)
    practise = next(
        (task for task in tasks.tasks_open_for_sign_off(enrolment) if task.id in tier.required), None
    )
    if practise is not None:
        return Next(
            _("Practise and show your specialist: %(task)s")
            % {"task": practise.label.text(wording.language())},
            _("When it works, ask the specialist of your school to watch and sign it off."),
        )
    under_way = [lesson for lesson in own if lesson.state not in {"refused", "decided"}]
    if wants_lesson(award, own):
        return Next(
            _("Hand in your recorded lesson"),
            _(
                "One recording from your phone or classroom is enough. You may pause the upload; nothing is lost."
            ),
            reverse("lesson"),
            _("Hand in a lesson"),
        )
    if not under_way:
        return Next(
            _("There is nothing you have to do now"),
            _("What is still missing stands below. Your specialist helps you with it."),
        )
    if all(lesson.state != "ready" for lesson in under_way):
        return Next(
            _("Your recording is being checked"),
            _("A long one takes some minutes. You need not do anything now."),
            reverse("lesson"),
            _("See my lesson"),
        )
    return Next(
        _("Your lesson is with the raters"),
        _("Two raters who do not know you are looking at it. You need not do anything now."),
        reverse("lesson"),
        _("See my lesson"),
    )


def wants_lesson(award: Any, own: Any) -> bool:
    """True while another lesson has to be handed in. Slots and not lessons are counted: two lessons by the same
    rubric may fill one slot only.
    """
    under_way = [lesson for lesson in own if lesson.state not in {"refused", "decided"}]
    open_slots = [reason for reason in award.missing if reason.code == "award.lesson_missing"]
    return len(under_way) < len(open_slots)


def _sent_back(lesson: Any) -> Next:
    return Next(
        _("Please hand in “%(title)s” again") % {"title": lesson.title},
        f"{lesson.reason.what} {lesson.reason.todo}" if lesson.reason else "",
        reverse("lesson"),
        _("Hand in a lesson"),
    )


def waiting_lessons(own: Any) -> list[Any]:
    """Lessons that wait for somebody, newest first. One that was sent back counts until another is handed in."""
    sent_back = [lesson for lesson in own[:1] if lesson.state == "refused"]
    return sent_back + [lesson for lesson in own if lesson.state not in {"refused", "decided"}]


def _states(enrolment: Enrolment, policy: Any, own: Any) -> list[tuple[Any, str]]:
    return [
        (lesson, wording.lesson_state(lesson.state, awaited(enrolment, policy, lesson)))
        for lesson in waiting_lessons(own)
    ]


def awaited(enrolment: Enrolment, policy: Any, lesson: Any) -> list[str]:
    """The tasks that the specialist must have signed off before raters may be called for this lesson."""
    rubric = definitions.by_hash(lesson.rubric_hash)
    passed = tasks.passed(enrolment)
    wanted = tuple(asked.task for asked in rubric.prerequisites if asked.task not in passed)
    return [task.label.text(wording.language()) for task in policy.tasks_of(wanted)]


def _certificate_next(certificate: Any) -> Next:
    if not certificate.paper:
        return Next(
            _("Your certificate is being made"), _("It takes about a minute. Look again a little later.")
        )
    return Next(
        _("You have finished. Your certificate is ready."),
        _("Anyone can check it by its number and your name, or by the code on the paper."),
        reverse("certificate-paper", args=[certificate.id]),
        _("Download my certificate"),
    )
