"""What a person reads when a launch is refused. One code a reason, a few calm texts for all of them.

The code names the reason to the administrator; the text tells a teacher what to do and an attacker nothing.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused

KEPT = _("What you saved before is kept.")
ASK = _(
    "Go back to your course and open it from there again. "
    "If it happens again, show this page to your administrator."
)

_UNKNOWN_SITE = (
    _("We do not know the learning site you come from."),
    _(
        "Show this page to the administrator of your learning site: "
        "the site has to be connected with us first."
    ),
)
_NOT_ACCEPTED = (_("The message from your learning site could not be accepted."), ASK)
_OLD = (
    _("This way in was used already, or it is too old."),
    _("Go back to your course and open it from there again."),
)
_COOKIE = (
    _("Your browser did not bring back the note (cookie) we gave it a moment ago."),
    _(
        "Open your course in one window only and try again. "
        "If it happens again, allow cookies, or use another browser."
    ),
)
_CLOCK = (
    _("The clock of your learning site and our clock do not agree."),
    _(
        "Wait a minute and open it from your course again. "
        "If it happens again, show this page to your administrator."
    ),
)
_KEYS = (
    _("We could not check the signature of your learning site just now."),
    _("Wait a minute, then go back to your course and open it from there again."),
)
_UNSUPPORTED = (
    _("Your learning site asked for something we do not offer here."),
    _(
        "Go back to your course and open the activity itself. "
        "If you set up the course, add it as an ordinary link."
    ),
)
_NOBODY = (
    _("Your learning site did not tell us who you are."),
    _("Sign in to your learning site first. If it happens again, show this page to your administrator."),
)
_SIGNED_OUT = (
    _("Your learning site says that you are not signed in there any more."),
    _("Sign in to your learning site, then open it from your course again."),
)
_SITE_ERROR = (_("Your learning site stopped with an error before you reached us."), ASK)
_FRONT_DOOR = (
    _("This address opens from your course only."),
    _("Go to your course and open it from there."),
)
_ADDRESS = (
    _("The address cannot be used."),
    _(
        "Give an https address. "
        "Addresses inside your own network must be listed in SHIJIE_TRUSTED_HOSTS first."
    ),
)
_TOKEN = (_("The key that came with this request is not valid."), ASK)

# code -> (what happened, what to do), status
_TEXTS: dict[str, tuple[tuple[Any, Any], int]] = {
    "login.issuer_missing": (_UNKNOWN_SITE, 400),
    "login.platform_unknown": (_UNKNOWN_SITE, 400),
    "login.client_needed": (_UNKNOWN_SITE, 400),
    "login.hint_missing": (_NOT_ACCEPTED, 400),
    "login.target_foreign": (_NOT_ACCEPTED, 400),
    "launch.not_posted": (_FRONT_DOOR, 400),
    "launch.state_missing": (_NOT_ACCEPTED, 400),
    "launch.state_unknown": (_OLD, 400),
    "launch.replayed": (_OLD, 400),
    "launch.login_expired": (_OLD, 400),
    "launch.other_browser": (_COOKIE, 400),
    "launch.signed_out": (_SIGNED_OUT, 400),
    "launch.platform_error": (_SITE_ERROR, 400),
    "launch.token_missing": (_NOT_ACCEPTED, 400),
    "launch.malformed": (_NOT_ACCEPTED, 400),
    "launch.nonce": (_NOT_ACCEPTED, 400),
    "launch.issuer": (_NOT_ACCEPTED, 400),
    "launch.audience": (_NOT_ACCEPTED, 400),
    "launch.azp": (_NOT_ACCEPTED, 400),
    "launch.kid_missing": (_NOT_ACCEPTED, 400),
    "launch.key_unknown": (_KEYS, 400),
    "launch.keys_unreachable": (_KEYS, 503),
    "launch.keys_address": (_KEYS, 503),
    "launch.algorithm": (_NOT_ACCEPTED, 400),
    "launch.signature": (_NOT_ACCEPTED, 400),
    "launch.token_type": (_NOT_ACCEPTED, 400),
    "launch.time_missing": (_NOT_ACCEPTED, 400),
    "launch.expired": (_OLD, 400),
    "launch.not_yet": (_CLOCK, 400),
    "launch.stale": (_CLOCK, 400),
    "launch.deployment_missing": (_NOT_ACCEPTED, 400),
    "launch.deployment_unknown": (_UNKNOWN_SITE, 400),
    "launch.version": (_NOT_ACCEPTED, 400),
    "launch.message_type_missing": (_NOT_ACCEPTED, 400),
    "launch.message_type": (_NOT_ACCEPTED, 400),
    "launch.unsupported": (_UNSUPPORTED, 400),
    "launch.sub": (_NOBODY, 400),
    "launch.roles": (_NOT_ACCEPTED, 400),
    "launch.target": (_NOT_ACCEPTED, 400),
    "launch.resource_link": (_NOT_ACCEPTED, 400),
    "launch.invalid": (_NOT_ACCEPTED, 400),
    "platform.address": (_ADDRESS, 400),
    "token.invalid": (_TOKEN, 401),
    "token.replayed": (_TOKEN, 401),
}
CODES = frozenset(_TEXTS)


def refuse(code: str, **values: object) -> Refused:
    """The refusal to raise. `values` go to logs and to the outbox page, so they hold no personal data."""
    (happened, todo), status = _TEXTS[code]
    return Refused(code, happened, kept=KEPT, todo=todo, status=status, **values)
