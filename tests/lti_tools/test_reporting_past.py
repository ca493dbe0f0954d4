"""A set about a programme that has ended shows the district as it was on the programme's last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, Area, affiliations_on
from lti_tools.programmes.api import Programme
from lti_tools.reporting import snapshot


@pytest.fixture
def last_day(cast: Any) -> date:
    """The programme ended ten days ago."""
    day = timezone.localdate() - timedelta(days=10)
    Programme.objects.filter(id=cast.programme.id).update(ends=day)
    cast.programme.refresh_from_db()
    return day


def printed(cast: Any, area: Area) -> dict[str, str]:
    """Names of the people in the set, with the school printed beside them."""
    made = snapshot.appraisal_set(cast.programme, area)
    return {teacher.name: teacher.school for teacher in made.teachers}


def transfer(person: Any, *, to: Any, on: date) -> None:
    Affiliation.objects.filter(person=person, until__isnull=True).update(until=on, left="transferred")
    Affiliation.objects.create(person=person, school=to, since=on, title="senior")


OF_COUNTY_A = {
    "王守田": "甲县村小",
    "张同事": "甲县村小",
    "李慧敏": "甲县中心小学",
    "马晓雨": "甲县中心小学",
}


def test_a_school_renamed_after_the_end_keeps_its_name_in_the_set(cast: Any, last_day: date) -> None:
    organisations.rename(cast.school_a, code="2199012109", name="新名", since=last_day + timedelta(days=1))
    assert printed(cast, cast.county_a) == OF_COUNTY_A


def test_a_school_renamed_by_the_last_day_has_its_new_name(cast: Any, last_day: date) -> None:
    organisations.rename(cast.school_a, code="2199012109", name="新名", since=last_day)
    assert printed(cast, cast.county_a)["王守田"] == "新名"


def test_a_school_moved_after_the_end_is_still_the_old_countys(cast: Any, last_day: date) -> None:
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=last_day + timedelta(days=1))
    assert printed(cast, cast.county_a) == OF_COUNTY_A
    assert printed(cast, cast.county_b) == {"赵外县": "乙县中学"}


def test_a_school_moved_by_the_last_day_is_the_new_countys(cast: Any, last_day: date) -> None:
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=last_day)
    assert set(printed(cast, cast.county_b)) == {"赵外县", "王守田", "张同事"}


def test_a_school_merged_after_the_end_is_there_with_its_people(cast: Any, last_day: date) -> None:
    organisations.merge(cast.school_a, into=cast.school_b, since=last_day + timedelta(days=1), by=None)
    assert printed(cast, cast.county_a) == OF_COUNTY_A
    assert printed(cast, cast.county_b) == {"赵外县": "乙县中学"}


def test_who_was_transferred_after_the_end_stays_in_the_old_set_with_the_title_of_then(
    cast: Any, last_day: date
) -> None:
    transfer(cast.people.senior, to=cast.school_b, on=last_day + timedelta(days=1))
    assert printed(cast, cast.county_a) == OF_COUNTY_A
    (then,) = [
        teacher
        for teacher in snapshot.appraisal_set(cast.programme, cast.county_a).teachers
        if teacher.name == "王守田"
    ]
    assert then.title == "一级教师"


def test_who_was_transferred_by_the_last_day_is_in_the_new_set_only(cast: Any, last_day: date) -> None:
    transfer(cast.people.senior, to=cast.school_b, on=last_day)
    assert "王守田" not in printed(cast, cast.county_a)
    assert printed(cast, cast.county_b)["王守田"] == "乙县中学"


def test_while_a_programme_runs_the_set_shows_today(cast: Any) -> None:
    today = timezone.localdate()
    transfer(cast.people.senior, to=cast.school_b, on=today)
    organisations.rename(cast.school_a2, code="2199012109", name="新名", since=today)
    organisations.rename(cast.school_b, code="3199012209", name="明天的名", since=today + timedelta(days=1))
    assert printed(cast, cast.county_a) == {"张同事": "甲县村小", "李慧敏": "新名", "马晓雨": "新名"}
    assert printed(cast, cast.county_b) == {"赵外县": "乙县中学", "王守田": "乙县中学"}


def test_whoever_had_left_by_the_last_day_is_in_no_set(cast: Any, last_day: date) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(until=last_day, left="retired")
    assert "王守田" not in printed(cast, cast.city)
    Affiliation.objects.filter(person=cast.people.senior).update(until=last_day + timedelta(days=1))
    assert "王守田" in printed(cast, cast.city)


def test_two_records_of_one_day_put_a_person_into_one_place(cast: Any, last_day: date) -> None:
    Affiliation.objects.create(
        person=cast.people.senior,
        school=cast.school_a2,
        since=date(2021, 9, 1),
        until=last_day + timedelta(days=5),
    )
    assert printed(cast, cast.county_a)["王守田"] == "甲县中心小学"


def test_whose_school_is_whose_takes_four_queries_however_many_people(
    cast: Any, last_day: date, django_assert_num_queries: Any
) -> None:
    organisations.rename(cast.school_a, code="2199012109", name="新名", since=last_day)
    with django_assert_num_queries(4):
        few = snapshot._places(cast.programme, cast.county_b, last_day)
    with django_assert_num_queries(4):
        more = snapshot._places(cast.programme, cast.city, last_day)
    assert (len(few), len(more)) == (1, 5)


def test_affiliations_on_a_day_are_those_that_held_then(cast: Any, last_day: date) -> None:
    transfer(cast.people.senior, to=cast.school_b, on=last_day)
    own = affiliations_on(last_day).filter(person=cast.people.senior)
    assert [row.school for row in own] == [cast.school_b]
    before = affiliations_on(last_day - timedelta(days=1)).filter(person=cast.people.senior)
    assert [row.school for row in before] == [cast.school_a]
    assert not affiliations_on(date(2020, 8, 31)).exists()
