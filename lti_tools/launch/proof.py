"""Is this token really from that platform, meant for us, and of now? Shared by launches and service
tokens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from django.utils import timezone

from lti_tools.errors import ShijieError, Temporary
from lti_tools.launch import keysets
from lti_tools.launch.models import Platform
from lti_tools.launch.refusals import refuse

LEEWAY_SECONDS = 60
LATEST_SECOND = 10**12
ALGORITHM = "RS256"
# Signature only: what the claims must be is said below, with a code for each reason.
_SIGNATURE_ONLY: Any = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


def public_key(header: dict[str, Any], *, platform: Platform) -> Any:
    """By kid from the platform's own key set; a key that comes along in the header is never looked at."""
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise refuse("launch.kid_missing")
    if header.get("alg") != ALGORITHM:
        raise refuse("launch.algorithm")
    try:
        return keysets.key_for(platform, kid=kid)
    except keysets.UnknownKey as error:
        raise refuse("launch.key_unknown") from error
    except Temporary as error:
        raise refuse("launch.keys_unreachable") from error
    except ShijieError as error:
        raise refuse("launch.keys_address") from error


def signed_body(token: str, *, key: Any) -> dict[str, Any]:
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except jwt.InvalidTokenError as error:
        raise refuse("launch.signature") from error


def check_times(body: dict[str, Any], *, not_before: datetime) -> None:
    """`exp` and `iat` must be there, with 60 s for clocks that differ; issued before `not_before` is
    stale.
    """
    if not all(_is_time(body.get(claim)) for claim in ("exp", "iat")):
        raise refuse("launch.time_missing")
    now = timezone.now().timestamp()
    if body["exp"] <= now - LEEWAY_SECONDS:
        raise refuse("launch.expired")
    starts = body.get("nbf", body["iat"])
    if not _is_time(starts) or max(body["iat"], starts) > now + LEEWAY_SECONDS:
        raise refuse("launch.not_yet")
    if body["iat"] < not_before.timestamp() - LEEWAY_SECONDS:
        raise refuse("launch.stale")


def check_audience(body: dict[str, Any], *, client_id: str) -> None:
    """OpenID Connect Core 3.1.3.7, 3 to 5: we are in `aud`; among several, `azp` says it is meant for us."""
    aud, azp = body.get("aud"), body.get("azp")
    audience = [aud] if isinstance(aud, str) else aud
    if not isinstance(audience, list) or client_id not in audience:
        raise refuse("launch.audience")
    if azp is not None and azp != client_id:
        raise refuse("launch.azp")
    if len(audience) > 1 and azp is None:
        raise refuse("launch.azp")


def _is_time(value: object) -> bool:
    """Neither infinite nor a whole number too large for a float, which JSON can both carry."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LATEST_SECOND


def storable(text: str) -> bool:
    """False for what a database refuses: NUL (PostgreSQL) and half a surrogate pair (all of them)."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
