from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent, ChainHead

pytestmark = pytest.mark.django_db


def three_events() -> None:
    for number in range(3):
        audit.record("view", actor="p1", subject="p2", reason=f"because {number}", detail={"n": number})


def test_an_untouched_trail_proves_itself() -> None:
    three_events()
    assert audit.verify() is None


def test_an_empty_trail_proves_itself() -> None:
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "other"), ("actor", "p9"), ("detail", {"n": 7}), ("reason", "another story")],
)
def test_a_changed_event_is_named(field: str, value: object) -> None:
    three_events()
    AuditEvent.objects.filter(seq=2).update(**{field: value})
    broken = audit.verify()
    assert broken is not None
    assert (broken.seq, broken.reason) == (2, "changed")


def test_a_removed_event_is_named() -> None:
    three_events()
    AuditEvent.objects.filter(seq=2).delete()
    broken = audit.verify()
    assert broken is not None
    assert broken.seq == 2


def test_a_trail_cut_off_at_its_end_is_noticed() -> None:
    three_events()
    AuditEvent.objects.filter(seq=3).delete()
    broken = audit.verify()
    assert broken is not None
    assert (broken.seq, broken.reason) == (3, "cut off")


def test_an_ordered_erasure_of_reasons_leaves_the_trail_provable() -> None:
    three_events()
    assert audit.forget("p2", actor="officer") == 3
    assert set(AuditEvent.objects.values_list("reason", "salt")) == {("", "")}
    assert audit.verify() is None


def test_a_reason_emptied_without_an_order_is_named() -> None:
    three_events()
    AuditEvent.objects.filter(seq=2).update(reason="", salt="")
    broken = audit.verify()
    assert broken is not None
    assert (broken.seq, broken.reason) == (2, "erased without an order")


def test_a_chain_is_extended_only_inside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.extend("x", "")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_get_one_unbroken_chain() -> None:
    def write() -> None:
        for _ in range(10):
            audit.record("view", actor="p1")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEvent.objects.count() == 40
    assert ChainHead.objects.get(name="audit").seq == 40
    assert audit.verify() is None
