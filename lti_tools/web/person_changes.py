"""What a bureau changes about somebody: facts, another school, gone, back again. Each with its day and its reason."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools.errors import Refused
from lti_tools.office import people as office
from lti_tools.people import api as people
from lti_tools.people.api import LEFT, Affiliation, Person, School, codes
from lti_tools.web.fields import Day, Line
from lti_tools.web.screen import PageRequest, screen

ACTION = "person.change"
# What the doors refuse is shown at the field it is about.
FIELD_OF = {
    "affiliation.day_in_future": "day",
    "affiliation.day_too_early": "day",
    "affiliation.same_school": "school",
    "affiliation.school_closed": "school",
    "affiliation.left_unknown": "left",
    "person.other_bureau": "school",
}
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def _month(value: str) -> None:
    if not MONTH.fullmatch(value):
        raise ValidationError(_("Please write year and month, for example 2018-12."))


def _known(table: str, label: Any, *only: str) -> forms.ChoiceField:
    """A field over a code table; its words are read when the form is made, in the reader's language."""
    field = forms.ChoiceField(label=label, required=bool(only))
    field.table, field.only = table, only  # type: ignore[attr-defined]
    return field


class _Change(forms.Form):
    """Every change has the day from which it holds, and a reason that goes on the trail."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        for field in self.fields.values():
            if table := getattr(field, "table", ""):
                known = [(code.code, code.text(language)) for code in codes.known(table)]
                only = field.only  # type: ignore[attr-defined]
                field.choices = (  # type: ignore[attr-defined]
                    [pair for pair in known if pair[0] in only] if only else [("", "–"), *known]
                )

    def said(self) -> dict[str, Any]:
        """The fields besides day, reason and school."""
        return {key: self.cleaned_data[key] for key in self.fields if key not in {"day", "reason", "school"}}


def _day() -> Day:
    return Day(gettext_lazy("Holds from"), gettext_lazy("What was before this day stays as it was."))


def _reason() -> Line:
    return Line(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Which paper says so, for example."),
        max_length=200,
        error_messages={"required": gettext_lazy("Please write why, one sentence.")},
    )


class SchoolCode(forms.CharField):
    """A school by its ten-digit code."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Code of the school"),
            help_text=gettext_lazy("Ten digits; it stands on the list of schools."),
            max_length=10,
            error_messages={"required": gettext_lazy("Please give the code of the school.")},
        )

    def to_python(self, value: Any) -> str:
        """Digits typed full width are digits."""
        return unicodedata.normalize("NFKC", super().to_python(value))

    def clean(self, value: Any) -> Any:
        found = School.objects.select_related("area").filter(code=super().clean(value)).first()
        if found is None:
            raise ValidationError(_("There is no school with this code."))
        return found


class FactsForm(_Change):
    employment = _known("employment", gettext_lazy("Employment"))
    staff_status = _known("staff_status", gettext_lazy("Staff status"))
    stage = _known("stage", gettext_lazy("Stage"))
    subjects = Line(
        label=gettext_lazy("Subjects taught"),
        help_text=gettext_lazy("Separate several subjects by commas."),
        max_length=120,
        required=False,
    )
    title = _known("title", gettext_lazy("Title"))
    title_date = forms.CharField(
        label=gettext_lazy("Date of present title"), required=False, max_length=7, validators=[_month]
    )
    appointed_date = forms.CharField(
        label=gettext_lazy("Date of appointment"), required=False, max_length=7, validators=[_month]
    )
    post_level = forms.IntegerField(
        label=gettext_lazy("Post level"),
        help_text=gettext_lazy("1 to 13, may stay blank."),
        required=False,
        min_value=1,
        max_value=13,
    )
    personnel_unit = Line(
        label=gettext_lazy("Personnel unit"),
        help_text=gettext_lazy("When it differs from the school where the person teaches."),
        max_length=120,
        required=False,
    )
    day = _day()
    reason = _reason()

    def clean_subjects(self) -> list[str]:
        return list(dict.fromkeys(codes.split(self.cleaned_data["subjects"])))


