"""Teaching points, moving, closing, merging: who and what goes along, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, RoleGrant, School, present_affiliation

DAY, BEFORE = date(2026, 9, 1), date(2026, 8, 31)


def point(of: School, code: str = "2199012190", **more: Any) -> School:
    return organisations.open_teaching_point(
        of, code=code, name="山口教学点", location="village", since=date(2019, 9, 1), **more
    )


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    assert refusal.value.message
    assert refusal.value.todo
    return refusal.value


def test_a_teaching_point_lies_where_its_school_lies_and_moves_along(cast: Any) -> None:
    small = point(cast.school_a)
    assert (small.area, small.parent) == (cast.county_a, cast.school_a)
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=DAY)
    small.refresh_from_db()
    assert (small.area, small.parent) == (cast.county_b, cast.school_a)
    assert organisations.facts_on(small, BEFORE).area_id == cast.county_a.id


def test_a_school_may_become_a_teaching_point_and_a_point_a_school(cast: Any) -> None:
    organisations.move(cast.school_a, area=cast.county_a, parent=cast.school_b, since=DAY)
    cast.school_a.refresh_from_db()
    assert (cast.school_a.parent, cast.school_a.area) == (cast.school_b, cast.county_b)
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=DAY + timedelta(days=1))
    cast.school_a.refresh_from_db()
    assert cast.school_a.parent is None


def test_there_is_no_teaching_point_of_a_teaching_point(cast: Any) -> None:
    small = point(cast.school_a)
    assert refusal_of(point, small, "2199012191").code == "organisation.point_of_point"
    move = organisations.move
    below = refusal_of(move, cast.school_a2, area=cast.county_a, parent=small, since=DAY)
    assert below.code == "organisation.point_of_point"
    above = refusal_of(move, cast.school_a, area=cast.county_a, parent=cast.school_a2, since=DAY)
    assert above.code == "organisation.has_points"
    own = refusal_of(move, cast.school_b, area=cast.county_b, parent=cast.school_b, since=DAY)
    assert own.code == "organisation.own_parent"


def test_merging_carries_everybody_over_with_all_their_facts(cast: Any) -> None:
    row = present_affiliation(cast.people.senior)
    assert row is not None
    told = {"employment": "special-post", "staff_status": "active", "post_level": 7, "title_date": "2015-06"}
    Affiliation.objects.filter(id=row.id).update(personnel_unit="甲县教育局", **told)
    working = Affiliation.objects.filter(school=cast.school_a, until__isnull=True).count()
    ended = organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=None)
    assert len(ended.people) == working > 2
    row.refresh_from_db()
    assert (row.until, row.left, row.school) == (DAY, "merged", cast.school_a)
    new = present_affiliation(cast.people.senior)
    assert new is not None
    assert (new.school, new.since, new.left) == (cast.school_b, DAY, "")
    assert {name: getattr(new, name) for name in told} == told
    assert (new.personnel_unit, new.subjects, new.title) == ("甲县教育局", ["语文"], "grade-1")


def test_merging_leaves_the_rest_of_the_district_alone(cast: Any) -> None:
    others = Affiliation.objects.exclude(school=cast.school_a)
    before = set(others.values_list("id", "school_id", "since", "until"))
    organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=None)
    assert before <= set(Affiliation.objects.values_list("id", "school_id", "since", "until"))


def test_who_came_after_the_day_of_the_merger_was_at_the_successor_all_along(cast: Any) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(since=DAY + timedelta(days=3))
    organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=None)
    (only,) = Affiliation.objects.filter(person=cast.people.senior)
    assert (only.school, only.since, only.until) == (cast.school_b, DAY + timedelta(days=3), None)


def test_who_is_about_to_leave_leaves_the_successor(cast: Any) -> None:
    last = timezone.localdate() + timedelta(days=20)
    Affiliation.objects.filter(person=cast.people.senior).update(until=last, left="retired")
    organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=None)
    rows = Affiliation.objects.filter(person=cast.people.senior).order_by("since")
    assert [(row.school, row.until, row.left) for row in rows] == [
        (cast.school_a, DAY, "merged"),
        (cast.school_b, last, "retired"),
    ]


def test_teaching_points_move_along_and_rights_at_the_old_school_end(cast: Any) -> None:
    small = point(cast.school_a)
    RoleGrant.objects.create(
        person=cast.people.envoy, role="envoy", school=cast.school_a, since=DAY, reason="later"
    )
    ended = organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=cast.people.officer_city)
    assert (ended.points, len(ended.holders)) == (1, 3)
    small.refresh_from_db()
    assert (small.parent, small.area) == (cast.school_b, cast.county_b)
    for name in ("specialist", "school_office"):
        assert cast.actor(name).grants == ()
        assert getattr(cast.people, name).grants.get().until == BEFORE
    assert cast.people.envoy.grants.get(school=cast.school_a).revoked_by == cast.people.officer_city
    assert cast.actor("specialist_elsewhere").grants


def test_a_merged_school_is_found_by_its_old_code_and_name(cast: Any) -> None:
    organisations.merge(cast.school_a, into=cast.school_b, since=DAY, by=None)
    for wanted in ("2199012101", "甲县村"):
        (found,) = organisations.find(cast.actor("officer"), wanted)
        assert (found.closed_on, found.successor) == (DAY, cast.school_b)
    assert organisations.facts_on(cast.school_a, BEFORE).name == "甲县村小"


def test_a_school_renamed_is_found_by_what_it_was_called(cast: Any) -> None:
    organisations.rename(cast.school_a, code="2199012109", name="希望小学", since=DAY)
    for wanted in ("甲县村小", "2199012101", "希望", "21990121"):
        assert cast.school_a in organisations.find(cast.actor("officer"), wanted)
    assert organisations.find(cast.actor("officer_b"), "甲县村小") == []


def test_a_school_is_not_merged_into_itself_a_closed_one_or_an_own_point(cast: Any) -> None:
    merge = organisations.merge
    assert refusal_of(merge, cast.school_a, into=cast.school_a, since=DAY, by=None).code.endswith(
        "into_itself"
    )
    small = point(cast.school_a)
    assert refusal_of(merge, cast.school_a, into=small, since=DAY, by=None).code.endswith("into_a_point")
    merge(cast.school_a2, into=cast.school_b, since=DAY, by=None)
    assert refusal_of(merge, cast.school_a, into=cast.school_a2, since=DAY, by=None).code.endswith(".closed")
    assert Affiliation.objects.filter(school=cast.school_a, until__isnull=True).exists()


def test_an_end_ahead_is_refused_and_so_is_a_merger_into_a_school_not_yet_open(cast: Any) -> None:
    ahead = timezone.localdate() + timedelta(days=1)
    refused = refusal_of(organisations.merge, cast.school_a, into=cast.school_b, since=ahead, by=None)
    assert refused.code == "organisation.end_ahead"
    refused = refusal_of(organisations.close, cast.school_a, since=ahead, by=None)
    assert refused.code == "organisation.end_ahead"
    new = organisations.open_school(
        area=cast.county_a, code="2199012150", name="新", location="urban", since=DAY + timedelta(days=9)
    )
    refused = refusal_of(organisations.merge, cast.school_a, into=new, since=DAY, by=None)
    assert refused.code == "organisation.into_not_open"


def test_a_school_with_people_is_not_closed_and_the_refusal_counts_them(cast: Any) -> None:
    refused = refusal_of(organisations.close, cast.school_a, since=DAY, by=None)
    working = Affiliation.objects.filter(school=cast.school_a).count()
    assert (refused.code, refused.values["people"]) == ("organisation.people_left", working)
    assert str(working) in str(refused.message)


def test_an_empty_school_is_closed_once_its_points_are(cast: Any) -> None:
    new = organisations.open_school(
        area=cast.county_a, code="2199012150", name="新", location="urban", since=date(2020, 1, 1)
    )
    small = point(new)
    assert refusal_of(organisations.close, new, since=DAY, by=None).code == "organisation.points_left"
    organisations.close(small, since=DAY, by=None)
    organisations.close(new, since=DAY, by=None)
    new.refresh_from_db()
    assert (new.closed_on, new.successor) == (DAY, None)
    assert new.spells.get().until == DAY
    again = refusal_of(organisations.rename, new, code=new.code, name="又", since=DAY)
    assert again.code == "organisation.closed"


def test_a_school_does_not_end_on_the_day_its_entry_began(cast: Any) -> None:
    organisations.rename(cast.school_a, code=cast.school_a.code, name="新名", since=DAY)
    refused = refusal_of(organisations.merge, cast.school_a, into=cast.school_b, since=DAY, by=None)
    assert refused.code == "organisation.same_day"
