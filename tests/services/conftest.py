"""These tests need the servers themselves: one that is away fails the run and is named; nothing is skipped."""

from __future__ import annotations

import pytest

from tests.services import servers


@pytest.fixture(scope="session", autouse=True)
def _servers_answer() -> None:
    away = servers.away()
    if away:
        pytest.exit("\n".join(away), returncode=1)


@pytest.fixture(autouse=True)
def _on_postgresql(db: None) -> None:
    from django.db import connection

    assert connection.vendor == "postgresql", "set SHIJIE_DATABASE_URL, or use tools/test_services.sh"
