"""The launches that must be refused: what is wrong, by which rule, with which code."""

from __future__ import annotations

import base64

from lti_attacks import (
    CORE,
    GUIDE,
    JWT_BCP,
    OIDC,
    OURS,
    SECURITY,
    Case,
    error,
    hs256,
    jwks,
    moved,
    now,
    old_nonce,
    old_state,
    other_client,
    other_issuer,
    prepared,
    publishing,
    raw,
    replayed,
    segment,
    stolen,
    swapped,
    tampered,
    too_late,
    wrong_cookie,
)
from lti_peer import CLIENT, DROP, KEY, OTHER_KEY, SHORT_KEY, TOOL, Said, private, public

LAUNCHES = [
    # what the certification guide sends
    Case("there is no kid", GUIDE, "launch.kid_missing", lambda s: s.launch(headers={})),
    Case("the kid is wrong", GUIDE, "launch.key_unknown", lambda s: s.launch(headers={"kid": "no-such-key"})),
    Case("the version is wrong", GUIDE, "launch.version", lambda s: s.launch(version="11.3")),
    Case("there is no version", GUIDE, "launch.version", lambda s: s.launch(version=DROP)),
    Case(
        "it is not an LTI message",
        GUIDE,
        "launch.malformed",
        lambda s: s.send(raw(s, body=["not", "an", "LTI", "message"])),
    ),
    Case(
        "all LTI claims are missing",
        GUIDE,
        "launch.deployment_missing",
        lambda s: s.send(raw(s, body={k: v for k, v in s.claims().items() if not k.startswith("https://")})),
    ),
    Case("the issue time is no time", GUIDE, "launch.time_missing", lambda s: s.launch(iat="yesterday")),
    Case(
        "the expiry is text",
        GUIDE,
        "launch.time_missing",
        lambda s: s.send(raw(s, body=s.claims(exp="9999999999"))),
    ),
    Case("it has expired", GUIDE, "launch.expired", lambda s: s.launch(exp=now(-61))),
    Case(
        "the message type is missing",
        GUIDE,
        "launch.message_type_missing",
        lambda s: s.launch(message_type=DROP),
    ),
    Case("the roles are missing", GUIDE, "launch.roles", lambda s: s.launch(roles=DROP)),
    Case(
        "the deployment is missing",
        GUIDE,
        "launch.deployment_missing",
        lambda s: s.launch(deployment_id=DROP),
    ),
    Case(
        "the resource link is missing", GUIDE, "launch.resource_link", lambda s: s.launch(resource_link=DROP)
    ),
    Case(
        "the resource link has no id",
        GUIDE,
        "launch.resource_link",
        lambda s: s.launch(resource_link={"title": "x"}),
    ),
    Case("the user is missing", GUIDE, "launch.sub", lambda s: s.launch(sub=DROP)),
    # replays and mixing
    Case("it was launched before", SECURITY, "launch.replayed", replayed),
    Case("its nonce was used before", SECURITY, "launch.nonce", old_nonce),
    Case("its state was used before", SECURITY, "launch.replayed", old_state),
    Case("state and nonce belong to two different logins", OURS, "launch.nonce", swapped),
    Case("there is no nonce", OIDC, "launch.nonce", lambda s: s.launch(nonce=DROP)),
    Case("the nonce is not text", OIDC, "launch.nonce", lambda s: s.launch(nonce=[s.asked["nonce"]])),
    Case("the nonce was never given out", OIDC, "launch.nonce", lambda s: s.launch(nonce="n" * 32)),
    Case("there is no state", SECURITY, "launch.state_missing", lambda s: s.launch(state=DROP)),
    Case(
        "the state was never given out", SECURITY, "launch.state_unknown", lambda s: s.launch(state="state-x")
    ),
    Case(
        "the state was tampered with",
        SECURITY,
        "launch.state_unknown",
        lambda s: s.launch(state=s.asked["state"] + "0"),
    ),
    Case("another browser began the login", SECURITY, "launch.other_browser", stolen),
    Case("the cookie does not belong to the state", SECURITY, "launch.other_browser", wrong_cookie),
    Case("the login was begun too long ago", OURS, "launch.login_expired", too_late),
    Case("another client of the same issuer answers", OURS, "launch.audience", other_client),
    Case(
        "another client answers in our name", OURS, "launch.audience", lambda s: other_client(s, azp=CLIENT)
    ),
    Case("another platform answers", OIDC, "launch.issuer", other_issuer),
    Case("the issuer is missing", OIDC, "launch.issuer", lambda s: s.launch(iss=DROP)),
    Case(
        "the issuer differs by a slash", OIDC, "launch.issuer", lambda s: s.launch(iss="https://lms.example/")
    ),
    # time
    Case("there is no expiry", OIDC, "launch.time_missing", lambda s: s.launch(exp=DROP)),
    Case("there is no issue time", OIDC, "launch.time_missing", lambda s: s.launch(iat=DROP)),
    Case("the issue time is true", OIDC, "launch.time_missing", lambda s: s.launch(iat=True)),
    Case("the expiry is infinite", OIDC, "launch.time_missing", lambda s: s.launch(exp=float("inf"))),
    Case("it was issued before the login began", OURS, "launch.stale", lambda s: s.launch(iat=now(-120))),
    Case("it is issued in the future", OIDC, "launch.not_yet", lambda s: s.launch(iat=now(90))),
    Case("it is not valid yet", OIDC, "launch.not_yet", lambda s: s.launch(nbf=now(90))),
    # audience
    Case("there is no audience", OIDC, "launch.audience", lambda s: s.launch(aud=DROP)),
    Case("the audience is somebody else", OIDC, "launch.audience", lambda s: s.launch(aud="somebody-else")),
    Case("the audience is an object", OIDC, "launch.audience", lambda s: s.launch(aud={"client": CLIENT})),
    Case(
        "there are several audiences and no azp",
        OIDC,
        "launch.azp",
        lambda s: s.launch(aud=[CLIENT, "other"]),
    ),
    Case(
        "several audiences, and azp is the other",
        OIDC,
        "launch.azp",
        lambda s: s.launch(aud=[CLIENT, "other"], azp="other"),
    ),
    Case("azp is somebody else", OIDC, "launch.azp", lambda s: s.launch(azp="somebody-else")),
    # signature
    Case(
        "it is not signed (alg none)",
        JWT_BCP,
        "launch.algorithm",
        lambda s: s.send(f"{segment({'alg': 'none', 'kid': 'key-1'})}.{segment(s.claims())}."),
    ),
    Case(
        "the public key was used as a secret (HS256)",
        JWT_BCP,
        "launch.algorithm",
        lambda s: s.send(hs256(s)),
    ),
    Case("it is signed RS512", SECURITY, "launch.algorithm", lambda s: s.launch(algorithm="RS512")),
    Case("it is signed PS256", SECURITY, "launch.algorithm", lambda s: s.launch(algorithm="PS256")),
    Case(
        "somebody else's key signed under a known kid",
        SECURITY,
        "launch.signature",
        lambda s: s.launch(key=private("key-2")),
    ),
    Case(
        "the key comes along in the header",
        JWT_BCP,
        "launch.signature",
        lambda s: s.launch(key=private("key-2"), headers={"kid": "key-1", "jwk": public(OTHER_KEY)}),
    ),
    Case(
        "a key address comes along in the header",
        JWT_BCP,
        "launch.key_unknown",
        lambda s: s.launch(key=private("key-2"), headers={"kid": "key-2", "jku": f"{s.peer.base}/other"}),
    ),
    Case("the payload was tampered with", SECURITY, "launch.signature", lambda s: s.send(tampered(s))),
    Case(
        "the signature was cut off",
        SECURITY,
        "launch.signature",
        lambda s: s.send(s.token().rsplit(".", 1)[0] + "."),
    ),
    Case(
        "it asks for an extension nobody knows (crit)",
        JWT_BCP,
        "launch.signature",
        lambda s: s.launch(headers={"kid": "key-1", "crit": ["exp2"], "exp2": 1}),
    ),
    Case(
        "it is one of the service tokens",
        JWT_BCP,
        "launch.token_type",
        lambda s: s.launch(headers={"kid": "key-1", "typ": "shijie-service+jwt"}),
    ),
    Case(
        "the key is too short",
        OURS,
        "launch.key_unknown",
        prepared(
            publishing(public(SHORT_KEY)), lambda s: s.launch(key=private("short"), headers={"kid": "short"})
        ),
    ),
    Case(
        "the key is for encryption only",
        OURS,
        "launch.keys_unreachable",
        prepared(publishing(public(KEY, use="enc")), lambda s: s.launch()),
    ),
    Case(
        "the key is for another algorithm",
        OURS,
        "launch.keys_unreachable",
        prepared(publishing(public(KEY, alg="RS512")), lambda s: s.launch()),
    ),
    # keys that cannot be had
    Case(
        "the key page is down",
        OURS,
        "launch.keys_unreachable",
        prepared(jwks(Said(503)), lambda s: s.launch()),
    ),
    Case(
        "the key page redirects",
        OURS,
        "launch.keys_unreachable",
        prepared(jwks(Said(302, headers={"Location": "/jwks"})), lambda s: s.launch()),
    ),
    Case(
        "the key page is not JSON",
        OURS,
        "launch.keys_unreachable",
        prepared(jwks(Said(body=b"<html>")), lambda s: s.launch()),
    ),
    Case(
        "the key page is a JSON list",
        OURS,
        "launch.keys_unreachable",
        prepared(jwks(Said(body=[])), lambda s: s.launch()),
    ),
    Case(
        "the key page holds nonsense",
        OURS,
        "launch.keys_unreachable",
        prepared(jwks(Said(body={"keys": ["x", 1, {"kty": "RSA"}]})), lambda s: s.launch()),
    ),
    Case(
        "the key is broken",
        OURS,
        "launch.key_unknown",
        prepared(jwks(Said(body={"keys": [public(KEY, n="!", e="AQAB")]})), lambda s: s.launch()),
    ),
    # shape
    Case("there is no id_token", CORE, "launch.token_missing", lambda s: s.send(DROP)),
    Case(
        "the key page is on an address we must not call",
        OURS,
        "launch.keys_address",
        prepared(moved("https://10.0.0.8/jwks"), lambda s: s.launch()),
    ),
    Case("the id_token is no JWT", CORE, "launch.malformed", lambda s: s.send("hello")),
    Case("the id_token has five parts", CORE, "launch.malformed", lambda s: s.send("a.b.c.d.e")),
    Case("the id_token is enormous", OURS, "launch.malformed", lambda s: s.send("a" * 200_000)),
    Case("the body is a text", CORE, "launch.malformed", lambda s: s.send(raw(s, body="hello"))),
    Case("the body is a number", CORE, "launch.malformed", lambda s: s.send(raw(s, body=7))),
    Case(
        "the body nests without end",
        OURS,
        "launch.malformed",
        lambda s: s.send(
            f"{segment({'alg': 'RS256', 'kid': 'key-1'})}."
            f"{base64.urlsafe_b64encode(b'[' * 60_000).decode()}.c2ln"
        ),
    ),
    Case("the header is a list", CORE, "launch.malformed", lambda s: s.send(raw(s, header=["RS256"]))),
    Case(
        "the message type is unknown",
        CORE,
        "launch.message_type",
        lambda s: s.launch(message_type="LtiNonsense"),
    ),
    Case(
        "the message type is a list",
        CORE,
        "launch.message_type",
        lambda s: s.launch(message_type=["LtiResourceLinkRequest"]),
    ),
    Case(
        "it asks for deep linking, not offered yet",
        OURS,
        "launch.unsupported",
        lambda s: s.launch(message_type="LtiDeepLinkingRequest"),
    ),
    Case(
        "it asks for deep linking without a return address",
        "LTI Deep Linking 2.0",
        "launch.unsupported",
        lambda s: s.launch(
            message_type="LtiDeepLinkingRequest", deep_linking_settings={"accept_types": ["link"]}
        ),
    ),
    Case(
        "the deployment is not ours",
        CORE,
        "launch.deployment_unknown",
        lambda s: s.launch(deployment_id="elsewhere"),
    ),
    Case(
        "the deployment is a number", CORE, "launch.deployment_missing", lambda s: s.launch(deployment_id=1)
    ),
    Case(
        "the deployment is too long",
        CORE,
        "launch.deployment_missing",
        lambda s: s.launch(deployment_id="d" * 256),
    ),
    Case("the roles are a text", CORE, "launch.roles", lambda s: s.launch(roles="Learner")),
    Case("the roles are not texts", CORE, "launch.roles", lambda s: s.launch(roles=[1, None])),
    Case("the user is empty", CORE, "launch.sub", lambda s: s.launch(sub=" ")),
    Case("the user is a number", OIDC, "launch.sub", lambda s: s.launch(sub=7)),
    Case("the user has 256 characters", OIDC, "launch.sub", lambda s: s.launch(sub="s" * 256)),
    Case("the user holds a NUL", OURS, "launch.sub", lambda s: s.launch(sub="a\x00b")),
    Case("the target is missing", CORE, "launch.target", lambda s: s.launch(target_link_uri=DROP)),
    Case(
        "the target is another site",
        CORE,
        "launch.target",
        lambda s: s.launch(target_link_uri="https://evil.example/"),
    ),
    Case(
        "the target only begins like ours",
        OURS,
        "launch.target",
        lambda s: s.launch(target_link_uri=f"{TOOL}.evil.example/"),
    ),
    Case(
        "the target hides another host",
        OURS,
        "launch.target",
        lambda s: s.launch(target_link_uri=f"{TOOL}@evil.example/"),
    ),
    Case(
        "the target has a backslash",
        OURS,
        "launch.target",
        lambda s: s.launch(target_link_uri=f"{TOOL}/\\evil.example"),
    ),
    Case(
        "the resource link is a text",
        CORE,
        "launch.resource_link",
        lambda s: s.launch(resource_link="link-1"),
    ),
    Case(
        "the resource link id is too long",
        CORE,
        "launch.resource_link",
        lambda s: s.launch(resource_link={"id": "r" * 256}),
    ),
    Case("the context is a list", CORE, "launch.malformed", lambda s: s.launch(context=["course-1"])),
    Case("the grade service is a text", CORE, "launch.malformed", lambda s: s.launch(ags="yes")),
    Case("the scopes are a text", CORE, "launch.malformed", lambda s: s.launch(ags={"scope": "score"})),
    Case(
        "a custom parameter is an object",
        CORE,
        "launch.malformed",
        lambda s: s.launch(custom={"a": {"b": 1}}),
    ),
    Case("a name is an object", CORE, "launch.malformed", lambda s: s.launch(name={"zh": "x"})),
    # the platform answers with an error instead
    Case(
        "the platform says the person is signed out",
        OIDC,
        "launch.signed_out",
        lambda s: error(s, "login_required"),
    ),
    Case(
        "the platform answers with an error",
        OIDC,
        "launch.platform_error",
        lambda s: error(s, "invalid_request", "bad hint"),
    ),
    Case("an error comes without state", OIDC, "launch.platform_error", lambda s: s.browser.post(error="x")),
    Case(
        "an error comes with a foreign state",
        OURS,
        "launch.state_unknown",
        lambda s: s.browser.post(error="x", state="y"),
    ),
]
