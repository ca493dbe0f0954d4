"""Changes planned for a day to come: nothing is changed behind them, and they can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.organisations import changes
from lti_tools.people.api import School

SOON, LATER = (timezone.localdate() + timedelta(days=days) for days in (30, 60))
TODAY = timezone.localdate()


def point(of: School, code: str = "2199012190", since: date = date(2019, 9, 1)) -> School:
    return organisations.open_teaching_point(
        of, code=code, name="山口教学点", location="village", since=since
    )


def code_of(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value.code).removeprefix("organisation.")


def said(school: School) -> list[Any]:
    return list(school.spells.order_by("since").values_list("since", "until", "name", "area", "parent"))


def test_nothing_is_changed_or_ended_behind_a_plan(cast: Any) -> None:
    organisations.rename(cast.school_a, code=cast.school_a.code, name="希望小学", since=SOON)
    kind = {"location": "urban", "remote": False, "since": TODAY}
    assert code_of(organisations.change_kind, cast.school_a, **kind) == "planned"
    assert code_of(organisations.merge, cast.school_a, into=cast.school_a2, since=TODAY, by=None) == "planned"
    assert code_of(organisations.close, cast.school_a, since=TODAY, by=None) == "planned"


def test_a_point_never_lies_elsewhere_than_the_school_that_is_about_to_move(cast: Any) -> None:
    small = point(cast.school_a)
    organisations.move(cast.school_a2, area=cast.county_b, parent=None, since=SOON)
    joins = {"area": cast.county_a, "parent": cast.school_a2}
    assert code_of(organisations.move, small, **joins, since=TODAY) == "planned"
    assert code_of(point, cast.school_a2, "2199012191", since=TODAY) == "planned"
    assert code_of(organisations.merge, cast.school_a, into=cast.school_a2, since=TODAY, by=None) == "planned"
    organisations.move(small, **joins, since=LATER)
    organisations.catch_up(LATER)
    small.refresh_from_db()
    assert (small.parent, small.area) == (cast.school_a2, cast.county_b)


def test_a_plan_is_withdrawn_without_a_trace_for_the_school_and_its_points(cast: Any) -> None:
    small = point(cast.school_a)
    organisations.open_spell(cast.school_a, since=date(2010, 9, 1))
    before = said(cast.school_a), said(small)
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=SOON)
    assert organisations.planned(cast.school_a).area == cast.county_b
    organisations.withdraw(cast.school_a)
    assert (said(cast.school_a), said(small)) == before
    assert organisations.planned(cast.school_a) is None
    assert organisations.catch_up(LATER) == 0
    assert code_of(organisations.withdraw, cast.school_a) == "nothing_planned"


def test_what_a_point_was_to_change_by_itself_stays_planned(cast: Any) -> None:
    small = point(cast.school_a)
    organisations.move(cast.school_a, area=cast.county_b, parent=None, since=SOON)
    organisations.rename(small, code=small.code, name="山下教学点", since=SOON)
    organisations.withdraw(cast.school_a)
    plan = organisations.planned(small)
    assert (plan.name, plan.area) == ("山下教学点", cast.county_a)


def test_a_plan_on_which_another_one_builds_is_withdrawn_after_it(cast: Any) -> None:
    small = point(cast.school_a)
    organisations.move(small, area=cast.county_a, parent=None, since=SOON)
    organisations.move(cast.school_a2, area=cast.county_a, parent=small, since=LATER)
    assert code_of(organisations.withdraw, small) == "built_on"
    organisations.withdraw(cast.school_a2)
    organisations.withdraw(small)
    small.refresh_from_db()
    assert small.parent == cast.school_a


def test_a_year_of_three_digits_is_a_slip_of_the_finger(cast: Any) -> None:
    facts = {"area": cast.county_a, "code": "2199012150", "name": "新建小学", "location": "urban"}
    assert code_of(organisations.open_school, **facts, since=date(202, 9, 1)) == "too_long_ago"
    name = {"code": cast.school_a.code, "name": "希望小学"}
    assert code_of(organisations.rename, cast.school_a, **name, since=date(1900, 1, 1)) == "too_long_ago"


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ask at the same moment: neither sees that the other gives the same code."""
    monkeypatch.setattr(changes, "check_code", lambda *args, **kwargs: None)


def test_of_two_who_give_one_code_at_the_same_moment_one_is_refused(cast: Any, unseen: None) -> None:
    facts = {"area": cast.county_a, "name": "新建小学", "location": "urban", "since": TODAY}
    assert code_of(organisations.open_school, code=cast.school_a.code, **facts) == "code_taken"
    name = {"code": cast.school_a.code, "name": "希望小学", "since": TODAY}
    assert code_of(organisations.rename, cast.school_a2, **name) == "code_taken"
    cast.school_a2.refresh_from_db()
    assert cast.school_a2.name == "甲县中心小学"
