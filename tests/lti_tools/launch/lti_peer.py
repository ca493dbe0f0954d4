"""A platform written from the specifications with PyJWT and jwcrypto only, and a browser that carries its
messages.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.test import RequestFactory
from jwcrypto.jwk import JWK

from lti_tools.launch.api import Launch, begin_login, receive

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
TOOL = "http://127.0.0.1:8000"
DROP = object()
CLIENT = "client-1"
DEPLOYMENT = "deployment-1"


def new_key(kid: str, *, size: int = 2048) -> JWK:
    return JWK.generate(kty="RSA", size=size, kid=kid)


KEY = new_key("key-1")
OTHER_KEY = new_key("key-2")
SHORT_KEY = new_key("short", size=1024)


@cache
def private(kid: str) -> Any:
    """Loaded once: checking a private key takes longer than everything else in a launch."""
    [key] = [key for key in (KEY, OTHER_KEY, SHORT_KEY) if key["kid"] == kid]
    return load_pem_private_key(key.export_to_pem(private_key=True, password=None), None)


def public(key: JWK, **changes: str) -> dict[str, Any]:
    return json.loads(key.export_public()) | {"alg": "RS256", "use": "sig"} | changes


@dataclass
class Said:
    """One scripted or recorded answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0


@dataclass
class Got:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


class Peer:
    """The platform's pages on loopback. `script` queues answers for a path; without one it behaves."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.reset()
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def reset(self) -> None:
        self.published: Any = {"keys": [public(KEY)]}
        self.script: dict[str, list[Said]] = {}
        self.got: list[Got] = []
        self.tokens: dict[str, tuple[str, set[str]]] = {}
        self.line_items: list[dict[str, Any]] = []
        self.scores: list[bytes] = []
        self.tool_keys: dict[str, Any] = {"keys": []}
        self.jtis: set[str] = set()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def asked(self, path: str) -> list[Got]:
        return [request for request in self.got if request.path == path]

    def answer(self, got: Got) -> Said:
        self.got.append(got)
        if self.script.get(got.path):
            return self.script[got.path].pop(0)
        if got.path == "/jwks":
            return Said(body=self.published)
        if got.path == "/token":
            return self._token(got)
        return self._service(got)

    def _token(self, got: Got) -> Said:
        """RFC 7523 sections 2.2 and 3, checked against the tool's own published keys."""
        form = {name: values[0] for name, values in parse_qs(got.body.decode()).items()}
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        kid = jwt.get_unverified_header(form["client_assertion"])["kid"]
        [key] = [jwt.PyJWK(found) for found in self.tool_keys["keys"] if found["kid"] == kid]
        claims = jwt.decode(
            form["client_assertion"], key, algorithms=["RS256"], audience=f"{self.base}/token", leeway=1
        )
        assert claims["iss"] == claims["sub"]
        assert claims["jti"] not in self.jtis
        self.jtis.add(claims["jti"])
        token = uuid.uuid4().hex
        self.tokens[token] = (claims["sub"], set(form["scope"].split()))
        return Said(
            body={"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": form["scope"]}
        )

    def _service(self, got: Got) -> Said:
        _client, scopes = self.tokens.get(
            got.headers.get("Authorization", "").removeprefix("Bearer "), ("", set())
        )
        if not scopes:
            return Said(401)
        if got.path == "/lineitems" and got.method == "GET":
            return Said(body=self.line_items) if SCOPE + "lineitem" in scopes else Said(403)
        if got.path == "/lineitems":
            item = json.loads(got.body) | {
                "id": f"{self.base}/lineitems/{len(self.line_items) + 1}/lineitem?type_id=4"
            }
            self.line_items.append(item)
            return Said(201, item)
        if got.path.endswith("/scores") and SCOPE + "score" in scopes:
            self.scores.append(got.body)
            return Said(200)
        return Said(403)


