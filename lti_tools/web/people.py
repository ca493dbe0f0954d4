"""The people of one's area: finding somebody, and their card with everything a bureau keeps about them."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.identities.api import subs_of
from lti_tools.office import certificates as office
from lti_tools.people import api as people
from lti_tools.people.api import Affiliation, Person, code_label, codes, may
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.web import participation
from lti_tools.web.screen import PageRequest, screen

ACTION = "person.see"
PEOPLE_ON_A_PAGE = 50
GONE = "gone"
# A staff status that is often a reason to owe the training later. It is offered, never done by itself.
OFTEN_DEFERRED = frozenset({"sick-leave", "maternity-leave", "seconded", "supporting"})


def label(table: str, code: str) -> str:
    return code_label(table, code, language=get_language() or "zh-hans") if code else ""


@screen("person.see")
def find(request: PageRequest) -> HttpResponse:
    asked = {key: request.GET.get(key, "").strip()[:80] for key in ("text", "school", "status")}
    rows = people.find_people(request.actor, ACTION, **asked)
    shown = Paginator(rows, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page", "1"))
    found = list(shown.object_list)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(one.id) for one in found], what="person.list")
    shown.object_list = [_line(one) for one in found]
    more = request.GET.copy()
    more.pop("page", None)
    context = {"people": shown, "asked": asked, "statuses": _statuses(), "query": more.urlencode()}
    return render(request, "shijie/people.html", context)


def _statuses() -> list[tuple[str, str]]:
    known = [(code.code, code.text(get_language() or "zh-hans")) for code in codes.known("staff_status")]
    return [("", _("All who work here")), *known, (GONE, _("Left, and works nowhere now"))]


def _line(person: Person) -> dict[str, object]:
    present = people.present_affiliation(person)
    return {
        "person": person,
        "school": present.school.name if present else "",
        "status": label("staff_status", present.staff_status) if present else "",
    }


@screen("person.see")
def card(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    person = people.card_of(request.actor, ACTION, person_id)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(person.id)], what="person.card")
    present = people.present_affiliation(person)
    enrolled = [_enrolled(request, row) for row in programmes.enrolments_of_person(person.id)]
    status = present.staff_status if present else ""
    context = {
        "person": person,
        "sex": label("sex", person.sex),
        "present": facts(present) if present else None,
        "timeline": [_spell(row) for row in people.affiliations_of(person)][::-1],
        "enrolments": enrolled,
        "offer": next((row for row in enrolled if row["open"]), None) if status in OFTEN_DEFERRED else None,
        "accounts": len(subs_of(person)),
        "may_change": _may_change(request, person),
    }
    return render(request, "shijie/person.html", context)


def _may_change(request: PageRequest, person: Person) -> bool:
    """Whoever may see the card of somebody who left is the bureau that had them, and may take them back."""
    if people.present_affiliation(person) is None:
        return may(request.actor, "person.change")
    return may(request.actor, "person.change", person_id=person.id)


def facts(row: Affiliation) -> dict[str, Any]:
    return {
        "row": row,
        "school": row.school,
        "employment": label("employment", row.employment),
        "staff_status": label("staff_status", row.staff_status),
        "stage": label("stage", row.stage),
        "title": label("title", row.title),
        "subjects": _(", ").join(row.subjects),
    }


def _spell(row: Affiliation) -> dict[str, Any]:
    return {**facts(row), "left": label("left", row.left)}


def _enrolled(request: PageRequest, row: Enrolment) -> dict[str, Any]:
    policy = programmes.policy(row.programme)
    tier = policy.tier(row.tier)
    return {
        "enrolment": row,
        "programme": row.programme,
        "tier": tier.label.text(get_language() or "zh-hans") if tier else "",
        "participation": row.get_participation_display(),
        "due": row.participation == Enrolment.Participation.DUE,
        "history": participation.lines(row),
        "open": row.programme.closed_at is None and row.participation == Enrolment.Participation.DUE,
        "may_revoke": office.may_revoke(request.actor, row),
        "may_propose": row.programme.closed_at is None and programmes.may_propose(request.actor, row),
    }


urlpatterns = [
    path("office/people", find, name="people"),
    path("office/people/<uuid:person_id>", card, name="person"),
]
