"""GET /api/v1/placement: a platform asks about one of its own people and learns nothing of anybody else's."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from django.test import Client
from lti_peer import CLIENT, Peer, Said, private

from lti_tools.identities.models import Identity
from lti_tools.launch.api import register_platform
from lti_tools.programmes import api as programmes

AUDIENCE = "http://127.0.0.1:8000"
ISSUER = "https://lms.example"


@pytest.fixture(scope="module")
def running() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def peer(running: Peer) -> Peer:
    running.reset()
    return running


def registered(peer: Peer, issuer: str) -> Any:
    return register_platform(
        issuer=issuer,
        client_id=CLIENT,
        name=issuer,
        auth_login_url=f"{peer.base}/auth",
        token_url=f"{peer.base}/token",
        jwks_url=f"{peer.base}/jwks",
    )


@pytest.fixture
def linked(cast: Any, peer: Peer) -> Any:
    """王守田 is user-7 of this platform and placed in the basic tier."""
    programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    platform = registered(peer, ISSUER)
    Identity.objects.create(platform=platform, sub="user-7", person=cast.people.senior)
    return platform


def token(**changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "azp": CLIENT,
        "sub": "user-7",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    } | changes
    headers = {"kid": "key-1", "typ": "shijie-service+jwt"}
    return jwt.encode(claims, private("key-1"), algorithm="RS256", headers=headers)


def asks(bearer: str | None, **query: str) -> Any:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return Client().get("/api/v1/placement", query, headers=headers)


def test_a_platform_learns_the_tier_of_its_own_user_with_the_reason(linked: Any) -> None:
    answer = asks(token())
    found = answer.json()
    assert answer.status_code == 200
    assert (found["placed"], found["tier"], found["skill"]) == (True, "basic", "S1")
    assert found["tier_label"] == {"zh": "基础操作层", "en": "Basic operation"}
    assert "58" in found["reasons"][0]
    assert found["first_task"]["id"] == "task-D0"
    assert answer["Cache-Control"] == "private, no-store"


def test_the_reason_comes_in_the_language_asked_for(linked: Any) -> None:
    assert asks(token(), lang="en").json()["reasons"][0].startswith("You are 58")
    assert asks(token(), lang="zh-CN").json()["reasons"][0].startswith("按项目基准日您 58 岁")


def test_the_answer_names_nobody(linked: Any) -> None:
    body = asks(token()).content.decode()
    assert "王守田" not in body
    assert "T001" not in body
    assert "1968" not in body


def test_a_user_nobody_linked_and_one_not_placed_yet_look_alike(linked: Any, cast: Any) -> None:
    Identity.objects.create(platform=linked, sub="user-8", person=cast.people.middle)
    unknown, not_placed = asks(token(sub="user-9")), asks(token(sub="user-8"))
    assert unknown.json() == not_placed.json() == {"placed": False}


def test_a_user_of_another_platform_is_not_visible(linked: Any, peer: Peer) -> None:
    registered(peer, "https://other-lms.example")
    answer = asks(token(iss="https://other-lms.example"))
    assert answer.json() == {"placed": False}


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer x", "Bearer a.b.c", "bearer"]
)
def test_without_a_token_there_is_no_answer(linked: Any, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/api/v1/placement", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": AUDIENCE + "/"},
        {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 3660},
        {"exp": int(time.time()) + 86400},
        {"iss": "https://unknown.example"},
        {"azp": "another-client"},
        {"sub": ""},
        {"jti": ""},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_a_token_that_does_not_fit_is_refused(linked: Any, changes: dict[str, Any]) -> None:
    answer = asks(token(**changes))
    assert (answer.status_code, answer.json()) == (401, {"error": "token.invalid"})


def test_a_token_works_once(linked: Any) -> None:
    once = token()
    assert asks(once).status_code == 200
    again = asks(once)
    assert (again.status_code, again.json()) == (401, {"error": "token.replayed"})


def test_a_session_is_no_substitute_for_a_token(linked: Any, browse_as: Any) -> None:
    assert browse_as("senior").get("/api/v1/placement").status_code == 401


def test_keys_that_cannot_be_had_are_our_trouble_and_not_the_tokens(linked: Any, peer: Peer) -> None:
    peer.script = {"/jwks": [Said(500)] * 5}
    answer = asks(token())
    assert (answer.status_code, answer.json()) == (503, {"error": "launch.keys_unreachable"})
    assert "WWW-Authenticate" not in answer
