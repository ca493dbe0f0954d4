"""The confirm queue: LMS accounts nobody is sure about, and the officer who says whose they are."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.identities.api import (
    Wanted,
    candidates,
    find_waiting,
    link_identity,
    reject_identity,
    rejected_for,
    reopen_identity,
    waiting_for,
)
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50


class LinkForm(forms.Form):
    """Whom the officer chose."""

    person = forms.UUIDField()


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
    account = find_waiting(request.actor, identity_id)
    wanted = searched(request, otherwise=Wanted.claimed(account))
    found = candidates(request.actor, account, wanted, action="identity.confirm")
    shown = [str(one.person_id) for one in found]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="identity.candidates")
    return render(request, "shijie/identity.html", {"account": account, "wanted": wanted, "found": found})


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
    form = LinkForm(request.POST)
    if not form.is_valid():
        account = find_waiting(request.actor, identity_id)
        messages.warning(request, _("Nobody was chosen, so nothing was linked."))
        return redirect("identity", identity_id=account.id)
    link_identity(request.actor, identity_id, form.cleaned_data["person"])
    messages.success(request, _("Linked. The next launch from the course opens this person's path."))
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
