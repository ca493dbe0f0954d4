"""Fetching a tool's keys: where to, how long, and what a bad answer may spoil (nothing)."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from jwcrypto.jwk import JWK

from tests.xblocks.lti_platform.memory import TOKEN_URL, platform_with, tool_for
from tests.xblocks.mini_tool import MiniTool
from xblocks.lti_platform import FetchRules, PlatformError, ServiceRefused, issue_token
from xblocks.lti_platform.assertion import authenticate
from xblocks.lti_platform.fetching import fetch_json, is_public

MINI = MiniTool()
SHORT = json.loads(JWK.generate(kty="RSA", size=1024, kid=MINI.key["kid"]).export_public())


class Site:
    """A tool's web server whose next answer a test decides; counts what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers, self.pause = 200, json.dumps(MINI.jwks()).encode(), {}, 0.0
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                self.send_response(site.status)
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                site.write(self.wfile)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.url = f"{self.origin}/jwks"

    def write(self, out) -> None:
        try:
            for at in range(0, len(self.body), 64):
                out.write(self.body[at : at + 64])
                time.sleep(self.pause)
        except OSError:
            return

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    made = Site()
    yield made
    made.close()


def rules(site: Site) -> FetchRules:
    return FetchRules(
        listed=frozenset({site.origin}), socket_seconds=0.5, total_seconds=0.6, max_bytes=20_000
    )


def test_a_listed_plain_origin_is_fetched(site):
    assert fetch_json(site.url, rules=rules(site)) == MINI.jwks()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://tool.example/jwks", "url_refused"),
        ("http://127.0.0.1:1/jwks", "url_refused"),
        ("ftp://tool.example/jwks", "url_refused"),
        ("file:///etc/passwd", "url_refused"),
        ("https://user:secret@tool.example/jwks", "url_refused"),
        ("https:///jwks", "url_refused"),
        ("https://tool.example:port/jwks", "url_refused"),
        ("https://127.0.0.1/jwks", "address_refused"),
        ("https://[::1]/jwks", "address_refused"),
        ("https://[::ffff:10.0.0.1]/jwks", "address_refused"),
        ("https://10.1.2.3/jwks", "address_refused"),
        ("https://169.254.169.254/latest/meta-data", "address_refused"),
        ("https://100.64.0.1/jwks", "address_refused"),
        ("https://0.0.0.0/jwks", "address_refused"),
        ("https://2130706433/jwks", "address_refused"),
    ],
)
def test_an_address_nobody_vouched_for_is_refused(url, code):
    with pytest.raises(PlatformError) as refusal:
        fetch_json(url, rules=FetchRules())
    assert refusal.value.code == code
    assert refusal.value.permanent


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("192.168.1.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("224.0.0.1", False),
    ],
)
def test_public_means_reachable_by_anyone(address, public):
    assert is_public(address) is public


def test_a_host_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(PlatformError, match="address_refused"):
        fetch_json("https://tool.example/jwks", rules=FetchRules())


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", ("8.8.8.8", 443))])

    def connect(address, timeout):
        asked.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(PlatformError, match="fetch_failed"):
        fetch_json("https://tool.example/jwks", rules=FetchRules())
    assert asked == [("8.8.8.8", 443)]


def test_a_redirect_is_not_followed(site):
    site.status, site.headers = 302, {"Location": f"{site.origin}/elsewhere"}
    with pytest.raises(PlatformError, match="fetch_failed"):
        fetch_json(site.url, rules=rules(site))
    assert site.asked == ["/jwks"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"{}"),
        (404, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{" * 3),
        (200, b" " * 30_000 + b"{}"),
    ],
    ids=["503", "404", "html", "list", "broken", "too large"],
)
def test_a_bad_answer_may_be_better_next_time(site, status, body):
    site.status, site.body = status, body
    with pytest.raises(PlatformError) as refusal:
        fetch_json(site.url, rules=rules(site))
    assert refusal.value.code == "fetch_failed"
    assert not refusal.value.permanent


def test_a_trickling_answer_is_given_up(site):
    site.pause = 0.3
    began = time.monotonic()
    with pytest.raises(PlatformError, match="fetch_failed"):
        fetch_json(site.url, rules=rules(site))
    assert time.monotonic() - began < 2


def by_url(site: Site):
    platform = platform_with(MINI, fetch_rules=rules(site))
    platform.tools.tools["client-1"] = tool_for(MINI, jwks=None, jwks_url=site.url)
    return platform


def test_keys_are_fetched_once_and_then_remembered(site):
    platform = by_url(site)
    for _ in range(3):
        authenticate(platform, MINI.assertion(TOKEN_URL))
    assert len(site.asked) == 1


def test_a_rotated_key_is_found_at_once_and_strangers_cannot_make_us_ask_again(site):
    platform = by_url(site)
    authenticate(platform, MINI.assertion(TOKEN_URL))
    platform.now.forward(seconds=31)
    rotated = MiniTool()
    rotated.key = rotated.key.__class__.generate(kty="RSA", size=2048, kid="second")
    rotated.pem = rotated.key.export_to_pem(private_key=True, password=None)
    site.body = json.dumps(rotated.jwks()).encode()
    assert authenticate(platform, rotated.assertion(TOKEN_URL)).client_id == "client-1"
    for kid in ("a", "b", "c"):
        with pytest.raises(PlatformError, match="keys_unavailable"):
            authenticate(platform, MINI.assertion(TOKEN_URL, headers={"kid": kid}))
    assert len(site.asked) == 2


def test_while_the_tool_is_down_known_keys_stay_good_and_the_bad_answer_is_forgotten(site):
    platform = by_url(site)
    authenticate(platform, MINI.assertion(TOKEN_URL))
    site.status = 503
    platform.now.forward(hours=2)
    now = int(platform.now().timestamp())
    assertion = MINI.assertion(TOKEN_URL, iat=now, exp=now + 60)
    assert authenticate(platform, assertion).client_id == "client-1"
    assert list(platform.tools.cached["client-1"].keys) == MINI.jwks()["keys"]


def test_a_tool_whose_keys_cannot_be_fetched_is_asked_to_come_back(site):
    platform = by_url(site)
    site.status = 500
    request = {
        "grant_type": ["client_credentials"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "client_assertion": [MINI.assertion(TOKEN_URL)],
        "scope": ["anything"],
    }
    with pytest.raises(ServiceRefused) as refusal:
        issue_token(platform, request)
    assert refusal.value.status == 503
    assert refusal.value.headers["Retry-After"]


@pytest.mark.parametrize(
    "spoil",
    [{"kty": "oct", "k": "c2VjcmV0"}, {"n": "!"}, {"n": 7}, {"use": "enc"}, SHORT],
    ids=["symmetric", "broken modulus", "modulus a number", "for encryption", "1024 bits"],
)
def test_a_key_that_is_not_a_sound_rsa_signing_key_opens_nothing(spoil):
    platform = platform_with(MINI)
    key = MINI.jwks()["keys"][0] | spoil
    tools = platform.tools.tools
    tools["client-1"] = replace(tools["client-1"], jwks={"keys": [key]})
    with pytest.raises(PlatformError, match=r"unknown_kid|bad_key"):
        authenticate(platform, MINI.assertion(TOKEN_URL))
