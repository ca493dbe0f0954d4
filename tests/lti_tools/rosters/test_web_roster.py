"""An officer brings in a roster through the pages; nobody else can."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from roster_district import DEMO, District, csv_file, id_number, row, someone, xlsx

from lti_tools.people.api import Person
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import columns, stage_roster
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]
TEACHERS = Person.objects.exclude(staff_no="")


def upload(
    client: Client, programme: Programme, content: bytes, name: str = "roster.xlsx", **options: object
):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("roster-upload", args=[programme.id]), {"file": file}, **options)


def english(client: Client) -> Client:
    client.cookies["shijie_language"] = "en"
    return client


def test_an_officer_uploads_sees_every_wrong_row_and_takes_the_good_rows_over(
    district: District, web: Web
) -> None:
    programme, client = district.programme(), english(web("city"))
    answer = upload(client, programme, (DEMO / "roster-with-errors.xlsx").read_bytes(), follow=True)
    page = answer.content.decode()
    assert "Nothing has been taken over yet." in page
    for told in (
        "身份证号",
        "学校标识码",
        "出生年月",
        "The check digit is wrong",
        "stands in row 10",
        "2199012199",
    ):
        assert told in page
    assert "0131" in page
    assert "640000197208070131" not in page
    assert not TEACHERS.exists()
    staged = RosterImport.objects.get()
    done = client.post(reverse("roster-apply", args=[staged.id]), {"choice": "good-rows"}, follow=True)
    assert "57 people taken over." in done.content.decode()
    assert Enrolment.objects.filter(programme=programme).count() == TEACHERS.count() == 57


def test_a_right_roster_is_taken_over_whole_and_the_second_time_changes_nothing(
    district: District, web: Web
) -> None:
    programme, client = district.programme(), english(web("city"))
    content = (DEMO / "roster.csv").read_bytes()
    upload(client, programme, content, "roster.csv")
    first = RosterImport.objects.get()
    page = client.post(
        reverse("roster-apply", args=[first.id]), {"choice": "all"}, follow=True
    ).content.decode()
    assert "60 people taken over." in page
    again = upload(client, programme, content, "roster.csv", follow=True).content.decode()
    assert "Exactly this file was already taken over" in again
    second = RosterImport.objects.exclude(id=first.id).get()
    page = client.post(
        reverse("roster-apply", args=[second.id]), {"choice": "all"}, follow=True
    ).content.decode()
    assert "nobody's details changed" in page
    assert TEACHERS.count() == 60


def test_without_the_explicit_choice_a_roster_with_problems_is_not_applied(
    district: District, web: Web
) -> None:
    client = english(web("city"))
    upload(client, district.programme(), xlsx([someone(2), row(姓名="")]).getvalue())
    staged = RosterImport.objects.get()
    for choice in ("", "all", "everything"):
        answer = client.post(reverse("roster-apply", args=[staged.id]), {"choice": choice})
        assert answer.status_code == 400
        assert "Some rows have problems" in answer.content.decode()
    assert not TEACHERS.exists()


def test_a_file_that_cannot_be_read_is_refused_on_the_same_page_with_what_to_do(
    district: District, web: Web
) -> None:
    answer = upload(english(web("city")), district.programme(), b"%PDF-1.7", "roster.pdf")
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("Only .xlsx and .csv files", "Nothing was taken over", "save it as"):
        assert told in page


def test_sending_no_file_says_so(district: District, web: Web) -> None:
    answer = english(web("city")).post(reverse("roster-upload", args=[district.programme().id]))
    assert answer.status_code == 422
    assert "No file was chosen" in answer.content.decode()


def test_a_file_put_aside_changes_nothing_and_cannot_be_applied_later(district: District, web: Web) -> None:
    client = english(web("city"))
    upload(client, district.programme(), xlsx([row()]).getvalue())
    staged = RosterImport.objects.get()
    client.post(reverse("roster-discard", args=[staged.id]))
    staged.refresh_from_db()
    assert (staged.state, staged.rows) == (RosterImport.State.DISCARDED, [])
    assert "put aside" in client.get(reverse("roster", args=[staged.id])).content.decode()
    assert client.post(reverse("roster-apply", args=[staged.id]), {"choice": "all"}).status_code == 409
    assert not TEACHERS.exists()


def test_the_reasons_are_in_chinese_unless_english_is_chosen(district: District, web: Web) -> None:
    client = web("city")
    bad = row(身份证号=1.1e17)
    page = upload(client, district.programme(), xlsx([bad]).getvalue(), follow=True).content.decode()
    assert "1.1E+17" in page
    assert "表格软件" in page
    assert "The spreadsheet" not in page


def test_the_sample_sheet_has_every_column_as_text_and_can_be_filled_in_and_uploaded(
    district: District, web: Web
) -> None:
    client = web("city")
    answer = client.get(reverse("roster-sample"))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [column.zh for column in columns() if column.kept]
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    filled = {
        "姓名": "古丽·买买提",
        "身份证号": id_number("1990-02-03"),
        "教师编号": "T5",
        "学校标识码": "2199012101",
    }
    for heading, value in filled.items():
        sheet.cell(row=2, column=headings.index(heading) + 1, value=value)
    content = io.BytesIO()
    book.save(content)
    upload(client, district.programme(), content.getvalue())
    staged = RosterImport.objects.get()
    assert (len(staged.rows), staged.problems) == (1, [])


def test_gb18030_from_a_spreadsheet_is_read(district: District, web: Web) -> None:
    content = csv_file([someone(2, 姓名="赵㛃")], encoding="gb18030").getvalue()
    page = upload(web("city"), district.programme(), content, "名册.csv", follow=True).content.decode()
    assert RosterImport.objects.get().rows[0]["name"] == "赵㛃"
    assert "名册.csv" in page


def addresses(programme: Programme, staged: RosterImport) -> list[tuple[str, str]]:
    return [
        ("get", reverse("roster-upload", args=[programme.id])),
        ("post", reverse("roster-upload", args=[programme.id])),
        ("get", reverse("roster", args=[staged.id])),
        ("post", reverse("roster-apply", args=[staged.id])),
        ("post", reverse("roster-discard", args=[staged.id])),
    ]


@pytest.mark.parametrize("who", ["b", "teacher"])
def test_the_officer_of_the_other_county_and_a_teacher_get_the_page_that_does_not_exist(
    district: District, web: Web, who: str
) -> None:
    programme = district.programme(district.county_a)
    staged = stage_roster(district.officer_a, programme, xlsx([row()]), file_name="a.xlsx")
    client = web(who)
    nowhere = client.get("/office/rosters/00000000-0000-0000-0000-000000000000")
    for method, address in addresses(programme, staged):
        answer = getattr(client, method)(address, {"choice": "all"})
        assert answer.status_code == 404
        assert "a.xlsx" not in answer.content.decode()
        assert programme.title not in answer.content.decode()
    assert nowhere.status_code == 404
    staged.refresh_from_db()
    assert staged.state == RosterImport.State.CHECKED
    assert not TEACHERS.exists()


def test_a_county_officer_may_not_import_into_the_programme_of_the_city(district: District, web: Web) -> None:
    programme = district.programme()
    staged = stage_roster(district.officer, programme, xlsx([row()]), file_name="city.xlsx")
    for method, address in addresses(programme, staged):
        assert getattr(web("a"), method)(address).status_code == 404
    assert not TEACHERS.exists()


def test_nobody_in_particular_is_sent_to_sign_in(district: District, web: Web) -> None:
    programme = district.programme()
    staged = stage_roster(district.officer, programme, xlsx([row()]), file_name="city.xlsx")
    for method, address in addresses(programme, staged):
        answer = getattr(web(""), method)(address)
        assert answer.status_code in (302, 404)
    assert not TEACHERS.exists()


def test_changes_need_a_post(district: District, web: Web) -> None:
    staged = stage_roster(district.officer, district.programme(), xlsx([row()]), file_name="city.xlsx")
    for name in ("roster-apply", "roster-discard"):
        assert web("city").get(reverse(name, args=[staged.id])).status_code == 405
