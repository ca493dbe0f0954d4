"""What an LMS administrator meets: checks, plugin settings, commands. And input from people who mean ill."""

from __future__ import annotations

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.extra.django import TestCase

from tests.xblocks.lms_app.conftest import connect
from tests.xblocks.lms_people import COURSE
from tests.xblocks.mini_tool import TARGET
from xblocks.lms_app import api, models, stores, vault
from xblocks.lms_app.settings import common, production
from xblocks.lti_platform import MediaType, PlatformError, Scope


def check_ids() -> list[str]:
    return [message.id for message in run_checks() if message.id.startswith("shijie_lms")]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SHIJIE_LMS_ISSUER", "https://lms.example", []),
        ("SHIJIE_LMS_ISSUER", "", ["shijie_lms.E001"]),
        ("SHIJIE_LMS_ISSUER", "lms.example", ["shijie_lms.E002"]),
        ("SHIJIE_LMS_ISSUER", "https://lms.example/?a=b", ["shijie_lms.E002"]),
        ("SHIJIE_LMS_DIRECTORY", "", ["shijie_lms.E003"]),
        ("SHIJIE_LMS_DIRECTORY", "no.such.module", ["shijie_lms.E003"]),
        ("SHIJIE_LMS_DIRECTORY", "tests.xblocks.lms_people:nobody", ["shijie_lms.E003"]),
        ("SHIJIE_LMS_DIRECTORY", "json", ["shijie_lms.E004"]),
    ],
)
def test_a_wrong_setting_is_named_before_a_teacher_finds_out(settings, name, value, found):
    setattr(settings, name, value)
    assert check_ids() == found


def test_the_plugin_points_at_modules_that_exist():
    from importlib import import_module

    config = apps.get_app_config("shijie_lms")
    for project in ("lms.djangoapp", "cms.djangoapp"):
        for where in config.plugin_app["settings_config"][project].values():
            assert callable(import_module(f"{config.name}.{where['relative_path']}").plugin_settings)
    where = config.plugin_app["url_config"]["lms.djangoapp"]
    assert import_module(f"{config.name}.{where['relative_path']}").urlpatterns


def test_an_edx_site_needs_to_set_only_its_directory(monkeypatch):
    site = SimpleNamespace(LMS_ROOT_URL="https://lms.example", PLATFORM_NAME="县级平台", ENV_TOKENS={})
    common.plugin_settings(site)
    monkeypatch.setenv("SHIJIE_LMS_FETCH_HOSTS", "tool.intranet, http://10.0.0.8:8000")
    site.ENV_TOKENS["SHIJIE_LMS_DIRECTORY"] = "site.people"
    production.plugin_settings(site)
    assert site.SHIJIE_LMS_ISSUER == "https://lms.example"
    assert site.SHIJIE_LMS_FETCH_HOSTS == ("tool.intranet", "http://10.0.0.8:8000")
    assert site.SHIJIE_LMS_DIRECTORY == "site.people"


def test_no_service_runs_inside_a_transaction_of_the_site():
    """Key fetching is HTTP; with ATOMIC_REQUESTS it would hold a transaction open for seconds."""
    patterns = get_resolver().url_patterns[0].url_patterns
    services = [pattern.callback for pattern in patterns if pattern.name not in ("authorize", "jwks")]
    assert len(services) == 6
    assert all("default" in view._non_atomic_requests for view in services)


def test_master_keys_rotate_by_adding_one_in_front(settings):
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SHIJIE_LMS_MASTER_KEYS = [first]
    sealed = vault.seal("secret")
    settings.SHIJIE_LMS_MASTER_KEYS = [second, first]
    assert vault.unseal(sealed) == "secret"
    settings.SHIJIE_LMS_MASTER_KEYS = [second]
    with pytest.raises(ImproperlyConfigured):
        vault.unseal(sealed)


def test_a_changed_secret_key_still_opens_through_its_fallback(settings):
    sealed = vault.seal("secret")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert vault.unseal(sealed) == "secret"


def connect_command(*extra: str) -> str:
    out = StringIO()
    options = [
        "--name=Shijie",
        "--login-url=https://tool.example/lti/login",
        "--redirect-uri=https://tool.example/lti/launch",
        "--jwks-url=https://tool.example/lti/jwks",
        *extra,
    ]
    call_command("shijie_connect", *options, stdout=out)
    return out.getvalue()


