"""A roster is made ready while others write: what they change in between is looked for before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from roster_district import HEADER, District, id_number, import_roster, row, someone, stage_roster, xlsx

from lti_tools.errors import Refused
from lti_tools.office import rosters as office
from lti_tools.people.api import Affiliation, Person, RoleGrant, School
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters import api as rosters
from lti_tools.rosters.models import RosterImport, RosterRow

pytestmark = pytest.mark.django_db
TEACHERS = Person.objects.exclude(staff_no="")
Happens = Callable[[Callable[[], object]], None]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Happens:
    """What happens once, after a roster was made ready and before it is written."""
    prepare = rosters.prepare

    def arranged(event: Callable[[], object]) -> None:
        coming = [event]

        def prepared(*given: Any, **named: Any) -> Any:
            made = prepare(*given, **named)
            while coming:
                coming.pop()()
            return made

        monkeypatch.setattr(office.rosters, "prepare", prepared)

    return arranged


def staged(district: District, *rows: list[object], programme: Programme | None = None) -> RosterImport:
    wanted = programme or district.programme()
    return stage_roster(district.officer, wanted, xlsx(rows), file_name="roster.xlsx")


def known(district: District, *rows: list[object]) -> Programme:
    programme = district.programme()
    import_roster(district.officer, staged(district, *rows, programme=programme).id)
    return programme


def test_a_change_in_between_that_leaves_the_row_as_shown_is_kept(
    district: District, between: Happens
) -> None:
    programme = known(district, row())
    roster = staged(district, row(职称="高级教师"), programme=programme)
    teacher = TEACHERS.get()
    between(lambda: Affiliation.objects.filter(person=teacher).update(personnel_unit="县教育局"))
    found = import_roster(district.officer, roster.id)
    present = Affiliation.objects.get(person=teacher)
    assert found.state == found.State.APPLIED
    assert (present.title, present.personnel_unit) == ("senior", "县教育局")


def test_somebody_entered_in_between_sends_the_roster_back_to_the_officer(
    district: District, between: Happens
) -> None:
    roster = staged(district, row())
    name = str(row()[0])
    between(lambda: Person.objects.create(name=name, staff_no="T1", birth_month="1968-03"))
    found = import_roster(district.officer, roster.id)
    assert (found.state, found.summary["register_changed"]) == (found.State.CHECKED, True)
    assert found.summary["expected"] == {"transferred": 1}
    assert TEACHERS.count() == 1


def test_a_school_closed_in_between_sends_the_roster_back_to_the_officer(
    district: District, between: Happens
) -> None:
    roster = staged(district, row())
    schools = School.objects.filter(code="2199012101")
    between(lambda: schools.update(closed_on=timezone.localdate()))
    found = import_roster(district.officer, roster.id)
    assert (found.state, found.summary["wrong"]) == (found.State.CHECKED, 1)
    assert not TEACHERS.exists()


def test_a_school_moved_in_between_makes_every_portion_be_planned_again(
    district: District, between: Happens
) -> None:
    roster = staged(district, row())
    schools = School.objects.filter(code="2199012102")
    between(lambda: schools.update(area=district.county_b))
    found = import_roster(district.officer, roster.id)
    assert (found.state, found.summary["outcome"]) == (found.State.APPLIED, {"new": 1})


def test_a_programme_closed_in_between_keeps_everybody_out(district: District, between: Happens) -> None:
    programme = district.programme()
    roster = staged(district, row(), programme=programme)
    between(lambda: Programme.objects.filter(id=programme.id).update(closed_at=timezone.now()))
    found = import_roster(district.officer, roster.id)
    assert found.state == found.State.FAILED
    assert not TEACHERS.exists()


def test_a_right_lost_in_between_leaves_the_roster_waiting(district: District, between: Happens) -> None:
    roster = staged(district, row())
    grants = RoleGrant.objects.filter(person_id=district.officer.person_id)
    between(lambda: grants.update(revoked_at=timezone.now()))
    found = import_roster(district.officer, roster.id)
    assert found.state == found.State.CHECKED
    assert not TEACHERS.exists()


def test_a_worker_killed_after_taking_over_forgets_what_was_staged_the_next_time(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = staged(district, row(), someone(2, 姓名="?"))
    with monkeypatch.context() as killed:
        killed.setattr(office.rosters, "forget_taken_over", lambda _id: None)
        found = import_roster(district.officer, roster.id, good_rows_only=True)
    assert found.state == found.State.APPLIED
    assert RosterRow.objects.filter(roster=roster).count() == 2
    rosters.forget_taken_over(roster.id)
    assert [one.kind for one in RosterRow.objects.filter(roster=roster)] == ["wrong"]


def test_what_waits_is_not_forgotten_with_what_was_taken_over(district: District) -> None:
    roster = staged(district, row())
    rosters.forget_taken_over(roster.id)
    assert RosterRow.objects.filter(roster=roster).count() == 1


def test_the_wait_for_a_large_roster_shows_how_far_it_is(district: District, between: Happens) -> None:
    roster = staged(district, row(), someone(2))
    seen = []
    between(lambda: seen.append(RosterImport.objects.get(id=roster.id).done))
    import_roster(district.officer, roster.id)
    assert seen == [2]


def test_new_people_are_entered_with_their_batch_and_deferred_ones_with_their_reason(
    district: District,
) -> None:
    header = [*HEADER, "参训状态"]
    people = [
        [*row(), "应训"],
        [*someone(2, 身份证号=id_number("1980-05-06", 2)), "缓训"],
    ]
    programme = district.programme()
    roster = stage_roster(district.officer, programme, xlsx(people, header=header), file_name="roster.xlsx")
    assert roster.summary["expected"] == {"new": 2}
    import_roster(district.officer, roster.id)
    found = Enrolment.objects.filter(programme=programme).order_by("person__staff_no")
    assert [one.participation for one in found] == ["due", "deferred"]


def test_the_page_cache_is_as_it_was_afterwards(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()
        with rosters.wide_page_cache():
            inside = cursor.execute("PRAGMA cache_size").fetchone()
        assert (inside, cursor.execute("PRAGMA cache_size").fetchone()) == ((-65536,), before)


def test_no_further_file_is_kept_while_too_many_wait_in_the_area(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tools.rosters.staging.MOST_WAITING", 1)
    programme, other = district.programme(), district.programme(district.county_a)
    first = staged(district, row(), programme=programme)
    with pytest.raises(Refused) as refused:
        staged(district, someone(2), programme=programme)
    assert refused.value.code == "roster.too_many_waiting"
    assert RosterImport.objects.filter(programme=programme).count() == 1
    assert staged(district, row(), programme=other).state == RosterImport.State.CHECKED
    office.discard(district.officer, first.id)
    assert staged(district, someone(2), programme=programme).state == RosterImport.State.CHECKED
