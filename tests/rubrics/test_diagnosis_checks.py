"""Hands-on checks, screen tasks and outside tests: what each of them decides, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from rubrics.diagnosis import Answers, Diagnosis, assess, specialist_checks
from rubrics.errors import AnswersError
from rubrics.model import DiagnosisBank
from tests.rubrics.diagnosis_texts import bank

STRICT = bank()
LENIENT = replace(STRICT, until_watched="provisional")

INTERACTIVE: dict[str, str | list[str]] = {
    "D01": "d", "D02": "d", "D03": "b", "D04": "d", "D05": "c", "D06": "a", "D07": ["a", "b"],
}  # fmt: skip
BEGINNER: dict[str, str | list[str]] = {"D01": "a", "D02": "b", "D04": "a", "D05": "a", "D07": "e"}
IN_ORDER = ["place", "try", "watch", "go"]
WATCHED = {"H01": "a", "H02": "a"}


def codes(result: Diagnosis) -> list[str]:
    return [reason.code for reason in result.reasons]


def said(result: Diagnosis, code: str) -> list[tuple[object, ...]]:
    return [tuple(one.values.values()) for one in (*result.reasons, *result.flags) if one.code == code]


def test_until_somebody_looked_the_strict_bank_gives_the_level_below_and_says_what_is_missing() -> None:
    result = assess(STRICT, INTERACTIVE)
    assert result.skill == "S1"
    assert said(result, "diagnosis.awaits_check") == [("S2", "interact"), ("S2", "record")]
    assert "diagnosis.next_level_needs" not in codes(result)


def test_until_somebody_looked_the_lenient_bank_gives_the_level_and_says_what_has_to_be_seen() -> None:
    result = assess(LENIENT, INTERACTIVE)
    assert result.skill == "S2"
    assert said(result, "diagnosis.provisional") == [("S2", "interact"), ("S2", "record")]
    assert "diagnosis.awaits_check" not in codes(result)


@pytest.mark.parametrize("judged_by", [STRICT, LENIENT])
def test_what_a_specialist_saw_holds_without_reserve(judged_by: DiagnosisBank) -> None:
    result = assess(judged_by, {**INTERACTIVE, **WATCHED})
    assert result.skill == "S2"
    assert not {"diagnosis.provisional", "diagnosis.awaits_check"} & set(codes(result))
    assert [basis for _ability, basis, _questions in said(result, "diagnosis.ability_shown")].count(
        "hands_on"
    ) == 2


@pytest.mark.parametrize(("judged_by", "skill"), [(STRICT, "S1"), (LENIENT, "S2")])
def test_steps_in_order_on_a_screen_are_an_answer_and_never_something_seen(
    judged_by: DiagnosisBank, skill: str
) -> None:
    result = assess(judged_by, {**INTERACTIVE, "H02": "a", "P01": IN_ORDER})
    assert result.skill == skill
    waiting = "diagnosis.awaits_check" if judged_by is STRICT else "diagnosis.provisional"
    assert said(result, waiting) == [("S2", "record")]
    assert ("record", "answered", "D05, P01") in said(result, "diagnosis.ability_shown")


def test_steps_in_order_leave_as_much_doubt_as_an_answer() -> None:
    sheets: list[Answers] = [{"P01": IN_ORDER}, {"D15": "a"}, {"H01": "a"}]
    ordered, answered, seen = (assess(LENIENT, sheet).axes[1] for sheet in sheets)
    assert ordered.high - ordered.low == answered.high - answered.low > seen.high - seen.low


def test_what_is_seen_of_one_ability_leaves_the_other_to_be_seen() -> None:
    result = assess(LENIENT, {**INTERACTIVE, "H02": "a"})
    assert said(result, "diagnosis.provisional") == [("S2", "record")]


def test_what_the_specialist_saw_counts_over_what_was_said_to_the_good() -> None:
    result = assess(STRICT, {**BEGINNER, "H01": "a"})
    assert result.skill == "S1"
    assert ("record", "hands_on", "H01") in said(result, "diagnosis.ability_shown")
    assert said(result, "diagnosis.settled_by_check") == [("record", "D05")]
    assert said(result, "diagnosis.contradiction") == []


def test_what_the_specialist_saw_counts_over_what_was_said_to_the_bad() -> None:
    result = assess(LENIENT, {**INTERACTIVE, "H01": "b"})
    assert result.skill == "S1"
    assert said(result, "diagnosis.settled_by_check") == [("record", "D05")]
    assert said(result, "diagnosis.next_level_needs") == [("S2", "record")]
    assert said(result, "diagnosis.contradiction") == []


def test_a_specialist_who_saw_what_was_said_settles_nothing() -> None:
    assert said(assess(STRICT, {**INTERACTIVE, **WATCHED}), "diagnosis.settled_by_check") == []


def test_a_screen_task_settles_no_contradiction() -> None:
    result = assess(LENIENT, {**BEGINNER, "P01": IN_ORDER})
    assert said(result, "diagnosis.contradiction") == [("record", "P01, D05")]
    assert result.skill == "S0"


def test_two_questions_that_disagree_are_settled_by_the_check() -> None:
    assert said(assess(LENIENT, {"D05": "a", "P01": IN_ORDER, "H01": "a"}), "diagnosis.contradiction") == []


@pytest.mark.parametrize(("in_place", "value"), [(4, 100), (2, 50), (1, 20), (0, 20)])
def test_a_screen_task_counts_the_steps_in_their_right_place(in_place: int, value: int) -> None:
    orders = [
        order
        for order in permutations(IN_ORDER)
        if sum(one == two for one, two in zip(order, IN_ORDER, strict=True)) == in_place
    ]
    assert {assess(STRICT, {"P01": order}).axes[1].value for order in orders} == {value}


def test_specialists_checks_are_listed_and_screen_tasks_are_not_among_them() -> None:
    assert [item.id for item in specialist_checks(STRICT)] == ["H01", "H02"]


def test_checks_by_others_are_no_habit_of_the_teachers() -> None:
    """Eight answers all in the first place are flagged; a specialist's first place is not the eighth."""
    seven: Answers = dict.fromkeys(["D01", "D02", "D03", "D04", "D05", "D06", "D08"], "a")
    flags = [flag.code for flag in assess(STRICT, {**seven, **WATCHED, "P01": IN_ORDER}).flags]
    assert "diagnosis.straight_line" not in flags
    flags = [flag.code for flag in assess(STRICT, {**seven, "D09": "a"}).flags]
    assert "diagnosis.straight_line" in flags
    fast = assess(STRICT, {**WATCHED, "D01": "a"}, seconds={"H01": 1, "H02": 1, "D01": 9})
    assert "diagnosis.too_fast" not in [flag.code for flag in fast.flags]