def test_the_connect_command_prints_what_the_tool_asks_for(db):
    printed = dict(line.split(None, 1) for line in connect_command("--client-id=c-1").splitlines())
    assert printed == {
        "issuer": "https://lms.example",
        "client_id": "c-1",
        "deployment_id": "1",
        "auth_url": "https://lms.example/shijie/lti/authorize",
        "token_url": "https://lms.example/shijie/lti/token",
        "jwks_url": "https://lms.example/shijie/lti/jwks",
    }


def test_the_connect_command_refuses_a_dangerous_address(db):
    with pytest.raises(CommandError):
        connect_command("--redirect-uri=javascript:alert(1)")


def test_keys_are_rotated_and_leftovers_purged_by_command(db):
    connect_command()
    out = StringIO()
    call_command("shijie_rotate_key", stdout=out)
    assert models.SigningKey.objects.get(retired_at=None).kid == out.getvalue().strip()
    call_command("shijie_lms_purge", stdout=out)


def test_without_a_key_the_reason_is_named(db):
    with pytest.raises(PlatformError, match="no_signing_key"):
        stores.Keys().signing_key()


def test_of_two_answers_that_both_read_the_hint_one_wins(peer, column):
    from django.utils import timezone

    api.start_launch("teacher-1", client_id="client-1", link_id="block-1")
    digest = models.LaunchHint.objects.get().digest
    hints, now = stores.Hints(), timezone.now()
    assert hints.get(digest, now=now) == hints.get(digest, now=now)
    assert [hints.use(digest, now=now) for _ in range(3)] == [True, False, False]


def test_the_keys_of_a_tool_are_asked_for_by_one_caller_at_a_time(peer):
    from datetime import timedelta

    from django.utils import timezone

    tools, now = stores.Tools(), timezone.now()
    assert [tools.may_fetch("client-1", now=now, wait=30) for _ in range(2)] == [True, False]
    assert tools.may_fetch("client-1", now=now + timedelta(seconds=31), wait=30)


ANYTHING = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.floats()
    | strategies.integers()
    | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
SCORE_NAMES = strategies.sampled_from(
    [
        "userId",
        "timestamp",
        "scoreGiven",
        "scoreMaximum",
        "activityProgress",
        "gradingProgress",
        "comment",
        "submission",
    ]
)
AUTH_NAMES = strategies.sampled_from(
    [
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "prompt",
        "login_hint",
        "lti_message_hint",
        "response_type",
    ]
)
GENTLE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class NoInputBreaksTheServer(TestCase):
    def setUp(self) -> None:
        self.peer = connect()
        self.column = api.place_link(
            "client-1", course=COURSE, link_id="block-1", target_link_uri=TARGET, score_maximum=100
        )
        self.token = self.peer.token(Scope.SCORE, Scope.LINE_ITEM)

    @GENTLE
    @given(strategies.dictionaries(SCORE_NAMES, ANYTHING))
    def test_any_score_is_answered(self, changes: dict) -> None:
        good = {
            "userId": "teacher-1",
            "timestamp": "2026-03-01T08:00:00.5Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        url = f"/shijie/lti/contexts/{COURSE}/lineitems/{self.column}/scores"
        body = json.dumps(good | changes)
        answer = self.peer.call("POST", url, body=body, media=MediaType.SCORE, token=self.token)
        assert answer.status_code in (204, 400, 413, 422)

    @GENTLE
    @given(strategies.dictionaries(AUTH_NAMES, strategies.text()))
    def test_any_authentication_request_is_answered(self, params: dict) -> None:
        sendable = {name: value.encode("utf-8", "replace") for name, value in params.items()}
        assert Client().get("/shijie/lti/authorize", sendable).status_code in (200, 400)

    @GENTLE
    @given(strategies.binary(min_size=1, max_size=300))
    def test_any_line_item_is_answered(self, body: bytes) -> None:
        url = f"/shijie/lti/contexts/{COURSE}/lineitems"
        answer = self.peer.call("POST", url, body=body, media=MediaType.LINE_ITEM, token=self.token)
        assert answer.status_code in (201, 400)
