"""Who owes the training later or not at all: asked for by the school or the bureau, decided by somebody else."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import code_label, is_other, may
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, ParticipationEntry
from lti_tools.web.fields import Day, Line, one_line
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 30
# What the door refuses is shown at the field it is about.
FIELD_OF = {
    "participation.reason": "what",
    "participation.already_proposed": "what",
    "participation.not_yet": "since",
    "participation.end_missing": "until",
    "participation.over": "until",
    "participation.beyond_programme": "until",
}


def reason_label(code: str) -> str:
    return code_label("participation_reason", code, language=get_language() or "zh-hans") if code else ""


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped by what they lead to, so that no reason can be given for the wrong thing."""
    labels = dict(Enrolment.Participation.choices)
    order = ("deferred", "exempt", "due")
    return [
        (
            str(labels[kind]),
            [
                (f"{kind}:{code}", f"{labels[kind]} · {reason_label(code)}")
                for code in programmes.REASONS[kind]
            ],
        )
        for kind in order
    ]


class ProposalForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("What should hold, and why"),
        error_messages={"required": gettext_lazy("Please choose what should hold.")},
    )
    since = Day(gettext_lazy("First day"))
    until = Day(
        gettext_lazy("First day on which it no longer holds"),
        gettext_lazy("A leave needs this day; an exemption may stay open."),
        required=False,
    )
    note = Line(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Where the paper is kept, for example. Nothing about an illness."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["what"].choices = _choices()


@screen("participation.propose", methods=("GET", "POST"))
def propose(request: PageRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = _enrolment(request, enrolment_id)
    form = ProposalForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and _proposed(request, enrolment, form):
        messages.success(request, _("It was proposed. Somebody else decides it; until then nothing changes."))
        return redirect(back(request, enrolment))
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(enrolment.person_id)], what="participation")
    context = {
        "enrolment": enrolment,
        "form": form,
        "back": back(request, enrolment),
        "history": lines(enrolment),
    }
    return render(
        request, "shijie/participation_propose.html", context, status=422 if request.method == "POST" else 200
    )


def _enrolment(request: PageRequest, enrolment_id: uuid.UUID) -> Enrolment:
    try:
        found = programmes.find_enrolment(enrolment_id)
    except Enrolment.DoesNotExist as missing:
        raise Denied("participation.propose") from missing
    if not programmes.may_propose(request.actor, found):
        raise Denied("participation.propose")
    return found


def back(request: PageRequest, enrolment: Enrolment) -> str:
    """The school office came from its list, an officer from the person's card."""
    if may(request.actor, "person.see", person_id=enrolment.person_id):
        return reverse("person", args=[enrolment.person_id])
    if may(request.actor, "school.list"):
        return reverse("school-office")
    return reverse("participation-queue")


def _proposed(request: PageRequest, enrolment: Enrolment, form: ProposalForm) -> bool:
    given = form.cleaned_data
    participation, _colon, reason = given["what"].partition(":")
    try:
        programmes.propose(
            request.actor,
            enrolment,
            participation=participation,
            reason=reason,
            note=given["note"],
            since=given["since"],
            until=given["until"],
        )
    except Refused as problem:
        if problem.code not in FIELD_OF:
            raise
        form.add_error(FIELD_OF[problem.code], f"{problem.message} {problem.todo}")
        return False
    return True


def lines(enrolment: Enrolment) -> list[dict[str, object]]:
    """The history of one enrolment, in words, newest first."""
    return [line(entry) for entry in programmes.history(enrolment)]


def line(entry: ParticipationEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "entry": entry,
        "participation": entry.get_participation_display(),
        "reason": reason_label(entry.reason),
        "state": entry.get_state_display(),
        "since": entry.since,
        "until": entry.until,
    }


@screen("participation.decide")
def queue(request: PageRequest) -> HttpResponse:
    waiting = Paginator(programmes.proposals_for(request.actor), ON_A_PAGE).get_page(
        request.GET.get("page", "1")
    )
    shown = [str(entry.enrolment.person_id) for entry in waiting.object_list]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="participation.queue")
    waiting.object_list = [
        {**line(entry), "mine": not _free(request, entry)}  # type: ignore[misc]
        for entry in waiting.object_list
    ]
    return render(request, "shijie/participation_queue.html", {"waiting": waiting})


def _free(request: PageRequest, entry: ParticipationEntry) -> bool:
    return is_other(request.actor, entry.proposed_by_id, entry.enrolment.person_id)


@screen("participation.decide", methods=("POST",))
def decide(request: PageRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = programmes.entry_for(request.actor, entry_id)
    answer = request.POST.get("answer", "")
    if answer not in {"approve", "decline"}:
        raise Refused(
            "participation.no_answer",
            _("It was not said whether it is approved or declined."),
            kept=_("It still waits for a decision, just as it was."),
            todo=_("Go back and choose one of the two buttons."),
        )
    note = one_line(request.POST.get("note", ""), most=200)
    programmes.decide(request.actor, entry, approve=answer == "approve", note=note)
    messages.success(request, _("Approved.") if answer == "approve" else _("Declined."))
    return redirect("participation-queue")


def leave_line(enrolment: Enrolment) -> str:
    """One line for the teacher: that they need not do it now, and until when; empty for whoever owes it."""
    if enrolment.participation == Enrolment.Participation.DUE:
        return ""
    day: date | None = enrolment.participation_until
    if enrolment.participation == Enrolment.Participation.DEFERRED and day:
        return _(
            "You are on leave until %(day)s. What you have done is kept; you may go on whenever you like."
        ) % {"day": day.isoformat()}
    if day:
        return _("You need not do this training until %(day)s.") % {"day": day.isoformat()}
    return _("You need not do this training. You may, if you like.")


urlpatterns = [
    path("participation/<uuid:enrolment_id>", propose, name="participation-propose"),
    path("office/participation", queue, name="participation-queue"),
    path("office/participation/<uuid:entry_id>", decide, name="participation-decide"),
]