@pytest.mark.parametrize("points", [80, 100, Decimal("80.5")])
def test_an_outside_result_is_one_stated_input(points: Decimal | int) -> None:
    result = assess(STRICT, {**PLAYS, **WATCHED}, outside={"regional": points})
    assert said(result, "diagnosis.outside_counted") == [("regional", points, 100)]
    assert ("data", "outside", "regional") in said(result, "diagnosis.ability_shown")
    assert result.skill == "S2"
    assert "regional" in result.axes[2].evidence


PLAYS = {"D01": "c", "D02": "c"}


def test_a_low_outside_result_shows_nothing_and_is_stated_all_the_same() -> None:
    result = assess(STRICT, PLAYS, outside={"regional": Decimal("79.9")})
    assert said(result, "diagnosis.outside_counted") == [("regional", Decimal("79.9"), 100)]
    assert "data" not in [ability for ability, *_rest in said(result, "diagnosis.ability_shown")]


def test_an_outside_result_against_an_answer_is_a_contradiction_like_any_other() -> None:
    result = assess(STRICT, {"D07": "e"}, outside={"regional": 90})
    assert said(result, "diagnosis.contradiction") == [("data", "regional, D07")]


def test_an_outside_result_alone_is_something_to_go_by() -> None:
    assert assess(STRICT, {}, outside={"regional": 90}).axes[1].value == 90


@pytest.mark.parametrize(
    ("answers", "outside", "code", "values"),
    [
        ({}, {}, "answers.none", {}),
        ({"P01": ["place", "try", "watch"]}, {}, "answers.each_step_once", {"question": "P01"}),
        ({"P01": [*IN_ORDER, "go"]}, {}, "answers.each_step_once", {"question": "P01"}),
        ({"P01": ["place", "try", "watch", "watch"]}, {}, "answers.each_step_once", {"question": "P01"}),
        ({"P01": []}, {}, "answers.each_step_once", {"question": "P01"}),
        ({"P01": [*IN_ORDER[:3], "stop"]}, {}, "answers.unknown_step", {"question": "P01", "step": "stop"}),
        ({"P01": "right"}, {}, "answers.unknown_step", {"question": "P01", "step": "right"}),
        ({"H01": "z"}, {}, "answers.unknown_option", {"question": "H01", "option": "z"}),
        ({"D01": "a"}, {"other": 5}, "answers.unknown_outside_test", {"test": "other"}),
        (
            {"D01": "a"},
            {"regional": -1},
            "answers.outside_points",
            {"test": "regional", "points": -1, "most": 100},
        ),
        (
            {"D01": "a"},
            {"regional": Decimal("100.1")},
            "answers.outside_points",
            {"test": "regional", "points": Decimal("100.1"), "most": 100},
        ),
    ],
)
def test_input_that_does_not_fit_is_refused(
    answers: Answers, outside: dict[str, Decimal | int], code: str, values: dict[str, object]
) -> None:
    with pytest.raises(AnswersError) as refusal:
        assess(STRICT, answers, outside=outside)
    assert refusal.value.code == code
    assert refusal.value.values == values


@pytest.mark.parametrize("points", ["NaN", "Infinity", "-Infinity"])
def test_points_that_are_no_number_are_refused(points: str) -> None:
    with pytest.raises(AnswersError, match="outside_points"):
        assess(STRICT, {"D01": "a"}, outside={"regional": Decimal(points)})
