"""Every message that must not get in, one line each: what is wrong, the rule it breaks, the code it is
refused with.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override
from lti_attacks import CORE, SECURITY, Case, error
from lti_peer import DROP, Scene, private
from lti_refused_launches import LAUNCHES

from lti_tools.errors import Refused
from lti_tools.launch import pending, refusals
from lti_tools.launch.api import receive, register_platform
from lti_tools.launch.models import PendingLogin


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")
@pytest.mark.parametrize("case", LAUNCHES, ids=lambda case: case.what)
def test_a_launch_is_refused_when(scene: Scene, case: Case) -> None:
    with pytest.raises(Refused) as refused:
        case.act(scene)
    problem = refused.value
    assert problem.code == case.code
    assert str(problem.message)
    assert str(problem.kept)
    assert str(problem.todo)


LOGINS = [
    Case("no issuer", SECURITY, "login.issuer_missing", lambda s: s.browser.login("")),
    Case(
        "an issuer nobody registered",
        SECURITY,
        "login.platform_unknown",
        lambda s: s.browser.login("https://x.example"),
    ),
    Case(
        "a client nobody registered",
        SECURITY,
        "login.platform_unknown",
        lambda s: s.browser.login(s.platform.issuer, client_id="nobody"),
    ),
    Case(
        "a deployment nobody registered",
        CORE,
        "login.platform_unknown",
        lambda s: s.browser.login(s.platform.issuer, client_id=DROP, lti_deployment_id="nowhere"),
    ),
    Case(
        "no hint",
        SECURITY,
        "login.hint_missing",
        lambda s: s.browser.login(s.platform.issuer, login_hint=DROP),
    ),
    Case(
        "no target",
        CORE,
        "login.target_foreign",
        lambda s: s.browser.login(s.platform.issuer, target_link_uri=DROP),
    ),
    Case(
        "a target elsewhere",
        CORE,
        "login.target_foreign",
        lambda s: s.browser.login(s.platform.issuer, target_link_uri="https://evil.example/"),
    ),
]


@pytest.mark.parametrize("case", LOGINS, ids=lambda case: case.what)
def test_a_login_is_refused_with(scene: Scene, case: Case) -> None:
    with pytest.raises(Refused) as refused:
        case.act(scene)
    assert refused.value.code == case.code
    assert PendingLogin.objects.count() == 1, "only the login of the scene itself"


def test_a_login_without_client_is_refused_where_the_issuer_has_two(scene: Scene, registration: dict) -> None:
    register_platform(**registration | {"client_id": "client-2"})
    with pytest.raises(Refused) as refused:
        scene.browser.login(scene.platform.issuer, client_id=DROP)
    assert refused.value.code == "login.client_needed"


def test_the_launch_address_opened_by_hand_says_where_to_go(db: None) -> None:
    with pytest.raises(Refused) as refused:
        receive(RequestFactory().get("/lti/launch"))
    assert refused.value.code == "launch.not_posted"


def test_the_state_and_token_of_a_launch_count_only_when_posted(scene: Scene) -> None:
    request = RequestFactory().post(f"/lti/launch?state={scene.asked['state']}&id_token={scene.token()}")
    request.COOKIES = scene.browser.cookies
    with pytest.raises(Refused) as refused:
        receive(request)
    assert refused.value.code == "launch.state_missing"


def test_of_two_processes_with_the_same_launch_one_loses(scene: Scene) -> None:
    """Both have found the login before either uses it up; the database decides."""
    found = [pending.find(scene.asked["state"], cookies=scene.browser.cookies) for _ in range(2)]
    pending.use_up(found[0])
    with pytest.raises(Refused) as refused:
        pending.use_up(found[1])
    assert refused.value.code == "launch.replayed"


def test_a_refused_token_does_not_spend_the_login(scene: Scene) -> None:
    with pytest.raises(Refused):
        scene.launch(key=private("key-2"))
    assert scene.launch().sub == "user-7"


def test_what_the_platform_said_is_shown_shortened_and_only_to_who_began(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        error(scene, "invalid_request", "the hint\n is <b>bad</b> " + "x" * 900)
    text = str(refused.value.message)
    assert "invalid_request the hint is <b>bad</b>" in text
    assert len(text) < 300
    assert "bad" not in str(refused.value), "nothing of it goes to the log"


def test_old_logins_are_swept_by_later_ones(scene: Scene) -> None:
    PendingLogin.objects.update(expires_at=timezone.now() - timedelta(days=2))
    scene.browser.login(scene.platform.issuer)
    assert PendingLogin.objects.count() == 1


def test_every_reason_to_refuse_a_launch_is_tried_here() -> None:
    tried = {case.code for case in LAUNCHES + LOGINS} | {"login.client_needed", "launch.not_posted"}
    known = {code for code in refusals.CODES if code.startswith(("launch.", "login."))}
    assert known - tried == {"launch.invalid"}, "what only the library could still find"


@pytest.mark.parametrize("code", sorted(refusals.CODES))
def test_every_refusal_is_worded_in_chinese(code: str) -> None:
    problem = refusals.refuse(code)
    with override("zh-hans"):
        for text in (problem.message, problem.kept, problem.todo):
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(text)), f"{code} is not translated"
