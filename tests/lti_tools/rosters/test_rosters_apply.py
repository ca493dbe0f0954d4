"""From a staged roster to people: what enters, what changes, who moves, and what a second time does."""

from __future__ import annotations

import io
import json

import pytest
from django.utils import timezone
from roster_district import (
    DEMO,
    District,
    good_rows,
    id_number,
    import_roster,
    row,
    someone,
    stage_roster,
    xlsx,
)

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.office import rosters as office
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, Person, School
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import problems_of, roster_for
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db
TEACHERS = Person.objects.exclude(staff_no="")


def demo(name: str) -> io.BytesIO:
    return io.BytesIO((DEMO / name).read_bytes())


def stage(district: District, file: io.BytesIO, programme: Programme | None = None) -> RosterImport:
    wanted = programme or district.programme()
    return stage_roster(district.officer, wanted, file, file_name="roster.xlsx")


def bring_in(district: District, *rows: list[object]) -> RosterImport:
    staged = stage(district, xlsx(rows))
    assert list(problems_of(staged)) == []
    import_roster(district.officer, staged.id)
    staged.refresh_from_db()
    return staged


def works_at(person: Person) -> str:
    return Affiliation.objects.get(person=person, until__isnull=True).school.code


@pytest.mark.parametrize("name", ["roster.xlsx", "roster.csv"])
def test_the_demo_roster_brings_in_sixty_teachers_of_six_schools(district: District, name: str) -> None:
    programme = district.programme()
    staged = stage_roster(district.officer, programme, demo(name), file_name=name)
    assert (list(problems_of(staged)), staged.summary["expected"]) == ([], {"new": 60})
    assert not TEACHERS.exists()
    import_roster(district.officer, staged.id)
    assert TEACHERS.count() == 60
    assert Affiliation.objects.filter(until__isnull=True).values("school").distinct().count() == 6
    assert Enrolment.objects.filter(programme=programme).count() == 60
    eldest = Person.objects.get(staff_no="T990121001")
    present = Affiliation.objects.get(person=eldest)
    assert (eldest.name, eldest.sex, eldest.birth_month) == ("王守田", "1", "1968-03")
    assert (present.title, present.stage, present.title_date) == ("grade-1", "primary", "2009-12")
    assert present.subjects == ["数学", "语文", "科学"]


def test_the_demo_roster_in_gb18030_is_the_same_roster(district: District) -> None:
    content = (DEMO / "roster.csv").read_text(encoding="utf-8").encode("gb18030")
    staged = stage_roster(district.officer, district.programme(), io.BytesIO(content), file_name="roster.csv")
    same = stage_roster(district.officer, district.programme(), demo("roster.csv"), file_name="roster.csv")
    assert good_rows(staged) == good_rows(same)


def test_the_demo_roster_with_errors_gives_exactly_its_known_errors(district: District) -> None:
    expected = json.loads((DEMO / "roster-with-errors.expected.json").read_text(encoding="utf-8"))
    staged = stage(district, demo("roster-with-errors.xlsx"))
    found = [(problem.row, problem.column, problem.code) for problem in problems_of(staged)]
    assert found == [(fault["row"], fault["column"], fault["code"]) for fault in expected]
    assert list(problems_of(staged))[-1].values == {"first_row": 10}
    assert len(good_rows(staged)) == 57


def test_wrong_rows_keep_the_whole_roster_out_until_the_officer_chooses_the_good_rows(
    district: District,
) -> None:
    staged = stage(district, demo("roster-with-errors.xlsx"))
    with pytest.raises(Refused) as refused:
        import_roster(district.officer, staged.id)
    assert refused.value.code == "roster.has_problems"
    assert not TEACHERS.exists()
    import_roster(district.officer, staged.id, good_rows_only=True)
    assert TEACHERS.count() == 57


def test_the_same_file_again_changes_nothing_and_says_so(district: District) -> None:
    programme = district.programme()
    first = stage(district, demo("roster.xlsx"), programme)
    import_roster(district.officer, first.id)
    before = list(Person.objects.order_by("id").values()), list(Affiliation.objects.order_by("id").values())
    again = stage(district, demo("roster.xlsx"), programme)
    assert again.summary["applied_before"]
    assert again.summary["expected"] == {"unchanged": 60}
    import_roster(district.officer, again.id)
    again.refresh_from_db()
    assert again.summary["outcome"] == {"unchanged": 60}
    after = list(Person.objects.order_by("id").values()), list(Affiliation.objects.order_by("id").values())
    assert before == after
    assert Enrolment.objects.count() == 60


def test_an_import_is_applied_once(district: District) -> None:
    staged = bring_in(district, row())
    with pytest.raises(Refused) as refused:
        import_roster(district.officer, staged.id)
    assert refused.value.code == "roster.already_decided"
    assert TEACHERS.count() == 1


def test_after_applying_nothing_staged_about_people_is_left(district: District) -> None:
    staged = bring_in(district, row())
    assert good_rows(staged) == []
    assert staged.summary["outcome"] == {"new": 1}


def test_a_transfer_closes_the_old_place_and_opens_the_new_one(district: District) -> None:
    bring_in(district, row(学校标识码="2199012101"))
    bring_in(district, row(学校标识码="3199012201", 职称=""))
    person = TEACHERS.get()
    old, new = Affiliation.objects.filter(person=person).order_by("until")[::-1]
    if old.until is None:
        old, new = new, old
    assert (old.school.code, old.until is not None, new.until) == ("2199012101", True, None)
    assert (new.school.code, new.title) == ("3199012201", "grade-1")
    moved = AuditEvent.objects.get(kind="person.transferred")
    assert (moved.subject, moved.detail["to"]) == (str(person.id), str(new.school_id))