def _handler(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got = Got(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body)
            said = peer.answer(got)
            time.sleep(said.wait)
            raw = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _serve

        def log_message(self, *args: Any) -> None:
            return None

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                return  # the tool gave up waiting, which is what the test wants

    return Handler


class Browser:
    """Keeps cookies as a browser does: by name, given back to whoever asks under /lti/."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.last: Any = None

    def login(self, issuer: str, **changes: Any) -> dict[str, str]:
        """Goes through the tool's login; returns what the tool asks the platform (state, nonce, ...)."""
        params: dict[str, Any] = {
            "iss": issuer,
            "login_hint": "hint-7",
            "target_link_uri": f"{TOOL}/lti/launch",
            "lti_message_hint": "message-7",
            "client_id": CLIENT,
        } | changes
        request = RequestFactory().get("/lti/login", {k: v for k, v in params.items() if v is not DROP})
        request.COOKIES = dict(self.cookies)
        self.last = begin_login(request)
        self.cookies |= {name: morsel.value for name, morsel in self.last.cookies.items()}
        return dict(parse_qsl(urlsplit(self.last["Location"]).query))

    def post(self, **fields: Any) -> Launch:
        request = RequestFactory().post("/lti/launch", {k: v for k, v in fields.items() if v is not DROP})
        request.COOKIES = dict(self.cookies)
        return receive(request)


class Scene:
    """A browser that has begun a login at the tool and now carries the platform's answer back."""

    def __init__(self, peer: Peer, platform: Any) -> None:
        self.peer, self.platform = peer, platform
        self.browser = Browser()
        self.asked = self.browser.login(platform.issuer)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """A full, legal message; keyword `message_type` and the like name LTI claims, DROP leaves one out."""
        now = int(time.time())
        base = {
            "iss": self.platform.issuer,
            "aud": self.platform.client_id,
            "sub": "user-7",
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked["nonce"],
            "name": "王秀兰",
            "given_name": "秀兰",
            "family_name": "王",
            "email": "wang@school.example",
            "locale": "zh-CN",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": DEPLOYMENT,
            CLAIM + "target_link_uri": f"{TOOL}/lti/launch",
            CLAIM + "resource_link": {"id": "link-1", "title": "My path"},
            CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            CLAIM + "context": {"id": "course-1", "title": "Digital literacy", "type": []},
            CLAIM + "lis": {"person_sourcedid": "T0058"},
            CLAIM + "custom": {"task": "B1"},
            CLAIM + "launch_presentation": {"return_url": f"{self.peer.base}/course/", "locale": "en"},
            AGS: {
                "scope": [SCOPE + "score", SCOPE + "lineitem"],
                "lineitems": f"{self.peer.base}/lineitems",
                "lineitem": f"{self.peer.base}/lineitems/1/lineitem?type_id=4",
            },
        }
        plain = {
            "iss",
            "aud",
            "azp",
            "sub",
            "exp",
            "iat",
            "nbf",
            "nonce",
            "name",
            "given_name",
            "family_name",
            "email",
        }
        for key, value in changes.items():
            name = AGS if key == "ags" else key if key in plain | {"locale"} else CLAIM + key
            base[name] = value
        return {name: value for name, value in base.items() if value is not DROP}

    def token(
        self,
        *,
        headers: Mapping[str, Any] | None = None,
        key: Any = None,
        algorithm: str = "RS256",
        **changes: Any,
    ) -> str:
        head = {"kid": "key-1"} if headers is None else dict(headers)
        return jwt.encode(
            self.claims(**changes),
            private(KEY["kid"]) if key is None else key,
            algorithm=algorithm,
            headers=head,
        )

    def launch(self, *, state: Any = None, **changes: Any) -> Launch:
        return self.send(self.token(**changes), state=state)

    def send(self, id_token: Any, *, state: Any = None) -> Launch:
        return self.browser.post(id_token=id_token, state=self.asked["state"] if state is None else state)


Act = Callable[[Scene], Any]
