"""Panels on a rubric with everything: criteria left out, points inside levels, criteria for feedback only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations, permutations
from statistics import median

import everything
import pytest
from everything import COUNTING, MAY_BE_LEFT_OUT, OUT, RUBRIC, at
from hypothesis import given
from hypothesis import strategies as st

from rubrics.decimals import plain
from rubrics.errors import MarksError
from rubrics.marks import level_of
from rubrics.model import Mark, Marks, Reason
from rubrics.panel import Decided, Rating, ThirdNeeded, decide
from rubrics.scoring import score

SUBSETS = [some for size in range(len(MAY_BE_LEFT_OUT) + 1) for some in combinations(MAY_BE_LEFT_OUT, size)]
READINGS = everything.marks()
CLOSE = everything.marks(levels=(2, 3))


def rated(*marks: Marks) -> list[Rating]:
    return [Rating(f"rater-{number}", one) for number, one in enumerate(marks)]


def result(*marks: Marks) -> Decided | ThirdNeeded:
    return decide(RUBRIC, rated(*marks))


def decided(*marks: Marks) -> Decided:
    found = result(*marks)
    assert isinstance(found, Decided)
    return found


def reasons(found: Decided | ThirdNeeded) -> list[tuple[str, dict[str, object]]]:
    return [(reason.code, dict(reason.values)) for reason in found.reasons]


def test_two_who_leave_out_the_same_criterion_decide() -> None:
    found = decided(at(3, E5=OUT), at(3, E5=OUT, E6=4))
    assert found.left_out == ("E5",)
    assert list(found.levels) == ["E1", "E2", "E3", "E4", "E6"]
    assert found.total == Decimal("81.5")  # E6 weighs 15 in this lesson: 12 and 15 points
    assert reasons(found)[1:] == [("panel.left_out", {"criterion": "E5", "by": 2, "of": 2})]


def test_one_who_leaves_out_what_the_other_gives_a_level_calls_a_third() -> None:
    found = result(at(3, E4=OUT), at(3))
    assert isinstance(found, ThirdNeeded)
    assert reasons(found) == [("panel.applicability_disputed", {"criterion": "E4"})]
    both = result(at(3, E4=OUT), at(3, E5=OUT, E2=1))
    assert reasons(both) == [
        ("panel.criterion_gap", {"criterion": "E2", "low": 1, "high": 3}),
        ("panel.applicability_disputed", {"criterion": "E4"}),
        ("panel.applicability_disputed", {"criterion": "E5"}),
        ("panel.total_gap", {"low": Decimal(65), "high": Decimal(80), "limit": Decimal(10)}),
    ]


def test_rules_of_the_round_do_not_switch_that_off() -> None:
    """Without agreement on what was judged at all there is nothing to take the mean of."""
    lenient = replace(RUBRIC.panel, criterion_gap=9, total_gap=Decimal(100), straddling=False)
    found = decide(RUBRIC, rated(at(3, E4=OUT), at(3)), rules=lenient)
    assert isinstance(found, ThirdNeeded)


def test_of_three_the_two_who_gave_a_level_say_that_it_applies_and_which() -> None:
    found = decided(at(3, E4=OUT), at(3, E4=2), at(3, E4=3))
    assert (found.left_out, found.levels["E4"]) == ((), Decimal("2.5"))
    assert ("panel.applies", {"criterion": "E4", "by": 2, "of": 3}) in reasons(found)


def test_of_three_the_two_who_left_it_out_say_that_it_does_not_apply() -> None:
    found = decided(at(3, E4=OUT), at(3, E4=1), at(3, E4=OUT))
    assert found.left_out == ("E4",)
    assert "E4" not in found.levels
    assert ("panel.left_out", {"criterion": "E4", "by": 2, "of": 3}) in reasons(found)


def test_three_who_leave_it_out_agree() -> None:
    found = decided(*[at(2, E4=OUT, E5=OUT)] * 3)
    assert (found.total, found.left_out) == (60, ("E4", "E5"))
    assert reasons(found)[1:] == [
        ("panel.left_out", {"criterion": "E4", "by": 3, "of": 3}),
        ("panel.left_out", {"criterion": "E5", "by": 3, "of": 3}),
    ]


def test_each_total_is_that_of_its_own_reading() -> None:
    """Without E4 the weight of E1, at level 4, is 35: 1 point more than with E4 at level 3."""
    one, other, third = at(3, E4=OUT, E1=4), at(3, E1=4), at(3, E1=4, E4=4)
    totals = [score(RUBRIC, marks).total for marks in (one, other, third)]
    assert totals == [87, 86, 88]
    found = decided(one, other, third)
    assert (found.total, found.used) == (87, ("rater-0", "rater-1", "rater-2"))


def test_feedback_calls_no_third_and_has_no_level() -> None:
    found = decided(at(3, E8=1), at(3, E8=4, E7=OUT))
    assert (found.total, list(found.levels), found.left_out) == (80, list(COUNTING), ())
    assert [code for code, _ in reasons(found)] == ["panel.mean_of_two"]


def test_a_gap_is_in_levels_whatever_the_points_inside_them() -> None:
    """5.5 points between neighbouring levels call nobody; 4.5 points over two levels do."""
    assert isinstance(result(at(3, E3=Mark(2, Decimal("7.5"))), at(3, E3=Mark(3, Decimal(13)))), Decided)
    assert isinstance(result(at(3, E3=Mark(1, Decimal(6))), at(3, E3=Mark(3, Decimal("10.5")))), ThirdNeeded)


def test_points_inside_levels_add_up_to_a_total_gap() -> None:
    generous = at(3, E3=Mark(3, Decimal(13)), E4=Mark(3, Decimal("8.5")), E5=Mark(3, Decimal(13)))
    strict = at(3, E3=Mark(3, Decimal("10.5")), E4=Mark(3, Decimal(7)), E5=Mark(3, Decimal("10.5")), E2=2)
    assert reasons(result(generous, strict)) == [
        ("panel.total_gap", {"low": Decimal(72), "high": Decimal("82.5"), "limit": Decimal(10)})
    ]


def test_a_gate_is_missed_by_the_level_of_most_even_where_others_left_criteria_out() -> None:
    found = decided(at(4, E1=1, E4=OUT), at(4, E1=1), at(4))
    assert (found.gates_failed, found.band) == (("E1",), "fail")
    assert reasons(found)[-1] == ("panel.gate_failed", {"criterion": "E1", "level": Decimal(1)})


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("left_out", SUBSETS)
def test_all_pass_is_exactly_sixty_whatever_all_of_them_leave_out(
    left_out: tuple[str, ...], number: int
) -> None:
    found = decided(*[at(2) | dict.fromkeys(left_out, OUT)] * number)
    assert (found.total, found.band, found.left_out) == (60, "pass", left_out)


@given(st.lists(READINGS, min_size=2, max_size=3), st.booleans())
def test_the_order_of_raters_never_matters(marks: list[Marks], drawn: bool) -> None:
    ratings = rated(*marks)
    found = [decide(RUBRIC, order, random_third=drawn) for order in permutations(ratings)]
    assert all(one == found[0] for one in found)


@given(CLOSE, CLOSE)
def test_two_who_swap_their_marks_come_to_the_same_result(one: Marks, other: Marks) -> None:
    assert result(one, other) == result(other, one)


@given(READINGS, READINGS, READINGS)
def test_three_always_decide_and_whose_marks_are_whose_changes_names_only(
    one: Marks, other: Marks, third: Marks
) -> None:
    found, swapped = decided(one, other, third), decided(third, one, other)
    assert (found.total, found.band, found.levels, found.left_out, found.gates_failed) == (
        swapped.total,
        swapped.band,
        swapped.levels,
        swapped.left_out,
        swapped.gates_failed,
    )


@given(st.one_of(st.lists(READINGS, min_size=3, max_size=3), st.lists(CLOSE, min_size=2, max_size=2)))
def test_a_decision_can_be_recomputed_from_the_readings_it_used(marks: list[Marks]) -> None:
    found = decide(RUBRIC, rated(*marks))
    if isinstance(found, ThirdNeeded):
        assert len(marks) == 2
        return
    totals = {one.rater: score(RUBRIC, one.marks).total for one in rated(*marks)}
    used = [totals[rater] for rater in found.used]
    assert found.total == (plain(sum(used) / 2) if len(used) == 2 else sorted(used)[1])
    assert min(used) <= found.total <= max(used)
    for criterion in COUNTING:
        levels = [level for one in marks if (level := level_of(one[criterion])) is not None]
        if 2 * len(levels) > len(marks):
            assert found.levels[criterion] == median(levels)
        else:
            assert criterion in found.left_out
    assert sorted([*found.levels, *found.left_out]) == sorted(COUNTING)
    gates = {one.id: one.gate for one in RUBRIC.criteria if one.gate is not None}
    missed = tuple(gate for gate, least in gates.items() if found.levels[gate] < least)
    assert found.gates_failed == missed
    assert (found.band == "fail") == (bool(missed) or found.total < RUBRIC.cut)


@given(READINGS)
def test_readings_that_agree_decide_with_their_own_score(marks: Marks) -> None:
    one = score(RUBRIC, marks)
    for number in (2, 3):
        found = decided(*[marks] * number)
        assert (found.total, found.band, found.gates_failed, found.left_out) == (
            one.total,
            one.band,
            one.gates_failed,
            one.left_out,
        )
        assert found.levels == {line.criterion: line.level for line in one.lines if line.counts}


@given(READINGS, READINGS)
def test_two_never_decide_while_they_differ_on_what_applies(one: Marks, other: Marks) -> None:
    disputed = [c for c in MAY_BE_LEFT_OUT if (level_of(one[c]) is None) != (level_of(other[c]) is None)]
    found = result(one, other)
    named = [
        reason.values["criterion"]
        for reason in found.reasons
        if reason.code == "panel.applicability_disputed"
    ]
    assert named == disputed
    assert not (disputed and isinstance(found, Decided))


def test_refusals_name_the_rater() -> None:
    with pytest.raises(MarksError) as refusal:
        decide(RUBRIC, [Rating("ma", at(3)), Rating("zhou", at(3, E1=OUT))])
    assert (refusal.value.code, refusal.value.values["rater"]) == ("marks.cannot_be_left_out", "zhou")


def test_every_reason_is_data() -> None:
    found = decided(at(3, E4=OUT), at(3), at(3))
    assert all(isinstance(reason, Reason) for reason in found.reasons)
    assert found.reasons[1].stored() == {
        "code": "panel.applies",
        "values": {"criterion": "E4", "by": "2", "of": "3"},
    }
