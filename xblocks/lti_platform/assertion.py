"""The tool proves who it is with a signed assertion (RFC 7523; 1EdTech Security Framework 1.0, 4.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt

from .errors import PlatformError
from .keys import digest
from .model import Tool
from .stores import Platform
from .toolkeys import public_key
from .vocabulary import Claim

if TYPE_CHECKING:
    from jwt.types import Options

LEEWAY = 60
MAX_LIFE = 3600
MAX_JTI = 255
MAX_ASSERTION = 16384
_MESSAGE_CLAIMS = (
    Claim.MESSAGE_TYPE,
    Claim.VERSION,
    "https://purl.imsglobal.org/spec/lti-dl/claim/content_items",
)

# The claims are checked here, by name: the library accepts what is missing.
_SIGNATURE_ONLY: Options = {
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


def authenticate(platform: Platform, assertion: str, *, client_id: str = "") -> Tool:
    """The tool that signed this assertion for our token address, just now and only once.

    Refuses, each by its code: an unknown issuer, sub unlike iss, another audience or more than one, a
    missing or stale exp or iat, a life over an hour, a missing or reused jti, any algorithm but RS256, and
    every LTI message (a deep-linking response is signed by the same key and must not open the token door).
    """
    tool = _claimed_tool(platform, assertion, client_id=client_id)
    claims = _verified(platform, assertion, tool=tool)
    if claims.get("sub") != tool.client_id:
        raise PlatformError("sub_is_not_iss")
    if any(name in claims for name in _MESSAGE_CLAIMS):
        raise PlatformError("not_an_assertion", "this is an LTI message")
    _check_audience(claims, expected=platform.urls.token)
    _check_times(claims, now=int(platform.now().timestamp()))
    _use_jti(platform, claims, tool=tool)
    return tool


def _claimed_tool(platform: Platform, assertion: str, *, client_id: str) -> Tool:
    if len(assertion) > MAX_ASSERTION:
        raise PlatformError("malformed")
    issuer = _unverified(assertion).get("iss")
    if not isinstance(issuer, str) or client_id not in ("", issuer):
        raise PlatformError("unknown_client")
    tool = platform.tools.tool(issuer)
    if tool is None:
        raise PlatformError("unknown_client")
    return tool


def _unverified(assertion: str) -> dict[str, Any]:
    try:
        return jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise PlatformError("malformed") from error


def _verified(platform: Platform, assertion: str, *, tool: Tool) -> dict[str, Any]:
    header = jwt.get_unverified_header(assertion)
    kid = header.get("kid")
    if header.get("alg") != "RS256":
        raise PlatformError("wrong_algorithm")
    if not isinstance(kid, str) or not kid:
        raise PlatformError("kid_missing")
    key = public_key(platform, tool=tool, kid=kid)
    try:
        return jwt.decode(assertion, key, algorithms=["RS256"], options=_SIGNATURE_ONLY)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise PlatformError("bad_signature") from error


def _check_audience(claims: Mapping[str, Any], *, expected: str) -> None:
    """Exactly one audience: an assertion addressed to two servers could be carried from one to the other."""
    audience = claims.get("aud")
    if audience not in (expected, [expected]):
        raise PlatformError("wrong_audience")


def _check_times(claims: Mapping[str, Any], *, now: int) -> None:
    issued, expires = _second(claims, "iat"), _second(claims, "exp")
    not_before = _second(claims, "nbf") if "nbf" in claims else issued
    if max(issued, not_before) > now + LEEWAY:
        raise PlatformError("not_yet_valid")
    if expires <= now - LEEWAY:
        raise PlatformError("expired")
    if not 0 < expires - issued <= MAX_LIFE:
        raise PlatformError("life_too_long")


def _second(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlatformError(f"{name}_missing")
    return value


def _use_jti(platform: Platform, claims: Mapping[str, Any], *, tool: Tool) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI:
        raise PlatformError("jti_missing")
    expires = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=2 * LEEWAY)
    if not platform.once.use("jti", tool.client_id, digest(jti), expires=expires):
        raise PlatformError("jti_reused")
