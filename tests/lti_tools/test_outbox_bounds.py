"""The outbox has bounds: of time in one task, of patience with a broker, of tries over a row that kills workers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tasks that wake-ups asked for."""
    names: list[str] = []
    monkeypatch.setattr(outbox._Broker, "silent_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    return names


def put(key: str, *, queue: str = "default") -> None:
    with transaction.atomic():
        outbox.put("mail", key=key, payload={}, queue=queue)


def test_a_row_wakes_its_queue_when_its_cause_is_committed_and_not_before(sent: list[str]) -> None:
    with transaction.atomic():
        outbox.put("mail", key="a", payload={}, queue="media")
        assert sent == []
    assert sent == ["shijie.work_media"]


def test_a_row_whose_cause_is_undone_wakes_nobody(sent: list[str]) -> None:
    with transaction.atomic():
        outbox.put("mail", key="a", payload={})
        transaction.set_rollback(True)
    assert sent == []
    assert not OutboxRow.objects.exists()


def test_a_task_that_stops_with_rows_left_wakes_the_next(sent: list[str]) -> None:
    for number in range(3):
        put(str(number))
    sent.clear()
    assert outbox.work({"mail": lambda row: None}, limit=2) == 2
    assert sent == ["shijie.work"]
    assert outbox.work({"mail": lambda row: None}, limit=2) == 1
    assert sent == ["shijie.work"]


def test_a_task_whose_time_is_up_takes_no_further_row(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put(str(number))
    monkeypatch.setattr(outbox, "TAKING_SECONDS", 0.5)
    sent.clear()
    assert outbox.work({"mail": lambda row: time.sleep(0.6)}) == 1
    assert sent == ["shijie.work"]
    assert outbox.waiting() == 2


def test_a_broker_that_is_away_is_asked_once_and_then_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def away(name: str, **_: Any) -> None:
        asked.append(name)
        raise OSError("connection refused")

    monkeypatch.setattr(outbox._Broker, "silent_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", away)
    for number in range(3):
        put(str(number))
    assert asked == ["shijie.work"]
    assert outbox.waiting() == 3
    monkeypatch.setattr(outbox._Broker, "silent_until", time.monotonic() - 1)
    put("later")
    assert asked == ["shijie.work", "shijie.work"]


def test_a_row_over_which_worker_after_worker_was_lost_stops_and_is_shown(sent: list[str]) -> None:
    put("poison")
    # Each lease counts a try; nobody lived to note how it ended.
    OutboxRow.objects.update(attempts=outbox.MAX_ATTEMPTS)
    tried: list[outbox.Row] = []
    assert outbox.work({"mail": tried.append}) == 1
    assert tried == []
    [shown] = outbox.problems()
    assert (shown.state, shown.error_code) == ("failed", "outbox.worker_lost")
    assert outbox.retry(shown.id)
    outbox.work({"mail": tried.append})
    assert outbox.state_of("mail", key="poison") == "done"
