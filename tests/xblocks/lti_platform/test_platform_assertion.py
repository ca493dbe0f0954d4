"""Client assertions: the one good one, and every bad one by name."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from jwcrypto.jwk import JWK

from tests.xblocks.lti_platform.memory import TOKEN_URL, platform_with
from tests.xblocks.mini_tool import ASSERTION_TYPE, MiniTool
from xblocks.lti_platform import ALL_SCOPES, PlatformError, Scope, ServiceRefused, check_bearer, issue_token
from xblocks.lti_platform.assertion import authenticate

MINI = MiniTool()
STRANGER = MiniTool("client-1")
MESSAGE = "https://purl.imsglobal.org/spec/lti/claim/message_type"
NOW = int(time.time())


def _public_pem() -> bytes:
    return MINI.key.export_to_pem()


def _hs256_with_public_key() -> str:
    """The classic confusion; PyJWT refuses to make it, so it is put together by hand."""
    import base64
    import hashlib
    import hmac

    def part(data: dict) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "kid": MINI.key["kid"]})
    claims = {"iss": "client-1", "sub": "client-1", "aud": TOKEN_URL, "iat": NOW, "exp": NOW + 60, "jti": "x"}
    body = head + b"." + part(claims)
    mac = hmac.new(_public_pem(), body, hashlib.sha256).digest()
    return (body + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def _deep() -> str:
    import base64

    part = base64.urlsafe_b64encode(b"[" * 5000 + b"]" * 5000).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{part}.AA"


def _embedded_key() -> str:
    key = JWK.generate(kty="RSA", size=2048)
    head = {"kid": MINI.key["kid"], "jwk": json.loads(key.export_public())}
    return MINI.assertion(TOKEN_URL, headers=head, key=key.export_to_pem(private_key=True, password=None))


def _tampered() -> str:
    head, body, signature = MINI.assertion(TOKEN_URL).split(".")
    other = MINI.assertion(TOKEN_URL, jti="other").split(".")[1]
    assert other != body
    return f"{head}.{other}.{signature}"


REFUSED = {
    "not a JWT": (lambda: "nonsense", "malformed"),
    "nested a thousand deep": (_deep, "malformed"),
    "longer than any assertion": (lambda: "x" * 20000, "malformed"),
    "unknown issuer": (lambda: MINI.assertion(TOKEN_URL, iss="nobody"), "unknown_client"),
    "no issuer": (lambda: MINI.assertion(TOKEN_URL, iss=None), "unknown_client"),
    "sub is another": (lambda: MINI.assertion(TOKEN_URL, sub="client-2"), "sub_is_not_iss"),
    "no sub": (lambda: MINI.assertion(TOKEN_URL, sub=None), "sub_is_not_iss"),
    "aud is another server": (lambda: MINI.assertion("https://other.example/token"), "wrong_audience"),
    "aud is the issuer, not the token address": (
        lambda: MINI.assertion("https://lms.example"),
        "wrong_audience",
    ),
    "no aud": (lambda: MINI.assertion(None), "wrong_audience"),
    "two audiences": (lambda: MINI.assertion([TOKEN_URL, "https://other.example"]), "wrong_audience"),
    "no exp": (lambda: MINI.assertion(TOKEN_URL, exp=None), "exp_missing"),
    "exp is a text": (lambda: MINI.assertion(TOKEN_URL, exp=str(NOW + 60)), "exp_missing"),
    "exp is true": (lambda: MINI.assertion(TOKEN_URL, exp=True), "exp_missing"),
    "expired": (lambda: MINI.assertion(TOKEN_URL, iat=NOW - 400, exp=NOW - 100), "expired"),
    "no iat": (lambda: MINI.assertion(TOKEN_URL, iat=None), "iat_missing"),
    "issued in the future": (
        lambda: MINI.assertion(TOKEN_URL, iat=NOW + 600, exp=NOW + 700),
        "not_yet_valid",
    ),
    "nbf in the future": (lambda: MINI.assertion(TOKEN_URL, nbf=NOW + 600), "not_yet_valid"),
    "valid for a day": (lambda: MINI.assertion(TOKEN_URL, exp=NOW + 86400), "life_too_long"),
    "valid for ever": (lambda: MINI.assertion(TOKEN_URL, exp=float("inf")), "life_too_long"),
    "exp is not a number": (lambda: MINI.assertion(TOKEN_URL, exp=float("nan")), "life_too_long"),
    "no jti": (lambda: MINI.assertion(TOKEN_URL, jti=None), "jti_missing"),
    "empty jti": (lambda: MINI.assertion(TOKEN_URL, jti=""), "jti_missing"),
    "jti is a number": (lambda: MINI.assertion(TOKEN_URL, jti=7), "jti_missing"),
    "jti beyond measure": (lambda: MINI.assertion(TOKEN_URL, jti="x" * 256), "jti_missing"),
    "a deep-linking response": (
        lambda: MINI.assertion(TOKEN_URL, **{MESSAGE: "LtiDeepLinkingResponse"}),
        "not_an_assertion",
    ),
    "no kid": (lambda: MINI.assertion(TOKEN_URL, headers={}), "kid_missing"),
    "unknown kid": (lambda: MINI.assertion(TOKEN_URL, headers={"kid": "other"}), "unknown_kid"),
    "signed by a stranger": (lambda: STRANGER.assertion(TOKEN_URL), "bad_signature"),
    "the key travels in the header": (_embedded_key, "bad_signature"),
    "payload exchanged": (_tampered, "bad_signature"),
    "alg none": (
        lambda: jwt.encode({"iss": "client-1"}, None, algorithm="none", headers={"kid": "client-1-key"}),
        "wrong_algorithm",
    ),
    "RS512": (lambda: MINI.assertion(TOKEN_URL, algorithm="RS512"), "wrong_algorithm"),
    "PS256": (lambda: MINI.assertion(TOKEN_URL, algorithm="PS256"), "wrong_algorithm"),
    "HS256 with the public key": (_hs256_with_public_key, "wrong_algorithm"),
}


@pytest.fixture
def platform():
    return platform_with(MINI)


def form(assertion: str, **changes: str | None) -> dict[str, list[str]]:
    values = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": Scope.SCORE,
    } | changes
    return {name: [value] for name, value in values.items() if value is not None}


def test_a_tool_that_signs_properly_is_known(platform):
    assert authenticate(platform, MINI.assertion(TOKEN_URL)).client_id == "client-1"


@pytest.mark.parametrize(
    ("issued", "expires"),
    [(0, 60), (40, 90), (-70, -30)],
    ids=["on time", "clock 40 s ahead", "clock 30 s behind"],
)
def test_a_clock_a_little_wrong_is_forgiven(platform, issued, expires):
    now = int(time.time())
    assertion = MINI.assertion(TOKEN_URL, iat=now + issued, exp=now + expires)
    assert authenticate(platform, assertion).client_id == "client-1"


def test_one_audience_may_come_as_a_list_of_one(platform):
    assert authenticate(platform, MINI.assertion([TOKEN_URL])).client_id == "client-1"


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_bad_assertion_is_refused_by_name(platform, case):
    make, code = REFUSED[case]
    with pytest.raises(PlatformError) as refusal:
        authenticate(platform, make())
    assert refusal.value.code == code


def test_an_assertion_is_good_only_once(platform):
    assertion = MINI.assertion(TOKEN_URL)
    authenticate(platform, assertion)
    with pytest.raises(PlatformError, match="jti_reused"):
        authenticate(platform, assertion)


def test_two_tools_may_happen_to_choose_the_same_jti():
    other = MiniTool("client-2")
    platform = platform_with(MINI, other)
    authenticate(platform, MINI.assertion(TOKEN_URL, jti="same"))
    assert authenticate(platform, other.assertion(TOKEN_URL, jti="same")).client_id == "client-2"


def test_the_token_answer_has_the_shape_of_rfc_6749(platform):
    answer = issue_token(platform, form(MINI.assertion(TOKEN_URL), scope=f"{Scope.SCORE} made-up"))
    assert answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 3600, "scope": Scope.SCORE}


TOKEN_REFUSALS = {
    "no grant type": ({"grant_type": None}, 400, "invalid_request"),
    "password grant": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "no assertion": ({"client_assertion": None}, 400, "invalid_request"),
    "wrong assertion type": ({"client_assertion_type": "saml"}, 400, "invalid_request"),
    "no scope": ({"scope": None}, 400, "invalid_request"),
    "only unknown scopes": ({"scope": "openid admin"}, 400, "invalid_scope"),
    "client_id of another": ({"client_id": "client-2"}, 401, "invalid_client"),
    "bad assertion": ({"client_assertion": "nonsense"}, 401, "invalid_client"),
}


@pytest.mark.parametrize("case", TOKEN_REFUSALS, ids=str)
def test_a_bad_token_request_is_refused_in_the_words_of_rfc_6749(platform, case):
    changes, status, code = TOKEN_REFUSALS[case]
    with pytest.raises(ServiceRefused) as refusal:
        issue_token(platform, form(MINI.assertion(TOKEN_URL), **changes))
    assert (refusal.value.status, refusal.value.code) == (status, code)


def test_a_doubled_parameter_is_refused(platform):
    doubled = form(MINI.assertion(TOKEN_URL)) | {"scope": [Scope.SCORE, Scope.LINE_ITEM]}
    with pytest.raises(ServiceRefused, match="invalid_request"):
        issue_token(platform, doubled)


def test_a_tool_gets_no_scope_beyond_its_registration(platform):
    from dataclasses import replace

    tools = platform.tools.tools
    tools["client-1"] = replace(tools["client-1"], scopes=(Scope.RESULT_READ,))
    with pytest.raises(ServiceRefused, match="invalid_scope"):
        issue_token(platform, form(MINI.assertion(TOKEN_URL)))


ALLOWED = {
    ("lineitems", "GET"): {Scope.LINE_ITEM, Scope.LINE_ITEM_READ},
    ("lineitems", "POST"): {Scope.LINE_ITEM},
    ("lineitem", "GET"): {Scope.LINE_ITEM, Scope.LINE_ITEM_READ},
    ("lineitem", "PUT"): {Scope.LINE_ITEM},
    ("lineitem", "DELETE"): {Scope.LINE_ITEM},
    ("scores", "POST"): {Scope.SCORE},
    ("results", "GET"): {Scope.RESULT_READ},
    ("memberships", "GET"): {Scope.MEMBERSHIP},
}


@pytest.mark.parametrize("scope", ALL_SCOPES)
@pytest.mark.parametrize("door", ALLOWED, ids=lambda door: " ".join(door))
def test_each_scope_opens_its_own_doors_and_no_other(platform, door, scope):
    answer = issue_token(platform, form(MINI.assertion(TOKEN_URL), scope=scope))
    header = f"Bearer {answer['access_token']}"
    if scope in ALLOWED[door]:
        assert check_bearer(platform, header, endpoint=door[0], method=door[1]).client_id == "client-1"
        return
    with pytest.raises(ServiceRefused) as refusal:
        check_bearer(platform, header, endpoint=door[0], method=door[1])
    assert refusal.value.status == 403
    assert 'error="insufficient_scope"' in refusal.value.headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer  ", "Bearer made-up", "made-up"])
def test_a_bad_bearer_is_a_401_with_a_challenge(platform, header):
    with pytest.raises(ServiceRefused) as refusal:
        check_bearer(platform, header, endpoint="scores", method="POST")
    assert refusal.value.status == 401
    assert refusal.value.headers["WWW-Authenticate"].startswith('Bearer realm="lti"')


def test_a_token_ends_after_an_hour(platform):
    answer = issue_token(platform, form(MINI.assertion(TOKEN_URL)))
    platform.now.forward(seconds=3601)
    with pytest.raises(ServiceRefused, match="invalid_token"):
        check_bearer(platform, f"Bearer {answer['access_token']}", endpoint="scores", method="POST")
