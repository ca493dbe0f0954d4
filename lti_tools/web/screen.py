"""Marks a view with its row in the authorization table (`people/access.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from lti_tools.people.api import ACTIONS, Actor, require

View = Callable[..., HttpResponse]


class PageRequest(HttpRequest):
    """What every view receives: Django's request plus who acts."""

    actor: Actor
    htmx: Any


def screen(
    action: str, *, methods: tuple[str, ...] = ("GET",), framed: bool = False
) -> Callable[[View], View]:
    """Lets a view run only for actors with some grant for `action`; the view itself asks for the object's scope.

    `framed=True` allows registered platforms to show the page in a frame (teacher pages only).
    """
    if action not in ACTIONS:
        raise LookupError(f"{action} has no row in people/access.py")

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.actor, action)
            return view(request, *args, **kwargs)

        marked = require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])(guarded)
        marked.action = action  # type: ignore[attr-defined]
        marked.framed = framed  # type: ignore[attr-defined]
        return marked

    return mark
