"""The first diagnosis: plain questions on one page, kept in the browser until they are sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.web.path import own_enrolment
from lti_tools.web.screen import PageRequest, screen
from rubrics import diagnosis as judgement
from rubrics.errors import AnswersError

# What the bank refuses and the form cannot know by itself.
REFUSALS = {
    "answers.none_beside_some": gettext_lazy(
        "“None of these” and another answer do not go together. Please keep one of the two."
    ),
}
DOES_NOT_FIT = gettext_lazy("This answer does not fit the question. Please choose again.")


class DiagnosisForm(forms.Form):
    """One field a question of the bank's short form; seconds per question arrive beside the answers."""

    def __init__(self, items: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        for item in items:
            self.fields[item.id] = self._field(item, language)
            self.fields[f"seconds-{item.id}"] = forms.IntegerField(
                required=False, min_value=0, max_value=86400, widget=forms.HiddenInput
            )
        self.items = items

    @staticmethod
    def _field(item: Any, language: str) -> forms.Field:
        choices = [(option.id, option.label.text(language)) for option in item.options]
        missing = {"required": _("Please choose one answer. There is no wrong one.")}
        if item.multiple:
            return forms.MultipleChoiceField(
                label=item.label.text(language),
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages=missing,
            )
        return forms.ChoiceField(
            label=item.label.text(language), choices=choices, widget=forms.RadioSelect, error_messages=missing
        )

    def questions(self) -> list[tuple[Any, Any]]:
        return [(self[item.id], self[f"seconds-{item.id}"]) for item in self.items]

    def answers(self) -> dict[str, Any]:
        return {item.id: self.cleaned_data[item.id] for item in self.items}

    def seconds(self) -> dict[str, int]:
        found = {item.id: self.cleaned_data.get(f"seconds-{item.id}") for item in self.items}
        return {key: value for key, value in found.items() if value is not None}


@screen("diagnosis.take", methods=("GET", "POST"), framed=True)
def diagnosis(request: PageRequest) -> HttpResponse:
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html")
    programmes.require_open(enrolment.programme)
    items = judgement.short_form(programmes.diagnosis_bank(enrolment.programme))
    form = DiagnosisForm(items, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _judged(request, enrolment, form):
        return redirect("path")
    status = 422 if form.is_bound else 200
    return render(request, "shijie/diagnosis.html", {"form": form, "enrolment": enrolment}, status=status)


def _judged(request: PageRequest, enrolment: Enrolment, form: DiagnosisForm) -> bool:
    """False when the bank refuses the answers; the form then says which one, and keeps all of them."""
    try:
        journey.diagnose(request.actor, enrolment, form.answers(), seconds=form.seconds())
    except AnswersError as problem:
        question = problem.values.get("question")
        form.add_error(str(question) if question else None, REFUSALS.get(problem.code, DOES_NOT_FIT))
        return False
    return True
