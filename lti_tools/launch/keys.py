"""Our own key pairs: RSA 2048, RS256 (1EdTech Security Framework 1.0 section 5.1), published as a JWK set."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from jwcrypto.jwk import JWK

from lti_tools.audit import api as audit
from lti_tools.keys.api import current_version, seal, unseal
from lti_tools.launch.models import ToolKey

# A platform may cache our key set; a new key is public this long before anything is signed with it.
PUBLIC_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class SigningKey:
    kid: str
    private_pem: str = field(repr=False)
    public_pem: str


def jwks() -> dict[str, list[dict[str, str]]]:
    """The public halves of all active keys; makes the first pair when there is none."""
    if not _active():
        _create()
    return {"keys": [row.public_jwk for row in _active()]}


def signing_key() -> SigningKey:
    """The newest key that platforms have had time to see; right after the first start, the only one."""
    rows = _active() or [_create()]
    seen = [row for row in rows if row.created_at <= timezone.now() - PUBLIC_AHEAD]
    row = seen[0] if seen else rows[-1]
    public = JWK.from_json(json.dumps(row.public_jwk))
    return SigningKey(
        kid=row.kid, private_pem=unseal(row.sealed_private_pem), public_pem=public.export_to_pem().decode()
    )


def rotate_key(*, actor: str, at_once: bool = False) -> str:
    """Adds a pair and returns its kid.

    Normally the present signing key keeps signing for an hour and stays public until the next rotation.
    `at_once` is for a key that leaked: every older key is withdrawn in the same moment.
    """
    kept = None if at_once else signing_key().kid
    fresh = _create()
    older = ToolKey.objects.filter(state=ToolKey.State.ACTIVE).exclude(kid__in=[fresh.kid, kept or fresh.kid])
    older.update(state=ToolKey.State.RETIRED, retired_at=timezone.now())
    audit.record("lti.key_rotated", actor=actor, subject=fresh.kid, detail={"at_once": int(at_once)})
    return fresh.kid


def _active() -> list[ToolKey]:
    return list(ToolKey.objects.filter(state=ToolKey.State.ACTIVE).order_by("-created_at"))


def _create() -> ToolKey:
    """The kid is the RFC 7638 thumbprint, so that the same key never appears under two names."""
    pair = JWK.generate(kty="RSA", size=2048)
    kid = pair.thumbprint()
    public = json.loads(pair.export_public()) | {"kid": kid, "alg": "RS256", "use": "sig"}
    private = pair.export_to_pem(private_key=True, password=None).decode()
    return ToolKey.objects.create(
        kid=kid,
        public_jwk=public,
        sealed_private_pem=seal(private),
        key_version=current_version(),
        created_at=timezone.now(),
    )
