"""Who is called to read a lesson, and who never is."""

from __future__ import annotations

from datetime import timedelta

import panel_cast as cast
import pytest
from django.utils import timezone

from lti_tools.errors import ShijieError
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, RoleGrant
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Case, Reading, Round


def called(town: cast.Town, case: Case) -> set[str]:
    return {town.name_of(reading.rater.id) for reading in cast.readings(case)}


def test_two_raters_from_other_schools_are_called_and_nobody_else(town):
    seen = set()
    for attempt in range(1, 8):
        RoleGrant.objects.filter(person=town.people["teacher"]).delete()
        Reading.objects.all().delete()
        case = ratings.open_case(cast.lesson(town, attempt=attempt))
        assert case.readings.count() == 2
        seen |= called(town, case)
    assert seen <= {"rater-1", "rater-2", "rater-3", "rater-of-college"}


def test_a_teacher_who_is_a_rater_herself_is_never_called_for_her_own_lesson(town):
    RoleGrant.objects.create(person=town.people["teacher"], role="rater", since=cast.BORN, reason="good")
    Affiliation.objects.filter(person=town.people["teacher"]).update(school=town.schools["b1"])
    pool = [town.people["teacher"], town.people["rater-1"]]
    with pytest.raises(ShijieError) as refusal:
        ratings.open_case(cast.lesson(town), raters_pool=pool)
    assert refusal.value.values == {"needed": 2, "found": 1}


@pytest.mark.parametrize(
    "name",
    ["colleague", "colleague-at-point", "rater-elsewhere", "rater-retired", "chair"],
)
def test_these_are_never_called_even_when_nobody_else_is_left(town, name):
    pool = [town.people[name], town.people["rater-1"]]
    with pytest.raises(ShijieError) as refusal:
        ratings.open_case(cast.lesson(town), raters_pool=pool)
    assert refusal.value.code == "ratings.too_few_raters"
    assert not refusal.value.permanent
    assert not Case.objects.exists()


def test_a_teacher_at_a_teaching_point_is_not_read_by_the_main_school(town):
    Affiliation.objects.filter(person=town.people["teacher"]).update(school=town.schools["a1-point"])
    pool = [town.people["colleague"], town.people["rater-1"]]
    with pytest.raises(ShijieError):
        ratings.open_case(cast.lesson(town), raters_pool=pool)


def test_who_taught_beside_the_teacher_until_last_year_is_still_a_colleague(town):
    former = town.people["rater-1"]
    last_year = timezone.localdate() - timedelta(days=300)
    Affiliation.objects.create(
        person=former, school=town.schools["a1-point"], since=cast.BORN, until=last_year
    )
    with pytest.raises(ShijieError):
        ratings.open_case(cast.lesson(town), raters_pool=[former, town.people["rater-2"]])
    long_ago = last_year - timedelta(days=1100)
    Affiliation.objects.filter(person=former, until=last_year).update(until=long_ago)
    assert ratings.open_case(cast.lesson(town, attempt=2), raters_pool=[former, town.people["rater-2"]])


def test_a_rater_from_a_college_belongs_to_no_school_and_may_be_called(town):
    pool = [town.people["rater-of-college"], town.people["rater-2"]]
    assert "rater-of-college" in called(town, ratings.open_case(cast.lesson(town), raters_pool=pool))


def test_the_least_loaded_raters_are_called_first(town):
    for number in range(3):
        cast.add(town, f"teacher-{number}", school="a1")
        pool = [town.people["rater-1"], town.people["rater-2"]]
        ratings.open_case(cast.lesson(town, teacher=f"teacher-{number}"), raters_pool=pool)
    cast.add(town, "rater-fresh", school="a3", role="rater")
    town.people["rater-of-college"].grants.update(until="2021-01-01")
    case = ratings.open_case(cast.lesson(town))
    assert called(town, case) == {"rater-3", "rater-fresh"}


def test_a_second_attempt_goes_to_raters_who_did_not_read_the_first(town):
    first = ratings.open_case(cast.lesson(town))
    for number in range(2):
        cast.add(town, f"rater-new-{number}", school="a2", role="rater")
    second = ratings.open_case(cast.lesson(town, attempt=2))
    assert not called(town, first) & called(town, second)


def test_opening_the_same_recording_twice_calls_nobody_twice(town):
    lesson = cast.lesson(town)
    assert ratings.open_case(lesson) == ratings.open_case(lesson)
    assert Reading.objects.count() == 2


def test_a_recording_that_is_not_ready_waits(town):
    with pytest.raises(ShijieError) as refusal:
        ratings.open_case(cast.lesson(town, ready=False))
    assert refusal.value.code == "ratings.recording_not_ready"
    assert not refusal.value.permanent


def test_blind_codes_differ_within_a_round_and_avoid_letters_that_look_alike(town):
    codes = []
    for number in range(12):
        cast.add(town, f"teacher-{number}", school="a1")
        codes.append(ratings.open_case(cast.lesson(town, teacher=f"teacher-{number}")).blind_code)
    assert len(set(codes)) == 12
    assert not set("".join(codes)) & set("0O1IL8B5S2")


def test_a_round_copies_the_rubrics_panel_rules_and_keeps_its_own(town):
    fresh = ratings.ensure_round(town.programme, cast.rubric("standard-lesson").hash)
    panel = cast.rubric("standard-lesson").panel
    assert fresh.rules["criterion_gap"] == panel.criterion_gap
    assert fresh.rules["random_share"] == str(panel.random_share)
    again = ratings.ensure_round(town.programme, cast.rubric("standard-lesson").hash, rules={"days": 1})
    assert again == fresh
    assert Round.objects.count() == 2
    assert again.rules["days"] != 1


def test_the_lot_is_drawn_when_the_case_opens_so_that_no_score_can_sway_it(town):
    Round.objects.update(rules={**Round.objects.get().rules, "random_share": "1"})
    assert ratings.open_case(cast.lesson(town)).lot is True


def test_a_rater_whose_role_was_taken_back_is_not_called(town):
    former = town.people["rater-1"]
    RoleGrant.objects.filter(person=former).update(revoked_at=timezone.now())
    with pytest.raises(ShijieError) as refusal:
        ratings.open_case(cast.lesson(town), raters_pool=[former, town.people["rater-2"]])
    assert refusal.value.values == {"needed": 2, "found": 1}


@pytest.mark.parametrize("beside", ["colleague", "rater-1"])
def test_a_teaching_point_that_moved_is_one_house_with_its_old_school_and_its_new_one(town, beside):
    point, day = town.schools["a1-point"], timezone.localdate() - timedelta(days=30)
    Affiliation.objects.filter(person=town.people["teacher"]).update(school=point)
    organisations.move(point, area=point.area, parent=town.schools["a2"], since=day)
    pool = [town.people[beside], town.people["rater-2"]]
    with pytest.raises(ShijieError) as refusal:
        ratings.open_case(cast.lesson(town), raters_pool=pool)
    assert refusal.value.values == {"needed": 2, "found": 1}


def test_a_merger_does_not_make_colleagues_strangers(town):
    """Both worked at the school that was merged away; one of them left it before."""
    former, day = town.people["rater-1"], timezone.localdate() - timedelta(days=30)
    Affiliation.objects.create(
        person=former, school=town.schools["a1"], since=cast.BORN, until=day - timedelta(days=100)
    )
    organisations.merge(town.schools["a1"], into=town.schools["a2"], since=day, by=None)
    with pytest.raises(ShijieError):
        ratings.open_case(cast.lesson(town), raters_pool=[former, town.people["rater-2"]])
