"""Error pages. A thing that is not there and a thing that is not yours look exactly alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lti_tools.errors import Refused


def refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    context = {"happened": problem.message, "kept": problem.kept, "todo": problem.todo, "code": problem.code}
    return _answer(request, context, status=problem.status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {
        "happened": _("This page does not exist, or it is not yours to see."),
        "kept": _("Nothing of yours has changed."),
        "todo": _(
            "Check the address, go back to the first page, or sign in with the account that may see it."
        ),
        "code": "not-found",
    }
    return _answer(request, context, status=404)


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An address that only a form or a script may call, opened by hand or by switching the language."""
    context = {
        "happened": _("This address works only by the button or link that leads to it."),
        "kept": _("Nothing of yours has changed."),
        "todo": _("Go back, or go to the first page, and start from there."),
        "code": "method-not-allowed",
    }
    answer = _answer(request, context, status=405)
    answer["Allow"] = response["Allow"]
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {
        "happened": _(
            "The page was open too long, or it was opened in another window, so we could not accept it."
        ),
        "kept": _("What you saved before is kept. What you sent just now was not."),
        "todo": _("Go back, load the page again and send it once more."),
        "code": "csrf",
    }
    return _answer(request, context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {
        "happened": _("The request could not be understood."),
        "kept": _("Nothing of yours has changed."),
        "todo": _("Go back and try again."),
        "code": "bad-request",
    }
    return _answer(request, context, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    context = {
        "happened": _("Something went wrong on our side."),
        "kept": _("What you saved before is kept."),
        "todo": _("Wait a minute and try again. If it happens again, tell your administrator the time."),
        "code": "server-error",
    }
    return _answer(request, context, status=500)


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({key: str(value) for key, value in context.items()}, status=status)
    return render(request, "shijie/error.html", context, status=status)
