"""A connected tool in a test LMS. These tests run with `--ds=tests.xblocks.lms_settings` only."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import cache
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.xblocks.lms_people import COURSE
from tests.xblocks.mini_tool import ASSERTION_TYPE, LOGIN, REDIRECT, TARGET, MiniTool

# The service's own test run uses other settings, in which this app is not installed.
collect_ignore_glob = (
    [] if os.environ.get("DJANGO_SETTINGS_MODULE") == "tests.xblocks.lms_settings" else ["*"]
)

TOKEN = "https://lms.example/shijie/lti/token"


def post_form(form: dict[str, str]):
    """To the token door, encoded as RFC 6749 wants it."""
    return Client(enforce_csrf_checks=True).post(
        "/shijie/lti/token", urlencode(form), content_type="application/x-www-form-urlencoded"
    )


class Peer(MiniTool):
    """The mini tool speaking HTTP to the LMS under test."""

    def token(self, *scopes: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(TOKEN),
            "scope": " ".join(scopes),
        }
        answer = post_form(form)
        assert answer.status_code == 200, answer.content
        return answer.json()["access_token"]

    def call(self, method: str, url: str, *scopes: str, body: str = "", media: str = "", token: str = ""):
        bearer = {"Authorization": f"Bearer {token or self.token(*scopes)}"}
        path = url.removeprefix("https://lms.example")
        return Client(enforce_csrf_checks=True).generic(method, path, body, media, headers=bearer)


@cache
def _peer(client_id: str) -> Peer:
    """Making an RSA pair takes a tenth of a second; each client keeps its own over the whole run."""
    return Peer(client_id)


def connect(client_id: str = "client-1", **changes) -> Peer:
    from xblocks.lms_app import api

    peer = _peer(client_id)
    values = {
        "client_id": client_id,
        "login_url": LOGIN,
        "redirect_uris": [REDIRECT],
        "jwks": peer.jwks(),
    } | changes
    api.connect_tool("Shijie", **values)
    return peer


@pytest.fixture
def peer(db) -> Peer:
    return connect()


@pytest.fixture
def column(peer):
    """The id of the gradebook column of a placed lesson task."""
    from xblocks.lms_app import api

    return api.place_link(
        "client-1",
        course=COURSE,
        link_id="block-1",
        title="示范课",
        target_link_uri=TARGET,
        custom={"page": "lesson"},
        score_maximum=Decimal(100),
        tag="lesson",
    )


@pytest.fixture
def browser():
    """A browser of the LMS in which a person can sign in."""
    client = Client(enforce_csrf_checks=True)

    def sign_in(sub: str) -> Client:
        session = client.session
        session["sub"] = sub
        session.save()
        return client

    client.sign_in = sign_in
    return client
