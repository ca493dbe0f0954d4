"""Between password and rights: the code of the authenticator app, setting the app up, and the recovery codes.

Whoever holds no role that asks for a second factor never comes here; whoever does goes on to the page they wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

import django_otp
import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_ratelimit.core import is_ratelimited

from lti_tools.errors import Refused
from lti_tools.keys.api import seal, unseal
from lti_tools.people.api import Account, actor_for_account, authenticators, totp
from lti_tools.web.navigation import first_page
from lti_tools.web.screen import PageRequest, screen

# Beside the waiting time after each wrong code; a person who mistypes stays far below it.
TRIES = "20/15m"
NEW_KEY = "new_authenticator"


class CodeForm(forms.Form):
    """The six digits, or a recovery code in their place."""

    code = forms.CharField(required=False, max_length=20)
    recovery = forms.CharField(required=False, max_length=40)


def verified(request: HttpRequest) -> bool:
    """True when this session proved the second factor. Right after a sign-in nothing is proved yet."""
    return getattr(request.user, "otp_device", None) is not None


def after_password(request: HttpRequest, wanted: str = "") -> str:
    """Where somebody goes who just proved the password: to the code when a role waits for it, else on."""
    actor = actor_for_account(request.user, second_factor=verified(request))  # type: ignore[arg-type]
    if actor.withheld:
        return code_address(wanted)
    return wanted or first_page(actor)


def code_address(wanted: str = "") -> str:
    """The page that asks for the code, and knows where to go afterwards."""
    return _asking("second-factor", wanted)


def _asking(page: str, wanted: str) -> str:
    return f"{reverse(page)}?{urlencode({'next': wanted}, safe='/')}" if wanted else reverse(page)


def _wanted(request: HttpRequest) -> str:
    """The page of ours that was asked for, or "". Never one of these pages, which would go round in circles."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    own = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if own and not asked.startswith(reverse("sign-in")) else ""


def _signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets in whoever proved the password and still owes the rest."""

    @wraps(view)
    def guarded(request: PageRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.actor.known:
            return redirect("sign-in")
        if request.method == "POST" and is_ratelimited(
            request, group="second-factor", key="user", rate=TRIES, increment=True
        ):
            raise _closed()
        return view(request, request.user)

    return guarded


def _closed() -> Refused:
    return Refused(
        "second_factor.closed",
        _("Too many codes were tried. Proving the second factor is closed for a while."),
        kept=_("Nothing of yours has changed."),
        todo=_("Wait fifteen minutes. If the telephone is lost, ask whoever gave you the role to reset it."),
        status=429,
    )


@screen("public.sign_in", methods=("GET", "POST"))
@_signed_in
def code(request: PageRequest, account: Account) -> HttpResponse:
    """Asks for the code of the app, or for a recovery code."""
    if not request.actor.withheld:
        return redirect(after_password(request, _wanted(request)))
    if authenticators.authenticator_of(account) is None:
        return redirect(_asking("second-factor-set-up", _wanted(request)))
    if request.method != "POST":
        return _ask(request)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, problem=_("This is not a code. Type the six digits the app shows now."))
    if form.cleaned_data["recovery"]:
        return _with_recovery(request, account, form.cleaned_data["recovery"])
    if authenticators.wait_before_next_try(account):
        return _ask(
            request, problem=_("Wait a moment after a wrong code, then type the one the app shows now.")
        )
    device = authenticators.verify(account, form.cleaned_data["code"])
    if device is None:
        return _ask(
            request,
            problem=_("The code was wrong, or it was used already. Wait for the next one and type that."),
        )
    return _onward(request, device)


def _with_recovery(request: PageRequest, account: Account, typed: str) -> HttpResponse:
    device = authenticators.recover(account, typed)
    if device is None:
        wrong = _("This recovery code is wrong, or it was used already. Each works once.")
        return _ask(request, recovery_problem=wrong)
    left = len(device.recovery)
    text = ngettext(
        "You used a recovery code; %(left)s is left. If the telephone is gone, set up a new one under My account.",
        "You used a recovery code; %(left)s are left. If the telephone is gone, set up a new one under My account.",
        left,
    )
    messages.warning(request, text % {"left": left})
    return _onward(request, device)


def _ask(request: PageRequest, *, problem: str = "", recovery_problem: str = "") -> HttpResponse:
    context = {"next": _wanted(request), "problem": problem, "recovery_problem": recovery_problem}
    status = 422 if problem or recovery_problem else 200
    return render(request, "shijie/second_factor.html", context, status=status)


def _prove(request: PageRequest, device: Any) -> None:
    """From here on the session is worth more, so it gets another name."""
    django_otp.login(request, device)
    request.session.cycle_key()
    rotate_token(request)


def _onward(request: PageRequest, device: Any) -> HttpResponse:
    _prove(request, device)
    return redirect(after_password(request, _wanted(request)))


class SetUpForm(forms.Form):
    """The code that shows that the app has the key."""

    code = forms.CharField(
        max_length=20, error_messages={"required": gettext_lazy("Type the six digits the app shows now.")}
    )


@screen("public.sign_in", methods=("GET", "POST"))
@_signed_in
def set_up(request: PageRequest, account: Account) -> HttpResponse:
    """Shows a new key until a code proves that an app holds it; renewing asks for the old app first."""
    if not (request.actor.withheld or verified(request)):
        return redirect(after_password(request, _wanted(request)))
    if authenticators.authenticator_of(account) and not verified(request):
        return redirect(code_address())
    key = _key_of(request)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        own = getattr(request.user, "otp_device", None)
        done = authenticators.set_up(account, key, form.cleaned_data["code"], proved=own)
        if done:
            request.session.pop(NEW_KEY, None)
            _prove(request, done[0])
            return show_codes(request, done[1], onward=after_password(request, _wanted(request)))
        form.add_error("code", _("This code does not fit the key. Type the one the app shows now."))
    return _show_key(request, account, key, form)


def _key_of(request: PageRequest) -> str:
    """Stays the same while the page is open, so that a reload does not spoil what was scanned."""
    if NEW_KEY not in request.session:
        request.session[NEW_KEY] = seal(totp.new_key())
    return unseal(request.session[NEW_KEY])


def _show_key(request: PageRequest, account: Account, key: str, form: SetUpForm) -> HttpResponse:
    address = authenticators.address_of(account, key)
    context = {
        "form": form,
        "picture": segno.make(address, error="m", micro=False).svg_data_uri(border=4, scale=5),
        "key": totp.in_groups(key),
        "next": _wanted(request),
        "renewed": verified(request),
    }
    return render(request, "shijie/second_factor_set_up.html", context, status=422 if form.errors else 200)


def show_codes(request: PageRequest, codes: list[str], *, onward: str) -> HttpResponse:
    """The one page on which recovery codes can be read."""
    text = quote("\r\n".join([_("Recovery codes, each works once"), "", *codes, ""]))
    context = {"codes": codes, "file": f"data:text/plain;charset=utf-8,{text}", "onward": onward}
    return render(request, "shijie/second_factor_codes.html", context)


urlpatterns = [
    path("sign-in/code", code, name="second-factor"),
    path("sign-in/set-up", set_up, name="second-factor-set-up"),
]
