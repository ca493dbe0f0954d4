"""From answers to skill level, portrait and next tasks."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.diagnosis import assess, short_form
from rubrics.errors import AnswersError
from rubrics.model import DiagnosisBank, Item, TierPolicy
from tests.rubrics.diagnosis_texts import V1

# The first version for good: the numbers below are read off its questions.
BANK = library.load("diagnosis_bank", "diagnosis-entry", 1)

BEGINNER = {"D01": "a", "D02": "b", "D03": "c", "D04": "a", "D05": "a", "D06": "c", "D07": "e", "D08": "a"}
PLAYS_SLIDES = {**BEGINNER, "D01": "c", "D02": "c"}
INTERACTIVE = {"D01": "d", "D02": "d", "D03": "b", "D04": "d", "D05": "c", "D06": "a", "D07": ["a", "b"]}
INNOVATIVE = {**INTERACTIVE, "D10": "a"}


def answer(item: Item) -> st.SearchStrategy[object]:
    one = st.sampled_from([option.id for option in item.options])
    several = [option.id for option in item.options if not option.alone]
    return st.lists(st.sampled_from(several), min_size=1, unique=True) if item.multiple else one


ANSWERS = st.fixed_dictionaries({}, optional={item.id: answer(item) for item in BANK.items}).filter(bool)


@pytest.mark.parametrize(
    ("answers", "skill"),
    [(BEGINNER, "S0"), (PLAYS_SLIDES, "S1"), (INTERACTIVE, "S2"), (INNOVATIVE, "S3")],
)
def test_what_one_can_do_gives_the_skill_level(answers: dict[str, str | list[str]], skill: str) -> None:
    result = assess(BANK, answers)
    assert result.skill == skill
    assert result.reasons[0].code == "diagnosis.skill"


@pytest.mark.parametrize("proof", [{"D10": "a"}, {"D11": "d"}])
def test_innovation_counts_only_with_something_to_show(proof: dict[str, str]) -> None:
    assert assess(BANK, {**INTERACTIVE, **proof}).skill == "S3"
    assert assess(BANK, {**INTERACTIVE, "D10": "b", "D11": "c"}).skill == "S2"


def test_innovation_without_the_basics_is_not_s3() -> None:
    assert assess(BANK, {**PLAYS_SLIDES, "D10": "a"}).skill == "S1"


def test_who_cannot_cast_but_records_unaided_is_no_beginner() -> None:
    assert assess(BANK, {**BEGINNER, "D05": "c"}).skill == "S1"


def test_reasons_name_each_ability_with_its_questions_and_what_the_next_level_needs() -> None:
    result = assess(BANK, PLAYS_SLIDES)
    assert [(reason.code, *reason.values.values()) for reason in result.reasons] == [
        ("diagnosis.skill", "S1"),
        ("diagnosis.ability_shown", "cast", "said", "D01"),
        ("diagnosis.ability_shown", "slides", "said", "D02"),
        ("diagnosis.next_level_needs", "S2", "interact"),
        ("diagnosis.next_level_needs", "S2", "record"),
        ("diagnosis.next_level_needs", "S2", "data"),
    ]


def test_an_answered_question_is_firmer_than_what_is_only_said() -> None:
    shown = [
        reason for reason in assess(BANK, {**INTERACTIVE, "D20": "c"}).reasons if "basis" in reason.values
    ]
    assert {reason.values["ability"]: reason.values["basis"] for reason in shown}["data"] == "answered"


def test_advice_starts_with_the_most_basic_gap() -> None:
    assert assess(BANK, BEGINNER).advice[:4] == ("task-B1", "task-B2", "task-B4", "task-B3")
    assert assess(BANK, INTERACTIVE).advice == ("task-A1", "task-M3")


def test_advice_says_why_for_each_task() -> None:
    result = assess(BANK, {**BEGINNER, "D09": "b"})
    assert [reason.values["task"] for reason in result.advice_reasons] == list(result.advice)
    why = {reason.values["task"]: reason for reason in result.advice_reasons}
    assert (why["task-B3"].code, why["task-B3"].values["ability"]) == ("diagnosis.advice_gap", "record")
    assert (why["task-C1"].code, why["task-C1"].values["question"]) == ("diagnosis.advice_answer", "D08")


def test_only_tasks_of_the_policy_are_advised() -> None:
    result = assess(BANK, BEGINNER, tasks=["task-B3", "task-C1", "task-B1"])
    assert result.advice == ("task-B1", "task-B3", "task-C1")
    assert len(result.advice_reasons) == 3
    assert assess(BANK, BEGINNER, tasks=[]).advice == ()


def test_advice_names_each_task_once() -> None:
    advice = assess(BANK, {**BEGINNER, "D09": "b"}).advice
    assert len(advice) == len(set(advice))
    assert "task-C1" in advice


def test_an_axis_without_evidence_is_none_and_never_zero() -> None:
    axes = {axis.id: axis for axis in assess(BANK, {"D01": "a"}).axes}
    assert axes["2"].value == 0
    assert [axes[number].value for number in "1345"] == [None] * 4
    assert axes["3"].evidence == ()
    assert (axes["3"].indicators, axes["3"].indicators_of) == (0, 14)


def test_an_axis_is_the_mean_of_its_indicators() -> None:
    """D06 a: 2.2.1 and 3.1.2 at 1; D01 c: 2.2.2 at 0.6; D05 c: 2.2.2 at 0.8."""
    axes = {axis.id: axis for axis in assess(BANK, {"D01": "c", "D05": "c", "D06": "a"}).axes}
    assert axes["2"].value == Decimal("85")
    assert axes["2"].evidence == ("D01", "D05", "D06")
    assert (axes["2"].indicators, axes["2"].indicators_of) == (2, 3)
    assert axes["3"].value == 100


def test_several_answers_add_up() -> None:
    """D07: 3.3.2 at 0.4 twice and 0.1, 3.1.1 at 0.4 and 0.3, 3.3.1 at 0.6, 3.3.3 at 0.6."""
    axes = {axis.id: axis for axis in assess(BANK, {"D07": ["a", "b", "c", "d"]}).axes}
    assert axes["3"].value == Decimal("70")


def test_several_answers_add_up_to_no_more_than_one() -> None:
    generous = library.parse(V1.replace('"3.3.2" = 0.4', '"3.3.2" = 0.9'))
    assert isinstance(generous, DiagnosisBank)
    axes = {axis.id: axis for axis in assess(generous, {"D07": ["a", "c"]}).axes}
    assert axes["3"].value == Decimal("66.7")  # 3.3.2 at 1 (not 1.8), 3.1.1 at 0.4, 3.3.3 at 0.6


def test_saying_one_has_not_tried_is_no_evidence() -> None:
    assert all(axis.value is None for axis in assess(BANK, {"D01": "e"}).axes)


def test_a_contradiction_is_flagged_and_decides_nothing() -> None:
    result = assess(BANK, {**INTERACTIVE, "D20": "e"})
    flags = [(flag.code, *flag.values.values()) for flag in result.flags]
    assert ("diagnosis.contradiction", "data", "D07, D20") in flags
    assert result.skill == "S1"


def test_what_nobody_asked_is_flagged() -> None:
    flags = [flag.values["ability"] for flag in assess(BANK, {"D01": "c"}).flags]
    assert flags == ["slides", "interact", "record", "data", "ai-design", "blended-design"]


def test_haste_is_flagged_and_changes_nothing() -> None:
    hasty = assess(BANK, INTERACTIVE, seconds=dict.fromkeys(INTERACTIVE, 1))
    calm = assess(BANK, INTERACTIVE, seconds=dict.fromkeys(INTERACTIVE, 30))
    assert [(flag.code, *flag.values.values()) for flag in hasty.flags][-1] == ("diagnosis.too_fast", 7, 7, 3)
    assert calm.flags == assess(BANK, INTERACTIVE).flags
    assert (hasty.skill, hasty.axes, hasty.advice) == (calm.skill, calm.axes, calm.advice)


def test_half_the_answers_in_haste_are_enough_and_fewer_are_not() -> None:
    pace = {"D01": 2, "D02": 2, "D03": 3, "D04": 9}
    assert "diagnosis.too_fast" in [flag.code for flag in assess(BANK, INTERACTIVE, seconds=pace).flags]
    assert "diagnosis.too_fast" not in [
        flag.code for flag in assess(BANK, INTERACTIVE, seconds={**pace, "D02": 3}).flags
    ]


def test_the_same_place_every_time_is_flagged() -> None:
    same = {item.id: "a" for item in short_form(BANK) if not item.multiple}
    flag = assess(BANK, same).flags[-1]
    assert (flag.code, dict(flag.values)) == ("diagnosis.straight_line", {"questions": 11, "place": 1})
    assert "diagnosis.straight_line" not in [one.code for one in assess(BANK, {**same, "D03": "b"}).flags]


def test_the_best_answers_of_the_short_form_are_not_all_in_one_place() -> None:
    best = {
        item.options.index(max(item.options, key=lambda one: sum(one.evidence.values(), Decimal(0))))
        for item in short_form(BANK)
    }
    assert len(best) >= 4


def test_the_short_form_is_asked_in_its_own_order(bank: DiagnosisBank) -> None:
    assert [item.id for item in short_form(bank)] == list(bank.short_form)
    assert len(bank.short_form) == 12
    assert bank.short_minutes == 12
    assert len(bank.items) >= 20


def test_questions_are_polite_and_free_of_jargon(bank: DiagnosisBank) -> None:
    for item in bank.items:
        chinese = item.label.zh + "".join(option.label.zh for option in item.options)
        assert not re.search("你|赋能|范式|AIGC|[A-Za-z]{2,}", chinese), item.id


def test_the_bank_has_a_question_of_each_kind_it_promises(bank: DiagnosisBank) -> None:
    assert {item.kind for item in bank.items} >= {"situation", "knowledge", "self_report"}


def test_the_levels_are_those_of_the_policy(bank: DiagnosisBank, policy: TierPolicy) -> None:
    assert [rule.id for rule in reversed(bank.skills)] == [level.id for level in policy.skills]


@given(ANSWERS)
def test_any_answers_give_a_level_and_axes_within_bounds(answers: dict[str, str]) -> None:
    result = assess(BANK, answers)
    assert result.skill in ("S0", "S1", "S2", "S3")
    for axis in result.axes:
        assert (axis.value is None) == (axis.indicators == 0) == (axis.evidence == ())
        assert axis.value is None or 0 <= axis.value <= 100


@given(ANSWERS)
def test_the_order_of_answers_never_matters(answers: dict[str, str]) -> None:
    assert assess(BANK, answers) == assess(BANK, dict(reversed(answers.items())))


@given(ANSWERS, st.sampled_from(["D01", "D04", "D05"]))
def test_being_able_to_do_more_never_lowers_the_level(answers: dict[str, str], hands_on: str) -> None:
    item = BANK.item(hands_on)
    assert item is not None
    able = next(option.id for option in reversed(item.options) if option.shows)
    assert assess(BANK, {**answers, hands_on: able}).skill >= assess(BANK, answers).skill


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "answers.none"),
        ({"D99": "a"}, "answers.unknown_question"),
        ({"D01": "z"}, "answers.unknown_option"),
        ({"D01": ""}, "answers.unknown_option"),
        ({"D01": ["a", "b"]}, "answers.one_only"),
        ({"D07": []}, "answers.empty"),
        ({"D07": ["a", "e"]}, "answers.none_beside_some"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers: dict[str, str | list[str]], code: str) -> None:
    with pytest.raises(AnswersError) as refusal:
        assess(BANK, answers)
    assert refusal.value.code == code
