"""A platform's public keys, cached in the database so that all processes know the same ones.

An unknown kid makes us look again, at most every 30 s; a bad answer is never kept; while the platform's key
page is down, the keys we know stay good for a day.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from lti_tools.errors import ShijieError, Temporary
from lti_tools.launch import wire
from lti_tools.launch.models import JwksCache, Platform

FRESH = timedelta(hours=1)
USABLE = timedelta(days=1)
# A kid nobody knows is asked for this often; after a failure we look again sooner.
AFTER_ANSWER = timedelta(seconds=30)
AFTER_FAILURE = timedelta(seconds=5)
WAIT_SECONDS = 6.0
LEAST_BITS = 2048
_PUBLIC_PARTS = ("kid", "kty", "n", "e", "alg", "use")


class UnknownKey(ShijieError):
    """The platform publishes no usable key of that name."""


def key_for(platform: Platform, *, kid: str) -> Any:
    """The platform's RSA public key named `kid`, for RS256.

    Raises UnknownKey when a fresh answer does not hold it, Temporary when no answer could be had, and
    ShijieError `wire.address` when the key page is somewhere we must not call.
    """
    cached = _cached(platform)
    known = _find(cached.keys, kid=kid) if _younger(cached.fetched_at, USABLE) else None
    if known is not None and _younger(cached.fetched_at, FRESH):
        return known
    renewed = _renewed(platform, patient=known is None)
    if renewed is not None:
        known = _find(renewed, kid=kid)
        if known is None:
            raise UnknownKey("keys.unknown")
    if known is None:
        raise Temporary("keys.unreachable")
    return known


def forget(platform: Platform) -> None:
    """After the address of the key set was changed."""
    JwksCache.objects.filter(platform=platform).delete()


def _cached(platform: Platform) -> JwksCache:
    return JwksCache.objects.get_or_create(platform=platform)[0]


def _younger(moment: datetime | None, age: timedelta) -> bool:
    return moment is not None and timezone.now() - moment < age


def _renewed(platform: Platform, *, patient: bool) -> list[dict[str, str]] | None:
    """A fresh key set: ours, or the one another process is just fetching; None when there is none to be had
    now.
    """
    if not _may_look(platform):
        return _await_other(platform) if patient else None
    try:
        keys = _good_keys(wire.send("GET", platform.jwks_url))
    except Temporary:
        return None
    JwksCache.objects.filter(platform=platform).update(keys=keys, fetched_at=timezone.now())
    return keys


def _may_look(platform: Platform) -> bool:
    """Of all processes one gets the turn, by a conditional update."""
    now = timezone.now()
    failed = Q(fetched_at__isnull=True) | Q(fetched_at__lt=F("tried_at"))
    turn = Q(tried_at__isnull=True) | Q(tried_at__lte=now - AFTER_ANSWER)
    turn |= failed & Q(tried_at__lte=now - AFTER_FAILURE)
    return bool(JwksCache.objects.filter(turn, platform=platform).update(tried_at=now))


def _await_other(platform: Platform) -> list[dict[str, str]] | None:
    """When a course of thirty opens at once, one fetches and the others wait for it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        row = _cached(platform)
        if row.fetched_at and row.tried_at and row.fetched_at >= row.tried_at:
            return list(row.keys)
        if not _younger(row.tried_at, timedelta(seconds=WAIT_SECONDS)):
            return None
        time.sleep(0.1)
    return None


def _good_keys(answer: wire.Answer) -> list[dict[str, str]]:
    """The public RSA signing keys of an answer; anything else is a failure and is not kept."""
    found = answer.json() if answer.status == 200 else None
    listed = found.get("keys") if isinstance(found, dict) else None
    keys = [_public(key) for key in listed if _usable(key)] if isinstance(listed, list) else []
    if not keys:
        raise Temporary("keys.bad_answer", status=answer.status)
    return keys


def _usable(key: object) -> bool:
    if not isinstance(key, dict) or key.get("kty") != "RSA" or not isinstance(key.get("kid"), str):
        return False
    return key.get("use", "sig") == "sig" and key.get("alg", "RS256") == "RS256"


def _public(key: dict[str, str]) -> dict[str, str]:
    return {part: key[part] for part in _PUBLIC_PARTS if part in key}


def _find(keys: list[dict[str, str]], *, kid: str) -> Any:
    for key in keys:
        if key.get("kid") == kid:
            return _loaded(key)
    return None


def _loaded(key: dict[str, str]) -> Any:
    """None for a key that is broken or too short to trust."""
    try:
        public = RSAAlgorithm.from_jwk(key)
    except (ValueError, TypeError, KeyError):
        return None
    return public if public.key_size >= LEAST_BITS else None
