"""The ledger: appended once, never edited, provable, and erasable without breaking the proof."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent, ChainHead
from lti_tools.errors import ShijieError
from lti_tools.people.api import Affiliation, Area, Person, School
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry


@dataclass(frozen=True)
class Judged:
    key: str = "basic-operation"
    version: int = 1
    hash: str = "a" * 64


def make_enrolment(name: str = "欧阳春兰") -> Enrolment:
    area, _ = Area.objects.get_or_create(code="990101", defaults={"level": "county", "name": "青石县"})
    school, _ = School.objects.get_or_create(
        code="9900000001", defaults={"area": area, "name": "石桥小学", "location": "village"}
    )
    person = Person.objects.create(name=name)
    Affiliation.objects.create(person=person, school=school, since=date(2020, 1, 1))
    terms = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "reference_date": date(2026, 8, 31)}
    programme, _ = Programme.objects.get_or_create(area=area, title="2026", defaults=terms)
    return Enrolment.objects.create(programme=programme, person=person)


@pytest.fixture
def enrolment(db: None) -> Enrolment:
    return make_enrolment()


def record(enrolment, key="k-1", kind="lesson", **value):
    return results.record(
        kind, enrolment=enrolment, definition=Judged(), value=value or {"total": "60"}, key=key
    )


def break_in(sql: str, *values: object) -> None:
    """Somebody with the database password, past every rule of the models."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_result_keeps_the_school_of_the_day_and_the_definition_by_hash(enrolment):
    entry = record(enrolment, total=Decimal("72.50"), levels={"BO1": Decimal("3.5")})
    School.objects.update(name="合并后的学校")
    Affiliation.objects.all().delete()
    (kept,) = results.of_enrolment(enrolment.id)
    assert kept == entry
    assert (kept.school_name, kept.school_code) == ("石桥小学", "9900000001")
    assert (kept.definition_key, kept.definition_version, kept.definition_hash) == (
        "basic-operation",
        1,
        "a" * 64,
    )
    assert kept.value == {"total": "72.50", "levels": {"BO1": "3.5"}}


def test_the_same_key_returns_the_first_entry_and_changes_nothing(enrolment):
    first = record(enrolment, total="60")
    again = record(enrolment, kind="award", total="100")
    assert again == first
    assert LedgerEntry.objects.count() == 1
    assert results.find("k-1") == first
    assert results.find("k-2") is None


@pytest.mark.parametrize(("kind", "key"), [("lesson", ""), ("gift", "k")])
def test_an_unknown_kind_or_an_empty_key_is_refused(enrolment, kind, key):
    with pytest.raises(ShijieError):
        record(enrolment, kind=kind, key=key)
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("value", [{"title": "a\x00"}, {"a\x00": 1}, {"list": [{"deep": "\x00"}]}])
def test_a_character_no_database_stores_is_refused_wherever_it_hides(enrolment, value):
    with pytest.raises(ShijieError) as refusal:
        record(enrolment, **value)
    assert refusal.value.code == "results.nul_refused"
    assert not LedgerEntry.objects.exists()


def test_a_binary_fraction_is_refused_wherever_it_hides(enrolment):
    with pytest.raises(ShijieError) as refusal:
        record(enrolment, levels=[{"BO1": 0.1}])
    assert refusal.value.code == "results.float_refused"


def test_nothing_in_the_ledger_can_be_saved_again_updated_or_deleted(enrolment):
    record(enrolment)
    row = LedgerEntry.objects.get()
    row.value = {"total": "100"}
    for attempt in (
        row.save,
        row.delete,
        lambda: LedgerEntry.objects.update(value={}),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: LedgerEntry.objects.bulk_update([row], ["value"]),
    ):
        with pytest.raises(ShijieError) as refusal:
            attempt()
        assert refusal.value.code == "results.append_only"
    assert LedgerEntry.objects.get().value == {"total": "60"}


def test_an_untouched_ledger_verifies(enrolment):
    assert results.verify() is None
    for number in range(5):
        record(enrolment, key=f"k-{number}")
    assert results.verify() is None


@pytest.mark.parametrize(
    ("sql", "row", "reason"),
    [
        ('UPDATE shijie_ledgerentry SET value = \'{"total":"100"}\' WHERE seq = 3', 3, "changed"),
        ("UPDATE shijie_ledgerentry SET school_name = '别的学校' WHERE seq = 2", 2, "changed"),
        ("UPDATE shijie_ledgerentry SET kind = 'award' WHERE seq = 4", 4, "changed"),
        ("UPDATE shijie_ledgerentry SET definition_hash = 'b' WHERE seq = 1", 1, "changed"),
        ("UPDATE shijie_ledgerentry SET salt = '' WHERE seq = 2", 2, "changed"),
        ("UPDATE shijie_ledgerentry SET idempotency_key = 'other' WHERE seq = 2", 2, "changed"),
        ("DELETE FROM shijie_ledgerentry WHERE seq = 3", 3, "missing"),
        ("DELETE FROM shijie_ledgerentry WHERE seq = 5", 5, "cut off"),
        ("UPDATE shijie_ledgerentry SET previous = 'c' WHERE seq = 4", 4, "does not follow"),
    ],
)
def test_whatever_is_changed_behind_the_doors_is_found_and_named(enrolment, sql, row, reason):
    for number in range(5):
        record(enrolment, key=f"k-{number}")
    break_in(sql)
    assert results.verify() == results.Broken(seq=row, reason=reason)


