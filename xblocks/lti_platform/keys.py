"""Platform keys: made, published, used. RS256 only (1EdTech Security Framework 1.0, section 5.1)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwcrypto.jwk import JWK

from .errors import PlatformError
from .model import Key

SERVICE_TYPE = "shijie-service+jwt"


def generate_key() -> Key:
    """A new RSA-2048 key whose kid is its RFC 7638 thumbprint."""
    pair = JWK.generate(kty="RSA", size=2048)
    private_pem = pair.export_to_pem(private_key=True, password=None).decode()
    public = json.loads(pair.export_public())
    kid = pair.thumbprint()
    return Key(
        kid=kid, public_jwk={**public, "kid": kid, "alg": "RS256", "use": "sig"}, private_pem=private_pem
    )


def jwks(keys: Sequence[Key]) -> dict[str, list[dict[str, str]]]:
    return {"keys": [dict(key.public_jwk) for key in keys]}


@lru_cache(maxsize=8)
def _loaded(private_pem: str) -> RSAPrivateKey:
    """Parsing checks the primes and takes a hundred times longer than signing."""
    loaded = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(loaded, RSAPrivateKey):
        raise PlatformError("bad_key", "not an RSA key")
    return loaded


def sign(claims: Mapping[str, Any], *, key: Key, kind: str = "JWT") -> str:
    headers = {"kid": key.kid, "typ": kind}
    return jwt.encode(dict(claims), _loaded(key.private_pem), algorithm="RS256", headers=headers)


def sign_service_jwt(
    claims: Mapping[str, Any],
    *,
    key: Key,
    issuer: str,
    client_id: str,
    sub: str,
    audience: str,
    now: datetime,
    seconds: int,
) -> str:
    """A short assertion by the platform about one person, for the tool's own API.

    Its `typ` header differs from an id_token's, so that neither passes for the other (RFC 8725 section 3.11).
    Protocol claims win over `claims`.
    """
    issued = int(now.timestamp())
    protocol = {
        "iss": issuer,
        "sub": sub,
        "aud": audience,
        "azp": client_id,
        "iat": issued,
        "exp": issued + seconds,
        "jti": secrets.token_urlsafe(16),
    }
    return sign({**claims, **protocol}, key=key, kind=SERVICE_TYPE)


def digest(value: str) -> str:
    """How secrets and single-use values are stored: a leaked table opens nothing."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)
