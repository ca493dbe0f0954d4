"""Dossiers for title committees: the officer's desk, and the pages a committee member reads, nothing beside them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.office import dossiers as office
from lti_tools.people import api as people
from lti_tools.people.api import Actor, areas_of
from lti_tools.programmes import api as programmes
from lti_tools.reporting.api import dossier
from lti_tools.web import wording
from lti_tools.web.fields import Line
from lti_tools.web.screen import PageRequest, screen

SHOWN = 100


class ChoiceForm(forms.Form):
    """Whose candidates: a programme, and one of my areas."""

    programme = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Programme"), empty_label=None)
    area = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Area"), empty_label=None)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes.programmes_covering(actor)  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas_of(actor, dossier.MAKE).order_by("path")  # type: ignore[attr-defined]


class Enrolments(forms.MultipleChoiceField):
    """Ids as they were ticked; whose they are is judged where the dossier is made."""

    def valid_value(self, value: Any) -> bool:
        try:
            uuid.UUID(str(value))
        except ValueError:
            return False
        return True


class DossierForm(ChoiceForm):
    """Title, last day and the candidates."""

    title = Line(label=gettext_lazy("Title"), max_length=120, min_length=2)
    until = forms.DateField(
        label=gettext_lazy("Last day on which it can be read"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("At most 90 days from today."),
    )
    all_certified = forms.BooleanField(required=False)
    candidate = Enrolments(required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(actor, *args, **kwargs)
        self.fields["programme"].widget = self.fields["area"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        today = timezone.localdate()
        last = today + timedelta(days=dossier.LONGEST_DAYS)
        if "until" in given and not today <= given["until"] <= last:
            self.add_error("until", _("Choose a day from today until %(last)s.") % {"last": last.isoformat()})
        if not given.get("candidate") and not given.get("all_certified"):
            self.add_error("candidate", _("Choose at least one candidate."))
        return given


class LendForm(forms.Form):
    """Who may read it, until when and why."""

    person = forms.UUIDField(widget=forms.HiddenInput())
    until = forms.DateField()
    reason = Line(min_length=2, max_length=200)


@screen("dossier.make")
def office_list(request: PageRequest) -> HttpResponse:
    rows = [
        (row, dossier.count(row), dossier.is_open(row)) for row in dossier.dossiers_for(request.actor)[:50]
    ]
    return render(request, "shijie/dossiers_office.html", {"rows": rows, "form": ChoiceForm(request.actor)})


@screen("dossier.make", methods=("GET", "POST"))
def new(request: PageRequest) -> HttpResponse:
    """The candidates of one programme in one area; a search narrows what is shown and keeps what was ticked."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = ChoiceForm(request.actor, given)
    if not chosen.is_valid():
        if request.method == "POST":
            messages.warning(request, _("Choose a programme and an area first."))
        return redirect("office-dossiers")
    where = {key: chosen.cleaned_data[key] for key in ("programme", "area")}
    sent = request.method == "POST" and "show" not in request.POST
    form = (
        DossierForm(request.actor, request.POST) if sent else DossierForm(request.actor, initial=given.dict())
    )
    if sent and form.is_valid():
        made = office.make(request.actor, **where, **_what(form.cleaned_data))
        messages.success(request, _("Frozen as of now. Next: say who may read it."))
        return redirect("office-dossier", dossier_id=made.id)
    context = {"form": form, "where": where, **_shown(request, where, given)}
    return render(request, "shijie/dossier_new.html", context, status=422 if sent else 200)


def _shown(request: PageRequest, where: dict[str, Any], given: Any) -> dict[str, Any]:
    """Whoever was ticked stays on the page, whatever is searched for next."""
    words = given.get("q", "")[:80]
    field = Enrolments()
    ids = [uuid.UUID(one) for one in given.getlist("candidate") if field.valid_value(one)]
    ticked = dossier.candidates(request.actor, **where, ids=ids, limit=dossier.MOST) if ids else []
    known = {row.enrolment_id for row in ticked}
    found = dossier.candidates(request.actor, **where, words=words, limit=SHOWN)
    others = [row for row in found if row.enrolment_id not in known]
    subjects = [str(row.person_id) for row in (*ticked, *others)]
    audit.viewed(actor=request.actor.pseudonym, subjects=subjects, what="dossier.candidates")
    return {"q": words, "ticked": ticked, "others": others, "more": len(found) == SHOWN}


