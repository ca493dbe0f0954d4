"""The short assertions with which blocks in an LMS ask about one of its people."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone
from lti_peer import CLIENT, DROP, Said, Scene, private

from lti_tools.errors import Refused
from lti_tools.launch.api import register_platform, verify_platform_jwt
from lti_tools.launch.models import UsedJti

AUDIENCE = "https://shijie.example"
TYPE = "shijie-service+jwt"


def _token(headers: dict | None = None, key: str = "key-1", algorithm: str = "RS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "https://lms.example",
        "azp": CLIENT,
        "sub": "user-7",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    } | changes
    claims = {name: value for name, value in claims.items() if value is not DROP}
    head = {"kid": "key-1", "typ": TYPE} if headers is None else headers
    return jwt.encode(claims, private(key), algorithm=algorithm, headers=head)


def test_a_signed_token_tells_platform_and_person(scene: Scene) -> None:
    platform, sub = verify_platform_jwt(_token(), audience=AUDIENCE)
    assert (platform, sub) == (scene.platform, "user-7")


def test_a_token_works_once(scene: Scene) -> None:
    token = _token()
    verify_platform_jwt(token, audience=AUDIENCE)
    with pytest.raises(Refused) as refused:
        verify_platform_jwt(token, audience=AUDIENCE)
    assert refused.value.code == "token.replayed"
    assert refused.value.status == 401


def test_two_platforms_may_use_the_same_jti(scene: Scene, registration: dict) -> None:
    register_platform(**registration | {"client_id": "client-2"})
    for client in (CLIENT, "client-2"):
        verify_platform_jwt(_token(azp=client, jti="one"), audience=AUDIENCE)
    assert UsedJti.objects.count() == 2


def test_used_tokens_are_forgotten_after_they_expired(scene: Scene) -> None:
    verify_platform_jwt(_token(), audience=AUDIENCE)
    UsedJti.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    verify_platform_jwt(_token(), audience=AUDIENCE)
    assert UsedJti.objects.count() == 1


@pytest.mark.parametrize(
    "token",
    {
        "it is an ordinary JWT": lambda: _token({"kid": "key-1"}),
        "it is an id_token by type": lambda: _token({"kid": "key-1", "typ": "JWT"}),
        "it names no key": lambda: _token({"typ": TYPE}),
        "its key is unknown": lambda: _token({"kid": "key-9", "typ": TYPE}),
        "somebody else signed it": lambda: _token(key="key-2"),
        "it is signed RS512": lambda: _token(algorithm="RS512"),
        "its issuer is unknown": lambda: _token(iss="https://x.example"),
        "its issuer is missing": lambda: _token(iss=DROP),
        "its client is unknown": lambda: _token(azp="nobody"),
        "its client is missing": lambda: _token(azp=DROP),
        "it is for another service": lambda: _token(aud="https://other.example"),
        "it is for several services": lambda: _token(aud=[AUDIENCE, "https://other.example"]),
        "it has expired": lambda: _token(exp=int(time.time()) - 61),
        "it has no expiry": lambda: _token(exp=DROP),
        "it has no issue time": lambda: _token(iat=DROP),
        "it lives too long": lambda: _token(exp=int(time.time()) + 3600),
        "it comes from the future": lambda: _token(iat=int(time.time()) + 120, exp=int(time.time()) + 180),
        "it has no jti": lambda: _token(jti=DROP),
        "its jti is enormous": lambda: _token(jti="j" * 256),
        "it is about nobody": lambda: _token(sub=DROP),
        "it is no JWT": lambda: "hello",
        "it is empty": lambda: "",
        "it is enormous": lambda: "a." * 9000,
        "its header nests without end": lambda: "W1tb" * 2000 + ".e30.c2ln",
        "it is not ASCII": lambda: "令牌.令牌.令牌",
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_token_is_refused_when(scene: Scene, token: Any) -> None:
    with pytest.raises(Refused) as refused:
        verify_platform_jwt(token[1](), audience=AUDIENCE)
    assert refused.value.code == "token.invalid"
    assert not UsedJti.objects.exists()


def test_a_token_waits_while_the_keys_cannot_be_had(scene: Scene) -> None:
    scene.peer.script["/jwks"] = [Said(503)]
    with pytest.raises(Refused) as refused:
        verify_platform_jwt(_token(), audience=AUDIENCE)
    assert (refused.value.code, refused.value.status) == ("launch.keys_unreachable", 503)
