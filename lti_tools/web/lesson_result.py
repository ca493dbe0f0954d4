"""What the raters saw, for the teacher whose lesson it is: levels, reasons and remarks at their place in the video."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied
from lti_tools.lessons import api as lessons
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.web import wording
from lti_tools.web.screen import PageRequest, screen


@screen("lesson.see", framed=True)
def lesson_result(request: PageRequest, lesson_id: uuid.UUID) -> HttpResponse:
    lesson = lessons.lesson(lesson_id)
    require(request.actor, "lesson.see", person_id=lesson.enrolment.person_id)
    feedback = ratings.feedback_for(request.actor, lesson)
    if feedback is None:
        raise Denied("lesson.see")
    language = wording.language()
    context = {
        "lesson": lessons.lesson_view(lesson_id, viewer=request.actor.pseudonym),
        "feedback": feedback,
        "again": _again(lesson) if feedback.band == "fail" else None,
        "rubric": feedback.rubric_title.text(language),
        "band": feedback.band_label.text(language),
        "version": feedback.verdict.rubric_version,
        "hash": feedback.verdict.rubric_hash[:16],
        "reasons": _sentences(feedback.verdict.reasons),
        "criteria": [
            {
                "label": one.label.text(language),
                "weight": one.weight,
                "level": one.level_label.text(language) if one.level_label else "",
                "descriptor": one.descriptor.text(language) if one.descriptor else "",
                "left_out": one.left_out,
                "words_only": one.words_only,
                "remarks": [_remark(remark) for remark in one.remarks],
            }
            for one in feedback.criteria
        ],
    }
    return render(request, "shijie/lesson_result.html", context)


@dataclass(frozen=True)
class Again:
    """What to know about another recording, and whether one may be handed in."""

    text: str
    may_try: bool


def _again(lesson: Any) -> Again | None:
    """By the programme's own rule for attempts; None where the programme was closed."""
    enrolment = lesson.enrolment
    if enrolment.programme.closed_at is not None:
        return None
    rubric = definitions.by_hash(lesson.rubric_hash)
    allowed = programmes.attempts_allowed(enrolment, rubric)
    if lessons.attempts_used(enrolment, rubric_key=lesson.rubric_key) >= allowed:
        used_up = _("You have handed in as many lessons of this kind as the standard allows.")
        ask = _("If you need another attempt, ask your education bureau.")
        return Again(f"{used_up} {ask}", may_try=False)
    rule = programmes.retake(enrolment.programme, rubric)
    sentences = [
        _("You may hand in a new recording; the better result counts.")
        if rule.keep == "best"
        else _("You may hand in a new recording; the last result counts, even if it is lower."),
        *([_("Raters who have not seen this one will look at it.")] if rule.new_raters else []),
    ]
    return Again(" ".join(sentences), may_try=True)


def _sentences(reasons: Iterable[Any]) -> list[str]:
    """Each sentence once: several criteria may have called the third rater for the same reason."""
    said = (wording.panel_text(reason.code, reason.values) for reason in reasons)
    return list(dict.fromkeys(filter(None, said)))


def _remark(remark: ratings.Remark) -> dict[str, object]:
    start = remark.start_ms
    return {
        "rater": wording.rater(remark.rater),
        "text": remark.text,
        "at": None if start is None else start // 1000,
        "clock": "" if start is None else ratings.clock(start),
    }
