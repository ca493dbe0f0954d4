"""Closing a programme: first what would happen under each rule, then, with a reason, for good."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.errors import Refused
from lti_tools.office import programmes as office
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import CarryOver, Programme
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen


class ClosingForm(forms.Form):
    carry_over = forms.ChoiceField(
        label=gettext_lazy("What becomes of those who are not done"),
        choices=CarryOver.choices,
        error_messages={"required": gettext_lazy("Please choose what becomes of them.")},
    )
    successor = forms.ModelChoiceField(
        label=gettext_lazy("The programme that follows"),
        help_text=gettext_lazy("Only needed when people are carried over."),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("None"),
    )
    reason = Line(
        label=gettext_lazy("Reason"),
        max_length=200,
        error_messages={"required": gettext_lazy("Please write why, one sentence.")},
    )
    certain = forms.BooleanField(
        label=gettext_lazy("I know that a closed programme is not opened again."),
        error_messages={"required": gettext_lazy("Please tick this, if it is so.")},
    )

    def __init__(self, following: QuerySet[Programme], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["successor"].queryset = following

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("carry_over") in {CarryOver.PEOPLE, CarryOver.PASSED} and not given.get("successor"):
            self.add_error("successor", _("Please choose the programme they are carried over to."))
        return given


@screen("programme.close", methods=("GET", "POST"))
def close(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    found = programmes.programme_for(request.actor, programme_id)
    require(request.actor, "programme.close", area=found.area)
    programmes.require_open(found)
    form = ClosingForm(programmes.successors_for(found), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _closed(request, found, form):
        messages.success(request, _("The programme is closed. Its reports and certificates stay."))
        return redirect("programme", programme_id=found.id)
    context = {"programme": found, "form": form, "seen": office.preview_closing(request.actor, found)}
    return render(request, "shijie/programme_close.html", context, status=422 if form.is_bound else 200)


def _closed(request: PageRequest, found: Programme, form: ClosingForm) -> bool:
    given = form.cleaned_data
    try:
        office.close(
            request.actor,
            found,
            carry_over=given["carry_over"],
            successor=given["successor"],
            reason=given["reason"],
        )
    except Refused as problem:
        if problem.code != "programme.successor":
            raise
        form.add_error("successor", f"{problem.message} {problem.todo}")
        return False
    return True


urlpatterns = [path("office/programmes/<uuid:programme_id>/close", close, name="programme-close")]
