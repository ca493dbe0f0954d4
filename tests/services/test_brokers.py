"""Wake-ups on Redis and RabbitMQ, and what happens while the broker is away: people do not wait, rows do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import servers

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
PUT_THREE = """
import django; django.setup()
from celery import current_app
from django.core.management import call_command
from django.db import transaction
from lti_tools.outbox import api as outbox
call_command("migrate", verbosity=0)
for number in range(3):
    with transaction.atomic():
        outbox.put("mail", key=f"m-{number}", payload={})
print(outbox.waiting())
"""


def put_three(broker: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Three rows in three transactions by a process of its own, with this broker and its own database file."""
    own = {
        "SHIJIE_BROKER_URL": broker,
        "SHIJIE_DATABASE_URL": f"sqlite:///{data / 'x.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.worker.site",
        "SHIJIE_DATA_DIR": str(data),
        "SHIJIE_LOG_LEVEL": "WARNING",
    }
    return subprocess.run(
        [sys.executable, "-c", PUT_THREE],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_rows_are_kept_and_nobody_waits_twice_for_a_broker_that_is_away(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIJIE_TEST_RUN", "nobody")
    done = put_three(f"{scheme}://127.0.0.1:1//", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "3"
    # Asking costs seconds; only the first of the three asked.
    assert done.stderr.count("wake-up lost") == 1, done.stderr


@pytest.mark.parametrize("variable", ["SHIJIE_TEST_REDIS", "SHIJIE_TEST_RABBITMQ"])
def test_a_row_put_while_the_broker_is_there_wakes_somebody(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = servers.address(variable)
    with servers.own_names(broker) as run:
        monkeypatch.setenv("SHIJIE_TEST_RUN", run)
        done = put_three(broker, tmp_path)
        assert done.returncode == 0, done.stderr
        assert "wake-up lost" not in done.stderr
        assert servers.messages(broker, run) == 3


def test_a_server_that_is_away_is_named_with_its_address() -> None:
    [said] = servers.away({"SHIJIE_TEST_RABBITMQ": "amqp://guest@127.0.0.1:1//"})
    assert said.startswith("RabbitMQ does not answer at 127.0.0.1:1 ")
    assert "SHIJIE_TEST_RABBITMQ" in said


def test_names_taken_on_a_server_are_given_back() -> None:
    """Checked on every server, because other people's things lie beside ours."""
    for variable in ("SHIJIE_TEST_REDIS", "SHIJIE_TEST_RABBITMQ"):
        broker = servers.address(variable)
        with servers.own_names(broker) as run:
            pass
        assert servers.messages(broker, run) == 0
