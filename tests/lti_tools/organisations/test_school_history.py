"""What a school was on a day, whatever became of it since: spells without gap or overlap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.people.api import School

OPENED, LATER, LATEST = date(2015, 9, 1), date(2021, 9, 1), date(2024, 9, 1)


@pytest.fixture
def school(cast: Any) -> School:
    organisations.open_spell(cast.school_a, since=OPENED)
    return cast.school_a


def code_of(refusal: Any) -> str:
    return str(refusal.value.code)


def test_a_school_that_never_changed_is_what_it_is(cast: Any) -> None:
    facts = organisations.facts_on(cast.school_a, LATER)
    assert (facts.name, facts.code, facts.area_path) == ("甲县村小", "2199012101", cast.county_a.path)
    assert (facts.location, facts.remote, facts.parent_id) == ("village", True, None)


def test_a_renamed_school_was_called_otherwise_before(school: School) -> None:
    organisations.rename(school, code="2199012109", name="甲县希望小学", since=LATER)
    before, after = (organisations.facts_on(school, day) for day in (LATER - timedelta(days=1), LATER))
    assert (before.name, before.code) == ("甲县村小", "2199012101")
    assert (after.name, after.code) == ("甲县希望小学", "2199012109")
    school.refresh_from_db()
    assert (school.name, school.code) == ("甲县希望小学", "2199012109")


def test_a_school_loaded_before_history_was_kept_keeps_its_old_name_when_renamed(cast: Any) -> None:
    organisations.rename(cast.school_a, code=cast.school_a.code, name="新名", since=LATER)
    assert organisations.facts_on(cast.school_a, LATER - timedelta(days=1)).name == "甲县村小"
    assert organisations.facts_on(cast.school_a, LATER).name == "新名"


def test_before_its_first_day_a_school_counts_as_what_it_was_first(school: School) -> None:
    organisations.rename(school, code=school.code, name="新名", since=LATER)
    assert organisations.facts_on(school, OPENED - timedelta(days=400)).name == "甲县村小"


def test_spells_follow_each_other_without_gap_or_overlap(cast: Any, school: School) -> None:
    organisations.rename(school, code=school.code, name="甲县希望小学", since=LATER)
    organisations.change_kind(school, location="township", remote=False, since=LATEST)
    organisations.move(school, area=cast.county_b, parent=None, since=LATEST)
    spells = list(school.spells.order_by("since"))
    assert [spell.since for spell in spells] == [OPENED, LATER, LATEST]
    assert [spell.until for spell in spells] == [LATER, LATEST, None]
    assert (spells[-1].name, spells[-1].location, spells[-1].area) == (
        "甲县希望小学",
        "township",
        cast.county_b,
    )


def test_a_change_on_the_day_of_the_last_one_corrects_it(school: School) -> None:
    organisations.rename(school, code=school.code, name="甲县希忘小学", since=LATER)
    organisations.rename(school, code=school.code, name="甲县希望小学", since=LATER)
    assert school.spells.count() == 2
    assert organisations.facts_on(school, LATER).name == "甲县希望小学"


def test_a_day_before_the_present_entry_began_is_refused_and_nothing_changes(school: School) -> None:
    organisations.rename(school, code=school.code, name="甲县希望小学", since=LATEST)
    with pytest.raises(Refused) as refusal:
        organisations.rename(school, code=school.code, name="又改", since=LATER)
    assert code_of(refusal) == "organisation.before_present"
    assert school.spells.count() == 2


def test_a_day_more_than_a_year_ahead_is_refused(school: School) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.rename(
            school, code=school.code, name="又改", since=timezone.localdate() + timedelta(days=367)
        )
    assert code_of(refusal) == "organisation.too_far_ahead"


def test_what_is_planned_comes_true_on_its_day(cast: Any, school: School) -> None:
    soon = timezone.localdate() + timedelta(days=30)
    organisations.move(school, area=cast.county_b, parent=None, since=soon)
    school.refresh_from_db()
    assert school.area == cast.county_a
    assert organisations.catch_up(soon - timedelta(days=1)) == 0
    assert organisations.catch_up(soon) == 1
    school.refresh_from_db()
    assert school.area == cast.county_b
    assert organisations.catch_up(soon) == 0


def test_a_planned_change_of_the_parent_comes_true_both_ways(cast: Any, school: School) -> None:
    soon, later = (timezone.localdate() + timedelta(days=days) for days in (30, 60))
    organisations.move(school, area=cast.county_a, parent=cast.school_a2, since=soon)
    organisations.catch_up(soon)
    school.refresh_from_db()
    assert school.parent == cast.school_a2
    organisations.move(school, area=cast.county_a, parent=None, since=later)
    organisations.catch_up(later)
    school.refresh_from_db()
    assert school.parent is None


def test_the_schools_of_an_area_on_a_day_are_those_that_lay_there_and_were_open(
    cast: Any, school: School
) -> None:
    opened = organisations.open_school(
        area=cast.county_a, code="2199012150", name="新建小学", location="urban", since=LATEST
    )
    organisations.move(school, area=cast.county_b, parent=None, since=LATER)
    organisations.merge(cast.school_a2, into=school, since=LATEST, by=None)
    before = LATER - timedelta(days=1)
    assert organisations.schools_in(cast.county_a, before) == {school.id, cast.school_a2.id}
    assert organisations.schools_in(cast.county_a, LATER) == {cast.school_a2.id}
    assert organisations.schools_in(cast.county_a, LATEST) == {opened.id}
    assert organisations.schools_in(cast.city, LATEST) == {school.id, cast.school_b.id, opened.id}


def test_the_facts_of_many_schools_take_two_queries(
    cast: Any, school: School, django_assert_num_queries: Any
) -> None:
    organisations.rename(school, code=school.code, name="新名", since=LATER)
    ids = [cast.school_a.id, cast.school_a2.id, cast.school_b.id]
    with django_assert_num_queries(2):
        facts = organisations.facts_of(ids, LATER)
    assert {facts[one].name for one in ids} == {"新名", "甲县中心小学", "乙县中学"}


def test_a_rename_that_renames_nothing_is_refused(school: School) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.rename(school, code=school.code, name=school.name, since=LATER)
    assert code_of(refusal) == "organisation.nothing_new"


@pytest.mark.parametrize(
    "code", ["", "219901210", "21990121011", "２１９９０１２１０９", "2199O12109", "219901210\n"]
)
def test_what_is_no_ten_digit_code_is_refused(cast: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.open_school(area=cast.county_a, code=code, name="新", location="urban", since=LATER)
    assert code_of(refusal) == "organisation.code_form"


def test_a_code_of_another_school_is_refused_and_so_is_one_it_had_earlier(cast: Any, school: School) -> None:
    organisations.rename(school, code="2199012109", name=school.name, since=LATER)
    for taken in ("2199012102", "2199012101", "2199012109"):
        with pytest.raises(Refused) as refusal:
            organisations.rename(cast.school_b, code=taken, name="乙县中学", since=LATER)
        assert code_of(refusal) == "organisation.code_taken"
    organisations.rename(school, code="2199012101", name=school.name, since=LATEST)


def test_equipment_is_counted_and_an_empty_line_taken_out(school: School) -> None:
    organisations.set_equipment(school, {"touch-screens": 6, "recording-rooms": 0})
    organisations.set_equipment(school, {"touch-screens": None, "bandwidth": 100})
    school.refresh_from_db()
    assert school.equipment == {"recording-rooms": 0, "bandwidth": 100}


@pytest.mark.parametrize("equipment", [{"horses": 1}, {"bandwidth": -1}, {"bandwidth": 100_000}])
def test_equipment_that_cannot_be_right_is_refused(school: School, equipment: dict[str, int]) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.set_equipment(school, equipment)
    assert code_of(refusal) == "organisation.equipment"


def test_the_hourly_housekeeping_lets_plans_come_true(cast: Any, school: School) -> None:
    from lti_tools.office import organisations as office

    today = timezone.localdate()
    organisations.rename(school, code=school.code, name="新名", since=today + timedelta(days=1))
    school.spells.filter(until__isnull=True).update(since=today)
    school.spells.filter(until__isnull=False).update(until=today)
    assert (office.follow_plans(), office.follow_plans()) == (1, 0)
    school.refresh_from_db()
    assert school.name == "新名"
