from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from lti_tools.demo import boot
from xblocks.shared.client import ClientError, Placement

SENIOR, MIDDLE, YOUNG = "lms-0001", "lms-0002", "lms-0003"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings, tmp_path: Path) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.ACCOUNTS_FILE = tmp_path / "accounts.json"


@pytest.fixture
def lms(db: None) -> Client:
    """The demo LMS with the tool connected and a browser that keeps cookies and must send CSRF tokens."""
    boot.register()
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Placement | ClientError]:
    """What the service answers about whom."""
    known: dict[str, Placement | ClientError] = {}

    def placement(_self: Any, sub: str, *, language: str) -> Placement:
        answer = known.get(sub, Placement(placed=False))
        if isinstance(answer, ClientError):
            raise answer
        return answer

    monkeypatch.setattr("lti_tools.demo.services.PathService.placement", placement)
    return known


@pytest.fixture
def workbench(lms: Client) -> Client:
    """The workbench with its scenarios in this test's database: they live in memory and in tables both."""
    from workbench.runtime_util import reset_global_state
    from workbench.scenarios import get_scenarios

    reset_global_state()
    get_scenarios.initialized = True
    return lms
