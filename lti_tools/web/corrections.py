"""Requests for correction on the desk of an officer or reviewer: never one's own."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.office import privacy as office
from lti_tools.privacy import api as privacy
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50


class DecisionForm(forms.Form):
    """Yes or no, and what the person is told."""

    decision = forms.ChoiceField(
        choices=[
            ("approve", gettext_lazy("It is right: change it")),
            ("decline", gettext_lazy("Leave it as it is")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    answer = Line(required=False, max_length=400)

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("decision") == "decline" and not given.get("answer"):
            self.add_error("answer", _("Say why, in one sentence: the person reads it."))
        return given


@screen("correction.decide")
def queue(request: PageRequest) -> HttpResponse:
    page = Paginator(privacy.corrections.waiting_for(request.actor), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [privacy.asked(row) for row in page.object_list]
    subjects = [str(row.person_id) for row in page.object_list]
    audit.viewed(actor=request.actor.pseudonym, subjects=subjects, what="correction.queue")
    return render(request, "shijie/corrections.html", {"page": page, "rows": rows})


@screen("correction.decide", methods=("GET", "POST"))
def correction(request: PageRequest, correction_id: uuid.UUID) -> HttpResponse:
    found = privacy.corrections.find(request.actor, correction_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        office.decide_correction(
            request.actor, correction_id, approve=approve, answer=form.cleaned_data["answer"]
        )
        messages.success(request, _("Changed.") if approve else _("Declined. The person sees your answer."))
        return redirect("corrections")
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(found.person_id)], what="correction")
    now = privacy.facts.held(found.person_id, found.field)
    context = {
        "form": form,
        "asked": privacy.asked(found),
        "person": found.person,
        "now": privacy.facts.shown(found.field, now),
        "differs": now != found.held,
        "waits": found.state == "asked",
    }
    return render(request, "shijie/correction.html", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("office/corrections", queue, name="corrections"),
    path("office/corrections/<uuid:correction_id>", correction, name="correction"),
]
