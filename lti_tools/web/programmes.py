"""Opening a programme, and seeing how far it has come: every figure with its definition beside it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.lessons import api as lessons
from lti_tools.people.api import Actor, areas_of, code_label, may
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import rosters_of
from lti_tools.web.fields import Day, Line
from lti_tools.web.screen import PageRequest, screen

PEOPLE_ON_A_PAGE = 50
LONGEST = timedelta(days=366 * 6)
OUT_OF_RANGE = gettext_lazy("Please give a whole number from 0 to 90, or leave it empty.")


# On which day a year of a programme may begin: the calendar's, and the school year's in most bureaus.
YEARS = (
    ("01-01", gettext_lazy("1 January: calendar years")),
    ("08-01", gettext_lazy("1 August: school years")),
    ("09-01", gettext_lazy("1 September: school years")),
)


class ProgrammeForm(forms.Form):
    """Title, area, period, reference date, and the published policy and rules it will hold on to."""

    title = Line(
        label=gettext_lazy("Name of the programme"),
        max_length=120,
        error_messages={"required": gettext_lazy("Please give the programme a name.")},
    )
    area = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=None, empty_label=None)
    starts = Day(gettext_lazy("First day"))
    ends = Day(gettext_lazy("Last day"))
    reference_date = Day(
        gettext_lazy("Reference date for ages"),
        gettext_lazy("A person's age on this day decides the age group for the whole programme."),
    )
    year_begins = forms.ChoiceField(
        label=gettext_lazy("A year of the programme begins on"),
        help_text=gettext_lazy("Hours and batches are shown by these years."),
        choices=YEARS,
        required=False,
    )
    shortest_minutes = forms.IntegerField(
        label=gettext_lazy("Shortest recording, in minutes"),
        help_text=gettext_lazy("Leave it empty to ask for what the rubric asks for."),
        required=False,
        min_value=0,
        max_value=90,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), OUT_OF_RANGE),
    )
    policy_key = forms.ChoiceField(
        label=gettext_lazy("Tier policy"),
        help_text=gettext_lazy(
            "Who gets which tasks and hours. The programme keeps this version even if a newer one appears."
        ),
    )
    rules_key = forms.ChoiceField(
        label=gettext_lazy("Award rules"), help_text=gettext_lazy("What is needed for the certificate.")
    )
    hours_key = forms.ChoiceField(
        label=gettext_lazy("Hours rules"),
        help_text=gettext_lazy("How many hours of the programme count toward one calendar year."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = areas_of(actor, "programme.open").order_by("path")
        fields["policy_key"].choices = published("tier_policy")
        fields["rules_key"].choices = published("award_rules")
        fields["hours_key"].choices = published("hours_rules")

    def clean_year_begins(self) -> str:
        return str(self.cleaned_data["year_begins"] or YEARS[0][0])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends, reference = given.get("starts"), given.get("ends"), given.get("reference_date")
        if starts and ends and not starts < ends <= starts + LONGEST:
            self.add_error("ends", _("The last day must be after the first and at most six years later."))
        if starts and ends and reference and not starts - timedelta(days=366) <= reference <= ends:
            self.add_error(
                "reference_date", _("The reference date must lie in the programme or the year before it.")
            )
        return given


def published(kind: str) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [
        (found.key, f"{found.title.text(language)} · v{found.version}")
        for found in definitions.published(kind)
    ]


@screen("programme.open", methods=("GET", "POST"))
def open_form(request: PageRequest) -> HttpResponse:
    form = ProgrammeForm(request.actor, request.POST or None, initial=_school_year(timezone.localdate()))
    if request.method == "POST" and form.is_valid() and (opened := _opened(request, form)):
        messages.success(request, _("The programme is open. Next, import the roster."))
        return redirect("programme", programme_id=opened.id)
    return render(request, "shijie/programme_open.html", {"form": form}, status=422 if form.is_bound else 200)


def _opened(request: PageRequest, form: ProgrammeForm) -> Programme | None:
    """None when the name is taken, also by somebody who opens one at this moment; the form then says so."""
    try:
        return journey.open_programme(request.actor, **form.cleaned_data)
    except Refused as problem:
        if problem.code != "programme.title_taken":
            raise
        form.add_error("title", f"{problem.message} {problem.todo}")
        return None


def _school_year(today: date) -> dict[str, object]:
    """The school year that runs now or begins next: September to the end of July."""
    year = today.year if today.month >= 8 else today.year - 1
    return {
        "starts": date(year, 9, 1),
        "ends": date(year + 1, 7, 31),
        "reference_date": date(year, 9, 1),
        "year_begins": "09-01",
    }


@screen("programme.see")
def programme(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    found = programmes.programme_for(request.actor, programme_id)
    part = programmes.part_of(request.actor, found)
    covered = programmes.coverage(part, found)
    policy, rules = programmes.policy(found), programmes.award_rules(found)
    hours_rules = programmes.hours_rules(found)
    imports = may(request.actor, "roster.import", area=found.area)
    context = {
        "programme": found,
        "whole": may(request.actor, "programme.see", area=found.area),
        "policy": policy,
        "policy_title": policy.title.text(_language()),
        "rules": rules,
        "rules_title": rules.title.text(_language()),
        "hours_rules": hours_rules,
        "hours_title": hours_rules.title.text(_language()),
        "coverage": covered,
        "figures": figures(covered, part),
        "tiers": [(count.label.text(_language()), count.people) for count in covered.tiers],
        "years": programmes.years_of(found),
        "counts": programmes.batch_counts(part, found),
        "checks": programmes.list_checks(found, schools=_schools_in(part)),
        "may_open": may(request.actor, "programme.open", area=found.area) and found.closed_at is None,
        "may_close": may(request.actor, "programme.close", area=found.area) and found.closed_at is None,
        "people": people_page(part, found, page=request.GET.get("page", "1")),
        "may_import": imports,
        "rosters": rosters_of(request.actor, found)[:10] if imports else [],
    }
    shown = [str(line["id"]) for line in context["people"].object_list]  # type: ignore[attr-defined]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="programme.people")
    return render(request, "shijie/programme.html", context)


def _schools_in(part: QuerySet[Enrolment]) -> QuerySet[Any, uuid.UUID]:
    """The schools where the people of this part work now: others' words about their lists are not shown."""
    working = part.filter(person__affiliations__until__isnull=True).order_by()
    return working.values_list("person__affiliations__school_id", flat=True).distinct()


