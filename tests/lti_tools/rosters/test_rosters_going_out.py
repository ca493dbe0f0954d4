"""What goes out can come in again: the wrong rows with their reasons, and the roster of an area without a change."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from roster_district import (
    DEMO,
    HEADER,
    District,
    import_roster,
    row,
    someone,
    stage_roster,
    upload_roster,
    xlsx,
)

from lti_tools.audit.models import AuditEvent, AuditMention
from lti_tools.errors import Denied, Refused
from lti_tools.office import rosters as office
from lti_tools.people.api import Affiliation, Person
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import problems_of
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]
TEACHERS = Person.objects.exclude(staff_no="")


def known(district: District, *, name: str = "roster.xlsx") -> Programme:
    programme = district.programme()
    content = io.BytesIO((DEMO / name).read_bytes())
    staged = stage_roster(district.officer, programme, content, file_name=name)
    import_roster(district.officer, staged.id)
    return programme


def everything() -> list[object]:
    return [
        list(Person.objects.order_by("id").values()),
        list(Affiliation.objects.order_by("id").values()),
        list(Enrolment.objects.order_by("id").values()),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_exported_roster_is_imported_again_and_changes_nothing(
    district: District, tmp_path: Path, kind: str, language: str
) -> None:
    programme = known(district)
    Enrolment.objects.filter(person__staff_no="T990121001").update(participation="exempt")
    path = office.export_roster(
        district.officer, programme, district.city, kind=kind, language=language, folder=tmp_path
    )
    before = everything()
    content = io.BytesIO(path.read_bytes())
    again = stage_roster(district.officer, programme, content, file_name=path.name)
    assert list(problems_of(again)) == []
    assert (again.summary["expected"], again.summary["absent"]) == ({"unchanged": 60}, 0)
    import_roster(district.officer, again.id, absent_left=True)
    assert everything() == before


def test_an_export_holds_the_people_of_the_area_and_no_id_number(district: District, tmp_path: Path) -> None:
    programme = known(district)
    path = office.export_roster(
        district.officer_a, programme, district.county_a, kind="csv", language="zh-hans", folder=tmp_path
    )
    text = path.read_text(encoding="utf-8-sig")
    assert "青禾县" in text
    assert "白塬县" not in text
    assert "身份证后四位" in text
    for line in text.splitlines()[1:]:
        assert not any(len(cell) == 18 for cell in line.split(","))


def test_an_export_names_everybody_in_it_on_the_trail(district: District, tmp_path: Path) -> None:
    programme = known(district)
    office.export_roster(
        district.officer_a, programme, district.county_a, kind="csv", language="en", folder=tmp_path
    )
    event = AuditEvent.objects.get(kind="roster.exported")
    assert event.actor == str(district.officer_a.person_id)
    mentioned = set(AuditMention.objects.filter(event=event).values_list("subject", flat=True))
    there = Affiliation.objects.filter(school__area=district.county_a, until__isnull=True)
    assert mentioned == {str(row.person_id) for row in there}
    assert len(mentioned) == int(event.detail["people"]) > 0


def test_nobody_exports_an_area_that_is_not_theirs(district: District, tmp_path: Path, web: Web) -> None:
    programme = known(district)
    for actor in (district.officer_b, district.teacher):
        with pytest.raises(Denied):
            office.export_roster(
                actor, programme, district.county_a, kind="csv", language="en", folder=tmp_path
            )
    address = reverse("roster-export", args=[programme.id, "csv"])
    assert web("b").get(address, {"area": district.county_a.code}).status_code == 404
    own = b"".join(web("b").get(address)).decode()  # type: ignore[arg-type]
    assert "白塬县" in own
    assert "青禾县" not in own
    assert web("city").get(reverse("roster-export", args=[programme.id, "pdf"])).status_code == 404


def test_a_workbook_too_long_to_write_is_refused_and_csv_offered(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "MOST_LINES_OF_A_WORKBOOK", 59)
    programme = known(district)
    asked = {"language": "en", "folder": tmp_path}
    with pytest.raises(Refused) as refused:
        office.export_roster(district.officer, programme, district.city, kind="xlsx", **asked)  # type: ignore[arg-type]
    assert "CSV" in str(refused.value.todo)
    assert office.export_roster(district.officer, programme, district.city, kind="csv", **asked).exists()  # type: ignore[arg-type]


def errors_of(client: Client, made: RosterImport) -> list[list[object]]:
    answer = client.get(reverse("roster-errors", args=[made.id]))
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]


def test_the_error_list_is_the_same_sheet_with_its_wrong_rows_as_text_and_the_reasons(
    district: District, web: Web
) -> None:
    client = web("city")
    client.cookies["shijie_language"] = "en"
    rows = [
        [*someone(2), "x"],
        [*row(姓名="", 身份证号=1.1e17), "=1+1"],
        [*someone(4), "y"],
        [*someone(2), "z"],
    ]
    made = stage_roster(
        district.officer, district.programme(), xlsx(rows, header=[*HEADER, "爱好"]), file_name="r.xlsx"
    )
    header, first, second = errors_of(client, made)
    assert header == [*HEADER, "爱好", "Reasons"]
    assert first[HEADER.index("教师编号")] == "T1"
    assert first[-2] == "=1+1"
    assert "1.1E+17" in str(first[-1])
    assert "姓名:" in str(first[-1])
    assert "row 2" in str(second[-1])
    assert AuditEvent.objects.get(kind="roster.errors_exported").detail["rows"] == 2


def test_a_corrected_error_list_can_be_uploaded_as_it_is(district: District, web: Web) -> None:
    client, programme = web("city"), district.programme()
    made = stage_roster(district.officer, programme, xlsx([someone(2), row(姓名="")]), file_name="r.xlsx")
    content = client.get(reverse("roster-errors", args=[made.id])).content
    book = load_workbook(io.BytesIO(content))
    book.active.cell(row=3, column=1, value="王守田")
    corrected = io.BytesIO()
    book.save(corrected)
    again = upload_roster(district.officer, programme, corrected, file_name="r.xlsx")
    assert again.state == RosterImport.State.CHECKED
    assert again.summary["expected"] == {"new": 1}
    assert again.summary["ignored"] == ["问题说明"]


def test_without_wrong_rows_or_after_the_decision_there_is_no_error_list(
    district: District, web: Web
) -> None:
    made = stage_roster(district.officer, district.programme(), xlsx([row()]), file_name="r.xlsx")
    address = reverse("roster-errors", args=[made.id])
    assert web("city").get(address).status_code == 409
    import_roster(district.officer, made.id)
    assert web("city").get(address).status_code == 409


def test_no_cell_of_an_export_comes_alive(district: District, tmp_path: Path) -> None:
    programme = known(district)
    Affiliation.objects.filter(until__isnull=True).update(
        personnel_unit="=cmd|' /C calc'!A0", subjects=["-数学"]
    )
    for kind in ("csv", "xlsx"):
        path = office.export_roster(
            district.officer, programme, district.city, kind=kind, language="en", folder=tmp_path
        )
        if kind == "xlsx":
            cells = [cell for line in load_workbook(path).active.iter_rows() for cell in line]
            assert not any(cell.data_type == "f" for cell in cells)
        else:
            assert ",=cmd" not in path.read_text(encoding="utf-8-sig")
        again = stage_roster(district.officer, programme, io.BytesIO(path.read_bytes()), file_name=path.name)
        assert again.summary["expected"] == {"unchanged": 60}
