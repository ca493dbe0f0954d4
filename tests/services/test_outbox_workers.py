"""The outbox under several workers and several causes at once on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import transaction

from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from tests.services.moments import failures, together

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ROWS = 200


def put(key: str, **more: str) -> bool:
    with transaction.atomic():
        return outbox.put("mail", key=key, payload={"key": key}, **more)


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake-ups have tests of their own; here threads are the workers."""
    monkeypatch.setattr(outbox, "_wake", lambda queue: None)


def test_several_workers_work_every_row_and_none_twice() -> None:
    for number in range(ROWS):
        put(f"m-{number}")
    worked: list[tuple[str, str]] = []

    def worker() -> int:
        return outbox.work(
            {"mail": lambda row: worked.append((row.key, threading.current_thread().name))}, limit=ROWS
        )

    outcomes = together(*[worker] * 4)
    assert failures(outcomes) == []
    assert sum(outcomes) == ROWS
    assert Counter(key for key, _ in worked) == Counter(f"m-{number}" for number in range(ROWS))
    assert len({name for _, name in worked}) > 1, "more than one worker had a share"
    assert OutboxRow.objects.filter(state="done", attempts=1).count() == ROWS


def test_a_row_another_worker_holds_is_left_alone_however_long_it_takes() -> None:
    put("slow")
    begun, may_end = threading.Event(), threading.Event()
    tries: list[str] = []

    def slow(row: outbox.Row) -> None:
        tries.append(row.key)
        begun.set()
        may_end.wait(30)

    def first() -> int:
        return outbox.work({"mail": slow})

    def second() -> int:
        begun.wait(30)
        try:
            return sum(outbox.work({"mail": slow}) for _ in range(20))
        finally:
            may_end.set()

    assert together(first, second) == [1, 0]
    assert tries == ["slow"]


def test_the_same_row_put_by_several_causes_at_once_is_there_once() -> None:
    outcomes = together(*[lambda: put("twin")] * 4)
    assert sorted(outcomes) == [False, False, False, True]
    assert OutboxRow.objects.count() == 1


def test_a_row_whose_cause_was_undone_is_put_by_the_next_cause() -> None:
    """The second cause waits for the first; when that one is undone, the row is the second's."""
    first_is_in = threading.Event()

    def undone() -> None:
        with transaction.atomic():
            outbox.put("mail", key="twin", payload={"by": "first"})
            first_is_in.set()
            transaction.set_rollback(True)

    def kept() -> bool:
        first_is_in.wait(30)
        with transaction.atomic():
            return outbox.put("mail", key="twin", payload={"by": "second"})

    assert together(undone, kept) == [None, True]
    assert OutboxRow.objects.get().payload == {"by": "second"}


def test_of_many_scores_put_at_once_at_least_the_newest_is_left_and_nothing_is_stuck() -> None:
    outcomes = together(*(lambda number=n: put(f"s-{number}", supersedes="line") for n in range(8)))
    assert outcomes == [True] * 8
    newest = OutboxRow.objects.latest("id")
    assert newest.state == "waiting"
    assert set(OutboxRow.objects.values_list("state", flat=True)) <= {"waiting", "cancelled"}
    outbox.work({"mail": lambda row: None})
    assert outbox.waiting() == 0
