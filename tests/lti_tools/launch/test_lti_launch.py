"""A launch that is what it should be, and what is legal though unusual (1EdTech certification guide 6.1.2
and more).
"""

from __future__ import annotations

import time

import pytest
from lti_peer import CLIENT, DEPLOYMENT, DROP, SCOPE, TOOL, Act, Scene

from lti_tools.launch.api import Ags, Launch, launch_url, mark_authoritative, register_platform
from lti_tools.launch.models import PendingLogin
from lti_tools.people.models import Area


def test_a_launch_carries_over_everything_the_platform_said(scene: Scene) -> None:
    launch = scene.launch()
    assert launch == Launch(
        platform_id=scene.platform.id,
        issuer="https://lms.example",
        client_id=CLIENT,
        deployment_id=DEPLOYMENT,
        sub="user-7",
        resource_link_id="link-1",
        target_link_uri=f"{TOOL}/lti/launch",
        name="王秀兰",
        given_name="秀兰",
        family_name="王",
        email="wang@school.example",
        staff_no="T0058",
        roles=("http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",),
        context_id="course-1",
        context_title="Digital literacy",
        resource_title="My path",
        custom={"task": "B1"},
        locale="zh-CN",
        return_url=f"{scene.peer.base}/course/",
        ags=Ags(
            lineitem=f"{scene.peer.base}/lineitems/1/lineitem?type_id=4",
            lineitems=f"{scene.peer.base}/lineitems",
            scopes=(SCOPE + "score", SCOPE + "lineitem"),
        ),
    )


def test_the_login_asks_the_platform_what_the_standard_says(scene: Scene) -> None:
    location = scene.browser.last["Location"]
    assert location.startswith(f"{scene.peer.base}/auth?tenant=7&")
    assert scene.asked | {"state": "", "nonce": ""} == {
        "tenant": "7",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT,
        "redirect_uri": launch_url(),
        "login_hint": "hint-7",
        "lti_message_hint": "message-7",
        "state": "",
        "nonce": "",
    }


def test_the_cookie_survives_a_frame_and_is_not_the_state(scene: Scene) -> None:
    [cookie] = scene.browser.last.cookies.values()
    assert cookie["samesite"] == "None"
    assert cookie["secure"]
    assert cookie["httponly"]
    assert scene.asked["state"] not in (cookie.key, cookie.value)


def test_nothing_stored_about_a_login_opens_it(scene: Scene) -> None:
    row = PendingLogin.objects.get()
    stored = {row.state_hash, row.nonce_hash, row.binding_hash}
    assert not stored & {scene.asked["state"], scene.asked["nonce"], *scene.browser.cookies.values()}


def test_two_tabs_of_one_browser_launch_side_by_side(scene: Scene) -> None:
    first = scene.asked
    scene.asked = second = scene.browser.login(scene.platform.issuer)
    assert scene.launch(nonce=second["nonce"]).sub == "user-7"
    assert scene.launch(state=first["state"], nonce=first["nonce"]).sub == "user-7"


def test_a_login_may_leave_the_client_out_where_the_issuer_has_only_one(scene: Scene) -> None:
    scene.asked = scene.browser.login(scene.platform.issuer, client_id=DROP)
    assert scene.launch().client_id == CLIENT


def test_a_login_may_name_its_client_by_deployment(scene: Scene, registration: dict) -> None:
    register_platform(**registration | {"client_id": "client-2", "deployment_ids": ["deployment-2"]})
    scene.asked = scene.browser.login(scene.platform.issuer, client_id=DROP, lti_deployment_id=DEPLOYMENT)
    assert scene.asked["client_id"] == CLIENT


def test_the_area_of_an_authoritative_platform_travels_with_the_launch(scene: Scene) -> None:
    area = Area.objects.create(level="county", code="530102", name="Wuhua")
    mark_authoritative(scene.platform.id, area_id=area.id, actor="officer", reason="the bureau's own LMS")
    assert scene.launch().authoritative_area == "/530102/"


LEGAL: dict[str, Act] = {
    "several roles": lambda s: s.launch(
        roles=["Learner", "http://purl.imsglobal.org/vocab/lis/v2/person#Faculty"]
    ),
    "a short role": lambda s: s.launch(roles=["Instructor"]),
    "an unknown role": lambda s: s.launch(roles=["https://lms.example/roles#Gardener"]),
    "no role at all, but the claim": lambda s: s.launch(roles=[]),
    "only an e-mail address": lambda s: s.launch(name=DROP, given_name=DROP, family_name=DROP),
    "only names": lambda s: s.launch(email=DROP),
    "no personal data": lambda s: s.launch(
        name=DROP, given_name=DROP, family_name=DROP, email=DROP, lis=DROP
    ),
    "no context": lambda s: s.launch(context=DROP),
    "no services": lambda s: s.launch(ags=DROP),
    "us second in the audience, and azp for us": lambda s: s.launch(aud=["other", CLIENT], azp=CLIENT),
    "an audience list of one": lambda s: s.launch(aud=[CLIENT]),
    "a clock 50 seconds ahead of ours": lambda s: s.launch(iat=int(time.time()) + 50),
    "an expiry 50 seconds ago": lambda s: s.launch(exp=int(time.time()) - 50),
    "times with fractions": lambda s: s.launch(iat=time.time(), exp=time.time() + 60.5),
    "a sub of 255 characters": lambda s: s.launch(sub="s" * 255),
    "numbers as custom parameters": lambda s: s.launch(custom={"round": 3, "empty": None}),
    "null for a name it does not share": lambda s: s.launch(name=None, email=None),
    "a type in the header": lambda s: s.launch(headers={"kid": "key-1", "typ": "JWT"}),
    "another page of ours as the target": lambda s: s.launch(target_link_uri=f"{TOOL}/path?task=B1"),
    "a return address that is no web address": lambda s: s.launch(
        launch_presentation={"return_url": "javascript:alert(1)"}
    ),
}


@pytest.mark.parametrize("act", LEGAL.values(), ids=LEGAL.keys())
def test_a_launch_is_accepted_with(scene: Scene, act: Act) -> None:
    launch = act(scene)
    assert launch.sub
    assert not launch.return_url.startswith("javascript")
    assert all(isinstance(value, str) for value in launch.custom.values())


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [
        ("王", "秀兰", "王秀兰"),
        ("买买提", "吐尔逊·江", "买买提吐尔逊·江"),
        ("Doe", "Jane", "Jane Doe"),
        ("", "Jane", "Jane"),
    ],
)
def test_a_name_in_two_parts_is_put_together_as_its_owner_writes_it(
    scene: Scene, family: str, given: str, name: str
) -> None:
    assert scene.launch(name=DROP, family_name=family, given_name=given).name == name
