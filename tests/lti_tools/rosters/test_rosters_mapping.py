"""Headings and words we do not know: an officer says once what they are, and the area remembers it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from roster_district import (
    HEADER,
    District,
    csv_file,
    good_rows,
    row,
    someone,
    stage_roster,
    upload_roster,
    work,
    xlsx,
)

from lti_tools.errors import Refused
from lti_tools.office import rosters as office
from lti_tools.people.api import Area
from lti_tools.programmes.api import Programme
from lti_tools.rosters.api import MappingProblems, guessed, problems_of
from lti_tools.rosters.models import ColumnMapping, RosterImport

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]
State = RosterImport.State
OWN = ["教职工姓名栏" if heading == "姓名" else heading for heading in HEADER]


def uploaded(
    district: District, file: io.BytesIO, programme: Programme | None = None, name: str = "roster.xlsx"
) -> RosterImport:
    return upload_roster(district.officer, programme or district.programme(), file, file_name=name)


def answered(
    district: District,
    made: RosterImport,
    columns: dict[str, str] | None = None,
    words: dict[str, dict[str, str]] | None = None,
) -> RosterImport:
    chosen = guessed(made.summary["header"]) | (columns or {})
    office.choose_mapping(district.officer, made.id, chosen=chosen, words=words or {})
    work()
    made.refresh_from_db()
    return made


def test_a_sheet_whose_headings_and_words_are_all_known_is_not_asked_about(district: District) -> None:
    made = uploaded(district, xlsx([row()]))
    assert made.state == State.CHECKED
    assert not ColumnMapping.objects.exists()


def test_an_unknown_heading_is_asked_about_and_remembered_for_the_area(district: District) -> None:
    made = uploaded(district, xlsx([row()], header=OWN))
    assert (made.state, made.staged.count()) == (State.MAPPING, 0)
    made = answered(district, made, {"教职工姓名栏": "name"})
    assert made.state == State.CHECKED
    assert good_rows(made)[0]["name"] == "王守田"
    again = uploaded(district, xlsx([someone(2)], header=OWN))
    assert (again.state, len(good_rows(again))) == (State.CHECKED, 1)


def test_what_one_area_said_holds_for_no_other(district: District) -> None:
    answered(district, uploaded(district, xlsx([row()], header=OWN)), {"教职工姓名栏": "name"})
    programme = district.programme(district.county_a)
    other = upload_roster(district.officer_a, programme, xlsx([row()], header=OWN), file_name="roster.xlsx")
    assert other.state == State.MAPPING


def test_a_heading_may_be_left_out_and_is_then_named_as_not_stored(district: District) -> None:
    made = uploaded(district, xlsx([[*row(), "书法"]], header=[*HEADER, "爱好"]))
    assert made.state == State.MAPPING
    made = answered(district, made)
    assert made.summary["ignored"] == ["爱好"]
    assert "书法" not in str(good_rows(made))


def test_two_headings_of_one_meaning_are_asked_about(district: District) -> None:
    made = uploaded(district, xlsx([[*row(), "N1"]], header=[*HEADER, "工号"]))
    assert made.state == State.MAPPING
    made = answered(district, made, {"教师编号": ""})
    assert good_rows(made)[0]["staff_no"] == "N1"


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"职称": "name"}, "职称"),
        ({"职称": "no-such-column"}, "职称"),
        ({"教师编号": ""}, ""),
        ({"身份证号": "", "出生年月": ""}, ""),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_field(
    district: District, columns: dict[str, str], field: str
) -> None:
    made = uploaded(district, xlsx([row()]))
    with pytest.raises(MappingProblems) as refused:
        answered(district, made, columns)
    assert list(refused.value.fields) == [field]
    made.refresh_from_db()
    assert made.state == State.CHECKED
    assert not ColumnMapping.objects.exists()


def test_an_unknown_word_of_a_code_table_is_asked_about_once_and_then_known(district: District) -> None:
    made = uploaded(district, xlsx([row(职称="教一"), someone(2, 职称="教一"), someone(3, 学段="完小")]))
    assert made.state == State.MAPPING
    assert made.summary["asked"] == {"title": {"教一": 2}, "stage": {"完小": 1}}
    made = answered(district, made, words={"title": {"教一": "grade-1"}, "stage": {"完小": "primary"}})
    assert [(good["title"], good["stage"]) for good in good_rows(made)] == [("grade-1", "primary")] * 3
    again = uploaded(district, xlsx([someone(4, 职称="教一")]))
    assert (again.state, good_rows(again)[0]["title"]) == (State.CHECKED, "grade-1")


def test_a_word_left_open_makes_its_rows_wrong_and_is_not_asked_about_again(district: District) -> None:
    made = answered(
        district, uploaded(district, xlsx([row(职称="教一"), someone(2)])), words={"title": {"教一": ""}}
    )
    assert made.state == State.CHECKED
    (problem,) = problems_of(made)
    assert (problem.code, problem.value) == ("unknown_title", "教一")
    assert "一级教师" in problem.reason or "Grade-1" in problem.reason
    assert uploaded(district, xlsx([someone(3, 职称="教一")])).state == State.CHECKED


def test_a_new_word_in_a_known_sheet_is_asked_about(district: District) -> None:
    answered(district, uploaded(district, xlsx([row(职称="教一")])), words={"title": {"教一": "grade-1"}})
    made = uploaded(district, xlsx([row(职称="教二")]))
    assert (made.state, made.summary["asked"]) == (State.MAPPING, {"title": {"教二": 1}})


def test_codes_that_do_not_exist_are_not_remembered(district: District) -> None:
    made = uploaded(district, xlsx([row(职称="教一")]))
    answered(district, made, words={"title": {"教一": "emperor"}, "no-table": {"x": "y"}})
    assert ColumnMapping.objects.get().codes["title"] == {}


def test_a_decided_roster_is_not_read_anew(district: District) -> None:
    made = uploaded(district, xlsx([row()]))
    office.decide(district.officer, made.id)
    work()
    with pytest.raises(Refused) as refused:
        answered(district, made)
    assert refused.value.code == "roster.already_decided"


def test_the_officer_may_look_at_the_columns_again_and_change_them(district: District, web: Web) -> None:
    client = web("city")
    client.cookies["shijie_language"] = "en"
    made = uploaded(district, xlsx([row(学科="数学")]))
    address = reverse("roster-mapping", args=[made.id])
    assert client.get(address).status_code == 200
    place = HEADER.index("学科")
    answer = client.post(address, {f"column-{place}": ""})
    assert answer.status_code == 302
    work()
    made.refresh_from_db()
    assert (made.state, good_rows(made)[0]["subjects"]) == (State.CHECKED, [])
    doubled = client.post(address, {f"column-{place}": "name"})
    page = doubled.content.decode()
    assert doubled.status_code == 422
    assert "has this column already" in page
    assert f'id="column-{place}-error"' in page


def test_the_page_asks_with_the_guess_chosen_and_takes_the_answer(district: District, web: Web) -> None:
    client = web("city")
    content = csv_file([row(职称="教一")], header=OWN).getvalue()
    upload = reverse("roster-upload", args=[district.programme().id])
    client.post(upload, {"file": SimpleUploadedFile("r.csv", content)})
    work()
    made = RosterImport.objects.get()
    page = client.get(reverse("roster", args=[made.id])).content.decode()
    assert "教职工姓名栏" in page
    assert '<option value="staff_no" selected>' in page
    address = reverse("roster-mapping", args=[made.id])
    client.post(address, {"column-0": "name"})
    work()
    page = client.get(reverse("roster", args=[made.id])).content.decode()
    assert "教一" in page
    client.post(address, {"column-0": "name", "word-title-0": "grade-1"})
    work()
    made.refresh_from_db()
    assert (made.state, good_rows(made)[0]["title"]) == (State.CHECKED, "grade-1")


def test_the_same_heading_twice_is_refused_by_name(district: District) -> None:
    made = uploaded(district, xlsx([[*row(), "x"]], header=[*HEADER, "姓 名"]))
    assert (made.state, made.failure["code"]) == (State.FAILED, "roster.doubled_headings")
    assert "姓名" in made.failure["en"]["message"]


def test_a_county_below_is_part_of_the_city_but_asks_for_itself(district: District) -> None:
    assert Area.objects.filter(path__startswith=district.city.path).count() == 3
    stage_roster(
        district.officer, district.programme(), xlsx([row()], header=[*HEADER, "爱好"]), file_name="a.xlsx"
    )
    assert ColumnMapping.objects.get().area == district.city
