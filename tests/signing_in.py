"""Signing in with password and second factor, without typing either."""

from __future__ import annotations

from typing import Any

from django_otp import DEVICE_ID_SESSION_KEY


def sign_in(client: Any, account: Any) -> Any:
    """The client, signed in as this account, with its second factor verified."""
    from lti_tools.people.api import Authenticator

    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    device = Authenticator.objects.filter(user=account).first() or Authenticator.objects.create(
        user=account, name="test", sealed_key=""
    )
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
