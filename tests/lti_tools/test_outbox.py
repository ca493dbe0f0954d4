from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from lti_tools.errors import ShijieError
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db


def put(key: str = "a", **more: Any) -> bool:
    with transaction.atomic():
        return outbox.put("mail", key=key, payload={"n": 1}, **more)


def test_a_row_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        outbox.put("mail", key="a", payload={})


def test_the_same_row_is_put_once() -> None:
    assert put() is True
    assert put() is False
    assert OutboxRow.objects.count() == 1


def test_a_handled_row_is_done_and_not_handled_again() -> None:
    seen: list[outbox.Row] = []
    put()
    assert outbox.work({"mail": seen.append}) == 1
    assert outbox.work({"mail": seen.append}) == 0
    assert [row.payload for row in seen] == [{"n": 1}]
    assert outbox.state_of("mail", key="a") == "done"


def test_a_row_of_a_killed_worker_is_due_again_when_its_lease_runs_out() -> None:
    put()
    OutboxRow.objects.update(lease="dead", lease_until=timezone.now() + timedelta(seconds=60))
    assert outbox.work({"mail": lambda row: None}) == 0
    OutboxRow.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.work({"mail": lambda row: None}) == 1


def test_a_worker_whose_lease_was_taken_over_cannot_close_the_row() -> None:
    put()

    def slow(row: outbox.Row) -> None:
        OutboxRow.objects.update(lease="someone-else")

    outbox.work({"mail": slow})
    assert outbox.state_of("mail", key="a") == "waiting"


def test_a_temporary_error_waits_longer_each_time_and_keeps_the_payload() -> None:
    put()

    def fail(row: outbox.Row) -> None:
        raise ShijieError("lms.down", permanent=False)

    waits = []
    for _ in range(3):
        OutboxRow.objects.update(not_before=timezone.now())
        outbox.work({"mail": fail})
        row = OutboxRow.objects.get()
        waits.append((row.not_before - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert row.state == "waiting"
    assert row.payload == {"n": 1}
    assert row.error_code == "lms.down"


def test_a_permanent_error_stops_and_shows_up_and_can_be_tried_again() -> None:
    put()

    def fail(row: outbox.Row) -> None:
        raise ShijieError("lms.gone", permanent=True)

    outbox.work({"mail": fail})
    (row,) = outbox.problems()
    assert (row.state, row.error_code) == ("failed", "lms.gone")
    assert outbox.retry(row.id)
    assert outbox.work({"mail": lambda row: None}) == 1


def test_an_unexpected_error_is_not_lost() -> None:
    put()

    def broken(row: outbox.Row) -> None:
        raise KeyError("secret name")

    outbox.work({"mail": broken})
    row = OutboxRow.objects.get()
    assert (row.state, row.error_code, row.error_detail) == ("waiting", "outbox.unexpected", "KeyError")


def test_after_many_tries_a_row_stops() -> None:
    put()
    OutboxRow.objects.update(attempts=outbox.MAX_ATTEMPTS - 1)  # type: ignore[attr-defined]

    def fail(row: outbox.Row) -> None:
        raise ShijieError("lms.down", permanent=False)

    outbox.work({"mail": fail})
    assert outbox.state_of("mail", key="a") == "failed"


def test_long_work_goes_on_in_steps() -> None:
    put()
    steps = []

    def step(row: outbox.Row) -> outbox.Again | None:
        steps.append(row.payload["n"])
        return outbox.Again({"n": int(str(row.payload["n"])) + 1}) if len(steps) < 3 else None

    outbox.work({"mail": step})
    assert steps == [1, 2, 3]


def test_the_newest_of_a_line_cancels_older_waiting_ones() -> None:
    put("old", supersedes="line")
    put("new", supersedes="line")
    assert outbox.state_of("mail", key="old") == "cancelled"
    assert outbox.state_of("mail", key="new") == "waiting"


def test_queues_are_worked_separately() -> None:
    put("big", queue="media")
    assert outbox.work({"mail": lambda row: None}) == 0
    assert outbox.work({"mail": lambda row: None}, queue="media") == 1


def test_a_cancelled_row_is_not_worked() -> None:
    put()
    assert outbox.cancel("mail", key="a")
    assert outbox.work({"mail": lambda row: None}) == 0
    assert not outbox.cancel("mail", key="a")


@pytest.mark.parametrize("answer", [None, "waiting"])
def test_the_state_of_a_row_is_known(answer: str | None) -> None:
    if answer:
        put()
    assert outbox.state_of("mail", key="a") == answer
