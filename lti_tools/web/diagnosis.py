"""The diagnosis: the short form on one page, and whoever likes goes on with further questions, a few at a time.

Answers stay in the browser until they are sent; those sent join what was answered before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.web.diagnosis_form import DiagnosisForm
from lti_tools.web.path import ARRIVED, arrived, own_enrolment
from lti_tools.web.screen import PageRequest, screen
from rubrics import diagnosis as judgement
from rubrics.errors import AnswersError

# Questions on one page of further ones.
PAGE = 8


@screen("diagnosis.take", methods=("GET", "POST"), framed=True)
def diagnosis(request: PageRequest) -> HttpResponse:
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html")
    programmes.require_open(enrolment.programme)
    items = judgement.short_form(programmes.diagnosis_bank(enrolment.programme))
    form = DiagnosisForm(items, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _judged(request, enrolment, form):
        return redirect("path")
    status = 422 if form.is_bound else 200
    return render(request, "shijie/diagnosis.html", {"form": form, "enrolment": enrolment}, status=status)


@screen("diagnosis.take", methods=("GET", "POST"), framed=True)
def further(request: PageRequest) -> HttpResponse:
    """At most eight questions about what is known least; any of them may be left out, and one may stop any time.

    Whoever has not answered the short form through this account is sent there: answers of two accounts never mix, and
    a tier judged from further questions alone would fall for no other reason.
    """
    enrolment = own_enrolment(request)
    if enrolment is None:
        return render(request, "shijie/path_none.html")
    programmes.require_open(enrolment.programme)
    if not enrolment.tier:
        return redirect("diagnosis")
    if not programmes.kept_through(enrolment, request.actor.identity_id).answers:
        messages.info(
            request, _("You have not answered the first questions here yet. Please begin with them.")
        )
        return redirect("diagnosis")
    items = _asked(request, enrolment) if request.method == "POST" else _open(request, enrolment)
    form = DiagnosisForm(items, request.POST if request.method == "POST" else None, optional=True)
    if request.method == "POST" and form.is_valid() and _joined(request, enrolment, form):
        return redirect("diagnosis-further" if "more" in request.POST else "path")
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "enrolment": enrolment,
        "key": further_key(enrolment),
        "sent": arrived(request),
    }
    return render(request, "shijie/diagnosis_further.html", context, status=status)


def further_key(enrolment: Enrolment) -> str:
    """Under which the browser keeps further answers until they are sent."""
    return f"diagnosis-further:{enrolment.id}"


def _open(request: PageRequest, enrolment: Enrolment) -> Sequence[Any]:
    bank = programmes.diagnosis_bank(enrolment.programme)
    kept = programmes.kept_through(enrolment, request.actor.identity_id)
    return judgement.further_questions(bank, kept.everything, limit=PAGE)


def _asked(request: PageRequest, enrolment: Enrolment) -> Sequence[Any]:
    """The questions that stood on the page, in the order they had there, also when a second window has answered some
    of them meanwhile."""
    bank = programmes.diagnosis_bank(enrolment.programme)
    own = {item.id: item for item in bank.items if item.check != "specialist"}
    return [own[name] for name in dict.fromkeys(request.POST.getlist("asked")) if name in own][:PAGE]


def _joined(request: PageRequest, enrolment: Enrolment, form: DiagnosisForm) -> bool:
    if not form.answers():
        return True  # nothing chosen: one stops here, and nothing is judged again
    if not _judged(request, enrolment, form):
        return False
    request.session[ARRIVED] = further_key(enrolment)
    messages.success(request, _("Your answers have been added to those before."))
    return True


def _judged(request: PageRequest, enrolment: Enrolment, form: DiagnosisForm) -> bool:
    """False when the bank refuses the answers; the form then says which one, and keeps all of them."""
    try:
        journey.diagnose(request.actor, enrolment, form.answers(), seconds=form.seconds())
    except AnswersError as problem:
        form.refused(problem)
        return False
    return True
