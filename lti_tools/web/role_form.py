"""The form by which a role is given: which, for which area or school, from when, until when, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.people.api import Actor, Area, RoleGrant, RoleScope, School, Term, areas_of, grants
from lti_tools.web.fields import Line

# Where a refusal of the rules is said.
FIELD_OF = {
    "grant.end": "until",
    "grant.dates": "until",
    "grant.reason": "reason",
    "grant.held": "role",
    "grant.staff_number_taken": "staff_no",
}
MOST_SCHOOLS_LISTED = 500


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class GrantForm(forms.Form):
    """Offers what the actor may hand out; a committee's members are named where its dossier is made."""

    role = forms.ChoiceField(label=_("Role"))
    area = forms.ModelChoiceField(
        Area.objects.none(),
        required=False,
        label=_("Area (for raters, chairs, officers and reviewers)"),
        empty_label=_("none"),
    )
    school = forms.CharField(
        required=False,
        max_length=140,
        label=_("School (for specialists, technical envoys and school offices)"),
        help_text=_("Name or ten-digit code. Its teaching points belong to it."),
    )
    since = forms.DateField(label=_("First day"), widget=Day)
    until = forms.DateField(
        required=False,
        widget=Day,
        label=_("Last day"),
        help_text=_("A technical envoy needs one; with other roles you may leave it empty."),
    )
    reason = Line(
        max_length=200,
        min_length=2,
        label=_("Reason"),
        help_text=_("For example the number of the official letter."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", {"since": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.actor = actor
        offered = [role for role in grants.grantable_roles(actor) if role != RoleGrant.Role.COMMITTEE]
        labels = dict(RoleGrant.Role.choices)
        self.fields["role"].choices = [(role, labels[role]) for role in offered]  # type: ignore[attr-defined]
        self.areas = areas_of(actor, "role.grant").order_by("path")
        self.fields["area"].queryset = self.areas  # type: ignore[attr-defined]
        self.fields["school"].widget.attrs["list"] = "schools"

    def schools(self) -> Any:
        """Those of the own areas that are open, for choosing from."""
        return School.objects.filter(area__in=self.areas, closed_on__isnull=True).order_by("code")

    def schools_listed(self) -> Any:
        return self.schools()[:MOST_SCHOOLS_LISTED]

    def clean_school(self) -> School | None:
        typed = self.cleaned_data["school"].strip()
        if not typed:
            return None
        found = list(self.schools().filter(code=typed.split()[0])[:1]) or list(
            self.schools().filter(name=typed)[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(
                _("No open school of your area has this name or code (or several have).")
            )
        school: School = found[0]
        return school

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role = data.get("role", "")
        if not role or self.errors:
            return data
        kinds = grants.SCOPES[role]
        data["area"] = data.get("area") if "area" in kinds else None
        data["school"] = data.get("school") if "school" in kinds else None
        self._check_scope(role, kinds)
        if role in grants.MUST_END and not data.get("until"):
            self.add_error("until", _("This role is lent for a time: it needs a last day."))
        return data

    def _check_scope(self, role: str, kinds: frozenset[str]) -> None:
        scope = self.scope()
        if scope.kind not in kinds:
            where = "school" if "school" in kinds else "area"
            self.add_error(where, _("This role needs one of these."))
        elif not grants.may_hand_out(self.actor, role, scope):
            self.add_error("area", _("You may give this role only for an area below your own."))

    def scope(self) -> RoleScope:
        return RoleScope(area=self.cleaned_data.get("area"), school=self.cleaned_data.get("school"))

    def term(self) -> Term:
        data = self.cleaned_data
        return Term(since=data["since"], until=data["until"], reason=data["reason"])

    def say(self, refused: Refused) -> None:
        """Puts a refusal of the rules at the field it is about."""
        field = FIELD_OF.get(refused.code)
        self.add_error(field if field in self.fields else None, str(refused.message))


class NewPersonForm(GrantForm):
    """The same for somebody who is on no roster of ours."""

    name = Line(max_length=80, min_length=2, label=_("Name"))
    staff_no = Line(
        max_length=40, label=_("Staff number"), help_text=_("Or another number the own unit knows them by.")
    )
    field_order = ("name", "staff_no")
