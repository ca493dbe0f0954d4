"""Login, authentication request, message: the good way, and every refusal by name."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from tests.xblocks import lms_people
from tests.xblocks.lti_platform.memory import ISSUER, KEY, platform_with
from tests.xblocks.mini_tool import REDIRECT, TARGET, MiniTool, form_of
from xblocks.lti_platform import LaunchRefused, PlatformError, Scope, authorize, begin_login, formpost
from xblocks.lti_platform.keys import jwks, sign_service_jwt

MINI = MiniTool()
OTHER = MiniTool("client-2")
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


@pytest.fixture
def platform():
    return platform_with(MINI, OTHER)


def begin(platform, *, sub="teacher-1", client_id="client-1") -> str:
    return begin_login(platform, sub=sub, client_id=client_id, link_id="block-1", locale="zh-CN")


def lists(params: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in params.items()}


def answer(platform, *, signed_in="teacher-1", **changes):
    params = MINI.auth_request(begin(platform), **changes)
    return authorize(platform, lists(params), signed_in=signed_in), params


def test_the_login_address_keeps_the_tools_own_query_and_names_the_launch(platform):
    parts = urlsplit(begin(platform))
    query = parse_qs(parts.query)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://tool.example/lti/login"
    assert query["brand"] == ["a&b"]
    assert query["iss"] == [ISSUER]
    assert query["client_id"] == ["client-1"]
    assert query["target_link_uri"] == [TARGET]
    assert query["lti_deployment_id"] == ["1"]
    assert "teacher-1" not in parts.query


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "nobody"}, "unknown_tool"),
        ({"link_id": "gone"}, "unknown_link"),
        ({"sub": "outsider"}, "not_a_member"),
    ],
)
def test_a_launch_that_cannot_succeed_does_not_begin(platform, changes, code):
    values = {"sub": "teacher-1", "client_id": "client-1", "link_id": "block-1"} | changes
    with pytest.raises(PlatformError, match=code):
        begin_login(platform, **values)


def test_the_tool_can_verify_the_message_and_finds_everything_in_it(platform):
    form, params = answer(platform)
    assert form.action == REDIRECT
    assert form.fields["state"] == params["state"]
    published = jwks(platform.keys.published())
    claims = MINI.read_message(form.fields["id_token"], jwks=published, nonce=params["nonce"], issuer=ISSUER)
    assert claims["sub"] == "teacher-1"
    assert claims["aud"] == claims["azp"] == "client-1"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert claims["name"] == "李 秀英"
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "deployment_id"] == "1"
    assert claims[CLAIM + "target_link_uri"] == TARGET
    assert claims[CLAIM + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert claims[CLAIM + "resource_link"] == {"id": "block-1", "title": "我的路径"}
    assert claims[CLAIM + "context"]["id"] == lms_people.COURSE
    assert claims[CLAIM + "lis"] == {"person_sourcedid": "T-58001"}
    assert claims[CLAIM + "custom"] == {"page": "path"}
    assert claims[CLAIM + "launch_presentation"] == {"document_target": "window", "locale": "zh-CN"}
    endpoint = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert set(endpoint["scope"]) == {Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE}
    assert endpoint["lineitems"].startswith(ISSUER)
    assert "lineitem" not in endpoint


def test_the_tool_learns_only_what_its_registration_shares(platform):
    tools = platform.tools.tools
    tools["client-1"] = replace(tools["client-1"], share=frozenset(), scopes=(Scope.SCORE,))
    form, _ = answer(platform)
    claims = jwt.decode(form.fields["id_token"], options={"verify_signature": False})
    assert not {"name", "given_name", "family_name", "email", CLAIM + "lis"} & set(claims)
    assert "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice" not in claims


def test_no_published_key_holds_a_private_part(platform):
    [key] = jwks(platform.keys.published())["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    assert key["kid"] == KEY.kid


NOBODY_IS_TOLD = {
    "unknown client": ({"client_id": "nobody"}, "unknown_client"),
    "no client": ({"client_id": None}, "unknown_client"),
    "no redirect_uri": ({"redirect_uri": None}, "redirect_uri_not_registered"),
    "another site": ({"redirect_uri": "https://evil.example/launch"}, "redirect_uri_not_registered"),
    "a longer path": ({"redirect_uri": REDIRECT + "/extra"}, "redirect_uri_not_registered"),
    "a query added": ({"redirect_uri": REDIRECT + "?next=evil"}, "redirect_uri_not_registered"),
    "another case": ({"redirect_uri": REDIRECT.upper()}, "redirect_uri_not_registered"),
    "a fragment added": ({"redirect_uri": REDIRECT + "#x"}, "redirect_uri_not_registered"),
    "plain http": ({"redirect_uri": REDIRECT.replace("https", "http")}, "redirect_uri_not_registered"),
    "a state of a megabyte": ({"state": "x" * 1_000_000}, "state_too_long"),
}


@pytest.mark.parametrize("case", NOBODY_IS_TOLD, ids=str)
def test_nothing_is_posted_while_the_return_address_is_not_proven(platform, case):
    changes, code = NOBODY_IS_TOLD[case]
    with pytest.raises(LaunchRefused, match=code):
        answer(platform, **changes)


def test_a_parameter_sent_twice_is_refused(platform):
    params = lists(MINI.auth_request(begin(platform)))
    params["redirect_uri"].append("https://evil.example/")
    with pytest.raises(LaunchRefused, match="repeated_parameter"):
        authorize(platform, params, signed_in="teacher-1")


def test_a_dangerous_scheme_is_refused_even_if_it_got_registered(platform):
    tools = platform.tools.tools
    tools["client-1"] = replace(tools["client-1"], redirect_uris=("javascript:alert(1)",))
    with pytest.raises(LaunchRefused, match="redirect_uri_not_registered"):
        answer(platform, redirect_uri="javascript:alert(1)")


THE_TOOL_IS_TOLD = {
    "response type code": ({"response_type": "code"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "no openid in scope": ({"scope": "profile"}, "invalid_scope"),
    "openid only as part of a word": ({"scope": "xopenid"}, "invalid_scope"),
    "response mode query": ({"response_mode": "query"}, "invalid_request"),
    "prompt login": ({"prompt": "login"}, "invalid_request"),
    "no nonce": ({"nonce": None}, "invalid_request"),
    "an endless nonce": ({"nonce": "x" * 1025}, "invalid_request"),
    "no message hint": ({"lti_message_hint": None}, "invalid_request"),
    "a made-up message hint": ({"lti_message_hint": "made-up"}, "invalid_request"),
    "no login hint": ({"login_hint": None}, "invalid_request"),
    "a made-up login hint": ({"login_hint": "made-up"}, "invalid_request"),
    "nobody signed in": ({"signed_in": None}, "login_required"),
    "another person signed in": ({"signed_in": "teacher-2"}, "login_required"),
}


@pytest.mark.parametrize("case", THE_TOOL_IS_TOLD, ids=str)
def test_a_bad_request_gets_an_openid_error_and_no_token(platform, case):
    changes, code = THE_TOOL_IS_TOLD[case]
    form, params = answer(platform, **changes)
    assert form.refused == form.fields["error"] == code
    assert form.action == REDIRECT
    assert form.fields["state"] == params["state"]
    assert "id_token" not in form.fields


def refused(platform, params, *, signed_in="teacher-1") -> str:
    return authorize(platform, lists(params), signed_in=signed_in).refused


def test_a_launch_is_answered_once(platform):
    params = MINI.auth_request(begin(platform))
    assert not refused(platform, params)
    assert refused(platform, params | {"nonce": "fresh"}) == "invalid_request"


def test_a_nonce_is_good_once_for_a_client(platform):
    first = MINI.auth_request(begin(platform))
    assert not refused(platform, first)
    second = MINI.auth_request(begin(platform), nonce=first["nonce"])
    assert refused(platform, second) == "invalid_request"
    elsewhere = OTHER.auth_request(begin(platform, client_id="client-2"), nonce=first["nonce"])
    assert not refused(platform, elsewhere)


def test_a_launch_waits_ten_minutes_and_no_longer(platform):
    params = MINI.auth_request(begin(platform))
    platform.now.forward(minutes=11)
    assert refused(platform, params) == "invalid_request"


def test_hints_of_two_launches_cannot_be_mixed(platform):
    first, second = MINI.auth_request(begin(platform)), MINI.auth_request(begin(platform))
    assert refused(platform, first | {"login_hint": second["login_hint"]}) == "invalid_request"


def test_a_launch_begun_for_one_tool_is_not_answered_to_another(platform):
    params = MINI.auth_request(begin(platform), client_id="client-2")
    assert refused(platform, params) == "invalid_request"


def test_someone_who_left_the_course_meanwhile_is_not_let_through(platform):
    params = MINI.auth_request(begin(platform))
    platform.tools.links["client-1", "block-1"] = replace(
        platform.tools.links["client-1", "block-1"], context_id=lms_people.OTHER_COURSE
    )
    assert refused(platform, params) == "access_denied"


def test_a_removed_activity_is_not_opened(platform):
    params = MINI.auth_request(begin(platform))
    del platform.tools.links["client-1", "block-1"]
    assert refused(platform, params) == "access_denied"


def test_a_request_without_state_gets_none_back(platform):
    form, _ = answer(platform, state=None)
    assert set(form.fields) == {"id_token"}


def test_a_hostile_state_comes_back_as_text_only(platform):
    state = '"><script>alert(1)</script>'
    form, _ = answer(platform, state=state)
    html = formpost.page(form, script_url="/s.js", lang="zh-hans", title="<t>", text="&", button="继续")
    assert "<script>alert" not in html
    assert form_of(html) == (REDIRECT, dict(form.fields))
    assert html.count("<script") == 1


def test_the_page_may_post_only_to_the_tool_and_is_not_kept(platform):
    form, _ = answer(platform)
    headers = formpost.headers(form, script_url="/static/post.js")
    assert "form-action https://tool.example;" in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    elsewhere = formpost.headers(form, script_url="https://cdn.example/post.js")
    assert "script-src https://cdn.example;" in elsewhere["Content-Security-Policy"]


def test_a_service_assertion_is_short_signed_and_cannot_be_taken_for_a_launch(platform):
    token = sign_service_jwt(
        {"result": {"score": "80"}, "iss": "https://evil.example", "sub": "somebody-else"},
        key=KEY,
        issuer=ISSUER,
        client_id="client-1",
        sub="teacher-1",
        audience="https://tool.example/api",
        now=platform.now(),
        seconds=60,
    )
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "shijie-service+jwt"
    assert header["kid"] == KEY.kid
    claims = jwt.decode(
        token, jwt.PyJWK(dict(KEY.public_jwk)), algorithms=["RS256"], audience="https://tool.example/api"
    )
    assert (claims["iss"], claims["sub"], claims["azp"]) == (ISSUER, "teacher-1", "client-1")
    assert claims["exp"] - claims["iat"] == 60
    assert claims["jti"]
