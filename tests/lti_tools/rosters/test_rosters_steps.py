"""Reading goes on in portions and after a kill; what is left out by a file is shown, and ends only by choice."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from roster_district import (
    HEADER,
    District,
    good_rows,
    import_roster,
    row,
    saved,
    someone,
    stage_roster,
    upload_roster,
    work,
    xlsx,
)

from lti_tools import jobs
from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied
from lti_tools.office import rosters as office
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation, Person, RoleGrant
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters import apply, merges, preparing, reading
from lti_tools.rosters.api import problems_of, rows_of
from lti_tools.rosters.models import RosterImport, RosterRow

pytestmark = pytest.mark.django_db
State = RosterImport.State
TEACHERS = Person.objects.exclude(staff_no="")


def stage(district: District, *rows: list[object], programme: Programme | None = None) -> RosterImport:
    wanted = programme or district.programme()
    return stage_roster(district.officer, wanted, xlsx(rows), file_name="roster.xlsx")


def staged(made: RosterImport) -> list[tuple[object, ...]]:
    return list(made.staged.order_by("number").values_list("number", "kind", "cells", "problems", "changes"))


ROWS = [someone(number) for number in range(2, 9)] + [
    someone(2),
    row(姓名=""),
    row(),
    someone(20, 职称="教一"),
]


def test_many_small_steps_stage_the_same_as_one_large(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stage(district, *ROWS)
    monkeypatch.setattr(reading, "PORTION", 2)
    monkeypatch.setattr(reading, "STEP_SECONDS", -1)
    parts = stage(district, *ROWS)
    assert staged(parts) == staged(whole)
    assert parts.summary == whole.summary
    assert [problem.code for problem in problems_of(parts)] == [
        "duplicate",
        "missing",
        "duplicate",
        "unknown_title",
    ]


def test_a_reading_that_was_killed_goes_on_behind_what_it_had_staged(
    district: District, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.SHIJIE_RETRY_SECONDS = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(reading, "PORTION", 3)
    written, calls = reading._Step._written, []

    def killed(self: reading._Step, rows: list[RosterRow]) -> bool:
        calls.append(len(rows))
        if len(calls) == 2:
            raise MemoryError
        return written(self, rows)

    monkeypatch.setattr(reading._Step, "_written", killed)
    made = upload_roster(district.officer, district.programme(), xlsx([*ROWS[:7]]), file_name="roster.xlsx")
    work()
    made.refresh_from_db()
    assert (made.state, made.summary["expected"]) == (State.CHECKED, {"new": 7})


def test_a_roster_put_aside_while_it_is_read_is_not_read_to_the_end(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PORTION", 2)
    monkeypatch.setattr(reading, "STEP_SECONDS", -1)
    made = office.receive(district.officer, district.programme(), xlsx(ROWS), file_name="roster.xlsx")
    outbox.work(jobs.HANDLERS, limit=1)
    assert RosterRow.objects.filter(roster=made).count() == 2
    office.discard(district.officer, made.id)
    work()
    made.refresh_from_db()
    assert (made.state, made.staged.count()) == (State.DISCARDED, 0)
    assert not OutboxRow.objects.exclude(state=OutboxRow.State.DONE).exists()


def test_taking_over_fails_as_a_whole_and_succeeds_when_repeated(
    district: District, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.SHIJIE_RETRY_SECONDS = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(preparing, "PORTION", 2)
    finish, calls = apply._finish, []

    def killed(*args: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise MemoryError
        finish(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(apply, "_finish", killed)
    made = stage(district, *ROWS[:5])
    office.decide(district.officer, made.id)
    outbox.work(jobs.HANDLERS, limit=1)
    made.refresh_from_db()
    assert (made.state, TEACHERS.count(), made.staged.count()) == (State.APPLYING, 0, 5)
    work()
    made.refresh_from_db()
    assert (made.state, TEACHERS.count(), made.summary["outcome"]) == (State.APPLIED, 5, {"new": 5})


def test_whoever_lost_the_right_meanwhile_takes_nothing_over_and_somebody_else_may_decide(
    district: District,
) -> None:
    made = stage(district, row())
    office.decide(district.officer, made.id)
    grant = RoleGrant.objects.get(person_id=district.officer.person_id)
    RoleGrant.objects.filter(id=grant.id).delete()
    work()
    made.refresh_from_db()
    assert (made.state, TEACHERS.count()) == (State.CHECKED, 0)
    grant.save(force_insert=True)
    assert import_roster(district.officer, made.id).summary["outcome"] == {"new": 1}


def absent_case(district: District) -> tuple[Programme, RosterImport]:
    """Three are in the programme; the next file names one rightly and one in a wrong row."""
    programme = district.programme()
    first = stage(district, someone(2), someone(3), someone(4), programme=programme)
    import_roster(district.officer, first.id)
    return programme, stage(district, someone(2), someone(3, 学校标识码="1"), programme=programme)


def test_who_is_missing_from_a_file_is_shown_and_stays_unless_chosen_otherwise(district: District) -> None:
    _programme, made = absent_case(district)
    assert [found.cells["staff_no"] for found in rows_of(made, "absent")] == ["T4"]
    assert made.summary["absent"] == 1
    import_roster(district.officer, made.id, good_rows_only=True)
    assert Affiliation.objects.filter(until__isnull=True, person__in=TEACHERS.all()).count() == 3


def test_by_choice_the_missing_are_marked_as_left_and_nobody_is_deleted(district: District) -> None:
    programme, made = absent_case(district)
    done = import_roster(district.officer, made.id, good_rows_only=True, absent_left=True)
    gone = Affiliation.objects.get(left="absent")
    assert gone.person.staff_no == "T4"
    assert gone.until is not None
    assert gone.staff_status == "active"
    assert done.summary["outcome"] == {"unchanged": 1, "left": 1}
    assert Enrolment.objects.filter(programme=programme).count() == TEACHERS.count() == 3
    assert AuditEvent.objects.get(kind="roster.applied", subject=str(made.id)).detail["left"] == 1


def test_people_of_other_areas_and_of_no_programme_are_not_missing(district: District) -> None:
    programme = district.programme(district.county_a)
    other = stage(district, someone(5), someone(6, 学校标识码="3199012201"))
    import_roster(district.officer, other.id)
    made = stage_roster(district.officer_a, programme, xlsx([someone(2)]), file_name="a.xlsx")
    assert made.summary["absent"] == 0


def test_the_preview_says_field_by_field_what_would_change(district: District) -> None:
    import_roster(district.officer, stage(district, someone(2), someone(3), someone(4)).id)
    made = stage(
        district,
        someone(2, 职称="高级教师", 学科="英语"),
        someone(3, 学校标识码="3199012201"),
        someone(4),
        someone(5),
    )
    assert made.summary["expected"] == {"changed": 1, "transferred": 1, "unchanged": 1, "new": 1}
    (changed,) = rows_of(made, "changed")
    assert changed.changes == [
        {"field": "subjects", "old": ["数学"], "new": ["英语"]},
        {"field": "title", "old": "grade-1", "new": "senior"},
    ]
    (moved,) = rows_of(made, "transferred")
    assert moved.changes == [{"field": "school_name", "old": "青禾县实验小学", "new": "白塬县第二中学"}]


def test_new_columns_are_kept_and_participation_holds_for_new_people(district: District) -> None:
    header = [*HEADER, "聘任时间", "岗位等级", "参训状态"]
    programme = district.programme()
    made = stage_roster(
        district.officer,
        programme,
        xlsx(
            [
                [*someone(2), "2019-03", "专技8级", "免训"],
                [*someone(3), "", 10, ""],
                [*someone(4), "", "", "缓训"],
            ],
            header=header,
        ),
        file_name="roster.xlsx",
    )
    import_roster(district.officer, made.id)
    works = {row.person.staff_no: row for row in Affiliation.objects.filter(person__in=TEACHERS.all())}
    assert (works["T2"].appointed_date, works["T2"].post_level, works["T3"].post_level) == ("2019-03", 8, 10)
    found = {row.person.staff_no: row.participation for row in Enrolment.objects.all()}
    assert found == {"T2": "exempt", "T3": "due", "T4": "deferred"}
    again = xlsx([[*someone(2), "", "", "应训"]], header=header)
    import_roster(
        district.officer, stage_roster(district.officer, programme, again, file_name="roster.xlsx").id
    )
    assert Enrolment.objects.get(person__staff_no="T2").participation == "exempt"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("岗位等级", "14", "not_a_post_level"),
        ("岗位等级", "八级", "not_a_post_level"),
        ("聘任时间", "2099-01", "month_in_future"),
        ("聘任时间", "上学期", "impossible_month"),
        ("参训状态", "不参加", "unknown_participation"),
        ("参训批次", "第九批", "unknown_batch"),
    ],
)
def test_a_wrong_cell_of_a_new_column_is_named(
    district: District, column: str, value: str, code: str
) -> None:
    rows = [[*someone(2), ""], [*someone(3), value]]
    made = stage_roster(
        district.officer, district.programme(), xlsx(rows, header=[*HEADER, column]), file_name="r.xlsx"
    )
    (problem,) = problems_of(made)
    assert (problem.row, problem.column, problem.code) == (3, column, code)
    assert problem.reason


def test_merged_cells_are_named_with_the_cell_that_holds_their_value(district: District) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["青禾县教师名册"])
    sheet.append(HEADER)
    for number in range(2, 6):
        sheet.append(someone(number))
    sheet.merge_cells("A1:K1")
    sheet.merge_cells("E4:E6")
    made = stage_roster(district.officer, district.programme(), saved(book), file_name="roster.xlsx")
    found = [(problem.row, problem.column, problem.code, problem.values) for problem in problems_of(made)]
    assert found == [(row, "学校标识码", "merged", {"cell": "E4"}) for row in (5, 6)]
    assert "E4" in next(iter(problems_of(made))).reason
    assert len(good_rows(made)) == 2


def test_ranges_cut_by_the_end_of_a_block_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    refs = [f"A{number}:B{number + 1}" for number in range(1, 200, 2)]
    part = "<worksheet><mergeCells>" + "".join(f'<mergeCell ref="{ref}"/>' for ref in refs) + "</mergeCells>"
    for block in (7, 64, 401, 5000):
        monkeypatch.setattr(merges, "BLOCK", block)
        found = merges.merges_of(io.BytesIO(part.encode()))
        assert [one.first_row for one in found] == list(range(1, 200, 2))


def test_an_officer_of_another_county_is_not_asked_what_columns_are(district: District) -> None:
    made = upload_roster(
        district.officer_a,
        district.programme(district.county_a),
        xlsx([row()], header=[*HEADER, "爱好"]),
        file_name="a.xlsx",
    )
    with pytest.raises(Denied):
        office.choose_mapping(district.officer_b, made.id, chosen={}, words={})
