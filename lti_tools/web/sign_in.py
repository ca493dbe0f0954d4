"""Our own sign-in, for people whose rights must not depend on what an LMS says."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_ratelimit.core import is_ratelimited

from lti_tools.audit import api as audit
from lti_tools.people.api import actor_for_account
from lti_tools.web import staff_session
from lti_tools.web.middleware import LANGUAGE_COOKIE, LAUNCHED_IDENTITY, LAUNCHED_PERSON, SLIP_TELEPHONE
from lti_tools.web.screen import screen
from lti_tools.web.second_factor import after_password

# Wrong passwords from one address, whatever the name: a room of forty raters stays below it, guessing does not.
WRONG_FROM_ONE_ADDRESS = "100/15m"


class StaffForm(AuthenticationForm):
    """An account opens nothing before it belongs to a person."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.person_id is None:
            raise ValidationError("no person", code="nobody")

    @property
    def nobody(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, "nobody")


class SignIn(LoginView):
    template_name = "shijie/sign_in.html"
    form_class = StaffForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Never to this page itself: who is signed in already would go round in circles."""
        url = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _guesses(request, one_more=False):
            return _closed_here(request)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        _guesses(self.request, one_more=True)
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        begun(self.request)
        return answer

    def get_success_url(self) -> str:
        return after_password(self.request, self.get_redirect_url())


def begun(request: HttpRequest) -> None:
    """Somebody proved a password: what an LMS had begun in this browser ends."""
    request.session.pop(LAUNCHED_PERSON, None)
    request.session.pop(LAUNCHED_IDENTITY, None)
    request.session.pop(SLIP_TELEPHONE, None)
    staff_session.begin(request)
    actor = actor_for_account(request.user, second_factor=False)  # type: ignore[arg-type]
    audit.record("sign-in", actor=actor.pseudonym)


def _guesses(request: HttpRequest, *, one_more: bool) -> bool:
    """True when too many wrong passwords came from this address within the hour."""
    return is_ratelimited(request, group="sign-in", key="ip", rate=WRONG_FROM_ONE_ADDRESS, increment=one_more)


sign_in = screen("public.sign_in", methods=("GET", "POST"))(SignIn.as_view())


@screen("public.sign_in", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None, *args: Any
) -> HttpResponse:
    context = {
        "happened": _("Too many wrong passwords. Signing in with this name is closed for fifteen minutes."),
        "kept": _("Nothing of yours has changed."),
        "todo": _("Wait fifteen minutes, or ask your administrator for a new password."),
        "code": "sign-in.locked",
    }
    return render(request, "shijie/error.html", context, status=429)


def _closed_here(request: HttpRequest) -> HttpResponse:
    context = {
        "happened": _(
            "Too many wrong passwords came from your network. Signing in from here is closed for a while."
        ),
        "kept": _("Nothing of yours has changed."),
        "todo": _("Wait fifteen minutes and try again, or use another network."),
        "code": "sign-in.network",
    }
    return render(request, "shijie/error.html", context, status=429)


@screen("public.language", methods=("POST",))
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers the chosen language in this browser and returns to the page it was chosen on."""
    back, chosen = request.POST.get("back", "/"), request.POST.get("language", "")
    own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = HttpResponseRedirect(back if own else "/")
    if chosen not in dict(settings.LANGUAGES):
        return answer
    answer.set_cookie(
        LANGUAGE_COOKIE,
        chosen,
        max_age=365 * 24 * 3600,
        secure=True,
        httponly=True,
        samesite="None",
    )
    return answer
