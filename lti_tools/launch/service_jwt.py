"""Short assertions by a platform about one of its people, with which its blocks call our API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.utils import timezone

from lti_tools.errors import Refused
from lti_tools.keys.api import digest
from lti_tools.launch import proof
from lti_tools.launch.models import Platform, UsedJti
from lti_tools.launch.refusals import refuse

# A type of its own: neither an id_token nor a client assertion passes for one (RFC 8725 section 3.11).
SERVICE_TYPE = "shijie-service+jwt"
LONGEST_LIFE = timedelta(minutes=5)
MOST_CHARACTERS = 8192


def verify_platform_jwt(token: str, *, audience: str) -> tuple[Platform, str]:
    """The platform that signed and the `sub` it speaks about; each `jti` works once.

    Refuses with `token.invalid` or `token.replayed` (status 401), or with `launch.keys_unreachable` (503)
    while the platform's keys cannot be had. May fetch keys, so it never runs inside a transaction.
    """
    try:
        platform, body = _checked(token, audience=audience)
    except (Refused, jwt.InvalidTokenError) as error:
        code = getattr(error, "code", type(error).__name__)
        raise refuse(code if code == "launch.keys_unreachable" else "token.invalid", reason=code) from error
    _use_up(platform, jti=body["jti"], expires_at=datetime.fromtimestamp(body["exp"], tz=UTC))
    return platform, body["sub"]


def _checked(token: str, *, audience: str) -> tuple[Platform, dict[str, Any]]:
    if len(token) > MOST_CHARACTERS:
        raise refuse("launch.malformed")
    header = jwt.get_unverified_header(token)
    if header.get("typ") != SERVICE_TYPE:
        raise refuse("launch.token_type")
    platform = _claimed_platform(token)
    body = proof.signed_body(token, key=proof.public_key(header, platform=platform))
    proof.check_times(body, not_before=timezone.now() - LONGEST_LIFE)
    if body["exp"] - body["iat"] > LONGEST_LIFE.total_seconds():
        raise refuse("launch.stale")
    if body.get("aud") != audience:
        raise refuse("launch.audience")
    for claim in ("jti", "sub"):
        found = body.get(claim)
        if not isinstance(found, str) or not 0 < len(found) <= 255 or not proof.storable(found):
            raise refuse("launch.malformed", claim=claim)
    return platform, body


def _claimed_platform(token: str) -> Platform:
    """Issuer and client as claimed; the signature is then checked against that platform's keys only."""
    claims = jwt.decode(token, options={"verify_signature": False})
    issuer, client_id = claims.get("iss"), claims.get("azp")
    if not all(isinstance(named, str) and proof.storable(named) for named in (issuer, client_id)):
        raise refuse("launch.issuer")
    platform = Platform.objects.filter(issuer=issuer, client_id=client_id).first()
    if platform is None:
        raise refuse("launch.issuer")
    return platform


def _use_up(platform: Platform, *, jti: str, expires_at: datetime) -> None:
    """The unique row decides, so that two processes cannot both accept the same token."""
    late = timedelta(seconds=proof.LEEWAY_SECONDS)
    UsedJti.objects.filter(expires_at__lt=timezone.now() - late).delete()
    try:
        with transaction.atomic():
            UsedJti.objects.create(platform=platform, jti_hash=digest(jti), expires_at=expires_at)
    except IntegrityError as error:
        raise refuse("token.replayed") from error
