"""How long a sign-in of ours lasts: a desk left alone closes, and no sign-in outlives the working day."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

SINCE, SEEN = "staff_since", "staff_seen"
# A page that is read writes nothing; being seen is noted this often.
NOTED_EVERY_SECONDS = 300


class StaffSessionMiddleware:
    """Ends a session that was idle or lasted too long, before anybody asks who acts. Launches are not concerned."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _look_at(request, int(time.time()))
        return self.get_response(request)


def _look_at(request: HttpRequest, now: int) -> None:
    since, seen = request.session.get(SINCE, now), request.session.get(SEEN, now)
    idle = now - seen > settings.SHIJIE_STAFF_IDLE_MINUTES * 60
    if idle or now - since > settings.SHIJIE_STAFF_HOURS * 3600:
        logout(request)
    elif SINCE not in request.session or now - seen > NOTED_EVERY_SECONDS:
        request.session[SINCE], request.session[SEEN] = since, now


def begin(request: HttpRequest) -> None:
    """A sign-in counts from here, whatever the session had seen before."""
    request.session[SINCE] = request.session[SEEN] = int(time.time())
