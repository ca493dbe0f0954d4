"""Signatures of the house: an Ed25519 key pair for each purpose and version, given as compact JWS (RFC 7515, RFC 8037).

The newest version signs. All versions verify, so that what was signed before a rotation stays good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from lti_tools.errors import ShijieError
from lti_tools.keys.models import SigningKey
from lti_tools.keys.vault import seal, unseal


@dataclass(frozen=True)
class Signed:
    """What a good signature says, and which key made it."""

    payload: bytes
    kid: str


def sign(purpose: str, payload: bytes | Mapping[str, object]) -> str:
    """A compact JWS by the active key of `purpose`; the first signature makes the first key."""
    key = _active(purpose)
    token = JWS(payload if isinstance(payload, bytes) else _canonical(payload))
    header = {"alg": "EdDSA", "kid": key.kid}
    token.add_signature(_pair(key), protected=json.dumps(header))
    return str(token.serialize(compact=True))


def verify(purpose: str, signature: str) -> Signed | None:
    """What the signature says, or None when no key of this purpose, sealed by us, made it."""
    token = JWS()
    token.allowed_algs = ["EdDSA"]
    try:
        token.deserialize(signature)
        kid = str(token.jose_header["kid"])
        known = SigningKey.objects.filter(purpose=purpose, kid=kid).first()
        if known is None:
            return None
        token.verify(_pair(known))
    except (JWException, ShijieError, KeyError, TypeError, ValueError):
        return None
    return Signed(payload=bytes(token.payload), kid=kid)


def rotate(purpose: str) -> str:
    """A new key signs from now on; returns its id. The one before only verifies."""
    with transaction.atomic():
        last = SigningKey.objects.filter(purpose=purpose).order_by("-version").first()
        SigningKey.objects.filter(purpose=purpose).update(state=SigningKey.State.RETIRED)
        return _make(purpose, version=last.version + 1 if last else 1).kid


def public_jwks(purpose: str) -> dict[str, list[dict[str, Any]]]:
    """The public halves of all versions, newest first, as a JWK set (RFC 7517)."""
    keys = SigningKey.objects.filter(purpose=purpose).order_by("-version")
    return {"keys": [key.public_jwk | {"kid": key.kid, "use": "sig", "alg": "EdDSA"} for key in keys]}


def _active(purpose: str) -> SigningKey:
    found = SigningKey.objects.filter(purpose=purpose, state=SigningKey.State.ACTIVE)
    key = found.order_by("-version").first()
    if key is not None:
        return key
    try:
        with transaction.atomic():
            return _make(purpose, version=1)
    except IntegrityError as error:
        # Another process made it at the same moment.
        key = found.first()
        if key is None:
            raise ShijieError("keys.none_active", purpose=purpose) from error
        return key


def _pair(key: SigningKey) -> JWK:
    """The pair as it was sealed: a public half that somebody wrote into the table on its own is worth nothing."""
    pair = JWK.from_pem(unseal(key.sealed_private_pem).encode())
    if pair.thumbprint() != key.kid:
        raise ShijieError("keys.not_ours", kid=key.kid)
    return pair


def _make(purpose: str, *, version: int) -> SigningKey:
    pair = JWK.generate(kty="OKP", crv="Ed25519")
    return SigningKey.objects.create(
        kid=pair.thumbprint(),
        purpose=purpose,
        version=version,
        public_jwk=json.loads(pair.export_public()),
        sealed_private_pem=seal(pair.export_to_pem(private_key=True, password=None).decode()),
    )


def _canonical(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
