"""The list of schools as a file: what goes out comes in again, all of it or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import lxml.html
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lti_tools.audit.models import AuditEvent
from lti_tools.organisations import api as organisations
from lti_tools.people.api import School

HEAD = "学校标识码,学校名称,行政区划代码,城乡类型,是否偏远,所属学校代码"
Browse = Callable[[str], Any]


def upload(
    client: Any, *rows: str, head: str = HEAD, name: str = "schools.csv", encoding: str = "utf-8"
) -> Any:
    file = SimpleUploadedFile(name, "\n".join([head, *rows]).encode(encoding))
    given = {"file": file, "since": "2026-09-01", "reason": "甲教发〔2026〕9号"}
    return client.post(reverse("school-list"), given)


def problems(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status_code == 422
    tree = lxml.html.fromstring(answer.content.decode())
    rows = tree.xpath("//table/tbody/tr")
    return [tuple(cell.text_content() for cell in row.xpath("td")[:3]) for row in rows]  # type: ignore[misc]


def downloaded(client: Any, kind: str, **asked: str) -> bytes:
    return b"".join(client.get(reverse("school-list-file", args=[kind]), asked).streaming_content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_and_changes_nothing(cast: Any, browse_as: Browse, kind: str) -> None:
    organisations.open_teaching_point(
        cast.school_a, code="2199012190", name="山口教学点", location="village", since=date(2019, 9, 1)
    )
    client = browse_as("officer")
    file = SimpleUploadedFile(f"schools.{kind}", downloaded(client, kind))
    answer = client.post(reverse("school-list"), {"file": file, "since": "2026-09-01", "reason": "同一份"})
    assert answer.status_code == 302
    assert not AuditEvent.objects.filter(
        kind__in=["school.opened", "school.renamed", "school.moved"]
    ).exists()
    assert School.objects.count() == 4


def test_a_list_shows_the_own_area_only(cast: Any, browse_as: Browse) -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloaded(browse_as("officer"), "xlsx")))
    told = {str(cell.value) for row in book.active.iter_rows() for cell in row}  # type: ignore[union-attr]
    assert {"甲县村小", "2199012102", "990121"} <= told
    assert "乙县中学" not in told
    assert (
        browse_as("officer").get(reverse("school-list-file", args=["csv"]), {"area": "990122"}).status_code
        == 404
    )
    assert browse_as("officer").get(reverse("school-list-file", args=["pdf"])).status_code == 404
    assert AuditEvent.objects.get(kind="schools.exported").detail == {"schools": 2}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_new_codes_open_schools_and_points_and_known_ones_change(
    cast: Any, browse_as: Browse, encoding: str
) -> None:
    answer = upload(
        browse_as("officer"),
        "2199012151,山口教学点,990121,乡村,是,2199012150",
        "2199012150,新建小学,990121,城区,否,",
        "2199012101,希望小学,990121,镇区,,",
        encoding=encoding,
    )
    assert answer.status_code == 302
    point = School.objects.get(code="2199012151")
    assert (point.parent, point.remote) == (School.objects.get(code="2199012150"), True)
    cast.school_a.refresh_from_db()
    assert (cast.school_a.name, cast.school_a.location, cast.school_a.remote) == (
        "希望小学",
        "township",
        False,
    )
    assert organisations.facts_on(cast.school_a, date(2026, 8, 31)).name == "甲县村小"
    assert AuditEvent.objects.filter(kind="school.opened").count() == 2


def test_a_school_moved_by_a_list_takes_its_points_along(cast: Any, browse_as: Browse) -> None:
    organisations.open_teaching_point(
        cast.school_a, code="2199012190", name="山口教学点", location="village", since=date(2019, 9, 1)
    )
    answer = upload(
        browse_as("officer_city"),
        "2199012190,山口教学点,990122,乡村,否,2199012101",
        "2199012101,甲县村小,990122,乡村,是,",
    )
    assert answer.status_code == 302
    assert School.objects.get(code="2199012190").area == cast.county_b


def test_every_problem_is_said_and_nothing_is_taken_over(cast: Any, browse_as: Browse) -> None:
    answer = upload(
        browse_as("officer"),
        "2199012150,新建小学,990121,城区,,",
        "12345,短码小学,990121,城区,,",
        "2199012151,,990121,山上,也许,",
        "2199012152,别县小学,990122,城区,,",
        "2199012150,重码小学,990121,城区,,",
        "3199012201,乙县中学,990121,城区,,",
        "2199012153,教学点,990121,乡村,,3199012201",
        "2.199E+09,变形小学,990121,乡村,,",
    )
    assert problems(answer) == [
        ("3", "学校标识码", "12345"),
        ("4", "学校名称", "–"),
        ("4", "城乡类型", "山上"),
        ("4", "是否偏远", "也许"),
        ("5", "行政区划代码", "990122"),
        ("6", "学校标识码", "2199012150"),
        ("7", "学校标识码", "3199012201"),
        ("8", "所属学校代码", "3199012201"),
        ("9", "学校标识码", "2.199E+09"),
    ]
    assert School.objects.count() == 3
    assert not AuditEvent.objects.filter(kind="school.opened").exists()


def test_a_day_before_the_present_entry_is_said_at_its_row(cast: Any, browse_as: Browse) -> None:
    organisations.rename(cast.school_a, code=cast.school_a.code, name="中间名", since=date(2026, 10, 1))
    (found,) = problems(upload(browse_as("officer"), "2199012101,希望小学,990121,乡村,是,"))
    assert found[0] == "2"


@pytest.mark.parametrize(
    "head", ["学校标识码,学校名称,备注", "甲,乙,丙", "学校标识码,学校名称,城乡类型,是否偏远"]
)
def test_a_sheet_without_the_columns_is_refused_at_the_file(cast: Any, browse_as: Browse, head: str) -> None:
    answer = upload(browse_as("officer"), "2199012150,新建小学,990121,城区", head=head)
    assert answer.status_code == 422
    tree = lxml.html.fromstring(answer.content.decode())
    assert (
        "学校标识码" in tree.xpath("//div[@class='field'][.//*[@name='file']]/span[@class='error']")[0].text
    )


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-1.7"), ("a.csv", b""), ("a.xlsx", b"PK\x03\x04oops")]
)
def test_what_is_no_list_is_refused_at_the_file(
    cast: Any, browse_as: Browse, name: str, content: bytes
) -> None:
    given = {"file": SimpleUploadedFile(name, content), "since": "2026-09-01", "reason": "试"}
    answer = browse_as("officer").post(reverse("school-list"), given)
    assert answer.status_code == 422
    tree = lxml.html.fromstring(answer.content.decode())
    assert tree.xpath("//div[@class='field'][.//*[@name='file']]/span[@class='error']")
