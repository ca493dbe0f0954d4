"""Signatures of the house: good ones hold across rotations; foreign, planted and altered ones do not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from lti_tools.keys import api as keys
from lti_tools.keys.models import SigningKey

pytestmark = pytest.mark.django_db
SAID = {"chain": "audit", "seq": 7, "text": "石桥小学"}


def test_what_was_signed_can_be_read_again() -> None:
    good = keys.verify("heads", keys.sign("heads", SAID))
    assert good is not None
    assert json.loads(good.payload) == SAID
    assert good.kid == SigningKey.objects.get().kid


def test_bytes_are_signed_as_they_are() -> None:
    good = keys.verify("heads", keys.sign("heads", b"\x00\xff bytes"))
    assert good is not None
    assert good.payload == b"\x00\xff bytes"


def test_a_signature_names_its_algorithm_and_key() -> None:
    head = keys.sign("heads", SAID).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert header == {"alg": "EdDSA", "kid": SigningKey.objects.get().kid}


def test_anyone_with_the_published_keys_can_check_a_signature() -> None:
    token = JWS()
    token.deserialize(keys.sign("heads", SAID))
    (public,) = keys.public_jwks("heads")["keys"]
    token.verify(JWK(**public))
    assert "d" not in public
    assert (public["kty"], public["crv"], public["alg"]) == ("OKP", "Ed25519", "EdDSA")


def test_an_altered_signature_does_not_hold() -> None:
    head, _, tail = keys.sign("heads", SAID).split(".")
    other = base64.urlsafe_b64encode(b'{"chain":"audit","seq":8}').decode().rstrip("=")
    assert keys.verify("heads", f"{head}.{other}.{tail}") is None


def test_a_key_of_one_purpose_signs_nothing_for_another() -> None:
    signature = keys.sign("heads", SAID)
    keys.sign("certificates", SAID)
    assert keys.verify("certificates", signature) is None


@pytest.mark.parametrize("noise", ["", "a.b.c", "ey..", "x" * 500, '{"payload": ""}'])
def test_noise_is_no_signature(noise: str) -> None:
    assert keys.verify("heads", noise) is None


def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies() -> None:
    before = keys.sign("heads", SAID)
    fresh = keys.rotate("heads")
    after = keys.verify("heads", keys.sign("heads", SAID))
    assert after is not None
    assert after.kid == fresh
    assert keys.verify("heads", before) is not None
    assert next(key["kid"] for key in keys.public_jwks("heads")["keys"]) == fresh
    assert list(SigningKey.objects.order_by("version").values_list("version", "state")) == [
        (1, "retired"),
        (2, "active"),
    ]


def test_a_key_somebody_planted_in_the_table_is_worth_nothing() -> None:
    """Who can write to the database, and not to the environment, can seal no private half."""
    ours = keys.sign("heads", SAID)
    theirs = JWK.generate(kty="OKP", crv="Ed25519")
    SigningKey.objects.create(
        kid=theirs.thumbprint(),
        purpose="heads",
        version=2,
        public_jwk=json.loads(theirs.export_public()),
        sealed_private_pem=SigningKey.objects.get().sealed_private_pem,
    )
    token = JWS(b"forged")
    token.add_signature(theirs, protected=json.dumps({"alg": "EdDSA", "kid": theirs.thumbprint()}))
    assert keys.verify("heads", token.serialize(compact=True)) is None
    assert keys.verify("heads", ours) is not None


def test_the_private_half_lies_sealed() -> None:
    keys.sign("heads", SAID)
    stored = SigningKey.objects.get().sealed_private_pem
    assert "PRIVATE" not in stored
    assert "PRIVATE KEY" in keys.unseal(stored)


def test_without_its_master_key_a_signature_is_not_called_good(settings: Any) -> None:
    signature = keys.sign("heads", SAID)
    settings.SHIJIE_MASTER_KEYS = {2: "n" * 40}
    assert keys.verify("heads", signature) is None


def test_two_keys_of_one_version_cannot_be() -> None:
    keys.sign("heads", SAID)
    row = SigningKey.objects.get()
    row.kid = "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
