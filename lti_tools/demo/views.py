"""Pages of the demo LMS. Nothing here is the product: it stands in for the platform a bureau already has."""

from __future__ import annotations

import json
import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from lti_tools.demo import directory, grades, wording
from lti_tools.demo.boot import LINK_ID
from lti_tools.people import totp
from xblocks.lms_app import api
from xblocks.lti_platform import PlatformError

YEAR_SECONDS = 365 * 24 * 3600


@require_GET
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    page = {
        "people": directory.stories(),
        "colleagues": [person for person in directory.teachers() if not person.story],
        "accounts": _accounts(),
        "tool_url": settings.TOOL_URL,
        "half_minute": totp.STEP_SECONDS,
        # Another address each time, so that the browser asks for the page instead of scrolling.
        "again": f"/?{int(time.time())}#accounts",
    }
    return render(request, "lms/home.html", page)


@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Impersonation without a password: the whole reason why this is a demo and a process of its own."""
    person = directory.teacher(request.POST.get("sub"))
    if person is None:
        raise Http404
    request.session.cycle_key()
    request.session[directory.ACTING_AS] = person.sub
    return redirect("course")


@require_GET
@ensure_csrf_cookie
def course(request: HttpRequest) -> HttpResponse:
    person = directory.teacher(directory.current_sub(request))
    if person is None:
        return redirect("home")
    page = {"person": person, "rows": grades.rows(settings.COURSE_ID, only=person.sub)}
    return render(request, "lms/course.html", page)


@require_POST
def open_tool(request: HttpRequest) -> HttpResponse:
    """The first step of an LTI launch: the browser goes to the tool's login page with a hint of our own."""
    sub = directory.current_sub(request)
    if sub is None:
        return redirect("home")
    locale = "zh-CN" if (get_language() or "zh").startswith("zh") else "en"
    try:
        url = api.start_launch(
            sub,
            client_id=settings.SHIJIE_SERVICE_CLIENT_ID,
            link_id=LINK_ID,
            return_url=f"{settings.LMS_URL}/course/",
            locale=locale,
        )
    except PlatformError:
        return _problem(request, _("The training is not connected to this course."), status=503)
    return redirect(url)


@require_GET
def gradebook(request: HttpRequest) -> HttpResponse:
    page = {"rows": grades.rows(settings.COURSE_ID), "waiting": grades.without_score(settings.COURSE_ID)}
    return render(request, "lms/gradebook.html", page)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = redirect(back if safe else "/")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax")
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, _("This page does not exist."), status=404)


def _problem(request: HttpRequest, what: str, *, status: int) -> HttpResponse:
    return render(request, "lms/problem.html", {"what": what}, status=status)


def _accounts() -> list[dict[str, Any]]:
    """Sign-in data of the demo's officers and raters, if the demo data has been loaded."""
    if not settings.ACCOUNTS_FILE.exists():
        return []
    accounts: list[dict[str, Any]] = json.loads(settings.ACCOUNTS_FILE.read_text(encoding="utf-8"))
    return [
        account | {"role_name": wording.role(str(account.get("role", ""))), "code": _code(account)}
        for account in accounts
    ]


def _code(account: dict[str, Any]) -> str:
    """The six digits of this half minute, which nobody but the officer's telephone knows in life."""
    key = str(account.get("key") or "")
    return totp.code_at(key) if key else ""
