"""Two sealed readings decide, or it is said why a third is needed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rubrics import library
from rubrics.errors import MarksError
from rubrics.model import Rubric
from rubrics.panel import Decided, Rating, ThirdNeeded, decide
from rubrics.scoring import score

BASIC = library.load("rubric", "basic-operation")
MARKS = st.fixed_dictionaries({criterion.id: st.integers(1, 4) for criterion in BASIC.criteria})
CLOSE = st.fixed_dictionaries({criterion.id: st.integers(2, 3) for criterion in BASIC.criteria})


def at(level: int, **other: int) -> dict[str, int]:
    return {criterion.id: level for criterion in BASIC.criteria} | other


def codes(result: Decided | ThirdNeeded) -> list[str]:
    return [reason.code for reason in result.reasons]


def decided(result: Decided | ThirdNeeded) -> Decided:
    assert isinstance(result, Decided)
    return result


def rated(*marks: dict[str, int]) -> list[Rating]:
    return [Rating(f"rater-{number}", one) for number, one in enumerate(marks)]


def test_two_readings_that_agree_decide_by_their_mean() -> None:
    result = decided(decide(BASIC, rated(at(3), at(3, BO1=4))))
    assert (result.total, result.band, result.used) == (Decimal(82), "pass", ("rater-0", "rater-1"))
    assert result.levels["BO1"] == Decimal("3.5")
    assert result.levels["BO2"] == 3
    assert codes(result) == ["panel.mean_of_two"]


def test_a_mean_is_never_rounded() -> None:
    """BO7 one level apart is 1.4 points, halved 0.7."""
    assert decided(decide(BASIC, rated(at(3), at(3, BO7=4)))).total == Decimal("80.7")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (at(3), at(3, BO7=1), ["panel.criterion_gap"]),
        (at(3, BO1=4, BO2=4, BO3=4), at(3, BO4=2), ["panel.total_gap"]),
        (at(4), at(2), ["panel.criterion_gap"] * 8 + ["panel.total_gap"]),
        (at(2), at(2, BO7=1), ["panel.straddles_cut"]),
        (at(2, BO8=1, BO1=3, BO2=3), at(2, BO1=3, BO2=3), ["panel.gate_disputed"]),
        (at(2, BO6=1), at(2), ["panel.straddles_cut", "panel.gate_disputed"]),
    ],
)
def test_readings_too_far_apart_call_a_third(
    one: dict[str, int], other: dict[str, int], expected: list[str]
) -> None:
    result = decide(BASIC, rated(one, other))
    assert isinstance(result, ThirdNeeded)
    assert codes(result) == expected


def test_a_gap_of_exactly_ten_points_is_not_too_far() -> None:
    """One level on BO1 (4), BO2 (3) and BO3 (3) makes ten points."""
    ten_apart = rated(at(3), at(3, BO1=4, BO2=4, BO3=4))
    assert decided(decide(BASIC, ten_apart)).total == 85
    more = rated(at(3), at(3, BO1=4, BO2=4, BO3=4, BO8=4))
    result = decide(BASIC, more)
    assert codes(result) == ["panel.total_gap"]
    assert dict(result.reasons[0].values) == {"low": 80, "high": Decimal("90.6"), "limit": 10}


def test_two_readings_that_both_fail_need_no_third() -> None:
    """Both below the cut: a gate only one of them missed changes nothing."""
    result = decided(decide(BASIC, rated(at(2, BO7=1, BO8=1), at(2, BO7=1))))
    assert result.band == "fail"
    assert result.gates_failed == ("BO8",)
    assert result.levels["BO8"] == Decimal("1.5")


def test_the_lot_calls_a_third_even_where_two_agree() -> None:
    assert codes(decide(BASIC, rated(at(3), at(3)), random_third=True)) == ["panel.random_third"]


def test_the_round_may_set_its_own_rules() -> None:
    lenient = replace(BASIC.panel, criterion_gap=3, total_gap=Decimal(50), straddling=False)
    far = rated(at(3), at(3, BO1=1))
    assert isinstance(decide(BASIC, far), ThirdNeeded)
    assert decided(decide(BASIC, far, rules=lenient)).total == 75
    straddling = rated(at(2), at(2, BO7=1))
    assert decided(decide(BASIC, straddling, rules=lenient)).band == "fail"


def test_after_a_third_the_two_closest_count() -> None:
    result = decided(decide(BASIC, rated(at(3), at(3, BO1=1), at(3, BO1=2))))
    assert (result.total, result.used) == (Decimal(78), ("rater-0", "rater-2"))
    assert result.reasons[0].values["set_aside"] == 70
    assert result.levels["BO1"] == 2


def test_when_no_pair_is_closest_the_middle_one_counts() -> None:
    """Totals 70, 76 and 82: the mean of all three is the middle one."""
    result = decided(decide(BASIC, rated(at(3, BO1=1), at(3, BO1=2), at(3, BO6=4))))
    assert result.total == 76
    assert len(result.used) == 3
    assert codes(result) == ["panel.evenly_apart"]


def test_three_equal_totals_are_that_total() -> None:
    assert decided(decide(BASIC, rated(at(2), at(2), at(2)))).total == 60


def test_a_gate_missed_by_two_of_three_fails_the_lesson() -> None:
    result = decided(decide(BASIC, rated(at(3, BO8=1), at(3, BO8=1), at(3))))
    assert (result.band, result.band_label.zh, result.gates_failed) == ("fail", "不合格", ("BO8",))
    assert codes(result) == ["panel.two_closest", "panel.gate_failed"]


def test_a_gate_missed_by_one_of_three_does_not() -> None:
    assert decided(decide(BASIC, rated(at(3, BO8=1), at(3), at(3)))).band == "pass"


@given(st.lists(MARKS, min_size=2, max_size=3))
def test_the_order_of_raters_never_matters(marks: list[dict[str, int]]) -> None:
    results = [decide(BASIC, order) for order in permutations(rated(*marks))]
    assert all(result == results[0] for result in results)


@given(st.lists(MARKS, min_size=3, max_size=3))
def test_three_readings_always_decide_between_their_lowest_and_highest(marks: list[dict[str, int]]) -> None:
    result = decided(decide(BASIC, rated(*marks)))
    totals = sorted(score(BASIC, one).total for one in marks)
    assert totals[0] <= result.total <= totals[2]
    assert abs(result.total - totals[1]) <= min(totals[1] - totals[0], totals[2] - totals[1]) / 2


@given(MARKS)
def test_readings_that_agree_give_the_score_of_one(marks: dict[str, int]) -> None:
    one = score(BASIC, marks)
    for number in (2, 3):
        result = decided(decide(BASIC, rated(*[marks] * number)))
        assert (result.total, result.band, result.gates_failed) == (one.total, one.band, one.gates_failed)
        assert result.levels == marks


@given(CLOSE, CLOSE, st.sampled_from(sorted(at(1))))
def test_raising_a_level_never_lowers_what_two_decide(
    one: dict[str, int], other: dict[str, int], criterion: str
) -> None:
    before = decide(BASIC, rated(one, other))
    after = decide(BASIC, rated(one | {criterion: 3}, other))
    assume(isinstance(before, Decided) and isinstance(after, Decided))
    assert decided(after).total >= decided(before).total


@given(MARKS, MARKS)
def test_two_readings_decide_only_when_all_gaps_are_small(one: dict[str, int], other: dict[str, int]) -> None:
    scores = [score(BASIC, marks) for marks in (one, other)]
    near = (
        all(abs(one[key] - other[key]) < 2 for key in one)
        and abs(scores[0].total - scores[1].total) <= 10
        and (scores[0].total >= 60) == (scores[1].total >= 60)
        and (scores[0].band == "fail") == (scores[1].band == "fail")
    )
    assert isinstance(decide(BASIC, rated(one, other)), Decided) == near


@pytest.mark.parametrize("number", [0, 1, 4])
def test_any_other_number_of_readings_is_refused(basic: Rubric, number: int) -> None:
    with pytest.raises(MarksError) as refusal:
        decide(basic, rated(*[at(3)] * number))
    assert (refusal.value.code, refusal.value.values) == ("panel.wrong_number", {"found": number})


def test_one_rater_twice_is_refused(basic: Rubric) -> None:
    with pytest.raises(MarksError) as refusal:
        decide(basic, [Rating("zhou", at(3)), Rating("zhou", at(3))])
    assert (refusal.value.code, refusal.value.values) == ("panel.rater_twice", {"rater": "zhou"})


def test_marks_that_do_not_fit_are_refused_with_the_rater(basic: Rubric) -> None:
    with pytest.raises(MarksError) as refusal:
        decide(basic, [Rating("ma", at(3)), Rating("zhou", {"BO1": 3})])
    assert refusal.value.code == "marks.missing"
    assert refusal.value.values["rater"] == "zhou"


def test_two_readings_that_both_fail_never_make_a_pass() -> None:
    rubric = library.load("rubric", "basic-operation")
    gates = [criterion.id for criterion in rubric.criteria if criterion.gate]
    high = {criterion.id: 3 for criterion in rubric.criteria}
    one, other = {**high, gates[0]: 1}, {**high, gates[1]: 1}
    lenient = replace(rubric.panel, criterion_gap=3, total_gap=Decimal(100))
    for rules in (lenient, replace(lenient, straddling=False)):
        found = decide(rubric, [Rating("A", one), Rating("B", other)], rules=rules)
        assert isinstance(found, ThirdNeeded)
        assert [(reason.code, reason.values["criterion"]) for reason in found.reasons] == [
            ("panel.gate_disputed", gate) for gate in sorted(gates[:2])
        ]
    agreed = decide(rubric, [Rating("A", one), Rating("B", one)], rules=lenient)
    assert isinstance(agreed, Decided)
    assert (agreed.band, agreed.gates_failed) == ("fail", (gates[0],))
