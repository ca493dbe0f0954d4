"""What an officer fills in about schools: codes found in the own area, and for each change a day and a reason."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Actor, School, areas_of, codes
from lti_tools.web.fields import Line

CHANGE = "organisation.change"
YES_NO = [("", _("No")), ("1", _("Yes"))]


class CodeField(forms.CharField):
    """Digits as people type them: full width and with spaces around."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(unicodedata.normalize("NFKC", value).strip() if value else value)


class SchoolField(CodeField):
    """An open school of the areas in which the actor may change schools, named by its code."""

    actor: Actor

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = organisations.open_school_with(self.actor, code, CHANGE)
        if found is None:
            raise ValidationError(_("No open school of your area has this code. Please check the digits."))
        return found


def day_field() -> forms.DateField:
    wrong = _("Please give a day, for example 2026-09-01.")
    return forms.DateField(
        label=_("From which day"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": wrong, "invalid": wrong},
    )


def reason_field() -> Line:
    return Line(
        label=_("Reason"),
        help_text=_("For example the number of the decision. It stays in the audit trail."),
        max_length=200,
        error_messages={"required": _("Please say why, in one sentence.")},
    )


def name_field() -> Line:
    return Line(
        label=_("Name of the school"),
        max_length=120,
        error_messages={"required": _("Please give the school's name.")},
    )


def code_field() -> CodeField:
    return CodeField(
        label=_("School code"),
        max_length=10,
        help_text=_("Ten digits, as in the register of schools."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Please give the school code."),
            "max_length": _("A school code has exactly ten digits."),
        },
    )


def parent_field() -> SchoolField:
    return SchoolField(
        label=_("Teaching point of"),
        required=False,
        help_text=_(
            "Code of the school it belongs to; then it lies in that school's area. "
            "Leave it empty for a school of its own."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def location_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Location"), choices=School.Location.choices)


def remote_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Remote"),
        choices=YES_NO,
        coerce=bool,
        empty_value=False,
        required=False,
        help_text=_(
            "For remote schools a specialist comes to the teachers, and a weak network is no drawback."
        ),
    )


class ChangeForm(forms.Form):
    """A change of one school: what is new, from which day, and why."""

    since = day_field()
    reason = reason_field()

    def __init__(self, actor: Actor, school: School | None, *args: Any, **kwargs: Any):
        super().__init__(*args, initial=self.now(school) if school else {}, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("since", "reason")])
        fields: dict[str, Any] = self.fields
        if "area" in fields:
            fields["area"].queryset = areas_of(actor, CHANGE).order_by("path")
        for field in fields.values():
            if isinstance(field, SchoolField):
                field.actor = actor

    def now(self, school: School) -> dict[str, Any]:
        """What the form shows before anything is typed."""
        return {}


class NewSchoolForm(ChangeForm):
    """A school or teaching point that opens."""

    name = name_field()
    code = code_field()
    area = forms.ModelChoiceField(label=_("Area"), queryset=None, empty_label=None)
    parent = parent_field()
    location = location_field()
    remote = remote_field()


class RenameForm(ChangeForm):
    name = name_field()
    code = code_field()

    def now(self, school: School) -> dict[str, Any]:
        return {"name": school.name, "code": school.code}


class MoveForm(ChangeForm):
    area = forms.ModelChoiceField(label=_("Area"), queryset=None, empty_label=None)
    parent = parent_field()

    def now(self, school: School) -> dict[str, Any]:
        return {"area": school.area_id, "parent": school.parent.code if school.parent else ""}


class KindForm(ChangeForm):
    location = location_field()
    remote = remote_field()

    def now(self, school: School) -> dict[str, Any]:
        return {"location": school.location, "remote": "1" if school.remote else ""}


class CloseForm(ChangeForm):
    pass


class MergeForm(ChangeForm):
    into = SchoolField(
        label=_("Merged into"),
        help_text=_("Code of the school that takes over."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Please give the code of the school that takes over.")},
    )


class WithdrawForm(ChangeForm):
    """The day stands in the plan."""

    since = None  # type: ignore[assignment]


class EquipmentForm(forms.Form):
    """One number for each kind of the table `equipment`; an empty line says nobody knows."""

    def __init__(self, school: School, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        wrong = _("Give a whole number from 0 to 99999, or leave the line empty.")
        for kind in codes.known("equipment"):
            self.fields[kind.code] = forms.IntegerField(
                label=kind.text(get_language() or "zh-hans"),
                required=False,
                min_value=0,
                max_value=99_999,
                initial=school.equipment.get(kind.code),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
            )


def say_at_the_field(form: forms.Form, problem: Refused) -> None:
    """What the rules refuse stands where it was typed, or above the form when it is about the whole."""
    field = str(problem.values.get("field", ""))
    form.add_error(field if field in form.fields else None, f"{problem.message} {problem.todo}")
