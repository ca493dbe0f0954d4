"""From a launch nobody is sure about, through the short form, to the own path: the whole middleware."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from lti_peer import TOOL, Scene

from lti_tools.identities.models import Identity
from lti_tools.launch.api import mark_authoritative
from lti_tools.people.models import Affiliation, Area, Person, School


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def teacher(scene: Scene) -> Person:
    area = Area.objects.create(level="county", code="530102", name="Wuhua")
    school = School.objects.create(area=area, code="1000000001", name="First", location="village")
    person = Person.objects.create(name="王秀兰")
    Affiliation.objects.create(person=person, school=school, since="2000-09-01")
    return person


def arrive(client: Client, scene: Scene, **changes: Any) -> Any:
    query = {
        "iss": scene.platform.issuer,
        "login_hint": "h",
        "target_link_uri": f"{TOOL}/lti/launch",
        "client_id": scene.platform.client_id,
    }
    answer = client.get("/lti/login", query)
    scene.asked = dict(parse_qsl(urlsplit(answer["Location"]).query))
    return client.post("/lti/launch", {"id_token": scene.token(**changes), "state": scene.asked["state"]})


def token(page: Any) -> str:
    [found, *_more] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    return str(found)


def test_the_form_stands_on_the_page_of_the_launch_and_can_be_sent_from_there(
    client: Client, scene: Scene
) -> None:
    page = arrive(client, scene)
    assert f"{scene.peer.base}/course/" in page.content.decode()
    sent = {"csrfmiddlewaretoken": token(page), "name": "王秀兰", "school": "First"}
    answer = client.post("/lti/waiting/claim", sent, follow=True)
    assert answer.status_code == 200
    assert f"{scene.peer.base}/course/" in answer.content.decode(), "the way back is still there"
    account = Identity.objects.get()
    assert (account.claimed_school, account.lms_staff_no) == ("First", "T0058")


def test_a_token_from_before_the_launch_is_worth_nothing_after_it(client: Client, scene: Scene) -> None:
    before = token(client.get("/sign-in"))
    arrive(client, scene)
    sent = {"csrfmiddlewaretoken": before, "name": "王秀兰", "school": "First"}
    assert client.post("/lti/waiting/claim", sent).status_code == 403


def test_the_form_may_be_framed_by_the_platform_like_the_page_it_stands_on(
    client: Client, scene: Scene
) -> None:
    page = arrive(client, scene)
    answer = client.post("/lti/waiting/claim", {"csrfmiddlewaretoken": token(page)})
    assert answer.status_code == 422
    assert "https://lms.example" in answer["Content-Security-Policy"]


def test_the_school_code_of_a_custom_parameter_matches_where_the_platform_is_authoritative(
    client: Client, scene: Scene, teacher: Person
) -> None:
    said = {"custom": {"school_code": "１０００００0001"}, "lis": {}}
    assert arrive(client, scene, **said).status_code == 200, "not authoritative: it waits"
    assert Identity.objects.get().claimed_school == "1000000001"
    area = Area.objects.get()
    mark_authoritative(scene.platform.id, area_id=area.id, actor="officer", reason="own LMS")
    assert arrive(client, scene, **said)["Location"] == "/path"
    assert teacher.name in client.get("/path").content.decode()


@pytest.mark.parametrize("code", ["$Person.school", "", " "])
def test_a_parameter_the_platform_did_not_fill_in_is_none(scene: Scene, code: str) -> None:
    assert scene.launch(custom={"school_code": code}).school_code == ""


def test_the_session_knows_by_which_account_it_came_and_forgets_it_at_the_sign_out(
    client: Client, scene: Scene, teacher: Person
) -> None:
    Identity.objects.create(platform=scene.platform, sub="user-7", person=teacher)
    arrive(client, scene)
    assert client.session["launched_identity"] == str(Identity.objects.get().id)
    client.post("/sign-out", {"csrfmiddlewaretoken": token(client.get("/path"))})
    assert "launched_identity" not in client.session


def test_the_next_launch_leaves_nothing_of_the_last_account(
    client: Client, scene: Scene, teacher: Person
) -> None:
    Identity.objects.create(platform=scene.platform, sub="user-7", person=teacher)
    arrive(client, scene)
    arrive(client, scene, sub="user-8", name="李强")
    assert client.session["launched_identity"] == str(Identity.objects.get(sub="user-8").id)
    assert "launched_person" not in client.session
