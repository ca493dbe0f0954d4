"""An officer brings in a roster through the pages; nobody else can."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from roster_district import (
    DEMO,
    District,
    csv_file,
    good_rows,
    id_number,
    row,
    someone,
    stage_roster,
    work,
    xlsx,
)

from lti_tools.errors import ShijieError
from lti_tools.people.api import Person
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import columns, problems_of
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]
TEACHERS = Person.objects.exclude(staff_no="")


def upload(client: Client, programme: Programme, content: bytes, name: str = "roster.xlsx") -> RosterImport:
    """Uploads a file and has it read."""
    file = SimpleUploadedFile(name, content)
    answer = client.post(reverse("roster-upload", args=[programme.id]), {"file": file})
    made = RosterImport.objects.latest("created_at")
    assert answer.headers["Location"] == reverse("roster", args=[made.id])
    work()
    made.refresh_from_db()
    return made


def page_of(client: Client, made: RosterImport) -> str:
    return client.get(reverse("roster", args=[made.id])).content.decode()


def taken_over(client: Client, made: RosterImport, **choices: str) -> str:
    """Decides, waits for the worker, and returns the page that then stands there."""
    answer = client.post(reverse("roster-apply", args=[made.id]), {"choice": "all"} | choices)
    assert answer.status_code == 302
    assert "hx-get" in page_of(client, made)
    work()
    return page_of(client, made)


def english(client: Client) -> Client:
    client.cookies["shijie_language"] = "en"
    return client


def test_an_officer_uploads_sees_every_wrong_row_and_takes_the_good_rows_over(
    district: District, web: Web
) -> None:
    programme, client = district.programme(), english(web("city"))
    staged = upload(client, programme, (DEMO / "roster-with-errors.xlsx").read_bytes())
    page = page_of(client, staged)
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
    page = taken_over(client, staged, choice="good-rows")
    assert "<strong>57</strong>new people" in page
    assert "The check digit is wrong" in page
    assert Enrolment.objects.filter(programme=programme).count() == TEACHERS.count() == 57


def test_a_right_roster_is_taken_over_whole_and_the_second_time_changes_nothing(
    district: District, web: Web
) -> None:
    programme, client = district.programme(), english(web("city"))
    content = (DEMO / "roster.csv").read_bytes()
    first = upload(client, programme, content, "roster.csv")
    assert "<strong>60</strong>new people" in taken_over(client, first)
    second = upload(client, programme, content, "roster.csv")
    assert "Exactly this file was already taken over" in page_of(client, second)
    assert "nobody's details changed" in taken_over(client, second).replace("&#x27;", "'")
    assert TEACHERS.count() == 60


def test_the_page_goes_on_by_itself_when_the_worker_is_done(district: District, web: Web) -> None:
    client = english(web("city"))
    file = SimpleUploadedFile("roster.xlsx", xlsx([row()]).getvalue())
    client.post(reverse("roster-upload", args=[district.programme().id]), {"file": file})
    waiting = RosterImport.objects.get()
    part = reverse("roster-progress", args=[waiting.id])
    assert f'hx-get="{part}"' in page_of(client, waiting)
    before = client.get(part, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in before.headers
    work()
    assert client.get(part, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "hx-get" not in page_of(client, waiting)


def test_a_work_that_stopped_for_good_says_so_instead_of_waiting(
    district: District, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ShijieError("storage.gone")

    monkeypatch.setattr("lti_tools.office.rosters.rosters.read_step", broken)
    client = english(web("city"))
    page = page_of(client, upload(client, district.programme(), xlsx([row()]).getvalue()))
    assert "The work could not be finished" in page
    assert "hx-get" not in page


def test_without_the_explicit_choice_a_roster_with_problems_is_not_applied(
    district: District, web: Web
) -> None:
    client = english(web("city"))
    staged = upload(client, district.programme(), xlsx([someone(2), row(姓名="")]).getvalue())
    for choice in ("", "all", "everything"):
        answer = client.post(reverse("roster-apply", args=[staged.id]), {"choice": choice})
        assert answer.status_code == 400
        assert "Some rows have problems" in answer.content.decode()
    assert not TEACHERS.exists()


def test_a_file_of_another_kind_is_refused_on_the_same_page_with_what_to_do(
    district: District, web: Web
) -> None:
    file = SimpleUploadedFile("roster.pdf", b"%PDF-1.7")
    client = english(web("city"))
    answer = client.post(reverse("roster-upload", args=[district.programme().id]), {"file": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("Only .xlsx and .csv files", "Nothing was taken over", "save it as"):
        assert told in page


def test_a_file_that_cannot_be_read_says_so_in_the_place_of_the_preview(district: District, web: Web) -> None:
    client = english(web("city"))
    page = page_of(client, upload(client, district.programme(), b"PK\x03\x04not really"))
    for told in ("damaged", "Nothing was taken over", "save it again as .xlsx"):
        assert told in page


def test_sending_no_file_says_so(district: District, web: Web) -> None:
    answer = english(web("city")).post(reverse("roster-upload", args=[district.programme().id]))
    assert answer.status_code == 422
    assert "No file was chosen" in answer.content.decode()


def test_a_file_put_aside_changes_nothing_and_cannot_be_applied_later(
    district: District, web: Web, django_capture_on_commit_callbacks: Any
) -> None:
    client = english(web("city"))
    staged = upload(client, district.programme(), xlsx([row()]).getvalue())
    kept = staged.stored
    assert default_storage.exists(kept)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("roster-discard", args=[staged.id]))
    staged.refresh_from_db()
    assert (staged.state, staged.stored, staged.staged.count()) == (RosterImport.State.DISCARDED, "", 0)
    assert not default_storage.exists(kept)
    assert "put aside" in client.get(reverse("roster", args=[staged.id])).content.decode()
    assert client.post(reverse("roster-apply", args=[staged.id]), {"choice": "all"}).status_code == 409
    assert not TEACHERS.exists()


def test_the_reasons_are_in_chinese_unless_english_is_chosen(district: District, web: Web) -> None:
    client = web("city")
    bad = row(身份证号=1.1e17)
    page = page_of(client, upload(client, district.programme(), xlsx([bad]).getvalue()))
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
    staged = upload(client, district.programme(), content.getvalue())
    assert (len(good_rows(staged)), list(problems_of(staged))) == (1, [])


def test_gb18030_from_a_spreadsheet_is_read(district: District, web: Web) -> None:
    content = csv_file([someone(2, 姓名="赵㛃")], encoding="gb18030").getvalue()
    client = web("city")
    staged = upload(client, district.programme(), content, "名册.csv")
    assert good_rows(staged)[0]["name"] == "赵㛃"
    assert "名册.csv" in page_of(client, staged)


def addresses(programme: Programme, staged: RosterImport) -> list[tuple[str, str]]:
    return [
        ("get", reverse("roster-upload", args=[programme.id])),
        ("post", reverse("roster-upload", args=[programme.id])),
        ("get", reverse("roster", args=[staged.id])),
        ("get", reverse("roster-progress", args=[staged.id])),
        ("get", reverse("roster-rows", args=[staged.id, "new"])),
        ("get", reverse("roster-errors", args=[staged.id])),
        ("get", reverse("roster-mapping", args=[staged.id])),
        ("post", reverse("roster-mapping", args=[staged.id])),
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


def oversized(client: Client, address: str, megabytes: int) -> Any:
    """A form that says it is so large; what it holds does not matter, for it must not be read."""
    body = b"--x\r\n"
    return client.generic(
        "POST",
        address,
        body,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(megabytes << 20),
    )


def test_two_hundred_megabytes_are_refused_by_their_size_with_what_to_do(
    district: District, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MultiPartParser, "parse", lambda self: pytest.fail("read"))
    client = english(web("city"))
    address = reverse("roster-upload", args=[district.programme().id])
    answer = oversized(client, address, 200)
    page = answer.content.decode()
    assert answer.status_code == 413
    for told in ("larger than 64 MB", "Nothing was taken over", "split the file"):
        assert told in page


def test_only_the_address_of_rosters_takes_large_forms_and_only_after_signing_in(
    district: District, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("roster-upload", args=[district.programme().id])
    assert oversized(Client(), address, 40).status_code == 413
    assert oversized(web("city"), reverse("sign-in"), 40).status_code == 413
    file = SimpleUploadedFile("big.csv", b"x" * (13 << 20))
    assert web("city").post(address, {"file": file}).status_code == 302


def test_the_preview_lists_people_by_what_would_happen_to_them(district: District, web: Web) -> None:
    client, programme = english(web("city")), district.programme()
    taken_over(client, upload(client, programme, xlsx([someone(2), someone(3), someone(4)]).getvalue()))
    rows = [someone(2, 职称="高级教师"), someone(3, 学校标识码="3199012201"), someone(5)]
    made = upload(client, programme, xlsx(rows).getvalue())
    page = page_of(client, made)
    for kind in ("changed", "transferred", "new", "absent"):
        assert reverse("roster-rows", args=[made.id, kind]) in page
    told = {
        kind: client.get(reverse("roster-rows", args=[made.id, kind])).content.decode()
        for kind in ("new", "changed", "transferred", "absent")
    }
    assert "Grade-1 teacher" in told["changed"]
    assert "Senior teacher" in told["changed"]
    assert "白塬县第二中学" in told["transferred"]
    assert "T5" in told["new"]
    assert "T4" in told["absent"]
    assert client.get(reverse("roster-rows", args=[made.id, "wrong"])).status_code == 404
    page = taken_over(client, made, absent="left")
    assert "marked as left" in page
    assert client.get(reverse("roster-rows", args=[made.id, "new"])).status_code == 404


def test_wrong_rows_come_in_pages(district: District, web: Web) -> None:
    client = english(web("city"))
    rows = [someone(number, 姓名="") for number in range(2, 62)]
    made = upload(client, district.programme(), xlsx(rows).getvalue())
    address = reverse("roster", args=[made.id])
    assert "Page 1 of 2" in client.get(address).content.decode()
    assert client.get(address, {"page": 2}).content.decode().count("This cell is empty") == 10
    answer = client.post(reverse("roster-apply", args=[made.id]), {"choice": "good-rows"})
    assert answer.status_code == 400
    assert "nothing to take over" in answer.content.decode()
