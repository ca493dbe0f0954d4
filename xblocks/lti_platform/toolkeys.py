"""A tool's public keys: from its registration, or from its JWKS address through a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from jwt import PyJWK, PyJWTError

from .errors import PlatformError
from .fetching import fetch_json
from .model import Tool, ToolKeys
from .stores import Platform

FRESH = timedelta(hours=1)
RETRY_SECONDS = 30
FIRST_RETRY_SECONDS = 3
MAX_KEYS = 50
MIN_BITS = 2048


def public_key(platform: Platform, *, tool: Tool, kid: str) -> PyJWK:
    """The RSA key with this kid.

    An unknown kid asks the tool again, at most once per 30 seconds; a bad answer is never stored, and while
    the tool cannot be reached the keys already known stay good. Raises PlatformError `unknown_kid`,
    `bad_key`, and the passing `keys_unavailable`, `fetch_failed`.
    """
    if tool.jwks is not None:
        return _pick(tool.jwks.get("keys", ()), kid=kid)
    cached = platform.tools.cached_keys(tool.client_id)
    now = platform.now()
    if cached and now - cached.fetched_at < FRESH and _has(cached.keys, kid=kid):
        return _pick(cached.keys, kid=kid)
    wait = RETRY_SECONDS if cached else FIRST_RETRY_SECONDS
    if not platform.tools.may_fetch(tool.client_id, now=now, wait=wait):
        return _pick_known(cached, kid=kid)
    return _pick(_refresh(platform, tool=tool, cached=cached, kid=kid), kid=kid)


def _refresh(
    platform: Platform, *, tool: Tool, cached: ToolKeys | None, kid: str
) -> Sequence[Mapping[str, Any]]:
    try:
        keys = _parse(fetch_json(tool.jwks_url, rules=platform.fetch_rules))
    except PlatformError:
        if cached and _has(cached.keys, kid=kid):
            return cached.keys
        raise
    platform.tools.save_keys(tool.client_id, ToolKeys(keys=keys, fetched_at=platform.now()))
    return keys


def _pick_known(cached: ToolKeys | None, *, kid: str) -> PyJWK:
    if cached is None or not _has(cached.keys, kid=kid):
        raise PlatformError("keys_unavailable", "asked a moment ago", permanent=False)
    return _pick(cached.keys, kid=kid)


def _parse(found: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    keys = found.get("keys")
    if not isinstance(keys, list) or not keys or len(keys) > MAX_KEYS:
        raise PlatformError("fetch_failed", "not a JWKS", permanent=False)
    return tuple(key for key in keys if isinstance(key, dict))


def _has(keys: Sequence[Mapping[str, Any]], *, kid: str) -> bool:
    return any(key.get("kid") == kid for key in keys)


def _pick(keys: Sequence[Mapping[str, Any]], *, kid: str) -> PyJWK:
    for key in keys:
        if key.get("kid") == kid and key.get("kty") == "RSA" and key.get("use", "sig") == "sig":
            return _load(key)
    raise PlatformError("unknown_kid")


def _load(key: Mapping[str, Any]) -> PyJWK:
    try:
        loaded = PyJWK({**key, "alg": "RS256"})
    except (PyJWTError, ValueError, TypeError) as error:
        raise PlatformError("bad_key") from error
    if loaded.key.key_size < MIN_BITS:
        raise PlatformError("bad_key", "shorter than 2048 bits")
    return loaded
