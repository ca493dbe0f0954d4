"""What a specialist sees a teacher do: the hands-on checks of the diagnosis, each with what can be seen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
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
    """The checks that were watched, results of other tests, and where and how; what is not known is left open."""

    note = forms.CharField(max_length=300, min_length=4)

    def __init__(self, items: Sequence[Any], *args: Any, tests: Sequence[Any] = (), **kwargs: Any):
        super().__init__(items, *args, optional=True, left_open=_("Not watched"), **kwargs)
        self.tests = tests
        for test in tests:
            self.fields[f"test-{test.id}"] = _points_field(test)
        self.fields["note"].error_messages |= {
            "required": _("Write where and how you saw it, one sentence."),
            "min_length": _("Write where and how you saw it, one sentence."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.get(item.id) for item in self.items) and not self.outside():
            self.add_error(None, _("Choose for at least one check what you saw."))
        return cleaned

    def outside(self) -> dict[str, Decimal]:
        """Points in other tests, of those that were entered."""
        found = {test.id: self.cleaned_data.get(f"test-{test.id}") for test in self.tests}
        return {test: points for test, points in found.items() if points is not None}

    def other_tests(self) -> list[Any]:
        return [self[f"test-{test.id}"] for test in self.tests]


def _points_field(test: Any) -> forms.DecimalField:
    most = format(test.most.normalize(), "f")
    said = _("Please enter points from 0 to %(most)s, with two decimals at most.") % {"most": most}
    return forms.DecimalField(
        label=_("%(test)s (0 to %(most)s points)") % {"test": test.label.text(language()), "most": most},
        min_value=0,
        max_value=test.most,
        max_digits=8,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            said,
        ),
    )


@screen("diagnosis.check", methods=("GET", "POST"))
def checks(request: PageRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = programmes.find_enrolment(enrolment_id)
    require(request.actor, "diagnosis.check", person_id=enrolment.person_id)
    bank = programmes.diagnosis_bank(enrolment.programme)
    items = judgement.specialist_checks(bank)
    if not items or not programmes.kept_answers(enrolment).answers:
        return redirect("specialist-teacher", enrolment_id=enrolment.id)
    form = CheckForm(items, request.POST if request.method == "POST" else None, tests=bank.outside)
    if request.method == "POST" and form.is_valid() and _written_down(request, enrolment, form):
        return redirect("specialist-teacher", enrolment_id=enrolment.id)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(enrolment.person_id)], what="specialist.checks")
    status = 422 if form.is_bound else 200
    context = {"form": form, "enrolment": enrolment, "before": _before(enrolment, bank, items)}
    return render(request, "shijie/specialist_checks.html", context, status=status)


def _before(enrolment: Enrolment, bank: Any, items: Sequence[Any]) -> list[tuple[str, str]]:
    """Each check that was watched before, with what was seen, and each result. Not chosen in the form: it would be seen
    anew."""
    kept = programmes.kept_answers(enrolment)
    seen = kept.checks
    results = [
        (one.label.text(language()), kept.outside[one.id]) for one in bank.outside if one.id in kept.outside
    ]
    return results + [
        (item.label.text(language()), option.label.text(language()))
        for item in items
        for option in item.options
        if option.id in seen.get(item.id, ())
    ]


def _written_down(request: PageRequest, enrolment: Enrolment, form: CheckForm) -> bool:
    seen, outside, note = form.answers(), form.outside(), form.cleaned_data["note"]
    try:
        journey.check_hands_on(request.actor, enrolment, seen, note=note, outside=outside)
    except AnswersError as problem:
        form.refused(problem)
        return False
    new = len(seen) + len(outside)
    text = ngettext("%(new)s check written down.", "%(new)s checks written down.", new)
    messages.success(request, text % {"new": new})
    return True
