"""What a specialist sees a teacher do: the hands-on checks of the diagnosis, each with what can be seen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.web.diagnosis_form import DiagnosisForm
from lti_tools.web.screen import PageRequest, screen
from lti_tools.web.wording import language
from rubrics import diagnosis as judgement
from rubrics.errors import AnswersError


class CheckForm(DiagnosisForm):
    """The checks that were watched, and where and how; those not watched are left open."""

    note = forms.CharField(max_length=300, min_length=4)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, optional=True, left_open=_("Not watched"), **kwargs)
        self.fields["note"].error_messages |= {
            "required": _("Write where and how you saw it, one sentence."),
            "min_length": _("Write where and how you saw it, one sentence."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.get(item.id) for item in self.items):
            self.add_error(None, _("Choose for at least one check what you saw."))
        return cleaned


@screen("diagnosis.check", methods=("GET", "POST"))
def checks(request: PageRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = programmes.find_enrolment(enrolment_id)
    require(request.actor, "diagnosis.check", person_id=enrolment.person_id)
    items = judgement.specialist_checks(programmes.diagnosis_bank(enrolment.programme))
    if not items or not programmes.kept_answers(enrolment).answers:
        return redirect("specialist-teacher", enrolment_id=enrolment.id)
    form = CheckForm(items, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _written_down(request, enrolment, form):
        return redirect("specialist-teacher", enrolment_id=enrolment.id)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(enrolment.person_id)], what="specialist.checks")
    status = 422 if form.is_bound else 200
    context = {"form": form, "enrolment": enrolment, "before": _before(enrolment, items)}
    return render(request, "shijie/specialist_checks.html", context, status=status)


def _before(enrolment: Enrolment, items: Sequence[Any]) -> list[tuple[str, str]]:
    """Each check that was watched before, with what was seen. Not chosen in the form: it would be seen anew."""
    seen = programmes.kept_answers(enrolment).checks
    return [
        (item.label.text(language()), option.label.text(language()))
        for item in items
        for option in item.options
        if option.id in seen.get(item.id, ())
    ]


def _written_down(request: PageRequest, enrolment: Enrolment, form: CheckForm) -> bool:
    seen = form.answers()
    try:
        journey.check_hands_on(request.actor, enrolment, seen, note=form.cleaned_data["note"])
    except AnswersError as problem:
        form.refused(problem)
        return False
    text = ngettext("%(new)s check written down.", "%(new)s checks written down.", len(seen))
    messages.success(request, text % {"new": len(seen)})
    return True
