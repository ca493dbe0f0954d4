"""The addresses an LMS knows (login, launch and our keys), and the page of an account that waits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django_ratelimit.core import is_ratelimited

from lti_tools import journey
from lti_tools.errors import Denied, Refused
from lti_tools.identities import api as identities
from lti_tools.launch import api as launches
from lti_tools.people.api import ANONYMOUS
from lti_tools.web.fields import Line
from lti_tools.web.middleware import LAUNCHED_IDENTITY, LAUNCHED_PERSON
from lti_tools.web.screen import PageRequest, screen

# A new key of ours is public for an hour before it signs, so nobody may keep the list longer than that.
KEYS_MAX_AGE = 1800
BACK_TO_COURSE = "waiting_return_url"
# A room full of teachers behind one address stays below the second; an account needs few corrections.
CLAIMS_OF_ONE_ACCOUNT, CLAIMS_FROM_ONE_ADDRESS = "10/h", "200/h"


class ClaimForm(forms.Form):
    """Who somebody says they are. Nothing of it is compared with anything here, so no answer tells who exists."""

    name = Line(
        label=gettext_lazy("Your name, as in your personnel file"),
        max_length=80,
        error_messages={"required": gettext_lazy("Please write your name.")},
    )
    school = Line(
        label=gettext_lazy("Your school"),
        help_text=gettext_lazy("Its name, or its ten-digit code if you know it."),
        max_length=120,
        required=False,
    )
    staff_no = Line(
        label=gettext_lazy("Your teacher number"),
        help_text=gettext_lazy("Leave it empty if you do not know it."),
        max_length=40,
        required=False,
    )
    last4 = forms.RegexField(
        label=gettext_lazy("The last four characters of your ID number"),
        help_text=gettext_lazy(
            "Only these four, for example 123X. They help to tell you from somebody of the same name."
        ),
        regex=r"^[0-9]{3}[0-9X]$",
        max_length=4,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "max_length"),
            gettext_lazy("Please write exactly four characters: digits, the last may be X."),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        given = args[0].copy() if args and args[0] is not None else None
        if given is not None:
            given["last4"] = identities.plain(given.get("last4", "")).upper()
        super().__init__(given, *args[1:], **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["last4"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("school") and not given.get("staff_no"):
            self.add_error("school", _("Please write your school, or your teacher number below."))
        return given


@csrf_exempt
@screen("lti.login", methods=("GET", "POST"), framed=True)
def login(request: PageRequest) -> HttpResponse:
    """Comes from another site by the protocol's own rule; the state cookie takes the place of the CSRF
    token.
    """
    return launches.begin_login(request)


@csrf_exempt
@screen("lti.launch", methods=("GET", "POST"), framed=True)
def launch(request: PageRequest) -> HttpResponse:
    """Verifies, lets the story begin, and redirects, so that going back or reloading sends no launch
    twice.
    """
    arrived = launches.receive(request)
    arrival = journey.begin(arrived)
    _start_over(request, locale=arrived.locale)
    request.session[LAUNCHED_IDENTITY] = str(arrival.identity_id)
    if arrival.person is None:
        request.session[BACK_TO_COURSE] = arrived.return_url
        return _waiting_page(request)
    request.session[LAUNCHED_PERSON] = str(arrival.person.id)
    return redirect(_first_page(arrived.target_link_uri))


@screen("lti.launch", framed=True)
def waiting(request: PageRequest) -> HttpResponse:
    """The same words once more, for who reads them in the other language. Says nothing about anybody."""
    return _waiting_page(request)


@screen("identity.claim", methods=("POST",), framed=True)
def claim(request: PageRequest) -> HttpResponse:
    """The short form of the account whose launch waits in this session. For everybody else there is no such page."""
    account = request.session.get(LAUNCHED_IDENTITY)
    if identities.standing(account) not in {"waiting", "told"}:
        raise Denied("identity.claim")
    _slow_down(request, account)
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _waiting_page(request, form=form)
    identities.claim(account, identities.Claim(**form.cleaned_data))
    messages.success(request, _("Thank you. What you wrote has reached your education bureau."))
    return redirect("lti-waiting")


def _slow_down(request: PageRequest, account: str) -> None:
    limits = (
        ("identity-claim", lambda _group, _request: account, CLAIMS_OF_ONE_ACCOUNT),
        ("identity-claim-from", "ip", CLAIMS_FROM_ONE_ADDRESS),
    )
    reached = [
        is_ratelimited(request, group=group, key=key, rate=rate, increment=True)
        for group, key, rate in limits
    ]
    if any(reached):
        raise Refused(
            "identity.claim_too_often",
            _("The form was sent very often within an hour."),
            kept=_("What you sent before is kept."),
            todo=_(
                "Wait an hour if something still has to be corrected. Otherwise you need not do anything."
            ),
            status=429,
        )


def _waiting_page(request: PageRequest, *, form: ClaimForm | None = None) -> HttpResponse:
    """`here` is where the language switch comes back to: a launch itself cannot be opened again."""
    account = request.session.get(LAUNCHED_IDENTITY)
    standing = identities.standing(account)
    if form is None and standing in {"waiting", "told"}:
        form = ClaimForm(initial=vars(identities.claim_of(account)))
    context = {
        "here": reverse("lti-waiting"),
        "form": form,
        "told": standing == "told",
        "confirmed": standing == "confirmed",
        "return_url": request.session.get(BACK_TO_COURSE, ""),
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "shijie/lti_waiting.html", context, status=status)


@screen("lti.jwks")
def jwks(request: PageRequest) -> HttpResponse:
    return JsonResponse(launches.jwks(), headers={"Cache-Control": f"public, max-age={KEYS_MAX_AGE}"})


def _start_over(request: PageRequest, *, locale: str) -> None:
    """A launch never inherits a session: not a sign-in, not the last person at this computer, not a
    planted one.
    """
    logout(request)
    rotate_token(request)
    request.actor = ANONYMOUS
    request.session["launch_language"] = "en" if locale.lower().startswith("en") else "zh-hans"


def _first_page(target: str) -> str:
    """The signed target, where it names a page; the launch address itself stands for the teacher's own
    page.
    """
    parts = urlsplit(target)
    if parts.path in {"", "/", urlsplit(launches.launch_url()).path}:
        return "path"
    return target
