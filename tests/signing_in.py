"""Signing in with password and second factor, without typing either; and the app that shows the codes."""

from __future__ import annotations

from typing import Any

from django_otp import DEVICE_ID_SESSION_KEY

# The same for everybody in the tests, as if one telephone held all keys.
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def authenticator(account: Any) -> Any:
    """The account's authenticator; one that holds KEY where there is none yet."""
    from lti_tools.keys.api import seal
    from lti_tools.people.api import Authenticator

    return Authenticator.objects.filter(user=account).first() or Authenticator.objects.create(
        user=account, name="test", sealed_key=seal(KEY)
    )


def fresh_code(account: Any) -> str:
    """A code that was not used yet: the present one, or the next, which is good half a minute early."""
    from lti_tools.people.api import totp

    device = authenticator(account)
    for ahead in (0, 1):
        code = totp.code_at(KEY, ahead=ahead)
        if totp.accepted_step(KEY, code, after=device.last_step) is not None:
            return code
    raise AssertionError("both codes of this half minute were used")


def sign_in(client: Any, account: Any) -> Any:
    """The client, signed in as this account, with its second factor verified."""
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = authenticator(account).persistent_id
    session.save()
    return client
