"""The tree of areas, for administrators: what is there, adding to it, another name."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.errors import Denied, Refused
from lti_tools.office import organisations as office
from lti_tools.people.api import Actor, Area, areas_of
from lti_tools.web.fields import Line
from lti_tools.web.organisation_forms import CodeField, reason_field, say_at_the_field
from lti_tools.web.screen import PageRequest, screen

ACTION = "area.change"


def _name() -> Line:
    return Line(
        label=gettext_lazy("Name of the area"),
        max_length=80,
        error_messages={"required": gettext_lazy("Please give the area's name.")},
    )


class AreaForm(forms.Form):
    """A new area below another one, or at the top."""

    code = CodeField(
        label=gettext_lazy("Area code"),
        max_length=6,
        help_text=gettext_lazy(
            "Six digits (GB/T 2260); they say whether it is a province, a prefecture or a county."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please give the area code."),
            "max_length": gettext_lazy("An area code has exactly six digits (GB/T 2260)."),
        },
    )
    name = _name()
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Lies in"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Nothing above it"),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        above = areas_of(actor, ACTION).exclude(level=Area.Level.COUNTY).order_by("path")
        self.fields["parent"].queryset = above  # type: ignore[attr-defined]


class AreaNameForm(forms.Form):
    name = _name()
    reason = reason_field()


@screen("area.change", methods=("GET", "POST"))
def areas(request: PageRequest) -> HttpResponse:
    form = AreaForm(request.actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            office.add_area(request.actor, **form.cleaned_data)
        except Refused as problem:
            say_at_the_field(form, problem)
        else:
            messages.success(request, _("The area is in the tree."))
            return redirect("areas")
    rows = [(area, area.path.count("/") - 2) for area in areas_of(request.actor, ACTION).order_by("path")]
    context = {"rows": rows, "form": form}
    return render(request, "shijie/organisation_areas.html", context, status=422 if form.is_bound else 200)


@screen("area.change", methods=("GET", "POST"))
def area(request: PageRequest, area_id: uuid.UUID) -> HttpResponse:
    found = areas_of(request.actor, ACTION).filter(id=area_id).first()
    if found is None:
        raise Denied(ACTION)
    form = AreaNameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        office.rename_area(request.actor, found, **form.cleaned_data)
        messages.success(request, _("The area has its new name."))
        return redirect("areas")
    context = {"area": found, "form": form}
    return render(request, "shijie/organisation_area.html", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("office/areas", areas, name="areas"),
    path("office/areas/<uuid:area_id>", area, name="area"),
]
