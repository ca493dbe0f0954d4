"""A school office reads its own list before it goes up: right as it stands, or wrong in this way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.office import people as office
from lti_tools.people import api as people
from lti_tools.people.api import ACTIONS, Actor, Person, School
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, ListCheck, Programme
from lti_tools.web.fields import one_line
from lti_tools.web.people import facts
from lti_tools.web.screen import PageRequest, screen

ACTION = "school.list"
LONGEST_MISTAKE = 400


@dataclass(frozen=True)
class SchoolList:
    """One school in one programme; `newest` is what the office last said about it."""

    programme: Programme
    school: School
    rows: list[dict[str, Any]]
    newest: ListCheck | None


@screen("school.list")
def home(request: PageRequest) -> HttpResponse:
    persons = _colleagues(request.actor)
    lists, elsewhere = _lists(request.actor, persons)
    _viewed(request, persons)
    return render(request, "shijie/school_office.html", {"lists": lists, "others": elsewhere})


def _colleagues(actor: Actor) -> list[Person]:
    """Everybody of the own schools, whoever reads the list among them."""
    return list(people.seen_as(actor, ACTION, with_self=True).order_by("name", "staff_no"))


def _viewed(request: PageRequest, persons: list[Person]) -> None:
    subjects = [str(person.id) for person in persons]
    audit.viewed(actor=request.actor.pseudonym, subjects=subjects, what="school.list")


def _lists(actor: Actor, persons: list[Person]) -> tuple[list[SchoolList], list[dict[str, Any]]]:
    """The lists of the own schools in the programmes running now, and who is in none of them."""
    own = {school for grant in actor.granted(ACTIONS[ACTION].roles) for school in grant.school_ids}
    enrolled = programmes.current_of(person.id for person in persons)
    rows: dict[tuple[uuid.UUID, uuid.UUID], list[dict[str, Any]]] = {}
    places: dict[tuple[uuid.UUID, uuid.UUID], tuple[Programme, School]] = {}
    others = []
    for person in persons:
        present = people.present_affiliation(person)
        if present is None or present.school_id not in own:
            continue
        known = {"person": person, **facts(present)}
        for enrolment in enrolled.get(person.id, []):
            key = (enrolment.programme_id, present.school_id)
            places[key] = (enrolment.programme, present.school)
            rows.setdefault(key, []).append({**known, **_participation(enrolment)})
        if person.id not in enrolled:
            others.append(known)
    lists = [_list(*places[key], rows[key]) for key in places]
    return sorted(lists, key=lambda one: (one.programme.title, one.school.code)), others


def _participation(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "participation": enrolment.get_participation_display(),
        "until": enrolment.participation_until,
        "due": enrolment.participation == Enrolment.Participation.DUE,
    }


def _list(programme: Programme, school: School, rows: list[dict[str, Any]]) -> SchoolList:
    newest = programmes.list_checks(programme, schools=[school.id])
    return SchoolList(programme, school, rows, newest[0] if newest else None)


def _own(request: PageRequest, programme_id: uuid.UUID) -> list[SchoolList]:
    """The own lists of one programme; `Denied` where there are none, whether the programme exists or not."""
    persons = _colleagues(request.actor)
    lists, _others = _lists(request.actor, persons)
    own = [one for one in lists if one.programme.id == programme_id]
    if not own:
        raise Denied(ACTION)
    return own


@screen("school.list")
def paper(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    """The list as it is put on the wall or into the file: one table a school, on A4."""
    own = _own(request, programme_id)
    _viewed(request, [row["person"] for one in own for row in one.rows])
    return render(request, "shijie/school_office_paper.html", {"lists": own, "programme": own[0].programme})


@screen("school.list", methods=("POST",))
def check(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    own = {str(one.school.id): one for one in _own(request, programme_id)}
    found = own.get(request.POST.get("school", ""))
    if found is None:
        raise _refused("school.list_unknown", _("It was not said which school's list this is about."))
    mistake = one_line(request.POST.get("mistake", ""), most=LONGEST_MISTAKE)
    if request.POST.get("said") == "mistake" and not mistake:
        raise _refused("school.list_no_mistake", _("It was not said what is wrong with the list."))
    told = mistake if request.POST.get("said") == "mistake" else ""
    office.check_list(request.actor, found.programme, found.school, mistake=told)
    messages.success(
        request,
        _("The bureau can read now what is wrong.")
        if told
        else _("The list is confirmed, with today's date."),
    )
    return redirect("school-office")


def _refused(code: str, message: str) -> Refused:
    return Refused(
        code, message, kept=_("Nothing was sent."), todo=_("Go back and use the form below the list.")
    )


urlpatterns = [
    path("school-office", home, name="school-office"),
    path("school-office/<uuid:programme_id>", paper, name="school-office-paper"),
    path("school-office/<uuid:programme_id>/check", check, name="school-office-check"),
]