def _what(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": given["title"],
        "until": given["until"],
        "enrolment_ids": [uuid.UUID(one) for one in given["candidate"]],
        "all_certified": given["all_certified"],
    }


@screen("dossier.make")
def office_one(request: PageRequest, dossier_id: uuid.UUID) -> HttpResponse:
    found = dossier.dossier_for(request.actor, dossier_id)
    return render(request, "shijie/dossier_office.html", _desk(request, found))


def _desk(request: PageRequest, found: Any, form: LendForm | None = None) -> dict[str, Any]:
    words = request.GET.get("q", "")[:80]
    found_people = people.grants.find_people(request.actor, words)
    subjects = [str(person.id) for person in found_people]
    audit.viewed(actor=request.actor.pseudonym, subjects=subjects, what="dossier.readers")
    holders = people.grants.grants_in_sight(request.actor, action=dossier.MAKE).filter(dossier=found)
    return {
        "dossier": found,
        "count": dossier.count(found),
        "open": dossier.is_open(found),
        "holders": [(row, _holds(row)) for row in holders.order_by("granted_at")],
        "q": words,
        "people": found_people,
        "form": form,
    }


def _holds(row: Any) -> bool:
    today = timezone.localdate()
    return row.revoked_at is None and row.since <= today and (row.until is None or row.until >= today)


@screen("dossier.make", methods=("POST",))
def lend(request: PageRequest, dossier_id: uuid.UUID) -> HttpResponse:
    found = dossier.dossier_for(request.actor, dossier_id)
    form = LendForm(request.POST)
    if not form.is_valid():
        return render(request, "shijie/dossier_office.html", _desk(request, found, form), status=422)
    given = form.cleaned_data
    office.lend(request.actor, dossier_id, given["person"], until=given["until"], reason=given["reason"])
    messages.success(request, _("From now on this person may read the dossier, after signing in."))
    return redirect("office-dossier", dossier_id=dossier_id)


@screen("dossier.make", methods=("POST",))
def close(request: PageRequest, dossier_id: uuid.UUID) -> HttpResponse:
    office.close(request.actor, dossier_id)
    messages.success(request, _("Closed. Nobody can open it any more."))
    return redirect("office-dossier", dossier_id=dossier_id)


@screen("dossier.read")
def reading_list(request: PageRequest) -> HttpResponse:
    return render(request, "shijie/dossiers.html", {"dossiers": dossier.to_read(request.actor)})


@screen("dossier.read")
def read(request: PageRequest, dossier_id: uuid.UUID) -> HttpResponse:
    found, evidence = dossier.read_list(request.actor, dossier_id)
    return render(request, "shijie/dossier.html", {"dossier": found, "evidence": evidence})


@screen("dossier.read")
def candidate(request: PageRequest, dossier_id: uuid.UUID, ref: uuid.UUID) -> HttpResponse:
    """The bounded evidence of one candidate, and the address at which anybody can check the certificate now."""
    found, teacher = dossier.read_candidate(request.actor, dossier_id, ref)
    language = wording.language()
    check = certificates.check_address(teacher.certificate.number) if teacher.certificate else ""
    context = {
        "dossier": found,
        "teacher": teacher,
        "tier": teacher.tier.text(language),
        "tasks": [(line, line.label.text(language)) for line in teacher.tasks],
        "lessons": [(line, line.rubric.text(language)) for line in teacher.lessons],
        "number": certificates.shown(teacher.certificate.number) if teacher.certificate else "",
        "check": check or settings.BASE_URL + reverse("verify"),
        "code": segno.make(check, error="m").svg_inline(scale=4, border=2, svgclass="qr", lineclass=None)
        if check
        else "",
    }
    return render(request, "shijie/dossier_candidate.html", context)


urlpatterns = [
    path("dossiers", reading_list, name="dossiers"),
    path("dossiers/<uuid:dossier_id>", read, name="dossier"),
    path("dossiers/<uuid:dossier_id>/<uuid:ref>", candidate, name="dossier-candidate"),
    path("office/dossiers", office_list, name="office-dossiers"),
    path("office/dossiers/new", new, name="office-dossier-new"),
    path("office/dossiers/<uuid:dossier_id>", office_one, name="office-dossier"),
    path("office/dossiers/<uuid:dossier_id>/access", lend, name="office-dossier-access"),
    path("office/dossiers/<uuid:dossier_id>/close", close, name="office-dossier-close"),
]
