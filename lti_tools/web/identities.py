"""The confirm queue: LMS accounts nobody is sure about, and the officer who says whose they are."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.identities.api import (
    Wanted,
    candidates,
    reject_identity,
    rejected_for,
    reopen_identity,
    waiting_for,
)
from lti_tools.office import identity_links as office
from lti_tools.office.identity_links import BRING, LEAVE
from lti_tools.web.fields import Line
from lti_tools.web.identity_words import in_words
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50


class LinkForm(forms.Form):
    """Whom the officer chose and, where somebody else has results through the account, what becomes of them."""

    person = forms.UUIDField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Nobody was chosen, so nothing was linked.")
        )
    )
    results = forms.ChoiceField(
        choices=((BRING, BRING), (LEAVE, LEAVE)),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Please choose what becomes of the results.")
        ),
    )
    reason = Line(
        label=gettext_lazy("Why is this right?"),
        help_text=gettext_lazy("One sentence, without names: it stands on the trail of both people."),
        min_length=4,
        max_length=300,
        error_messages=dict.fromkeys(
            ("required", "min_length"), gettext_lazy("Please write one sentence on why this is right.")
        ),
    )

    def __init__(self, *args: Any, undecided: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("results", "reason"):
            self.fields[name].required = undecided


@screen("identity.confirm")
def queue(request: PageRequest) -> HttpResponse:
    accounts = Paginator(waiting_for(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "shijie/identity_queue.html", {"accounts": accounts})


@screen("identity.confirm")
def rejected(request: PageRequest) -> HttpResponse:
    accounts = Paginator(rejected_for(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "shijie/identity_rejected.html", {"accounts": accounts})


@screen("identity.confirm")
def identity(request: PageRequest, identity_id: uuid.UUID) -> HttpResponse:
    """One account, and the people of the own area who fit what it claims or what was searched for."""
    waits = office.waiting(request.actor, identity_id)
    return _account(request, waits, LinkForm(undecided=waits.undecided))


def _account(request: PageRequest, waits: office.Waiting, form: LinkForm) -> HttpResponse:
    account = waits.account
    wanted = searched(request, otherwise=Wanted.claimed(account))
    found = candidates(request.actor, account, wanted, action="identity.confirm")
    shown = {str(one.person_id) for one in found}
    shown |= {str(part.enrolment.person_id) for part in waits.work}
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="identity.candidates")
    context = {
        "account": account,
        "work": [in_words(request.actor, part) for part in waits.work],
        "elsewhere": waits.elsewhere,
        "undecided": waits.undecided,
        "wanted": wanted,
        "found": found,
        "form": form,
    }
    return render(request, "shijie/identity.html", context, status=422 if form.is_bound else 200)


def searched(request: PageRequest, *, otherwise: Wanted) -> Wanted:
    """What the search form says; before it was sent, what is claimed."""
    if not {"staff_no", "name", "school"} & set(request.GET):
        return otherwise
    given = request.GET
    return Wanted(
        staff_no=given.get("staff_no", "")[:40],
        name=given.get("name", "")[:120],
        school=given.get("school", "")[:120],
    )


@screen("identity.confirm", methods=("POST",))
def link(request: PageRequest, identity_id: uuid.UUID) -> HttpResponse:
    waits = office.waiting(request.actor, identity_id)
    form = LinkForm(request.POST, undecided=waits.undecided)
    if not form.is_valid():
        return _account(request, waits, form)
    given = form.cleaned_data
    counts = office.link(
        request.actor, identity_id, given["person"], results=given["results"], reason=given["reason"]
    )
    messages.success(request, _("Linked. The next launch from the course opens this person's path."))
    if given["results"] == BRING:
        messages.success(request, _("The results belong to the right person now."))
    if counts["certificates_revoked"]:
        messages.warning(request, _("The certificate that no longer stood was revoked."))
    return redirect("identity-queue")


@screen("identity.confirm", methods=("POST",))
def reject(request: PageRequest, identity_id: uuid.UUID) -> HttpResponse:
    reject_identity(request.actor, identity_id)
    messages.success(request, _("Rejected. The account opens nothing here and has left the list."))
    return redirect("identity-queue")


@screen("identity.confirm", methods=("POST",))
def reopen(request: PageRequest, identity_id: uuid.UUID) -> HttpResponse:
    reopen_identity(request.actor, identity_id)
    messages.success(request, _("Reopened. The account waits in the list again."))
    return redirect("identity", identity_id=identity_id)


urlpatterns = [
    path("office/identities", queue, name="identity-queue"),
    path("office/identities/rejected", rejected, name="identity-rejected"),
    path("office/identities/<uuid:identity_id>", identity, name="identity"),
    path("office/identities/<uuid:identity_id>/link", link, name="identity-link"),
    path("office/identities/<uuid:identity_id>/reject", reject, name="identity-reject"),
    path("office/identities/<uuid:identity_id>/reopen", reopen, name="identity-reopen"),
]
