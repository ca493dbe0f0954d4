"""The two hash chains with four writers at once on PostgreSQL, where writers really overlap."""

from __future__ import annotations

import threading
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent, ChainHead
from lti_tools.people.api import Affiliation, Area, Person, School
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry
from tests.services.moments import failures, together

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS, EACH = 4, 25
JUDGED = SimpleNamespace(key="basic-operation", version=1, hash="a" * 64)


def enrolment() -> Enrolment:
    area = Area.objects.create(code="990101", level="county", name="青石县")
    school = School.objects.create(area=area, code="9900000001", name="石桥小学", location="village")
    person = Person.objects.create(name="欧阳春兰")
    Affiliation.objects.create(person=person, school=school, since=date(2020, 1, 1))
    dates = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "reference_date": date(2026, 8, 31)}
    programme = Programme.objects.create(area=area, title="2026", **dates)
    return Enrolment.objects.create(programme=programme, person=person)


def result(of: Enrolment, key: str) -> Any:
    return results.record("lesson", enrolment=of, definition=JUDGED, value={"total": "60"}, key=key)


def test_four_writers_make_one_audit_chain() -> None:
    def write() -> None:
        for _ in range(EACH):
            audit.record("view", actor="p1")

    assert failures(together(*[write] * WRITERS)) == []
    assert audit.verify() is None
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == [
        *range(1, WRITERS * EACH + 1)
    ]


def test_four_writers_make_one_ledger_and_one_entry_a_key() -> None:
    of = enrolment()

    def write(writer: int) -> None:
        for number in range(EACH):
            with transaction.atomic():
                result(of, f"shared-{number}")
            with transaction.atomic():
                result(of, f"own-{writer}-{number}")

    assert failures(together(*(lambda writer=n: write(writer) for n in range(WRITERS)))) == []
    assert results.verify() is None
    assert LedgerEntry.objects.count() == EACH + WRITERS * EACH


def test_a_transaction_that_fails_leaves_no_hole_in_either_chain() -> None:
    of = enrolment()

    def write(writer: int) -> None:
        for number in range(EACH):
            try:
                with transaction.atomic():
                    audit.record("view", actor="p1")
                    result(of, f"{writer}-{number}")
                    if number % 3 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue

    assert failures(together(*(lambda writer=n: write(writer) for n in range(WRITERS)))) == []
    assert (audit.verify(), results.verify()) == (None, None)
    assert AuditEvent.objects.count() == LedgerEntry.objects.count()


def test_two_stories_that_write_both_chains_in_opposite_order_both_end_well() -> None:
    """A diagnosis writes the result first, a rating the event first: neither may have to be thrown away."""
    of = enrolment()
    audit.record("view", actor="p1")
    with transaction.atomic():
        result(of, "before")
    one_is_in, other_is_in = threading.Event(), threading.Event()

    def result_first() -> None:
        with transaction.atomic():
            result(of, "one")
            one_is_in.set()
            # Waits until the other holds its first chain, or until it is clear that it has to wait for us.
            other_is_in.wait(1)
            audit.record("one", actor="p1")

    def event_first() -> None:
        with transaction.atomic():
            one_is_in.wait(1)
            audit.record("other", actor="p1")
            other_is_in.set()
            result(of, "other")

    assert failures(together(result_first, event_first)) == []
    assert (audit.verify(), results.verify()) == (None, None)
    assert sorted(ChainHead.objects.values_list("name", "seq")) == [("audit", 3), ("results", 3)]
