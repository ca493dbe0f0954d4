"""What JSON can carry and no honest platform sends: nothing of it may end in an error page."""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

import jwt
import pytest
from django.test import Client
from django.urls import reverse
from lti_peer import CLIENT, KEY, Scene, private

from lti_tools.errors import Refused
from lti_tools.identities.api import identify
from lti_tools.identities.models import Identity
from lti_tools.launch import wire
from lti_tools.launch.api import verify_platform_jwt

HALF = "\ud800"
AUDIENCE = "https://shijie.example"


def unsigned(body: bytes, **header: str) -> str:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = {"alg": "RS256", "kid": "key-1"} | header
    return f"{part(json.dumps(head).encode())}.{part(body)}.AA"


def service_token(**changes: Any) -> str:
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
    head = {"kid": KEY["kid"], "typ": "shijie-service+jwt"}
    return jwt.encode(claims, private("key-1"), algorithm="RS256", headers=head)


def test_an_unsigned_nonce_with_half_a_character_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused):
        scene.send(unsigned(b'{"nonce": "\\ud800", "iss": "https://lms.example"}'))


@pytest.mark.parametrize("changes", [{"name": HALF}, {"sub": HALF}, {"deployment_id": HALF}])
def test_a_signed_text_no_database_can_store_is_refused(scene: Scene, changes: dict[str, str]) -> None:
    with pytest.raises(Refused):
        scene.launch(**changes)


@pytest.mark.parametrize("never", [10**400, float("inf"), -(10**400)])
def test_a_time_beyond_all_times_is_refused(scene: Scene, never: Any) -> None:
    with pytest.raises(Refused):
        scene.launch(exp=never)
    with pytest.raises(Refused):
        verify_platform_jwt(service_token(exp=never), audience=AUDIENCE)


@pytest.mark.parametrize("changes", [{"sub": HALF}, {"jti": HALF}, {"sub": "a\x00b"}])
def test_a_service_token_about_what_no_database_can_store_is_refused(
    scene: Scene, changes: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        verify_platform_jwt(service_token(**changes), audience=AUDIENCE)
    assert refused.value.code == "token.invalid"


@pytest.mark.django_db
@pytest.mark.parametrize("issuer", ["\\ud800", "\\u0000"])
def test_anybody_may_send_the_api_nonsense_and_gets_a_401(issuer: str) -> None:
    token = unsigned(f'{{"iss": "{issuer}", "azp": "c"}}'.encode(), typ="shijie-service+jwt")
    answer = Client().get(reverse("api-placement"), headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.django_db
def test_nul_in_a_login_names_no_platform() -> None:
    answer = Client().post(reverse("lti-login"), {"iss": "\x00", "login_hint": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize("issuer", ["https://a.example;script-src *", "https://*", "https://a.example,b"])
def test_an_issuer_cannot_write_into_the_security_policy(issuer: str) -> None:
    assert wire.origin(issuer) == ""
    assert wire.origin("https://[2001:db8::1]:8443/x") == "https://[2001:db8::1]:8443"
    assert wire.origin("https://LMS.example:444/x") == "https://lms.example:444"


def test_a_second_account_of_a_platform_does_not_take_over_a_teacher_by_name_and_number(
    cast: Any, scene: Scene
) -> None:
    scene.platform.authoritative_area = cast.county_a
    scene.platform.save()
    owner = identify(scene.launch(sub="the-teacher", name="王守田", lis={"person_sourcedid": "T001"})).person
    assert owner == cast.people.senior
    copy = Scene(scene.peer, scene.platform)
    copied = identify(copy.launch(sub="a-pupil", name="王守田", lis={"person_sourcedid": "T001"}))
    assert copied.person is None
    assert Identity.objects.get(sub="a-pupil").person is None
    again = Scene(scene.peer, scene.platform)
    known = identify(again.launch(sub="the-teacher", name="王守田", lis={"person_sourcedid": "T001"}))
    assert known.person == cast.people.senior
