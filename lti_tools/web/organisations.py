"""The schools of an officer's area: the tree, one school with its history, and every change of it from a day on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from lti_tools.errors import Denied, Refused
from lti_tools.office import organisations as office
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Area, School, code_label, may
from lti_tools.web import organisation_forms as forms
from lti_tools.web.organisation_forms import CHANGE, ChangeForm
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 100


@screen("organisation.see")
def schools(request: PageRequest) -> HttpResponse:
    """One area with its schools, or what a search found in all of the own areas."""
    wanted = request.GET.get("q", "").strip()[:60]
    if wanted:
        found = organisations.with_points(organisations.find(request.actor, wanted))
        return render(request, "shijie/organisation_found.html", {"wanted": wanted, "rows": found})
    area = organisations.area_seen(request.actor, request.GET.get("area", "")[:6])
    if area is None:
        raise Denied("organisation.see")
    return render(request, "shijie/organisation_schools.html", _area_page(request, area))


def _area_page(request: PageRequest, area: Area) -> dict[str, Any]:
    today = timezone.localdate()
    rows = list(organisations.schools_seen(request.actor).filter(area=area))
    closed = [school for school in rows if school.closed_on and school.closed_on <= today]
    there = [school for school in rows if school not in closed]
    pages = Paginator(organisations.with_points(there), ON_A_PAGE)
    return {
        "area": area,
        "above": organisations.path_to(request.actor, area)[:-1],
        "tops": organisations.tops(request.actor),
        "branches": organisations.branches(area),
        "schools": pages.get_page(request.GET.get("page")),
        "people": sum(school.people for school in there),  # type: ignore[attr-defined]
        "closed": closed,
        "changes": may(request.actor, CHANGE, area=area),
    }


@screen("organisation.see")
def school(request: PageRequest, school_id: uuid.UUID) -> HttpResponse:
    found = organisations.school_for(request.actor, school_id)
    changes = may(request.actor, CHANGE, area=found.area) and found.closed_on is None
    context = _school_page(request, found) | {"form": forms.EquipmentForm(found) if changes else None}
    return render(request, "shijie/organisation_school.html", context)


def _school_page(request: PageRequest, found: School) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    points = organisations.schools_seen(request.actor).filter(parent=found, closed_on__isnull=True)
    return {
        "school": found,
        "today": timezone.localdate(),
        "history": [
            (since, spell, School.Location(spell.location).label)
            for since, spell in organisations.history(found)
        ],
        "points": points,
        "near": _near(request, found),
        "plan": organisations.planned(found),
        "equipment": [
            (code_label("equipment", kind, language=language), number)
            for kind, number in found.equipment.items()
        ],
    }


def _near(request: PageRequest, found: School) -> set[uuid.UUID]:
    """Which of the schools it belongs to, or went into, the reader may open."""
    ids = [one for one in (found.parent_id, found.successor_id) if one]
    return set(organisations.schools_seen(request.actor).filter(id__in=ids).values_list("id", flat=True))


@screen("organisation.change", methods=("POST",))
def equip(request: PageRequest, school_id: uuid.UUID) -> HttpResponse:
    found = organisations.school_for(request.actor, school_id, CHANGE)
    form = forms.EquipmentForm(found, request.POST)
    if form.is_valid() and _done(
        form, lambda: office.equip(request.actor, school_id, equipment=form.cleaned_data)
    ):
        messages.success(request, _("The equipment is noted."))
        return redirect("school", school_id=school_id)
    context = _school_page(request, found) | {"form": form}
    return render(request, "shijie/organisation_school.html", context, status=422)


def _done(form: Any, act: Callable[[], object]) -> bool:
    """False when the rules refused it; then the form says so and keeps what was typed."""
    try:
        act()
    except Refused as problem:
        forms.say_at_the_field(form, problem)
        return False
    return True


@screen("organisation.change", methods=("GET", "POST"))
def new(request: PageRequest) -> HttpResponse:
    form = forms.NewSchoolForm(request.actor, None, request.POST if request.method == "POST" else None)
    # Opened from the page of an area, it lies there; the field still offers every other one.
    form.initial["area"] = organisations.area_seen(request.actor, request.GET.get("area", "")[:6])
    made: list[School] = []
    if form.is_valid() and _done(
        form, lambda: made.append(office.open_school(request.actor, **form.cleaned_data))
    ):
        messages.success(request, _("The school is in the tree."))
        return redirect("school", school_id=made[0].id)
    context = {"form": form, "title": _("Open a school"), "button": _("Open the school")}
    return render(request, "shijie/organisation_change.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Change:
    """One kind of change: its form, its words, and the transaction that does it."""

    form: type[ChangeForm]
    act: Callable[..., Any]
    title: Any
    text: Any
    button: Any
    told: Callable[[Any], str] = lambda _outcome: _("Done. The history below shows it.")
    # The field whose school is shown by name, to be confirmed, before anything is done that cannot be undone.
    confirm: str = ""


def _merged(ended: Any) -> str:
    return ngettext(
        "Merged. %(people)s person works at the successor now.",
        "Merged. %(people)s people work at the successor now.",
        len(ended.people),
    ) % {"people": len(ended.people)}


CHANGES = {
    "rename": Change(
        form=forms.RenameForm,
        act=office.rename,
        title=gettext_lazy("Change name or code"),
        text=gettext_lazy(
            "The old name and code stay findable, and reports about earlier years go on showing them."
        ),
        button=gettext_lazy("Change it"),
    ),
    "move": Change(
        form=forms.MoveForm,
        act=office.move,
        title=gettext_lazy("Move to another area or school"),
        text=gettext_lazy(
            "The people and the teaching points move along. Reports about earlier years stay with the old area."
        ),
        button=gettext_lazy("Move the school"),
    ),
    "kind": Change(
        form=forms.KindForm,
        act=office.change_kind,
        title=gettext_lazy("Change location or remoteness"),
        text=gettext_lazy("Placements made from that day on take it into account."),
        button=gettext_lazy("Change it"),
    ),
    "close": Change(
        form=forms.CloseForm,
        act=office.close,
        title=gettext_lazy("Close the school"),
        text=gettext_lazy(
            "Only a school without people and teaching points can be closed. This cannot be undone."
        ),
        button=gettext_lazy("Close the school"),
    ),
    "merge": Change(
        form=forms.MergeForm,
        act=office.merge,
        title=gettext_lazy("Merge into another school"),
        text=gettext_lazy(
            "Everybody who works here goes on at the other school with all their facts, teaching points "
            "move along, and rights at this school end. This cannot be undone."
        ),
        button=gettext_lazy("Merge the schools"),
        told=_merged,
        confirm="into",
    ),
    "withdraw": Change(
        form=forms.WithdrawForm,
        act=office.withdraw,
        title=gettext_lazy("Withdraw what is planned"),
        text=gettext_lazy("The school stays as it is today, and its teaching points with it."),
        button=gettext_lazy("Withdraw it"),
        told=lambda _outcome: _("Withdrawn. The school stays as it is."),
    ),
}


@screen("organisation.change", methods=("GET", "POST"))
def change(request: PageRequest, school_id: uuid.UUID, which: str) -> HttpResponse:
    found, kind = organisations.school_for(request.actor, school_id, CHANGE), CHANGES[which]
    if found.closed_on and request.method != "POST":
        return redirect("school", school_id=school_id)  # which says since when, and where it went
    form = kind.form(request.actor, found, request.POST if request.method == "POST" else None)
    outcome: list[Any] = []
    act = partial(kind.act, request.actor, school_id)
    asked = _to_confirm(request, form, kind)
    if not asked and form.is_valid() and _done(form, lambda: outcome.append(act(**form.cleaned_data))):
        messages.success(request, kind.told(outcome[0]))
        return redirect(*_after(request, school_id))
    context = {
        "form": form,
        "school": found,
        "points": len(organisations.points_of(found)),
        "title": kind.title,
        "text": kind.text,
        "button": kind.button,
        "ends": which in ("close", "merge"),
        "asked": asked,
        "plan": organisations.planned(found),
    }
    status = 422 if form.is_bound and not asked else 200
    return render(request, "shijie/organisation_change.html", context, status=status)


def _to_confirm(request: PageRequest, form: ChangeForm, kind: Change) -> School | None:
    """The other school, as long as its name was not read and confirmed: ten digits are easily mistyped."""
    if not kind.confirm or not form.is_bound or not form.is_valid():
        return None
    other: School = form.cleaned_data[kind.confirm]
    return None if request.POST.get("sure") == other.code else other


def _after(request: PageRequest, school_id: uuid.UUID) -> tuple[Any, ...]:
    """Back to the school, if it still lies where the officer sees it."""
    seen = organisations.schools_seen(request.actor).filter(id=school_id).exists()
    return ("school", school_id) if seen else ("schools",)


urlpatterns = [
    path("office/schools", schools, name="schools"),
    path("office/schools/new", new, name="school-new"),
    path("office/schools/<uuid:school_id>", school, name="school"),
    path("office/schools/<uuid:school_id>/equipment", equip, name="school-equipment"),
    *(
        path(f"office/schools/<uuid:school_id>/{which}", change, {"which": which}, name=f"school-{which}")
        for which in CHANGES
    ),
]
