"""Taking an account away from the wrong person: what was done through it, and where it goes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
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
from lti_tools.certificates import api as certificates
from lti_tools.identities.api import Wanted, candidates, linked_accounts
from lti_tools.lessons import api as lessons
from lti_tools.office import identities as office
from lti_tools.office.identity_work import Work, may_revoke
from lti_tools.people.api import Actor
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks
from lti_tools.web import wording
from lti_tools.web.identities import ON_A_PAGE, searched
from lti_tools.web.screen import PageRequest, screen

QUEUE = "queue"


@dataclass(frozen=True)
class Shown:
    """The work of one programme, in words."""

    programme: str
    placements: list[tuple[Any, str]]
    tasks: list[tuple[str, Any, Any]]
    lessons: list[tuple[Any, str]]
    entries: int
    certificate: str
    may_revoke: bool


class SplitForm(forms.Form):
    """Where the account goes, and why."""

    to = forms.CharField(
        max_length=36,
        error_messages=dict.fromkeys(
            ("required", "max_length"), gettext_lazy("Please choose where the account goes.")
        ),
    )
    reason = forms.CharField(
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
        "work": [_shown(request.actor, each) for each in found.work],
        "wanted": wanted,
        "found": [one for one in people if one.person_id != account.person_id],
        "form": form,
    }
    return render(request, "shijie/identity_split.html", context, status=422 if form.is_bound else 200)


def _split(
    request: PageRequest, identity_id: uuid.UUID, *, to: uuid.UUID | None, reason: str
) -> HttpResponse:
    if to is None:
        office.send_back(request.actor, identity_id, reason=reason)
        messages.success(request, _("Split. The account waits in the list again; the results stayed."))
        return redirect("identity-queue")
    counts = office.hand_over(request.actor, identity_id, to=to, reason=reason)
    messages.success(request, _("Split. Account and results belong to the right person now."))
    if counts["certificates_revoked"]:
        messages.warning(request, _("The certificate that no longer stood was revoked."))
    return redirect("identity-linked")


def _shown(actor: Actor, work: Work) -> Shown:
    policy, language = programmes.policy(work.enrolment.programme), wording.language()
    passed = tasks.passed_tasks(work.enrolment)
    decided = {one.lesson_id: one for one in certificates.lessons(work.enrolment)}
    views = [lessons.lesson_view(lesson_id) for lesson_id in work.lessons]
    return Shown(
        programme=work.enrolment.programme.title,
        placements=[(entry, policy.tier(entry.tier).label.text(language)) for entry in work.placements],
        tasks=[
            (task.label.text(language), passed[task.id].passed_at, wording.length(task.hours))
            for task in policy.tasks_of((*work.tasks, *work.lesson_tasks))
            if task.id in passed
        ],
        lessons=[(view, _standing(view.state, decided.get(str(view.id)))) for view in views],
        entries=len(work.entries),
        certificate=certificates.shown(work.falling.number) if work.falling else "",
        may_revoke=work.falling is None or may_revoke(actor, work.falling),
    )


def _standing(state: str, decided: Any) -> str:
    if decided is None:
        return wording.lesson_state(state, [])
    band = decided.rubric.band(decided.band).label.text(wording.language())
    return _("%(total)s points, %(band)s") % {"total": wording.number(decided.total), "band": band}


urlpatterns = [
    path("office/identities/linked", linked, name="identity-linked"),
    path("office/identities/<uuid:identity_id>/split", split, name="identity-split"),
]