def _language() -> str:
    return get_language() or "zh-hans"


def figures(covered: programmes.Coverage, part: QuerySet[Enrolment]) -> list[tuple[int, str, str]]:
    """(figure, name, definition): nobody should have to guess what a number counts."""
    due = part.filter(participation=Enrolment.Participation.DUE).order_by()
    return [
        (
            covered.due,
            _("Owe the training"),
            _("On the roster, neither deferred nor exempt. All figures below count these only."),
        ),
        (covered.placed, _("Diagnosed and placed"), _("Have done the diagnosis and have a tier.")),
        (
            lessons.handed_in(due),
            _("Handed in a lesson"),
            _("At least one recording that was not sent back."),
        ),
        (
            certificates.holders(due),
            _("Hold the certificate"),
            _("Issued in this programme and not revoked."),
        ),
        (covered.deferred, _("Deferred"), _("Leave or secondment: they owe it later.")),
        (covered.exempt, _("Exempt"), _("Need not do it, for an approved reason.")),
    ]


def people_page(part: QuerySet[Enrolment], found: Programme, *, page: str) -> Any:
    """One page of people: name, school, stage, tier and participation, nothing else about anybody."""
    shown = Paginator(part, PEOPLE_ON_A_PAGE).get_page(page)
    tiers = {tier.id: tier.label.text(_language()) for tier in programmes.policy(found).tiers}
    shown.object_list = [_line(enrolment, tiers) for enrolment in shown.object_list]
    return shown


def _line(enrolment: Enrolment, tiers: dict[str, str]) -> dict[str, object]:
    present = next(iter(enrolment.person.present), None)  # type: ignore[attr-defined]
    return {
        "id": enrolment.person_id,
        "name": enrolment.person.name,
        "school": present.school.name if present else "",
        "stage": code_label("stage", present.stage, language=_language()) if present else "",
        "tier": tiers.get(enrolment.tier, ""),
        "participation": enrolment.get_participation_display(),
        "until": enrolment.participation_until,
        "due": enrolment.participation == Enrolment.Participation.DUE,
    }


urlpatterns = [
    path("office/programmes/new", open_form, name="programme-open"),
    path("office/programmes/<uuid:programme_id>", programme, name="programme"),
]
