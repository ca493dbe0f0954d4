"""Slips on the desks: printing and ending them, and confirming the telephones that scanned one."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.office import slips as office
from lti_tools.office.slips import MOST_AT_ONCE, Holder, Printed
from lti_tools.people.api import School
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 60


@screen("slip.print")
def schools(request: PageRequest) -> HttpResponse:
    """The schools one may print for; with one school only there is nothing to choose."""
    named = request.GET.get("q", "").strip()[:60]
    found = Paginator(office.schools(request.actor, named=named), ON_A_PAGE).get_page(request.GET.get("page"))
    if not named and found.paginator.count == 1:
        return redirect("slip-school", school_id=found.object_list[0].id)
    return render(request, "shijie/slip_schools.html", {"schools": found, "named": named})


@screen("slip.print")
def school(request: PageRequest, school_id: uuid.UUID) -> HttpResponse:
    """The teachers of one school and how their slips stand."""
    of = office.school_for(request.actor, school_id)
    page = Paginator(office.teachers(request.actor, of), ON_A_PAGE).get_page(request.GET.get("page"))
    former = office.former(request.actor, of)
    shown = [str(one) for one in (*(person.id for person in page), *(gone.person_id for gone in former))]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="slip.school")
    context = {
        "school": of,
        "page": page,
        "holders": [(holder, _barred(holder)) for holder in office.holders(list(page.object_list))],
        "former": former,
        "confirmed": office.is_confirmed_by_somebody(of),
        "most": MOST_AT_ONCE,
        "many": office.schools(request.actor).count() > 1,
    }
    return render(request, "shijie/slip_school.html", context)


def _barred(holder: Holder) -> str:
    """Why no slip can be printed, said so that somebody can act on it."""
    return {
        "": "",
        "slip.staff": _("Holds a staff role and signs in with an account."),
        "slip.nothing_to_ask": _("The roster needs the ID number (or the month of birth) first."),
        "slip.no_programme": _("Is in no running programme."),
    }[holder.barred]


@screen("slip.print", methods=("POST",))
def print_sheet(request: PageRequest, school_id: uuid.UUID) -> HttpResponse:
    """The sheet itself. Its secrets exist in this answer only, so loading it again prints new slips."""
    of = office.school_for(request.actor, school_id)
    chosen = _chosen(request, of)
    if not chosen:
        messages.warning(
            request, _("Nobody was chosen, or everybody has a slip that works. Nothing was printed.")
        )
        return redirect("slip-school", school_id=of.id)
    printed = office.print_slips(request.actor, of, chosen)
    context = {"school": of, "slips": [(slip, _code(slip)) for slip in printed]}
    answer = render(request, "shijie/slip_sheet.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _chosen(request: PageRequest, of: School) -> list[uuid.UUID]:
    if request.POST.get("which") == "rest":
        return office.without_slip(request.actor, of)
    return [found for text in request.POST.getlist("person") if (found := _id(text))]


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _code(slip: Printed) -> str:
    """The QR code as a picture in the page: level M still reads from creased paper; quiet zone included."""
    address = settings.BASE_URL + reverse("slip", args=[slip.secret])
    code = segno.make(address, error="m", micro=False, boost_error=False)
    return code.svg_data_uri(border=4, omitsize=True)


@screen("slip.print", methods=("POST",))
def revoke(request: PageRequest, slip_id: uuid.UUID) -> HttpResponse:
    office.revoke_slip(request.actor, slip_id)
    messages.success(request, _("Ended. This slip and its telephones open nothing from now on."))
    return _back(request)


@screen("slip.print", methods=("POST",))
def end(request: PageRequest, scan_id: uuid.UUID) -> HttpResponse:
    office.end_telephone(request.actor, scan_id)
    messages.success(request, _("Ended. This telephone opens nothing from now on; the slip still works."))
    return _back(request)


def _back(request: PageRequest) -> HttpResponse:
    school_id: Any = _id(request.POST.get("school", ""))
    return redirect("slip-school", school_id=school_id) if school_id else redirect("slips")


@screen("slip.confirm", methods=("POST",))
def confirm(request: PageRequest, scan_id: uuid.UUID) -> HttpResponse:
    office.confirm_telephone(request.actor, scan_id)
    messages.success(request, _("Confirmed. The telephone opens the teacher's path now."))
    return redirect("specialist-desk")


@screen("slip.confirm", methods=("POST",))
def decline(request: PageRequest, scan_id: uuid.UUID) -> HttpResponse:
    office.decline_telephone(request.actor, scan_id)
    messages.success(request, _("Declined. The telephone opens nothing."))
    return redirect("specialist-desk")


urlpatterns = [
    path("slips", schools, name="slips"),
    path("slips/schools/<uuid:school_id>", school, name="slip-school"),
    path("slips/schools/<uuid:school_id>/print", print_sheet, name="slip-print"),
    path("slips/<uuid:slip_id>/revoke", revoke, name="slip-revoke"),
    path("slips/telephones/<uuid:scan_id>/confirm", confirm, name="slip-confirm"),
    path("slips/telephones/<uuid:scan_id>/decline", decline, name="slip-decline"),
    path("slips/telephones/<uuid:scan_id>/end", end, name="slip-end"),
]
