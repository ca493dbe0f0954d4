"""An officer takes a certificate back, from the person's card: asked once more, with a reason."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.certificates.api import shown
from lti_tools.office import certificates as office
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen


class RevokeForm(forms.Form):
    """Why, for the trail and for whoever asks later."""

    reason = Line(
        label=gettext_lazy("Reason"),
        min_length=4,
        max_length=400,
        help_text=gettext_lazy("By which decision, for example the number of the official letter."),
    )


@screen("certificate.revoke", methods=("GET", "POST"))
def revoke(request: PageRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment, line = office.to_revoke(request.actor, enrolment_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        office.revoke(request.actor, enrolment_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Revoked. Whoever checks the certificate reads so from now on."))
        return redirect("certificate-revoke", enrolment_id=enrolment_id)
    audit.viewed(
        actor=request.actor.pseudonym, subjects=[str(enrolment.person_id)], what="certificate.revoke"
    )
    context = {
        "enrolment": enrolment,
        "line": line,
        "number": shown(line.number),
        "in_force": line.status in office.IN_FORCE,
        "form": form,
    }
    return render(request, "shijie/certificate_revoke.html", context, status=422 if form.is_bound else 200)


urlpatterns = [path("office/certificates/<uuid:enrolment_id>/revoke", revoke, name="certificate-revoke")]
