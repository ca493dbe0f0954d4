"""The three addresses an LMS knows, through the whole middleware."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils.translation import override
from lti_peer import TOOL, Scene

from lti_tools.identities.models import Identity
from lti_tools.launch.api import mark_authoritative
from lti_tools.launch.refusals import KEPT, refuse
from lti_tools.people.models import Account, Affiliation, Area, Person, School


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def teacher(scene: Scene) -> Person:
    """王秀兰, staff number T0058, at a school of the area for which the LMS is authoritative."""
    area = Area.objects.create(level="county", code="530102", name="Wuhua")
    school = School.objects.create(area=area, code="1000000001", name="First", location="village")
    person = Person.objects.create(name="王秀兰", staff_no="T0058")
    Affiliation.objects.create(person=person, school=school, since="2000-09-01")
    mark_authoritative(scene.platform.id, area_id=area.id, actor="officer", reason="own LMS")
    return person


def _arrive(client: Client, scene: Scene, *, login_by_post: bool = False, **changes: Any) -> Any:
    query = {
        "iss": scene.platform.issuer,
        "login_hint": "h",
        "target_link_uri": f"{TOOL}/lti/launch",
        "client_id": scene.platform.client_id,
    }
    answer = client.post("/lti/login", query) if login_by_post else client.get("/lti/login", query)
    assert answer.status_code == 302
    scene.asked = dict(parse_qsl(urlsplit(answer["Location"]).query))
    return client.post("/lti/launch", {"id_token": scene.token(**changes), "state": scene.asked["state"]})


@pytest.mark.parametrize("login_by_post", [False, True])
def test_a_known_teacher_lands_on_their_own_path(
    client: Client, scene: Scene, teacher: Person, login_by_post: bool
) -> None:
    answer = _arrive(client, scene, login_by_post=login_by_post)
    assert answer.status_code == 302
    assert answer["Location"] == "/path"
    page = client.get("/path")
    assert page.status_code == 200
    assert teacher.name in page.content.decode()


def test_the_signed_target_is_where_a_teacher_lands(client: Client, scene: Scene, teacher: Person) -> None:
    answer = _arrive(client, scene, target_link_uri=f"{TOOL}/diagnosis")
    assert answer["Location"] == f"{TOOL}/diagnosis"


def test_somebody_not_on_the_list_reads_that_they_are_being_checked(client: Client, scene: Scene) -> None:
    answer = _arrive(client, scene)
    assert answer.status_code == 200
    assert "正在核对您的账号" in answer.content.decode()
    assert f"{scene.peer.base}/course/" in answer.content.decode()
    assert Identity.objects.get().person is None
    assert client.get("/path").status_code == 302, "nobody is signed in by this"


def test_the_language_of_the_lms_is_kept(client: Client, scene: Scene) -> None:
    assert "Your account is being checked" in _after(client, _arrive(client, scene, locale="en-GB"), scene)


def _after(client: Client, answer: Any, scene: Scene) -> str:
    """The page after the launch that set the language: a second arrival in the same browser."""
    return _arrive(client, scene, locale="en-GB").content.decode()


def test_a_launch_never_takes_over_the_session_it_finds(
    client: Client, scene: Scene, teacher: Person
) -> None:
    other = Person.objects.create(name="李强")
    account = Account.objects.create_user("officer", password="a long enough word", person=other)
    client.force_login(account)
    before = client.session.session_key
    _arrive(client, scene)
    assert client.session.session_key != before
    assert "_auth_user_id" not in client.session
    assert other.name not in client.get("/path").content.decode()


def test_an_unknown_person_does_not_see_who_was_here_before(
    client: Client, scene: Scene, teacher: Person
) -> None:
    _arrive(client, scene)
    page = _arrive(client, scene, sub="somebody-new", lis={}, name="赵六").content.decode()
    assert teacher.name not in page
    assert client.get("/path").status_code == 302


def test_a_refused_launch_is_a_page_that_says_what_to_do(client: Client, scene: Scene) -> None:
    answer = client.post("/lti/launch", {"id_token": scene.token(), "state": scene.asked["state"]})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "launch.other_browser" in page
    assert "Cookie" in page
    with override("zh-hans"):
        assert all(str(text) in page for text in (KEPT, refuse("launch.other_browser").todo))


def test_an_error_of_the_platform_cannot_put_markup_on_our_page(client: Client, scene: Scene) -> None:
    client.cookies.load(scene.browser.cookies)
    answer = client.post(
        "/lti/launch",
        {"error": "x", "error_description": "<script>1</script>", "state": scene.asked["state"]},
    )
    assert answer.status_code == 400
    assert "&lt;script&gt;1" in answer.content.decode()


def test_the_launch_page_may_be_framed_by_the_platform_only(client: Client, scene: Scene) -> None:
    answer = _arrive(client, scene)
    policy = answer["Content-Security-Policy"]
    assert f"frame-ancestors {scene.peer.base} https://lms.example" in policy
    assert "unsafe-inline" not in policy


def test_opening_the_launch_address_by_hand_says_where_to_begin(client: Client, db: None) -> None:
    answer = client.get("/lti/launch")
    assert answer.status_code == 400
    assert "launch.not_posted" in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path"), [("put", "/lti/launch"), ("post", "/lti/jwks"), ("delete", "/lti/login")]
)
def test_other_methods_are_refused(client: Client, db: None, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code in {403, 405}


def test_our_keys_are_public_and_may_be_kept_for_half_an_hour(client: Client, db: None) -> None:
    answer = client.get("/lti/jwks")
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "public, max-age=1800"
    assert [key["kty"] for key in json.loads(answer.content)["keys"]] == ["RSA"]
    assert "d" not in json.loads(answer.content)["keys"][0]
