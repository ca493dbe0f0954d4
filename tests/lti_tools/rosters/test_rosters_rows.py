"""Every kind of wrong row, alone in a sheet of right ones: it is named by row, column and reason, and does
not enter.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook
from roster_district import (
    HEADER,
    District,
    csv_file,
    good_rows,
    id_number,
    row,
    saved,
    someone,
    stage_roster,
    xlsx,
)

from lti_tools.people.api import Person
from lti_tools.rosters.api import problems_of
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db


def stage(district: District, file: io.BytesIO, name: str = "roster.xlsx") -> RosterImport:
    return stage_roster(district.officer, district.programme(), file, file_name=name)


def only_problem(district: District, *rows: list[object], **options: Any) -> tuple[int, str, str, str]:
    staged = stage(district, xlsx(rows, **options))
    (problem,) = problems_of(staged)
    assert problem.row not in [good["row"] for good in good_rows(staged)]
    assert len(good_rows(staged)) == len(rows) - 1
    assert problem.reason
    assert not Person.objects.exclude(staff_no="").exists()
    return problem.row, problem.column, problem.value, problem.code


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("姓名", "", "missing"),
        ("姓名", None, "missing"),
        ("姓名", "王?田", "name_lost_character"),
        ("姓名", "王\ue1c7", "name_lost_character"),
        ("姓名", "13800000000", "not_a_name"),
        ("姓名", "李" * 81, "too_long"),
        ("教师编号", "", "missing"),
        ("教师编号", 6.4e17, "number_lost_digits"),
        ("教师编号", "2.0E+15", "number_lost_digits"),
        ("教师编号", id_number("1990-01-01"), "staff_no_is_id"),
        ("学校标识码", "", "missing"),
        ("学校标识码", "2199012199", "unknown_school"),
        ("学校标识码", "21990121030", "too_long"),
        ("身份证号", id_number("1968-03-02")[:-1] + "?", "id_characters"),
        ("身份证号", 6.40000196803020e17, "id_lost_digits"),
        ("身份证号", "1.1E+17", "id_lost_digits"),
        ("身份证号", "64000019680302", "id_length"),
        ("身份证号", id_number("1968-02-31"), "id_birth_date"),
        ("出生年月", "1968-13", "impossible_birth_date"),
        ("出生年月", "1968-02-30", "impossible_birth_date"),
        ("出生年月", "1968-113", "impossible_birth_date"),
        ("出生年月", "春天", "impossible_birth_date"),
        ("出生年月", 1968, "impossible_birth_date"),
        ("出生年月", 1968.1, "month_unclear"),
        ("出生年月", "1968-04", "birth_differs"),
        ("性别", "甲", "unknown_sex"),
        ("学段", "大学", "unknown_stage"),
        ("职称", "教授", "unknown_title"),
        ("编制性质", "临时", "unknown_employment"),
        ("在岗状态", "休假", "unknown_staff_status"),
        ("姓名", "=A1", "formula"),
        ("教师编号", "#N/A", "cell_error"),
    ],
)
def test_a_wrong_cell_is_named_with_row_column_and_reason(
    district: District, column: str, value: object, code: str
) -> None:
    wrong = row(**{column: value})
    number, named, _, found = only_problem(district, someone(2), wrong, someone(4))
    assert (number, named, found) == (3, column, code)


@pytest.mark.parametrize(
    ("birth", "code"),
    [
        ("2027-01", "birth_in_future"),
        ("2015-01", "too_young"),
        ("1930-01", "too_old"),
        ("", "birth_or_id_missing"),
    ],
)
def test_without_an_id_number_the_birth_month_must_be_a_possible_one(
    district: District, birth: str, code: str
) -> None:
    _, column, _, found = only_problem(district, someone(2), row(身份证号="", 出生年月=birth))
    assert (column, found) == ("出生年月", code)


def test_an_id_number_of_a_child_is_refused_at_the_id_number(district: District) -> None:
    child = row(身份证号=id_number("2016-05-05"), 出生年月="")
    _, column, _, code = only_problem(district, someone(2), child)
    assert (column, code) == ("身份证号", "too_young")


def test_a_title_date_still_to_come_is_refused(district: District) -> None:
    header = [*HEADER, "任现职时间"]
    rows = [[*someone(2), "2018-12"], [*someone(3), "2099-12"]]
    _, column, _, code = only_problem(district, *rows, header=header)
    assert (column, code) == ("任现职时间", "month_in_future")


def test_the_same_id_number_twice_names_the_earlier_row(district: District) -> None:
    twin = someone(2, 教师编号="T9")
    staged = stage(district, xlsx([someone(2), someone(3), twin]))
    (problem,) = problems_of(staged)
    assert (problem.row, problem.column, problem.code) == (4, "身份证号", "duplicate")
    assert problem.values == {"first_row": 2}
    assert "2" in problem.reason


def test_the_same_staff_number_twice_is_refused_without_any_id_number(district: District) -> None:
    rows = [someone(2, 身份证号=""), someone(3, 身份证号="", 教师编号="T2")]
    _, column, _, code = only_problem(district, *rows)
    assert (column, code) == ("教师编号", "duplicate")


def test_a_repeat_of_a_wrong_row_is_refused_as_well(district: District) -> None:
    staged = stage(district, xlsx([row(姓名=""), row()]))
    assert [problem.code for problem in problems_of(staged)] == ["missing", "duplicate"]
    assert good_rows(staged) == []


def test_an_id_number_is_shown_by_its_last_four_only(district: District) -> None:
    wrong = id_number("1968-03-02")
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    _, _, value, code = only_problem(district, someone(2), row(身份证号=wrong))
    assert (value, code) == ("****" + wrong[-4:], "id_check_digit")


def test_an_id_number_in_the_wrong_column_is_masked_too(district: District) -> None:
    number = id_number("1968-03-02")
    _, _, value, _ = only_problem(district, someone(2), row(教师编号=number))
    assert number[6:14] not in value


def test_all_problems_of_a_row_come_back_together(district: District) -> None:
    staged = stage(district, xlsx([row(姓名="", 学段="大学", 学校标识码="1")]))
    assert [problem.column for problem in problems_of(staged)] == ["姓名", "学校标识码", "学段"]


def test_nothing_staged_holds_an_id_number(district: District) -> None:
    staged = stage(district, xlsx([row()]))
    assert id_number("1968-03-02") not in str(good_rows(staged))
    assert good_rows(staged)[0]["id_last4"] == id_number("1968-03-02")[-4:]
    assert len(good_rows(staged)[0]["id_hash"]) == 64


@pytest.mark.parametrize(
    "written",
    [
        "1968-03", "1968/3", "1968.03", "1968年3月", "1968年03月02日", "196803", "19680302", "1968-03-02",
        "1968-3-2 00:00:00", "１９６８－０３", 196803, 1968.03, datetime(1968, 3, 2), 24899,
    ],
)  # fmt: skip
def test_the_usual_spellings_of_a_month_are_understood(district: District, written: object) -> None:
    staged = stage(district, xlsx([row(身份证号="", 出生年月=written)]))
    assert list(problems_of(staged)) == []
    assert good_rows(staged)[0]["birth_month"] == "1968-03"


def test_numbers_typed_full_width_or_stored_as_numbers_are_understood(district: District) -> None:
    rows = [
        someone(2, 学校标识码="２１９９０１２１０１", 教师编号=10002),
        someone(3, 学校标识码=2199012101.0, 教师编号="Ｔ３"),
    ]
    staged = stage(district, xlsx(rows))
    assert [(good["school_name"], good["staff_no"]) for good in good_rows(staged)] == [
        ("青禾县实验小学", "10002"),
        ("青禾县实验小学", "T3"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rare_and_ethnic_names_survive_every_encoding(district: District, encoding: str) -> None:
    names = ["赵㛃", "钱䶮", "孙𬱖", "李𬭎", "古丽·买买提"]
    rows = [someone(number, 姓名=name) for number, name in enumerate(names, start=2)]
    staged = stage(district, csv_file(rows, encoding=encoding), "roster.csv")
    assert list(problems_of(staged)) == []
    assert [good["name"] for good in good_rows(staged)] == names


def test_the_middle_dot_is_the_same_however_it_was_typed(district: District) -> None:
    forms = ["古丽•买买提", "古丽‧买买提", "古丽・买买提", "古丽 · 买买提", "古丽·买买提"]
    rows = [someone(number, 姓名=name) for number, name in enumerate(forms, start=2)]
    assert {good["name"] for good in good_rows(stage(district, xlsx(rows)))} == {"古丽·买买提"}


def test_a_name_padded_to_three_characters_is_the_plain_name(district: District) -> None:
    rows = [someone(2, 姓名="李　明"), someone(3, 姓名=" Anna  Weiss ")]
    assert [good["name"] for good in good_rows(stage(district, xlsx(rows)))] == ["李明", "Anna Weiss"]


def test_a_name_that_contradicts_the_school_code_is_refused(district: District) -> None:
    header = [*HEADER, "单位", "所属县区"]
    rows = [
        [*someone(2), "青禾县实验小学", "青禾县"],
        [*someone(3), "青禾实小（东校区）", "990121"],
        [*someone(4), "白塬县第二中学", "示例市"],
        [*someone(5), "青禾县实验小学", "白塬县"],
        [*someone(6), '=VLOOKUP(E6,x!A:B,2)', "青禾县"],
    ]  # fmt: skip
    staged = stage(district, xlsx(rows, header=header))
    assert [(problem.row, problem.code) for problem in problems_of(staged)] == [
        (4, "school_name_contradicts"),
        (5, "area_differs"),
    ]


def test_a_month_computed_from_the_id_number_beside_it_is_not_needed(district: District) -> None:
    staged = stage(district, xlsx([row(出生年月='=MID(C2,7,4)&"-"&MID(C2,11,2)', 性别="=IF(1,2,3)")]))
    assert list(problems_of(staged)) == []
    assert (good_rows(staged)[0]["birth_month"], good_rows(staged)[0]["sex"]) == ("1968-03", "1")


def test_subjects_of_one_cell_are_taken_apart(district: District) -> None:
    header = [*HEADER, "任教学科（可多个）"]
    staged = stage(district, xlsx([[*row(学科="数学，语文"), "语文、科学"]], header=header))
    assert good_rows(staged)[0]["subjects"] == ["数学", "语文", "科学"]


def test_a_county_officer_cannot_bring_in_teachers_of_the_other_county(district: District) -> None:
    programme = district.programme(district.county_a)
    rows = [someone(2), someone(3, 学校标识码="3199012201")]
    staged = stage_roster(district.officer_a, programme, xlsx(rows), file_name="roster.xlsx")
    (problem,) = problems_of(staged)
    assert (problem.row, problem.column, problem.code) == (3, "学校标识码", "school_outside_area")
    assert "青禾县" in problem.reason


def test_titles_above_the_table_and_blank_rows_keep_the_sheets_own_row_numbers(district: District) -> None:
    rows = [someone(2), [], someone(3, 姓名="")]
    staged = stage(district, xlsx(rows, above=2))
    assert [problem.row for problem in problems_of(staged)] == [6]


def test_a_line_break_inside_a_csv_cell_does_not_shift_the_row_numbers(district: District) -> None:
    rows = [someone(2, 学科="数学\n语文"), someone(3, 姓名="")]
    assert [found.row for found in problems_of(stage(district, csv_file(rows), "roster.csv"))] == [3]


def test_english_headings_and_codes_are_known_too(district: District) -> None:
    header = ["Name", "Staff number", "School code", "Birth month", "Stage", "Title", "Sex"]
    rows = [["Gulnar", "T2", "2199012101", "1980-05", "Primary", "Senior teacher", "Female"]]
    (good,) = good_rows(stage(district, xlsx(rows, header=header)))
    assert (good["stage"], good["title"], good["sex"]) == ("primary", "senior", "2")


def test_columns_that_are_not_stored_are_named(district: District) -> None:
    header = [*HEADER, "手机号", "爱好"]
    staged = stage(district, xlsx([[*row(), "13800000000", "书法"]], header=header))
    assert staged.summary["ignored"] == ["手机号", "爱好"]
    assert "13800000000" not in str(good_rows(staged))


def test_other_sheets_of_the_workbook_are_named_as_not_read(district: District) -> None:
    book = Workbook()
    book.active.append(["说明"])
    book.active.title = "说明"
    sheet = book.create_sheet("名册")
    sheet.append(HEADER)
    sheet.append(row())
    staged = stage(district, saved(book))
    assert (staged.summary["sheet"], staged.summary["other_sheets"]) == ("名册", ["说明"])
    assert len(good_rows(staged)) == 1