def test_moving_a_result_to_another_person_is_found(enrolment):
    other = make_enrolment("何秋生")
    record(enrolment)
    break_in("UPDATE shijie_ledgerentry SET person_id = %s", other.person_id.hex)
    assert results.verify() == results.Broken(seq=1, reason="changed")


def test_the_chain_holds_no_name_school_or_score(enrolment):
    from lti_tools.results.chain import text_of

    record(enrolment, total="87.25")
    shown = repr(text_of(LedgerEntry.objects.get()))
    for secret in (
        enrolment.person_id.hex,
        enrolment.id.hex,
        "欧阳春兰",
        "石桥小学",
        "9900000001",
        "87.25",
    ):
        assert secret not in shown


def test_two_results_of_one_person_cannot_be_linked_through_their_digests(enrolment):
    record(enrolment, key="k-1")
    record(enrolment, key="k-2")
    first, second = LedgerEntry.objects.order_by("seq")
    assert first.person_digest != second.person_digest


def test_an_erased_person_leaves_a_chain_that_still_proves_itself(enrolment):
    other = make_enrolment("何秋生")
    record(enrolment, key="k-1", total="87.25")
    record(other, key="k-2")
    assert results.forget(enrolment.person_id, actor="officer", reason="asked for it") == 1
    row = LedgerEntry.objects.get(seq=1)
    assert (row.salt, row.person_id, row.enrolment_id, row.school_name, row.value) == ("", None, None, "", {})
    assert results.verify() is None
    assert results.of_enrolment(enrolment.id) == []
    assert len(results.of_enrolment(other.id)) == 1
    assert AuditEvent.objects.get().kind == "results.erased"


def test_something_written_into_an_erased_row_is_found(enrolment):
    record(enrolment)
    results.forget(enrolment.person_id, actor="officer", reason="asked for it")
    break_in('UPDATE shijie_ledgerentry SET value = \'{"total":"100"}\'')
    assert results.verify() == results.Broken(seq=1, reason="changed")


def test_of_several_entries_about_one_lesson_the_newest_counts(enrolment):
    record(enrolment, key="k-1", lesson="L1", total="58")
    record(enrolment, key="k-2", lesson="L2", total="70")
    record(enrolment, key="k-3", kind="task", task="task-B1")
    record(enrolment, key="k-4", lesson="L1", total="64")
    assert [entry.value["total"] for entry in results.lessons_of(enrolment.id)] == ["70", "64"]


def test_a_result_whose_cause_is_rolled_back_leaves_no_gap(enrolment):
    record(enrolment, key="k-1")

    def fail_after_recording() -> None:
        with transaction.atomic():
            record(enrolment, key="k-2")
            raise RuntimeError("the cause failed")

    with pytest.raises(RuntimeError):
        fail_after_recording()
    record(enrolment, key="k-3")
    assert list(LedgerEntry.objects.values_list("seq", flat=True)) == [1, 2]
    assert results.verify() is None


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain_and_one_entry_a_key():
    enrolment = make_enrolment()
    failures: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for number in range(5):
                with transaction.atomic():
                    record(enrolment, key=f"shared-{number}")
                with transaction.atomic():
                    record(enrolment, key=f"own-{writer}-{number}")
        except Exception as problem:
            failures.append(problem)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert LedgerEntry.objects.count() == 25
    assert results.verify() is None


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=most)


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | texts(20) | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(5), inner, max_size=3),
    max_leaves=8,
)


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.dictionaries(texts(8), plain_values, max_size=4))
def test_any_value_that_is_stored_verifies_after_it_was_read_back(enrolment, value):
    sid = transaction.savepoint()
    results.record("lesson", enrolment=enrolment, definition=Judged(), value=value, key="any")
    assert results.verify() is None
    transaction.savepoint_rollback(sid)


# manage.py audit verify -----------------------------------------------------------------------------------


def run_verify() -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("audit", "verify", stdout=out, stderr=err)
    except CommandError as problem:
        return problem.returncode, out.getvalue() + err.getvalue() + str(problem)
    return 0, out.getvalue() + err.getvalue()


def test_the_command_proves_both_chains(enrolment):
    record(enrolment)
    audit.record("placed", actor="officer", reason="first")
    with translation.override("en"):
        code, said = run_verify()
    assert code == 0
    assert "audit trail (audit): unbroken" in said
    assert "results ledger (results): unbroken" in said


def test_the_command_fails_and_names_the_chain_and_its_first_broken_row(enrolment):
    for number in range(3):
        record(enrolment, key=f"k-{number}")
        audit.record("placed", actor="officer", reason="first")
    break_in("UPDATE shijie_ledgerentry SET kind = 'award' WHERE seq >= 2")
    with translation.override("en"):
        code, said = run_verify()
    assert code == 1
    assert "audit trail (audit): unbroken" in said
    assert "results ledger (results): broken at row 2: the row was changed after it was written" in said


def test_a_broken_audit_trail_fails_the_command_too(enrolment):
    audit.record("placed", actor="officer", reason="first")
    ChainHead.objects.filter(name="audit").update(seq=2)
    with translation.override("en"):
        code, said = run_verify()
    assert code == 1
    assert "audit trail (audit): broken at row 2: rows at the end were removed" in said
