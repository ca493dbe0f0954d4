"""Logins under way: what binds state, nonce, platform and browser together until the launch comes back,
once.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from lti_tools.keys.api import digest
from lti_tools.launch.models import PendingLogin, Platform
from lti_tools.launch.refusals import refuse

LIFETIME = timedelta(minutes=10)
# Used and expired rows stay a day, so that a late replay is called by its name.
KEPT_FOR = timedelta(days=1)


def cookie_name(state: str) -> str:
    """A name of its own for every login: launches in parallel tabs do not overwrite each other."""
    return f"shijie_lti_{digest(state)[:16]}"


def begin(*, state: str, nonce: str, binding: str, platform: Platform) -> None:
    now = timezone.now()
    PendingLogin.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    PendingLogin.objects.create(
        state_hash=digest(state),
        nonce_hash=digest(nonce),
        binding_hash=digest(binding),
        platform=platform,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def find(state: str, *, cookies: Mapping[str, str]) -> PendingLogin:
    """The login this browser began. Refuses another browser before it tells anything about the login."""
    if not state:
        raise refuse("launch.state_missing")
    rows = PendingLogin.objects.select_related("platform__authoritative_area")
    row = rows.filter(state_hash=digest(state)).first()
    if row is None:
        raise refuse("launch.state_unknown")
    if not hmac.compare_digest(digest(cookies.get(cookie_name(state), "")), row.binding_hash):
        raise refuse("launch.other_browser")
    if row.used_at is not None:
        raise refuse("launch.replayed")
    if row.expires_at <= timezone.now():
        raise refuse("launch.login_expired")
    return row


def use_up(row: PendingLogin) -> None:
    """Of two launches with the same state exactly one succeeds, whatever process they reach."""
    if not PendingLogin.objects.filter(state_hash=row.state_hash, used_at=None).update(
        used_at=timezone.now()
    ):
        raise refuse("launch.replayed")
