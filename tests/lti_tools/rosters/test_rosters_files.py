"""Files that cannot be a roster are refused whole, each with what happened, what was kept and what to do."""

from __future__ import annotations

import io
import zipfile

import pytest
from roster_district import (
    DEMO,
    HEADER,
    District,
    csv_file,
    good_rows,
    row,
    saved,
    someone,
    stage_roster,
    upload_roster,
    xlsx,
)

from lti_tools.errors import Denied, Refused
from lti_tools.rosters import files, sheet, xlsx_sheet
from lti_tools.rosters.models import RosterImport, RosterRow

pytestmark = pytest.mark.django_db


def refusal(district: District, file: io.BytesIO, name: str = "roster.xlsx") -> str:
    """The code of the refusal, at the upload or once the worker has looked into the file. Nothing is kept."""
    try:
        made = upload_roster(district.officer, district.programme(), file, file_name=name)
    except Refused as problem:
        return at_once(problem)
    assert made.state == RosterImport.State.FAILED
    for language in ("zh-hans", "en"):
        assert all(made.failure[language][part] for part in ("message", "kept", "todo"))
    assert not made.stored
    assert not RosterRow.objects.exists()
    return str(made.failure["code"])


def at_once(problem: Refused) -> str:
    assert all(str(text) for text in (problem.message, problem.kept, problem.todo))
    assert not RosterImport.objects.exists()
    return problem.code


def replaced(file: io.BytesIO, member: str, content: bytes) -> io.BytesIO:
    """The workbook with one member of its archive replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "roster.xlsx", "roster.empty_file"),
        (b"\xd0\xcf\x11\xe0old", "roster.xls", "roster.kind"),
        (b"\xd0\xcf\x11\xe0password", "roster.xlsx", "roster.kind"),
        (b"%PDF-1.7", "roster.pdf", "roster.kind"),
        (b"PK\x03\x04not really", "roster.xlsx", "roster.unreadable"),
        (b"\xff\xfe\x00\xd8", "roster.csv", "roster.encoding"),
        (b"name\x00staff", "roster.csv", "roster.encoding"),
        ("姓名,教师编号".encode() + b"\xff\xff\xff", "roster.csv", "roster.encoding"),
        ('姓名,教师编号,学校标识码,出生年月\n"李,T1'.encode(), "roster.csv", "roster.unreadable"),
        ("甲,乙,丙\n1,2,3".encode(), "roster.csv", "roster.no_header"),
        ("姓名,教师编号,学校标识码,出生年月\n".encode(), "roster.csv", "roster.no_rows"),
        ("姓名,教师编号,学校标识码,学段\n".encode(), "roster.csv", "roster.missing_columns"),
        ("姓名,性别,学校标识码,出生年月\n".encode(), "roster.csv", "roster.missing_columns"),
        ("姓名,教师编号,学校标识码,出生年月,姓名\n".encode(), "roster.csv", "roster.doubled_headings"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_its_reason(
    district: District, content: bytes, name: str, code: str
) -> None:
    assert refusal(district, io.BytesIO(content), name) == code


def test_a_file_larger_than_the_limit_is_refused_and_read_no_further(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 3 * files.MIB)
    file = io.BytesIO(b"x" * (200 * files.MIB))
    assert refusal(district, file, "roster.csv") == "roster.too_big"
    assert file.tell() <= 4 * files.MIB


def test_missing_columns_are_named(district: District) -> None:
    made = upload_roster(
        district.officer,
        district.programme(),
        io.BytesIO("姓名,性别,单位\n".encode()),
        file_name="roster.csv",
    )
    assert "教师编号, 学校标识码, 身份证号 / 出生年月" in made.failure["en"]["message"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("the bomb was opened")

    monkeypatch.setattr(xlsx_sheet, "load_workbook", never)
    bomb = replaced(xlsx([row()]), "xl/worksheets/sheet1.xml", b"<x>" + b" " * 20_000_000 + b"</x>")
    assert len(bomb.getvalue()) < 100_000
    assert refusal(district, bomb) == "roster.bomb"


def test_an_archive_of_thousands_of_members_is_refused(district: District) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(xlsx_sheet.MAX_MEMBERS + 1):
            archive.writestr(f"xl/{number}.xml", "")
    out.seek(0)
    assert refusal(district, out) == "roster.bomb"


@pytest.mark.parametrize(
    "evil",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet>&f;</worksheet>',
        b"<worksheet><sheetData><row r=",
        b"",
    ],
)
def test_a_damaged_or_hostile_workbook_is_refused_calmly(district: District, evil: bytes) -> None:
    file = replaced(xlsx([row()]), "xl/worksheets/sheet1.xml", evil)
    assert refusal(district, file) in {"roster.unreadable", "roster.no_header"}


def test_a_workbook_with_entities_in_its_shared_strings_reads_no_file(district: District) -> None:
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&f;</t></si></sst>'
    )
    demo = io.BytesIO((DEMO / "roster.xlsx").read_bytes())
    assert refusal(district, replaced(demo, "xl/sharedStrings.xml", evil)) == "roster.unreadable"


def test_more_rows_than_we_take_at_once_are_refused(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    rows = [someone(number) for number in range(2, 6)]
    assert refusal(district, csv_file(rows), "roster.csv") == "roster.too_many_rows"
    allowed = stage_roster(district.officer, district.programme(), csv_file(rows[:3]), file_name="roster.csv")
    assert len(good_rows(allowed)) == 3


def test_a_sheet_that_goes_on_for_ever_is_refused(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openpyxl import Workbook

    monkeypatch.setattr(xlsx_sheet, "MAX_WALKED", 50)
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(row())
    book.active.cell(row=1000, column=1, value=" ")
    assert refusal(district, saved(book)) == "roster.endless"


def test_the_other_county_the_teacher_and_the_launched_officer_cannot_upload(district: District) -> None:
    programme = district.programme(district.county_a)
    launched = type(district.officer_a)(person_id=district.officer_a.person_id, via="launch")
    for actor in (district.officer_b, district.teacher, launched):
        with pytest.raises(Denied):
            stage_roster(actor, programme, xlsx([row()]), file_name="roster.xlsx")
    assert not RosterImport.objects.exists()
