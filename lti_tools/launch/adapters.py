"""What pylti1p3 asks of a web framework, answered for Django by us: its own adapters keep state in the
session, leave nonces unused and set cookies that a frame loses over http.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from pylti1p3.cookie import CookieService
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request
from pylti1p3.session import SessionService

from lti_tools.launch import pending
from lti_tools.launch.models import Platform


class Incoming(Request):
    """Parameters of a login come by GET or POST; those of a launch by POST only."""

    def __init__(self, request: HttpRequest, *, post_only: bool = False) -> None:
        self.django = request
        self._post_only = post_only

    @property
    def session(self) -> Any:
        raise LookupError("nothing of a launch is kept in the session")

    def is_secure(self) -> bool:
        return self.django.is_secure()

    def get_param(self, key: str) -> str:
        found = self.django.POST.get(key)
        if found is None and not self._post_only:
            found = self.django.GET.get(key)
        # NUL is in no honest parameter, and PostgreSQL would break over it.
        return found if found and "\x00" not in found else ""


class BindingCookie(CookieService):
    """Ties a login to the browser that began it, by a secret of its own that never travels through the
    platform.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._name = ""
        self.binding = secrets.token_urlsafe(32)

    def get_cookie(self, name: str) -> str | None:
        return self._request.COOKIES.get(pending.cookie_name(name))

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        self._name = pending.cookie_name(name)

    def give_to(self, response: HttpResponse) -> None:
        """SameSite=None and Secure, because the platform posts the launch, often inside its own frame."""
        response.set_cookie(
            self._name,
            self.binding,
            max_age=int(pending.LIFETIME.total_seconds()),
            path="/lti/",
            secure=True,
            httponly=True,
            samesite="None",
        )


class Storage(SessionService):
    """Writes the pending login when the library has made both its state and its nonce."""

    def __init__(self, platform: Platform, *, binding: str = "") -> None:
        self._platform = platform
        self._binding = binding
        self._nonce = ""

    def save_nonce(self, nonce: str) -> None:
        self._nonce = nonce

    def save_state_params(self, state: str, params: dict[str, object]) -> None:
        pending.begin(state=state, nonce=self._nonce, binding=self._binding, platform=self._platform)


class SeeOther(Redirect[HttpResponse]):
    """A redirect that nothing on the way may keep."""

    def __init__(self, location: str, cookie: BindingCookie) -> None:
        self._location = location
        self._cookie = cookie

    def do_redirect(self) -> HttpResponse:
        response = HttpResponseRedirect(self._location)
        response.headers["Cache-Control"] = "no-store"
        self._cookie.give_to(response)
        return response

    def do_js_redirect(self) -> HttpResponse:
        return self.do_redirect()

    def set_redirect_url(self, location: str) -> None:
        self._location = location

    def get_redirect_url(self) -> str:
        return self._location
