"""The own account: coming in by an invitation, the password, the second factor, and what one may do here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_ratelimit.core import is_ratelimited

from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Account, accounts, authenticators, grants
from lti_tools.web.screen import PageRequest, screen
from lti_tools.web.second_factor import after_password, show_codes, verified
from lti_tools.web.sign_in import begun

TRIES = "30/15m"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _password_field(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=200, **more)


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = _password_field(
        gettext_lazy("New password"),
        "new-password",
        help_text=gettext_lazy("At least ten characters; no common word."),
    )
    again = _password_field(gettext_lazy("The same once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


class ActivateForm(NewPasswordForm):
    """For a first visit: the name under which one signs in from now on."""

    username = forms.CharField(
        label=gettext_lazy("Account name"),
        max_length=150,
        help_text=gettext_lazy("Letters and digits, for example your staff number. You sign in with it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    field_order = ("username",)


class ChangePasswordForm(NewPasswordForm):
    """The old password proves that it is not somebody at an open screen."""

    old = _password_field(gettext_lazy("Present password"), "current-password")
    field_order = ("old",)

    def __init__(self, account: Account, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.account.check_password(old):
            raise ValidationError(_("This is not your present password."))
        return old


@screen("account.activate", methods=("GET", "POST"))
def activate(request: PageRequest, uid: str, token: str) -> HttpResponse:
    """Name and password by a link that works once; then the second factor, where the role asks for one."""
    if is_ratelimited(request, group="activate", key="ip", rate=TRIES, increment=request.method == "POST"):
        raise _closed()
    account = accounts.invited(uid, token)
    kind = ActivateForm if accounts.unnamed(account) else NewPasswordForm
    form = kind(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _activated(account, form):
        login(request, account, backend=BACKEND)
        begun(request)
        messages.success(
            request, _("Your account is ready. From now on you sign in with this name and password.")
        )
        return redirect(after_password(request))
    name = "" if accounts.unnamed(account) else account.username
    context = {"form": form, "name": account.person.name if account.person else "", "username": name}
    return render(request, "shijie/account_activate.html", context, status=422 if form.errors else 200)


def _activated(account: Account, form: forms.Form) -> bool:
    data = form.cleaned_data
    try:
        accounts.activate(account, username=data.get("username", ""), password=data["password"])
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _closed() -> Refused:
    return Refused(
        "account.tries",
        _("Too many tries came from your network. This page is closed for a while."),
        kept=_("Nothing of yours has changed."),
        todo=_("Wait fifteen minutes and try again, or use another network."),
        status=429,
    )


@screen("account.own")
def account(request: PageRequest) -> HttpResponse:
    """Name, own roles with scope and end, password, second factor."""
    device = authenticators.authenticator_of(request.user)  # type: ignore[arg-type]
    context = {
        "grants": grants.own_grants(request.actor),
        "device": device if verified(request) else None,
        "left": len(device.recovery) if device else 0,
    }
    return render(request, "shijie/account.html", context)


@screen("account.own", methods=("GET", "POST"))
def password(request: PageRequest) -> HttpResponse:
    """Changes the own password; sessions in other browsers end."""
    own: Account = request.user  # type: ignore[assignment]
    if is_ratelimited(request, group="password", key="user", rate=TRIES, increment=request.method == "POST"):
        raise _closed()
    form = ChangePasswordForm(own, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            accounts.change_password(own, form.cleaned_data["password"])
        except ValidationError as problem:
            form.add_error("password", problem)
        else:
            update_session_auth_hash(request, own)
            messages.success(request, _("The new password holds from now on."))
            return redirect("account")
    return render(request, "shijie/account_password.html", {"form": form}, status=422 if form.errors else 200)


@screen("account.own", methods=("POST",))
def recovery(request: PageRequest) -> HttpResponse:
    """Ten new recovery codes; those that were left work no longer."""
    if not verified(request):
        raise Denied("account.own")
    codes = authenticators.renew_recovery(request.user)  # type: ignore[arg-type]
    return show_codes(request, codes, onward=reverse("account"))


urlpatterns = [
    path("account", account, name="account"),
    path("account/password", password, name="account-password"),
    path("account/recovery-codes", recovery, name="account-recovery"),
    path("account/activate/<str:uid>/<str:token>", activate, name="account-activate"),
]
