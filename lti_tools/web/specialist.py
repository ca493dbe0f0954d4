"""The specialist's desk: the teachers of one's own school and its teaching points, and the tasks to sign off."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.office import slips
from lti_tools.people.api import ACTIONS, Actor, require, visible_to
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.tasks import api as tasks
from lti_tools.web.screen import PageRequest, screen
from rubrics.diagnosis import specialist_checks


class SignOffForm(forms.Form):
    """The tasks seen done with own eyes, and where and how."""

    tasks = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(max_length=300, min_length=4)

    def __init__(self, open_tasks: list[Any], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["tasks"].choices = [(task.id, task.label.text(language)) for task in open_tasks]  # type: ignore[attr-defined]
        self.fields["tasks"].error_messages["required"] = _("Choose at least one task that you saw done.")
        self.fields["note"].error_messages["required"] = _("Write where and how you saw it, one sentence.")
        self.fields["note"].error_messages["min_length"] = _("Write where and how you saw it, one sentence.")


@screen("specialist.desk")
def desk(request: PageRequest) -> HttpResponse:
    rows = [
        (enrolment, len(tasks.passed(enrolment)), len(tasks.tasks_open_for_sign_off(enrolment)))
        for person in _own_teachers(request.actor)
        if (enrolment := programmes.current_enrolment(person))
    ]
    shown = [str(enrolment.person_id) for enrolment, _passed, _open in rows]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="specialist.desk")
    context = {"rows": rows, "telephones": slips.waiting_telephones(request.actor)}
    return render(request, "shijie/specialist.html", context)


def _own_teachers(actor: Actor) -> Any:
    """The people of one's schools. Whoever is an officer as well does not find the whole county here."""
    as_specialist = replace(actor, grants=actor.granted(ACTIONS["task.sign_off"].roles))
    return visible_to(as_specialist).exclude(id=actor.person_id).order_by("name")


@screen("task.sign_off", methods=("GET", "POST"))
def teacher(request: PageRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = programmes.find_enrolment(enrolment_id)
    require(request.actor, "task.sign_off", person_id=enrolment.person_id)
    form = SignOffForm(
        tasks.tasks_open_for_sign_off(enrolment), request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        new = journey.sign_off(
            request.actor, enrolment, form.cleaned_data["tasks"], note=form.cleaned_data["note"]
        )
        text = ngettext("%(new)s task signed off.", "%(new)s tasks signed off.", new) % {"new": new}
        messages.success(request, text)
        return redirect("specialist-teacher", enrolment_id=enrolment.id)
    audit.viewed(
        actor=request.actor.pseudonym, subjects=[str(enrolment.person_id)], what="specialist.teacher"
    )
    return render(
        request,
        "shijie/specialist_teacher.html",
        {"enrolment": enrolment, "form": form, "done": _done(enrolment), "checks": _checks(enrolment)},
        status=422 if form.is_bound else 200,
    )


def _checks(enrolment: Enrolment) -> int:
    """How many hands-on checks of the diagnosis a specialist may write down; none before the teacher has answered, and
    none once the programme was closed."""
    if enrolment.programme.closed_at is not None or not programmes.kept_answers(enrolment).answers:
        return 0
    return len(specialist_checks(programmes.diagnosis_bank(enrolment.programme)))


def _done(enrolment: Enrolment) -> list[tuple[str, tasks.PassedTask]]:
    language = get_language() or "zh-hans"
    passed = tasks.passed_tasks(enrolment)
    policy = programmes.policy(enrolment.programme)
    return [(task.label.text(language), passed[task.id]) for task in policy.tasks_of(tuple(passed))]
