"""My data: what is held about me, why and for how long, who looked, and how to have it corrected or take it along."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.office import privacy as office
from lti_tools.people.api import RoleGrant, require
from lti_tools.privacy import api as privacy
from lti_tools.web import data_words
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen


class CorrectionForm(forms.Form):
    """Which fact is wrong, what is right, and how one can see it."""

    field = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=list(privacy.facts.FIELDS.items()))
    wanted = Line(label=gettext_lazy("What is right"), max_length=privacy.facts.LONGEST)
    reason = Line(
        label=gettext_lazy("How can it be checked"),
        max_length=400,
        min_length=2,
        help_text=gettext_lazy("For example: as on the appointment letter of 2024."),
    )

    def clean(self) -> dict[str, Any]:
        """Judges the value as a roster would, so that nobody waits for what could never be entered."""
        given = super().clean() or {}
        if "field" in given and "wanted" in given:
            try:
                given["wanted"] = privacy.facts.checked(given["field"], given["wanted"])
            except privacy.BadFact as bad:
                self.add_error("wanted", data_words.problem(bad))
        return given


@screen("own_data.see", framed=True)
def own_data(request: PageRequest) -> HttpResponse:
    data = privacy.holdings(request.actor)
    context = {
        "sections": privacy.sections(data),
        "trail": privacy.terms("trail"),
        "sights": [_sight(row) for row in privacy.sights(request.actor)],
        "corrections": [privacy.asked(row) for row in privacy.corrections.own(request.actor)],
        "correction_terms": privacy.terms("corrections"),
    }
    return render(request, "shijie/own_data.html", context)


def _sight(row: privacy.Sight) -> dict[str, Any]:
    names = dict(RoleGrant.Role.choices)
    by = [
        f"{names.get(role, role)} · {unit}" if unit else str(names.get(role, role))
        for role, unit in row.roles
    ]
    who = _("you yourself") if row.own else _("; ").join(by) or _("the service itself")
    return {"at": row.at, "who": who, "what": data_words.happened(row.kind, row.what)}


@screen("own_data.download", methods=("POST",), framed=True)
def download(request: PageRequest) -> HttpResponse:
    packed = privacy.package(request.actor)
    name = f"my-data-{timezone.localdate():%Y%m%d}.zip"
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")


@screen("correction.ask", methods=("GET", "POST"), framed=True)
def ask(request: PageRequest) -> HttpResponse:
    """The form, with the value held now beside each fact."""
    require(request.actor, "correction.ask", person_id=request.actor.person_id)
    form = CorrectionForm(request.POST or None, initial={"field": request.GET.get("field", "")})
    if request.method == "POST":
        form = CorrectionForm(request.POST)
        if form.is_valid():
            office.ask_correction(request.actor, **form.cleaned_data)
            messages.success(request, _("Sent. You will see the answer on this page."))
            return redirect("own-data")
    held = [
        (label, privacy.facts.shown(field, privacy.facts.held(request.actor.person_id, field)))
        for field, label in privacy.facts.FIELDS.items()
        if field != "other"
    ]
    context = {"form": form, "held": held}
    return render(request, "shijie/own_data_correction.html", context, status=422 if form.is_bound else 200)


@screen("correction.ask", methods=("POST",), framed=True)
def withdraw(request: PageRequest, correction_id: uuid.UUID) -> HttpResponse:
    office.withdraw_correction(request.actor, correction_id)
    messages.success(request, _("Taken back. Nothing was changed."))
    return redirect("own-data")


urlpatterns = [
    path("my-data", own_data, name="own-data"),
    path("my-data/download", download, name="own-data-download"),
    path("my-data/correction", ask, name="correction-ask"),
    path("my-data/correction/<uuid:correction_id>/withdraw", withdraw, name="correction-withdraw"),
]
