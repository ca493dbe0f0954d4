"""The teacher's lesson page: what was taught, the recording on its way in, and how the lessons are doing."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.certificates import api as certificates
from lti_tools.lessons import api as lessons
from lti_tools.people.api import code_label, present_affiliation, require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, recording_minutes
from lti_tools.web.fields import Line
from lti_tools.web.path import awaited, own_enrolment, wants_lesson
from lti_tools.web.screen import PageRequest, screen

FILL_IN = {"required": gettext_lazy("Please fill this in.")}
AGREE = {"required": gettext_lazy("Please read this and tick it.")}
CHOOSE = {
    "required": gettext_lazy("Please choose one."),
    "invalid_choice": gettext_lazy("Please choose one of these."),
}


class LessonForm(forms.Form):
    """What a teacher says about a lesson. The file arrives by another way; here is only its upload's id."""

    title = Line(max_length=120, error_messages=FILL_IN)
    subject = Line(max_length=40, error_messages=FILL_IN)
    stage = forms.ChoiceField(error_messages=CHOOSE)
    rubric = forms.ChoiceField(error_messages=CHOOSE)
    consent = forms.BooleanField(error_messages=AGREE)
    private = forms.BooleanField(error_messages=AGREE)
    upload = forms.UUIDField()

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.enrolment = enrolment
        self.rubrics = journey.lesson_slots(enrolment)
        self.stages = list(dict.fromkeys(stage for rubric in self.rubrics for stage in rubric.video.minutes))
        self.fields["stage"].choices = [(stage, _stage(stage)) for stage in self.stages]  # type: ignore[attr-defined]
        self.fields["rubric"].choices = [(rubric.hash, rubric.key) for rubric in self.rubrics]  # type: ignore[attr-defined]

    def offered(self) -> list[dict[str, object]]:
        """The rubrics to choose from, each with the minutes it asks for at every stage."""
        programme = self.enrolment.programme
        return [
            {
                "hash": rubric.hash,
                "title": rubric.title.text(_language()),
                "audience": rubric.audience.text(_language()),
                "minutes": [
                    {"stage": stage, "least": span[0], "most": span[1]}
                    for stage in rubric.video.minutes
                    for span in [recording_minutes(programme, rubric, stage=stage)]
                ],
            }
            for rubric in self.rubrics
        ]


def _language() -> str:
    return get_language() or "zh-hans"


def _stage(code: str) -> str:
    return code_label("stage", code, language=_language())


@screen("lesson.see")
def lesson(request: PageRequest) -> HttpResponse:
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html")
    own = lessons.lessons_of(enrolment, viewer=request.actor)
    form = LessonForm(enrolment=enrolment, initial={**_known(enrolment), **_sent_back(own)})
    award = certificates.award(enrolment)
    closed = enrolment.programme.closed_at is not None
    context = {
        "form": form,
        "enrolment": enrolment,
        "closed": closed,
        "lessons": [(each, _note(enrolment, each), _past(each, own)) for each in own],
        "wanted": not closed and (award is None or not own or wants_lesson(award, own)),
        "arrived": any(str(each.id) == request.GET.get("sent") and each.state != "refused" for each in own),
        "most_bytes": settings.SHIJIE_UPLOAD_MAX_BYTES,
    }
    return render(request, "shijie/lesson.html", context)


def _sent_back(own: list[Any]) -> dict[str, str]:
    """What was said about a lesson that came back: only the recording has to be chosen anew."""
    if not own or own[0].state != "refused":
        return {}
    last = own[0]
    return {
        "title": last.title,
        "subject": last.subject,
        "stage": last.stage,
        "rubric": last.rubric_hash,
    }


def _past(lesson: Any, own: list[Any]) -> bool:
    """Sent back, but another was handed in since: nothing to do about it any more."""
    return lesson.state == "refused" and lesson is not own[0]


def _note(enrolment: Enrolment, lesson: Any) -> str:
    if lesson.state != "ready":
        return ""
    waits = awaited(enrolment, programmes.policy(enrolment.programme), lesson)
    if not waits:
        return _("Two raters who do not know you look at it. You need not do anything now.")
    return _("Raters are called as soon as your specialist has signed off: %(tasks)s") % {
        "tasks": _("; ").join(waits)
    }


def _known(enrolment: Enrolment) -> dict[str, str]:
    """What the roster knows already, so that it need not be typed."""
    affiliation = present_affiliation(enrolment.person)
    if affiliation is None:
        return {}
    return {"subject": next(iter(affiliation.subjects), ""), "stage": affiliation.stage}


@screen("lesson.submit", methods=("POST",))
def submit(request: PageRequest) -> HttpResponse:
    """Answers in JSON, for the script that sent the recording; a 201 lets it clear the draft."""
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html", status=409)
    form = LessonForm(request.POST, enrolment=enrolment)
    if not form.is_valid():
        return _incomplete(form)
    given = form.cleaned_data
    made = journey.submit_lesson(
        request.actor,
        enrolment,
        title=given["title"],
        subject=given["subject"],
        stage=given["stage"],
        rubric_hash=given["rubric"],
        upload_id=given["upload"],
        consent=given["consent"],
    )
    return JsonResponse({"url": f"{reverse('lesson')}?sent={made.id}"}, status=201)


def _incomplete(form: LessonForm) -> JsonResponse:
    answer = {
        "happened": _("Something on the page is still missing."),
        "kept": _("What you typed and the recording are kept."),
        "todo": _("Fill in what is marked and press the button again."),
        "code": "lesson.form",
        "fields": {name: [str(error) for error in errors] for name, errors in form.errors.items()},
    }
    return JsonResponse(answer, status=422)


@screen("lesson.see")
def lesson_state(request: PageRequest, lesson_id: uuid.UUID) -> HttpResponse:
    """One lesson of the list, asked for again while it is being checked."""
    found = lessons.lesson(lesson_id)
    require(request.actor, "lesson.see", person_id=found.enrolment.person_id)
    shown = lessons.lesson_view(lesson_id, viewer=request.actor)
    context = {"lesson": shown, "note": _note(found.enrolment, shown), "swapped": True}
    return render(request, "shijie/lesson_item.html", context)


urlpatterns = [
    path("lesson", lesson, name="lesson"),
    path("lesson/submit", submit, name="lesson-submit"),
    path("lesson/<uuid:lesson_id>/state", lesson_state, name="lesson-state"),
]