class TransferForm(_Change):
    school = SchoolCode()
    staff_status = _known("staff_status", gettext_lazy("Staff status there"))
    day = _day()
    reason = _reason()


class LeftForm(_Change):
    left = _known("left", gettext_lazy("Why"), *LEFT)
    day = _day()
    reason = _reason()


class ReturnForm(_Change):
    school = SchoolCode()
    employment = _known("employment", gettext_lazy("Employment"))
    staff_status = _known("staff_status", gettext_lazy("Staff status"))
    day = _day()
    reason = _reason()


@screen("person.change", methods=("GET", "POST"))
def change_facts(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    def act(form: _Change) -> None:
        office.change_facts(request.actor, person_id, facts=form.said(), **_when(form))

    person = people.card_of(request.actor, ACTION, person_id)
    form = FactsForm(request.POST or None, initial=_initial(people.present_affiliation(person)))
    return _page(request, person, form, act, title=_("Change what is on record"), done=_("It was changed."))


def _initial(present: Affiliation | None) -> dict[str, Any]:
    if present is None:
        return {}
    names = [name for name in FactsForm.base_fields if name not in {"day", "reason", "subjects"}]
    kept = {name: getattr(present, name) for name in names}
    return {**kept, "subjects": ", ".join(present.subjects), "day": timezone.localdate()}


def _when(form: _Change) -> dict[str, Any]:
    return {"day": form.cleaned_data["day"], "reason": form.cleaned_data["reason"]}


@screen("person.change", methods=("GET", "POST"))
def transfer(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    def act(form: _Change) -> None:
        school = form.cleaned_data["school"]
        office.transfer(request.actor, person_id, school, facts=_given(form), **_when(form))

    person = people.card_of(request.actor, ACTION, person_id)
    form = TransferForm(request.POST or None, initial={"day": timezone.localdate()})
    return _page(
        request, person, form, act, title=_("To another school"), done=_("The person works there now.")
    )


def _given(form: _Change) -> dict[str, Any]:
    """What was left empty is taken over from before."""
    return {key: value for key, value in form.said().items() if value}


@screen("person.change", methods=("GET", "POST"))
def mark_left(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    def act(form: _Change) -> None:
        office.mark_left(request.actor, person_id, left=form.cleaned_data["left"], **_when(form))

    person = people.card_of(request.actor, ACTION, person_id)
    form = LeftForm(request.POST or None, initial={"day": timezone.localdate()})
    done = _("It is on record that the person left. Nothing they did is lost.")
    return _page(request, person, form, act, title=_("Works here no more"), done=done)


@screen("person.change", methods=("GET", "POST"))
def take_back(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    def act(form: _Change) -> None:
        school = form.cleaned_data["school"]
        office.take_back(request.actor, person_id, school, facts=_given(form), **_when(form))

    person = people.card_of(request.actor, ACTION, person_id)
    form = ReturnForm(request.POST or None, initial={"day": timezone.localdate()})
    return _page(
        request, person, form, act, title=_("Works here again"), done=_("The person works there now.")
    )


def _page(
    request: PageRequest,
    person: Person,
    form: _Change,
    act: Callable[[_Change], None],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and _acted(form, act):
        messages.success(request, done)
        return redirect("person", person_id=person.id)
    context = {"person": person, "form": form, "title": title}
    return render(
        request, "shijie/person_change.html", context, status=422 if request.method == "POST" else 200
    )


def _acted(form: _Change, act: Callable[[_Change], None]) -> bool:
    try:
        act(form)
    except Refused as problem:
        field = FIELD_OF.get(problem.code)
        if field not in form.fields:
            raise
        form.add_error(field, f"{problem.message} {problem.todo}")
        return False
    return True


urlpatterns = [
    path("office/people/<uuid:person_id>/facts", change_facts, name="person-facts"),
    path("office/people/<uuid:person_id>/transfer", transfer, name="person-transfer"),
    path("office/people/<uuid:person_id>/left", mark_left, name="person-left"),
    path("office/people/<uuid:person_id>/back", take_back, name="person-back"),
]
