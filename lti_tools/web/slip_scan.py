"""The address behind a slip's QR code: one question, a wait for the specialist, then the teacher's own path."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_ratelimit.core import is_ratelimited

from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.people.api import ANONYMOUS
from lti_tools.web import errors
from lti_tools.web.middleware import SLIP_TELEPHONE
from lti_tools.web.screen import PageRequest, screen

# Wrong answers and unknown slips from one address: a school behind one line stays below it, guessing does not.
WRONG_FROM_ONE_ADDRESS = "60/15m"
COOKIE_SECONDS = 400 * 24 * 3600
# The secret is part of the address. Not "no-referrer": with it browsers send forms with `Origin: null`, and our
# own forms would be refused. "strict-origin" names the host and never the address, to ourselves as to others.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class AnswerForm(forms.Form):
    """The last four of the ID number, or the month of birth where the roster has no ID number."""

    answer = forms.CharField(max_length=20)

    def __init__(self, question: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["answer"].error_messages["required"] = self._shape()

    def clean_answer(self) -> str:
        plain = identities.plain_answer(self.question, self.cleaned_data["answer"])
        if not plain:
            raise forms.ValidationError(self._shape())
        return plain

    def _shape(self) -> str:
        if self.question == "last4":
            return _(
                "Please write the last four characters of the ID number: digits, the very last may be X."
            )
        return _("Please write year and month of birth, for example 1968-03.")


@screen("slip.open", methods=("GET", "POST"))
def slip(request: PageRequest, secret: str) -> HttpResponse:
    try:
        answer = _answer(request, secret)
    except Refused as problem:
        answer = errors.refused(request, problem)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def _answer(request: PageRequest, secret: str) -> HttpResponse:
    found = identities.find_slip(secret)
    known = identities.telephone(found, request.COOKIES.get(_cookie(found), "")) if found else None
    state = identities.telephone_of(known).state if known else ""
    if known and state == "confirmed":
        return _enter(request, known)
    if known and state == "waiting":
        return _wait(request, known)
    if _guesses(request, one_more=False):
        return _closed(request, "too_often", status=429)
    if found is None:
        _guesses(request, one_more=True)
        return _closed(request, "gone", status=404)
    if identities.is_dead(found):
        return _closed(request, "dead", status=403)
    return _ask(request, found, secret, declined=state in {"declined", "ended"})


def _cookie(found: Any) -> str:
    """A name of its own for every slip: two teachers may share a telephone."""
    return f"shijie_slip_{found.secret_hash[:16]}"


def _guesses(request: PageRequest, *, one_more: bool) -> bool:
    return is_ratelimited(request, group="slip", key="ip", rate=WRONG_FROM_ONE_ADDRESS, increment=one_more)


def _closed(request: PageRequest, why: str, *, status: int) -> HttpResponse:
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "shijie/slip_closed.html", {"why": why}, status=status)


def _wait(request: PageRequest, known: Any) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204)
    return render(request, "shijie/slip_waiting.html", {"check": identities.check_number(known.id)})


def _enter(request: PageRequest, known: Any) -> HttpResponse:
    """Never inherits a session: not a sign-in, not the last person at this telephone, not a planted one."""
    logout(request)
    request.actor = ANONYMOUS
    request.session[SLIP_TELEPHONE] = str(known.id)
    identities.note_use(known.id)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": reverse("path")})
    return redirect("path")


def _ask(request: PageRequest, found: Any, secret: str, *, declined: bool) -> HttpResponse:
    if request.htmx:  # a telephone that waited and was declined meanwhile
        return HttpResponse(headers={"HX-Refresh": "true"})
    form = AnswerForm(
        identities.question_for(found.person), request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        answered = identities.scan(found, form.cleaned_data["answer"])
        if answered.device:
            return _remembered(found, secret, answered.device)
        _guesses(request, one_more=True)
        if not answered.tries_left:
            return _closed(request, "dead", status=403)
        form.add_error("answer", _wrong(answered.tries_left))
    context = {"form": form, "question": form.question, "declined": declined and not form.is_bound}
    return render(request, "shijie/slip_ask.html", context, status=422 if form.is_bound else 200)


def _wrong(left: int) -> str:
    return ngettext(
        "This does not fit the person the slip was printed for. You have %(left)s try left.",
        "This does not fit the person the slip was printed for. You have %(left)s tries left.",
        left,
    ) % {"left": left}


def _remembered(found: Any, secret: str, device: str) -> HttpResponse:
    here = reverse("slip", args=[secret])
    answer = redirect(here)
    answer.set_cookie(
        _cookie(found),
        device,
        max_age=COOKIE_SECONDS,
        path=here[: -len(secret)],
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return answer


urlpatterns = [path("s/<str:secret>", slip, name="slip")]
