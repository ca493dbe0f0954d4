"""Access tokens for a platform's services: client_credentials with private_key_jwt (RFC 6749 4.4, RFC
7523).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

from lti_tools.errors import ShijieError
from lti_tools.keys.api import digest, seal, unseal
from lti_tools.launch import keys, wire
from lti_tools.launch.models import AccessToken, Platform

# A token that is about to run out is not taken from the cache any more.
RESERVE = timedelta(seconds=30)
LONGEST_CACHED = timedelta(hours=1)
FORM = "application/x-www-form-urlencoded"
# An answer that a later try may turn: wrong credentials too, while a platform still holds our old key set.
WORTH_ANOTHER_TRY = frozenset({401, 408, 425, 429})


def access_token(platform: Platform, *, scopes: Sequence[str]) -> str:
    """A bearer token for exactly these scopes, from the cache or fresh. Never inside a transaction.

    Raises ShijieError: `grade.token_refused` (permanent unless another try may help),
    `grade.token_unreadable`, and what `wire.send` raises.
    """
    return _Connector(platform).get_access_token(list(scopes))


def forget_token(platform: Platform, *, scopes: Sequence[str]) -> None:
    """After the platform refused it: the next call asks for a new one."""
    AccessToken.objects.filter(platform=platform, scopes_key=_key(platform, scopes)).delete()


def _key(platform: Platform, scopes: Sequence[str]) -> str:
    return digest(json.dumps([platform.issuer, platform.client_id, sorted(scopes)]))


class _Connector(ServiceConnector):
    """The library builds and signs the assertion; where tokens are kept, and how they are fetched, is
    ours.
    """

    def __init__(self, platform: Platform) -> None:
        super().__init__(_Lazily(platform), _Wire())  # type: ignore[arg-type]
        self._platform = platform

    def _scope_key(self, scopes: Any) -> str:
        """With the client id, which the library leaves out: two clients of one issuer must not share
        tokens.
        """
        return _key(self._platform, list(scopes))

    def _get_cached_access_token(self, scope_key: str) -> str | None:
        alive = AccessToken.objects.filter(
            platform=self._platform, scopes_key=scope_key, expires_at__gt=timezone.now() + RESERVE
        ).first()
        return unseal(alive.sealed_token) if alive else None

    def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:
        lives = min(timedelta(seconds=expires_in), LONGEST_CACHED)
        AccessToken.objects.update_or_create(
            platform=self._platform,
            scopes_key=scope_key,
            defaults={"sealed_token": seal(access_token), "expires_at": timezone.now() + lives},
        )


class _Lazily(Registration):
    """Unseals our private key only when an assertion is really signed."""

    def __init__(self, platform: Platform) -> None:
        self.set_issuer(platform.issuer).set_client_id(platform.client_id)
        self.set_auth_token_url(platform.token_url).set_auth_audience(platform.auth_audience)
        self._signing: keys.SigningKey | None = None

    def _key(self) -> keys.SigningKey:
        self._signing = self._signing or keys.signing_key()
        return self._signing

    def get_tool_private_key(self) -> str:
        return self._key().private_pem

    def get_kid(self) -> str:
        return self._key().kid


class _Wire:
    """What the library takes for its HTTP session."""

    def post(self, url: str, *, data: Mapping[str, str]) -> _TokenAnswer:
        answer = wire.send("POST", url, headers={"Content-Type": FORM}, body=urlencode(data).encode())
        if not answer.ok:
            raise _refused(answer)
        return _TokenAnswer(answer)


def _refused(answer: wire.Answer) -> ShijieError:
    again = answer.status in WORTH_ANOTHER_TRY or answer.status >= 500
    said = answer.json()
    error = said.get("error", "") if isinstance(said, dict) else ""
    again = again or error == "invalid_client"
    return ShijieError(
        "grade.token_refused", permanent=not again, status=answer.status, error=str(error)[:60]
    )


class _TokenAnswer:
    """A successful answer of the token endpoint (RFC 6749 section 5.1), or a refusal to take it for one."""

    ok = True

    def __init__(self, answer: wire.Answer) -> None:
        self._answer = answer

    def json(self) -> dict[str, Any]:
        found = self._answer.json()
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise ShijieError("grade.token_unreadable", permanent=False)
        return {"access_token": token, "expires_in": _seconds(found.get("expires_in"))}


def _seconds(value: object) -> float:
    """Some platforms send the number as text; none sent means: use it now, keep it not."""
    try:
        return max(0.0, min(float(str(value)), LONGEST_CACHED.total_seconds()))
    except ValueError:
        return 0.0