def test_changed_facts_are_changed_and_empty_cells_leave_what_is_known(district: District) -> None:
    bring_in(district, row())
    staged = bring_in(district, row(职称="高级教师", 学科="", 学段=None))
    present = Affiliation.objects.get(person=TEACHERS.get())
    assert staged.summary["outcome"] == {"changed": 1}
    assert (present.title, present.subjects, present.stage) == ("senior", ["数学"], "primary")


def test_a_person_is_found_again_by_the_id_number_whatever_the_staff_number(district: District) -> None:
    bring_in(district, row())
    bring_in(district, row(教师编号="T77"))
    assert TEACHERS.get().staff_no == "T77"


def test_a_person_without_id_number_is_found_by_staff_number_and_name_and_gains_the_number(
    district: District,
) -> None:
    bring_in(district, row(身份证号=""))
    bring_in(district, row())
    assert TEACHERS.get().id_last4 == id_number("1968-03-02")[-4:]


def test_a_newer_key_finds_the_person_by_the_older_one_and_replaces_it(
    district: District, settings: object
) -> None:
    bring_in(district, row())
    settings.SHIJIE_ID_KEYS = settings.SHIJIE_ID_KEYS | {2: "n" * 40}  # type: ignore[attr-defined]
    staged = bring_in(district, row())
    assert staged.summary["outcome"] == {"changed": 1}
    assert TEACHERS.get().id_key_version == 2
    assert bring_in(district, row()).summary["outcome"] == {"unchanged": 1}


@pytest.mark.parametrize(
    ("later", "column", "code"),
    [
        (
            {"姓名": "别人", "身份证号": id_number("1990-01-01"), "出生年月": "1990-01"},
            "教师编号",
            "staff_no_taken",
        ),
        ({"身份证号": id_number("1990-01-01"), "出生年月": "1990-01"}, "教师编号", "staff_no_taken"),
        ({"姓名": "别人", "身份证号": ""}, "教师编号", "staff_no_taken"),
        ({"姓名": "别人"}, "身份证号", "id_under_other_name"),
    ],
)
def test_a_row_that_would_mix_up_two_people_is_refused(
    district: District, later: dict[str, object], column: str, code: str
) -> None:
    bring_in(district, row())
    staged = stage(district, xlsx([row(**later)]))
    (problem,) = list(problems_of(staged))
    assert (problem.row, problem.column, problem.code, good_rows(staged)) == (2, column, code, [])
    assert "王守田" not in problem.reason


def test_two_rows_that_turn_out_to_be_one_registered_person_are_refused(district: District) -> None:
    bring_in(district, row())
    rows = [row(教师编号="T5"), row(身份证号="")]
    (problem,) = problems_of(stage(district, xlsx(rows)))
    assert (problem.row, problem.code, problem.values) == (3, "duplicate", {"first_row": 2})


def test_taking_somebody_over_from_another_county_needs_the_id_number(district: District) -> None:
    bring_in(district, row(学校标识码="3199012201"))
    programme = district.programme(district.county_a)
    here = {"学校标识码": "2199012101"}
    without = xlsx([row(**here, 身份证号="")])
    (problem,) = problems_of(stage_roster(district.officer_a, programme, without, file_name="a.xlsx"))
    assert problem.code == "transfer_needs_id"
    staged = stage_roster(district.officer_a, programme, xlsx([row(**here)]), file_name="a.xlsx")
    import_roster(district.officer_a, staged.id)
    assert works_at(TEACHERS.get()) == "2199012101"


def test_a_register_that_changed_since_the_preview_takes_nothing_over_and_shows_a_new_preview(
    district: District,
) -> None:
    staged = stage(district, xlsx([someone(2), someone(3)]))
    bring_in(district, someone(4, 教师编号="T3"))
    again = import_roster(district.officer, staged.id)
    assert TEACHERS.count() == 1
    assert (again.state, again.reading) == (RosterImport.State.CHECKED, 2)
    assert again.summary["register_changed"]
    assert [found.code for found in problems_of(again)] == ["staff_no_taken"]
    import_roster(district.officer, staged.id, good_rows_only=True)
    assert TEACHERS.count() == 2


def test_nobody_is_brought_to_a_school_that_was_merged_away_since_the_preview(district: District) -> None:
    staged = stage(district, xlsx([someone(2), someone(3)]))
    old = School.objects.get(code="2199012101")
    other = School.objects.create(
        area=old.area, code="2199012177", name="甲县第三小学", location="village", parent=None
    )
    organisations.merge(old, into=other, since=timezone.localdate(), by=None)
    again = import_roster(district.officer, staged.id)
    assert (again.state, TEACHERS.count()) == (RosterImport.State.CHECKED, 0)
    assert {found.code for found in problems_of(again)} == {"unknown_school"}


def test_an_officer_of_another_county_can_neither_see_nor_apply_an_import(district: District) -> None:
    programme = district.programme(district.county_a)
    staged = stage_roster(district.officer_a, programme, xlsx([row()]), file_name="a.xlsx")
    for actor in (district.officer_b, district.teacher):
        with pytest.raises(Denied):
            roster_for(actor, staged.id)
        with pytest.raises(Denied):
            office.decide(actor, staged.id)
    assert not TEACHERS.exists()


def test_staging_and_applying_leave_a_trail_that_holds_no_names(district: District) -> None:
    bring_in(district, row())
    events = AuditEvent.objects.order_by("seq")
    assert [event.kind for event in events] == ["roster.received", "roster.staged", "roster.applied"]
    assert all(event.actor == str(district.officer.person_id) for event in events)
    assert "王守田" not in str([event.detail for event in events])
    assert audit.verify() is None
