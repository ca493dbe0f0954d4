from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from report_samples import PERIOD, PROGRAMME, certificate, deferred, run, teacher, utc

from reports import codec
from reports.errors import EvidenceError
from reports.evidence import (
    AppraisalSet,
    CertificateLine,
    Hours,
    HoursByYear,
    LessonLine,
    Period,
    TaskLine,
    Words,
    count_by_year,
    digest,
    from_json,
    to_json,
)


def appraisal_set(*teachers: Any) -> AppraisalSet:
    return AppraisalSet(
        area="红寺堡区", programme=PROGRAMME, period=PERIOD, generated_at=utc(), teachers=tuple(teachers)
    )


@pytest.mark.parametrize(
    "evidence",
    [certificate(), teacher(), deferred(), run(), appraisal_set(teacher(), deferred())],
    ids=lambda evidence: type(evidence).__name__,
)
def test_evidence_comes_back_from_json_equal_and_with_the_same_digest(evidence: Any) -> None:
    again = from_json(to_json(evidence))
    assert again == evidence
    assert digest(again) == digest(evidence)


def test_the_digest_is_the_sha256_of_the_canonical_bytes() -> None:
    import hashlib

    text = to_json(teacher())
    assert digest(teacher()) == hashlib.sha256(text.encode()).hexdigest()
    assert text == json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def test_one_number_spelled_in_two_ways_gives_one_digest() -> None:
    assert digest(certificate(hours=Hours(Decimal("11.50")))) == digest(
        certificate(hours=Hours(Decimal("11.5")))
    )
    assert codec.plain(Decimal("1E+2")) == "100"
    assert codec.plain(Decimal("-0.0")) == "0"


def test_decimals_travel_as_strings_and_never_as_floats() -> None:
    assert '"online":"11.5"' in to_json(certificate())
    with pytest.raises(EvidenceError, match=r"evidence\.type_wrong"):
        from_json(to_json(certificate()).replace('"11.5"', "11.5"))


def test_any_change_of_the_evidence_changes_the_digest() -> None:
    assert digest(certificate()) != digest(certificate(level="excellent"))


@pytest.mark.parametrize("field", ["id_no", "birth_date", "birth_month", "age_band", "mobile"])
def test_evidence_with_a_field_that_must_not_stand_on_paper_is_refused(field: str) -> None:
    body = json.loads(to_json(teacher()))
    body["data"][field] = "x"
    with pytest.raises(EvidenceError, match=rf"field_unknown .*teacher\.{field}"):
        from_json(json.dumps(body))


def test_no_evidence_class_has_a_field_for_ids_births_or_ages() -> None:
    import reports.evidence

    classes = [kind for kind in vars(reports.evidence).values() if dataclasses.is_dataclass(kind)]
    names = {field.name for kind in classes for field in dataclasses.fields(kind)}
    assert not [name for name in names if re.search(r"birth|^age|^id_|_id$|mobile|gender", name)]


@pytest.mark.parametrize("field", ["name", "school", "staff_no", "participation_reason"])
def test_a_resident_id_number_typed_into_another_field_is_refused(field: str) -> None:
    with pytest.raises(EvidenceError, match=r"evidence\.id_number"):
        teacher(**{field: "编号11010519491231002X"})


