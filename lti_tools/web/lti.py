"""The three addresses an LMS knows: login, launch and our keys."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from lti_tools import journey
from lti_tools.launch import api as launches
from lti_tools.people.api import ANONYMOUS
from lti_tools.web.middleware import LAUNCHED_PERSON
from lti_tools.web.screen import PageRequest, screen

# A new key of ours is public for an hour before it signs, so nobody may keep the list longer than that.
KEYS_MAX_AGE = 1800


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
    if arrival.person is None:
        context = {"return_url": arrived.return_url, "here": reverse("lti-waiting")}
        return render(request, "shijie/lti_waiting.html", context)
    request.session[LAUNCHED_PERSON] = str(arrival.person.id)
    return redirect(_first_page(arrived.target_link_uri))


@screen("lti.launch", framed=True)
def waiting(request: PageRequest) -> HttpResponse:
    """The same words once more, for who reads them in the other language. Says nothing about anybody."""
    return render(request, "shijie/lti_waiting.html")


@screen("lti.jwks")
def jwks(request: PageRequest) -> HttpResponse:
    return JsonResponse(launches.jwks(), headers={"Cache-Control": f"public, max-age={KEYS_MAX_AGE}"})


def _start_over(request: PageRequest, *, locale: str) -> None:
    """A launch never inherits a session: not a sign-in, not the last person at this computer, not a
    planted one.
    """
    logout(request)
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
