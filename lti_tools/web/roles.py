"""Who holds which role in the own area; giving one, taking one back, and handing somebody a way in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.office import roles as office
from lti_tools.people.api import (
    SECOND_FACTOR,
    Actor,
    Person,
    RoleGrant,
    accounts,
    authenticators,
    grants,
    may,
    present_affiliation,
)
from lti_tools.web.fields import Line
from lti_tools.web.role_form import GrantForm, NewPersonForm
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50
ENDED_SHOWN = 50


class ReasonForm(forms.Form):
    """Why."""

    reason = Line(max_length=200, min_length=2, label=gettext_lazy("Reason"))


@dataclass(frozen=True)
class Held:
    """One grant as a line of a table."""

    grant: RoleGrant
    may_end: bool
    waits_for_code: bool


@screen("role.see")
def roles(request: PageRequest) -> HttpResponse:
    """In force or coming first; ended ones folded away below."""
    wanted = request.GET.get("role", "")
    rows = grants.grants_in_sight(request.actor).order_by("role", "person__name", "since")
    if wanted in RoleGrant.Role.values:
        rows = rows.filter(role=wanted)
    ended = Q(revoked_at__isnull=False) | Q(until__lt=timezone.localdate())
    page = Paginator(rows.exclude(ended), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": _lines(request.actor, list(page.object_list)),
        "ended": rows.filter(ended).order_by("-revoked_at", "-until")[:ENDED_SHOWN],
        "choices": RoleGrant.Role.choices,
        "wanted": wanted,
        "may_give": may(request.actor, "role.grant"),
    }
    _seen(request.actor, [row.person for row in page.object_list])
    return render(request, "shijie/roles.html", context)


def _lines(actor: Actor, rows: list[RoleGrant]) -> list[Held]:
    proved = authenticators.has_authenticator([row.person_id for row in rows])
    gives = may(actor, "role.grant")
    return [
        Held(
            grant=row,
            may_end=gives and grants.may_take_back(actor, row),
            waits_for_code=row.role in SECOND_FACTOR and row.person_id not in proved,
        )
        for row in rows
    ]


def _seen(actor: Actor, people: list[Person]) -> None:
    audit.viewed(actor=actor.pseudonym, subjects=[str(person.id) for person in people], what="role.people")


@screen("role.grant")
def find(request: PageRequest) -> HttpResponse:
    """First whom: by staff number or name, among the people in sight."""
    text = request.GET.get("q", "")[:80]
    found = grants.find_people(request.actor, text)
    _seen(request.actor, found)
    people = [(person, present_affiliation(person)) for person in found]
    return render(request, "shijie/role_find.html", {"q": text, "people": people})


@screen("role.grant", methods=("GET", "POST"))
def person(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    """Everything about one person's roles: what they hold, one more, the way in, the lost telephone."""
    who = office.person_to_appoint(request.actor, person_id)
    form = GrantForm(request.actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _given(request, form, who):
        return redirect("role-person", person_id=who.id)
    _seen(request.actor, [who])
    rows = grants.grants_in_sight(request.actor, action="role.grant").filter(person=who).order_by("-since")
    context = {
        "person": who,
        "work": present_affiliation(who),
        "form": form,
        "lines": _lines(request.actor, list(rows.filter(revoked_at__isnull=True))),
        "looked_after": accounts.may_look_after(request.actor, who),
        "account": accounts.state_of(who),
    }
    return render(request, "shijie/role_person.html", context, status=422 if form.errors else 200)


def _given(request: PageRequest, form: GrantForm, who: Person | office.NewPerson) -> RoleGrant | None:
    try:
        row = office.appoint(request.actor, who, form.cleaned_data["role"], form.scope(), form.term())
    except Refused as refused:
        form.say(refused)
        return None
    messages.success(request, _("The role is given. Now hand over a link, if the person has no account yet."))
    return row


@screen("role.grant", methods=("GET", "POST"))
def enter(request: PageRequest) -> HttpResponse:
    """Somebody who is on no roster: name, number and the first role in one step."""
    form = NewPersonForm(request.actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        new = office.NewPerson(name=form.cleaned_data["name"], staff_no=form.cleaned_data["staff_no"])
        row = _given(request, form, new)
        if row:
            return redirect("role-person", person_id=row.person_id)
    return render(request, "shijie/role_enter.html", {"form": form}, status=422 if form.errors else 200)


@screen("role.grant", methods=("GET", "POST"))
def revoke(request: PageRequest, grant_id: uuid.UUID) -> HttpResponse:
    """Asks why, once more, before it takes a role back."""
    row = grants.find_grant(request.actor, grant_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        office.dismiss(request.actor, row.id, reason=form.cleaned_data["reason"])
        messages.success(request, _("The role is taken back. It ends with the person's next page."))
        return redirect("roles")
    return render(
        request, "shijie/role_revoke.html", {"row": row, "form": form}, status=422 if form.errors else 200
    )


@screen("role.grant", methods=("POST",))
def invite(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    """Shows the link this once; nothing of it is kept."""
    who, made = office.invite(request.actor, person_id)
    link = request.build_absolute_uri(reverse("account-activate", args=[made.uid, made.token]))
    answer = render(
        request, "shijie/role_invitation.html", {"person": who, "link": link, "picture": _qr(link)}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _qr(link: str) -> Any:
    return segno.make(link, error="m", micro=False).svg_data_uri(border=4, scale=4)


@screen("role.grant", methods=("GET", "POST"))
def reset_code(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    """For a lost telephone without recovery codes, with the reason why one is sure who asks."""
    who = office.person_to_look_after(request.actor, person_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        office.reset_second_factor(request.actor, who.id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Reset. At the next sign-in a new telephone is set up."))
        return redirect("role-person", person_id=who.id)
    context = {"person": who, "form": form}
    return render(request, "shijie/role_reset.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("office/roles", roles, name="roles"),
    path("office/roles/find", find, name="role-find"),
    path("office/roles/enter", enter, name="role-enter"),
    path("office/roles/people/<uuid:person_id>", person, name="role-person"),
    path("office/roles/people/<uuid:person_id>/invite", invite, name="role-invite"),
    path("office/roles/people/<uuid:person_id>/reset-code", reset_code, name="role-reset"),
    path("office/roles/<uuid:grant_id>/revoke", revoke, name="role-revoke"),
]