def test_a_long_staff_number_that_is_no_id_number_is_accepted() -> None:
    assert teacher(staff_no="110105194912310021").staff_no == "110105194912310021"
    assert teacher(staff_no="64030219700101123456").staff_no


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("evidence.empty", lambda: certificate(name="")),
        ("evidence.empty", lambda: certificate(name="　")),
        ("evidence.unprintable", lambda: certificate(name="马\u0000")),
        ("evidence.unprintable", lambda: certificate(school="一小\n二小")),
        ("evidence.unprintable", lambda: certificate(name="\u202e张三")),
        ("evidence.hours_impossible", lambda: Hours(Decimal(-1))),
        ("evidence.hours_impossible", lambda: Hours(Decimal("NaN"))),
        ("evidence.not_decimal", lambda: Hours(2.5)),  # type: ignore[arg-type]
        ("evidence.code_unknown", lambda: certificate(level="fail")),
        ("evidence.dates_reversed", lambda: certificate(valid_to=date(2026, 1, 1))),
        ("evidence.address_malformed", lambda: certificate(verify_url="javascript:alert(1)")),
        ("evidence.reference_malformed", lambda: certificate(number="../../etc")),
        ("evidence.reference_malformed", lambda: teacher(ref="a/b/c")),
        (
            "evidence.hours_without_pass",
            lambda: TaskLine(task="t", label=Words("t"), hours=Hours(Decimal(1))),
        ),
        ("evidence.repeated", lambda: teacher(tasks=teacher().tasks * 2)),
        ("evidence.repeated", lambda: teacher(hours=teacher().hours * 2)),
        ("evidence.participation_without_reason", lambda: teacher(participation="exempt")),
        ("evidence.certificate_without_level", lambda: teacher(level=None)),
        ("evidence.code_unknown", lambda: teacher(participation="absent")),
        ("evidence.dates_reversed", lambda: Period(date(2026, 2, 1), date(2026, 1, 1))),
        ("evidence.hash_malformed", lambda: run(digest="abc")),
        ("evidence.time_zone_missing", lambda: run(generated_at=datetime(2026, 1, 1))),
        ("evidence.foreign_teacher", lambda: appraisal_set(teacher(programme="另一项目"))),
        ("evidence.repeated", lambda: appraisal_set(teacher(), teacher())),
    ],
)
def test_impossible_evidence_is_refused_by_name(code: str, build: Any) -> None:
    with pytest.raises(EvidenceError) as refusal:
        build()
    assert refusal.value.code == code
    assert refusal.value.permanent


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("evidence.score_impossible", {"score": Decimal("100.1")}),
        ("evidence.score_impossible", {"score": Decimal("-0.1")}),
        ("evidence.code_unknown", {"band": "good"}),
        ("evidence.hash_malformed", {"rubric_hash": "A" * 64}),
        ("evidence.version_impossible", {"rubric_version": 0}),
        ("evidence.empty", {"title": ""}),
    ],
)
def test_an_impossible_lesson_is_refused_by_name(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError) as refusal:
        dataclasses.replace(teacher().lessons[0], **changes)
    assert refusal.value.code == code
    assert isinstance(teacher().lessons[0], LessonLine)


def test_a_refusal_never_repeats_the_persons_data() -> None:
    with pytest.raises(EvidenceError) as refusal:
        teacher(name="11010519491231002X")
    assert "11010519491231002X" not in str(refusal.value)


def test_a_certificate_with_an_unknown_status_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"code_unknown"):
        CertificateLine(number="SJ01", status="lost", issued_on=date(2026, 1, 1), valid_to=date(2027, 1, 1))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind":"teacher","schema":2,"data":{}}', '{"kind":"roster"}']
)
def test_what_is_not_evidence_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        from_json(text)


def test_a_missing_field_is_named() -> None:
    body = json.loads(to_json(teacher()))
    del body["data"]["tasks"][0]["label"]
    with pytest.raises(EvidenceError, match=r"field_missing .*teacher\.tasks\[0\]\.label"):
        from_json(json.dumps(body))


def test_hours_above_the_annual_cap_move_to_the_next_year_and_none_is_lost() -> None:
    rows = count_by_year({2026: Hours(practice=Decimal(55)), 2028: Hours(online=Decimal(3))}, cap=Decimal(40))
    assert [(row.year, row.brought, row.counted, row.carried) for row in rows] == [
        (2026, 0, 40, 15),
        (2027, 15, 15, 0),
        (2028, 0, 3, 0),
    ]


def test_without_a_cap_all_hours_count_in_their_year() -> None:
    assert [row.counted for row in count_by_year({2026: Hours(Decimal(55))}, cap=None)] == [55]
    assert count_by_year({}, cap=None) == ()


def test_more_hours_counted_than_earned_or_allowed_are_refused() -> None:
    with pytest.raises(EvidenceError, match="more_counted_than_earned"):
        HoursByYear(year=2026, earned=Hours(Decimal(3)), counted=Decimal(4))
    with pytest.raises(EvidenceError, match="above_annual_cap"):
        HoursByYear(year=2026, earned=Hours(Decimal(50)), counted=Decimal(41), cap=Decimal(40))


def test_words_fall_back_to_chinese_where_there_is_no_english() -> None:
    assert Words("基础操作层").text("en") == "基础操作层"
    assert Words("基础操作层", "Basic operation").text("en") == "Basic operation"
    assert Words.of(Words("一", "one")) == Words("一", "one")
