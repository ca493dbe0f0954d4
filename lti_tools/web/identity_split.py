"""Taking an account away from the wrong person: what was done through it, and where it goes."""

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
from lti_tools.identities.api import Wanted, candidates, linked_accounts
from lti_tools.office import identities as office
from lti_tools.web.fields import Line
from lti_tools.web.identities import ON_A_PAGE, searched
from lti_tools.web.identity_words import in_words
from lti_tools.web.screen import PageRequest, screen

QUEUE = "queue"


class SplitForm(forms.Form):
    """Where the account goes, and why."""

    to = forms.CharField(
        max_length=36,
        error_messages=dict.fromkeys(
            ("required", "max_length"), gettext_lazy("Please choose where the account goes.")
        ),
    )
    reason = Line(
        label=gettext_lazy("Why is the link wrong?"),
        help_text=gettext_lazy("One sentence, without names: it stands on the trail of both people."),
        min_length=4,
        max_length=300,
        error_messages=dict.fromkeys(
            ("required", "min_length"), gettext_lazy("Please write one sentence on why the link is wrong.")
        ),
    )

    def clean_to(self) -> uuid.UUID | None:
        """None is the queue."""
        chosen = self.cleaned_data["to"]
        if chosen == QUEUE:
            return None
        try:
            return uuid.UUID(chosen)
        except ValueError as unreadable:
            raise forms.ValidationError(_("Please choose where the account goes.")) from unreadable


@screen("identity.split")
def linked(request: PageRequest) -> HttpResponse:
    """Accounts of the own area's people; with a name or a number, those of that person."""
    wanted = request.GET.get("wanted", "")[:120]
    accounts = Paginator(linked_accounts(request.actor, wanted=wanted), ON_A_PAGE)
    page = accounts.get_page(request.GET.get("page"))
    shown = [str(account.person_id) for account in page.object_list]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="identity.linked")
    context = {"accounts": page, "wanted": wanted}
    return render(request, "shijie/identity_linked.html", context)


@screen("identity.split", methods=("GET", "POST"))
def split(request: PageRequest, identity_id: uuid.UUID) -> HttpResponse:
    """What was done through the account comes before the decision."""
    form = SplitForm(request.POST) if request.method == "POST" else SplitForm()
    if form.is_bound and form.is_valid():
        return _split(request, identity_id, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"])
    found = office.linked(request.actor, identity_id)
    account = found.account
    wanted = searched(request, otherwise=Wanted.claimed(account))
    people = candidates(request.actor, account, wanted, action="identity.split")
    shown = {str(account.person_id), *(str(one.person_id) for one in people)}
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="identity.split")
    context = {
        "account": account,
        "work": [in_words(request.actor, each) for each in found.work],
        "wanted": wanted,
        "before": found.before,
        "found": [one for one in people if one.person_id != account.person_id],
        "form": form,
    }
    return render(request, "shijie/identity_split.html", context, status=422 if form.is_bound else 200)


def _split(
    request: PageRequest, identity_id: uuid.UUID, *, to: uuid.UUID | None, reason: str
) -> HttpResponse:
    if to is None:
        office.send_back(request.actor, identity_id, reason=reason)
        messages.success(
            request, _("Split. The account waits in the list again; the results stayed for now.")
        )
        return redirect("identity-queue")
    counts = office.hand_over(request.actor, identity_id, to=to, reason=reason)
    messages.success(request, _("Split. Account and results belong to the right person now."))
    if counts["certificates_revoked"]:
        messages.warning(request, _("The certificate that no longer stood was revoked."))
    return redirect("identity-linked")


urlpatterns = [
    path("office/identities/linked", linked, name="identity-linked"),
    path("office/identities/<uuid:identity_id>/split", split, name="identity-split"),
]
