"""Points inside a level, criteria that do not apply, criteria for feedback only: scored, explained, refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import everything
import pytest
from everything import COUNTING, MAY_BE_LEFT_OUT, OUT, RUBRIC, at
from hypothesis import given
from hypothesis import strategies as st

from rubrics.errors import MarksError
from rubrics.marks import earnable, extra_weight
from rubrics.model import LevelPoints, Mark, Marks, Rubric
from rubrics.scoring import Line, score, tally

SUBSETS = [some for size in range(len(MAY_BE_LEFT_OUT) + 1) for some in combinations(MAY_BE_LEFT_OUT, size)]


def line(marks: Marks, criterion: str) -> Line:
    return next(one for one in score(RUBRIC, marks).lines if one.criterion == criterion)


def refused(marks: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(MarksError) as refusal:
        score(RUBRIC, marks, rater="zhou")  # type: ignore[arg-type]
    return refusal.value.code, dict(refusal.value.values)


def test_a_bare_level_earns_the_level_s_own_points() -> None:
    assert score(RUBRIC, at(3)) == score(RUBRIC, {one: Mark(3) for one in COUNTING})
    assert score(RUBRIC, at(3)).total == 80


@pytest.mark.parametrize("points", ["14", "14.5", "16", "17.5", "17.8"])
def test_points_inside_a_level_count_from_its_least_in_steps_with_both_ends(points: str) -> None:
    """E2 weighs 20: level 3 earns 14 to 17.8, by itself 16."""
    found = line(at(3, E2=Mark(3, Decimal(points))), "E2")
    assert str(found.points) == points
    assert (found.share, found.weight, found.least, found.most) == (Decimal("0.8"), 20, 14, Decimal("17.8"))
    assert score(RUBRIC, at(3, E2=Mark(3, Decimal(points)))).total == 64 + Decimal(points)


def test_points_of_a_level_that_states_them() -> None:
    found = line(at(3, E3=Mark(3, Decimal("11.50"))), "E3")
    assert (str(found.points), found.share, found.least, found.most) == ("11.5", None, Decimal("10.5"), 13)


def test_the_level_s_own_points_may_be_given_though_they_lie_between_two_steps() -> None:
    """E6 with the weight of E5 weighs 15; level 2 earns 7.5 to 10.35 and by itself 9; 4 x 0.45 is no whole step."""
    marks = at(2, E5=OUT, E6=Mark(2, Decimal("10.35")))
    assert line(marks, "E6").points == Decimal("10.35")
    assert line(at(2, E4=OUT, E1=Mark(1, Decimal("10.5"))), "E1").points == Decimal("10.5")


def test_a_zero_with_a_sign_is_zero() -> None:
    stated = RUBRIC.criteria[2]
    from_zero = {**stated.points, 1: LevelPoints(Decimal(3), Decimal(0), Decimal(6))}
    criteria = (*RUBRIC.criteria[:2], replace(stated, points=from_zero), *RUBRIC.criteria[3:])
    rubric = replace(RUBRIC, criteria=criteria)
    found = score(rubric, at(2, E3=Mark(1, Decimal("-0"))))
    assert str(found.lines[2].points) == "0"


@pytest.mark.parametrize("left_out", SUBSETS)
def test_whatever_is_left_out_all_pass_is_exactly_sixty_and_all_best_the_whole(
    left_out: tuple[str, ...],
) -> None:
    without = dict.fromkeys(left_out, OUT)
    for level, total in ((1, 30), (2, 60), (3, 80), (4, 100)):
        found = score(RUBRIC, at(level) | without)
        assert (found.total, found.left_out) == (total, left_out)
        assert sum(one.weight for one in found.lines) == 100


def test_the_lines_say_where_extra_weight_comes_from() -> None:
    marks = at(3, E4=OUT, E5=OUT)
    assert line(marks, "E1").extra == (("E4", Decimal(5)),)
    assert line(marks, "E2") == Line(
        criterion="E2",
        label=RUBRIC.criteria[1].label,
        level=3,
        share=Decimal("0.8"),
        weight=Decimal(35),
        points=Decimal(28),
        least=Decimal("24.5"),
        most=Decimal("31.15"),
        extra=(("E4", Decimal(5)), ("E5", Decimal(10))),
        counts=True,
    )
    assert line(marks, "E3").extra == ()


def test_what_can_be_earned_in_a_lesson_is_known_before_it_is_marked() -> None:
    """For a rater's page: the range of each level, with the weight of what is left out."""
    taker = RUBRIC.criteria[1]
    assert earnable(RUBRIC, taker) == taker.points
    with_more = earnable(RUBRIC, taker, extra=extra_weight(RUBRIC, ("E4", "E5"))["E2"])
    assert with_more[3] == LevelPoints(Decimal(28), Decimal("24.5"), Decimal("31.15"))
    assert sorted(with_more) == [1, 2, 3, 4]
    assert earnable(RUBRIC, RUBRIC.criteria[7]) == {}


def test_a_criterion_left_out_has_a_line_that_earns_nothing() -> None:
    label = RUBRIC.criteria[3].label
    assert line(at(3, E4=OUT), "E4") == Line("E4", label, None, None, Decimal(0), Decimal(0), counts=False)


def test_feedback_is_shown_and_never_counts() -> None:
    plain = score(RUBRIC, at(3))
    marked = score(RUBRIC, at(3, E7=OUT, E8=1))
    assert (marked.total, marked.band, marked.left_out) == (plain.total, plain.band, ())
    assert (marked.lines[7].level, marked.lines[7].points, marked.lines[7].counts) == (1, 0, False)
    assert plain.lines[7].level is None
    assert [one.criterion for one in plain.lines] == [one.id for one in RUBRIC.criteria]
    assert [one.counts for one in plain.lines] == [True] * 6 + [False] * 2


def test_a_gate_looks_at_the_level_and_not_at_the_points_inside_it() -> None:
    best_of_one = score(RUBRIC, at(4, E1=Mark(1, Decimal("13.5"))))
    least_of_two = score(RUBRIC, at(4, E1=Mark(2, Decimal(15))))
    assert (best_of_one.gates_failed, best_of_one.band, best_of_one.total) == (
        ("E1",),
        "fail",
        Decimal("83.5"),
    )
    assert (least_of_two.gates_failed, least_of_two.band) == ((), "excellent")


@given(everything.marks())
def test_the_total_is_the_sum_of_the_lines_that_count_and_each_lies_inside_its_level(marks: Marks) -> None:
    found = score(RUBRIC, marks)
    assert found.total == sum(one.points for one in found.lines if one.counts)
    assert all(one.points == 0 == one.weight for one in found.lines if not one.counts)
    for one in found.lines:
        assert one.least <= one.points <= one.most
        assert (
            one.share is None
            or one.points == one.weight * one.share
            or isinstance(marks[one.criterion], Mark)
        )
    assert sum(one.weight for one in found.lines) == RUBRIC.total


@given(everything.marks())
def test_a_tally_judges_as_the_score_does(marks: Marks) -> None:
    brief, whole = tally(RUBRIC, marks), score(RUBRIC, marks)
    assert (brief.total, brief.band.id, brief.gates_failed, brief.left_out) == (
        whole.total,
        whole.band,
        whole.gates_failed,
        whole.left_out,
    )
    assert brief.levels == {one.criterion: one.level for one in whole.lines if one.counts}
    assert brief.points == tuple(one.points for one in whole.lines)


@given(everything.marks(), st.sampled_from(COUNTING))
def test_more_points_never_make_less(marks: Marks, criterion: str) -> None:
    given_level = score(RUBRIC, marks).lines[COUNTING.index(criterion)].level
    if given_level is not None:
        better = score(RUBRIC, {**marks, criterion: 4})
        worse = score(RUBRIC, {**marks, criterion: 1})
        assert worse.total <= score(RUBRIC, {**marks, criterion: given_level}).total <= better.total


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (Decimal("13.5"), "marks.points_outside"),
        (Decimal("17.9"), "marks.points_outside"),
        (Decimal("14.25"), "marks.points_between_steps"),
        (Decimal("14.00000000000000000000000000000000000001"), "marks.points_between_steps"),
        (Decimal("NaN"), "marks.points_unreadable"),
        (Decimal("Infinity"), "marks.points_unreadable"),
        (14, "marks.points_unreadable"),
        (14.5, "marks.points_unreadable"),
        ("14.5", "marks.points_unreadable"),
    ],
)
def test_points_that_do_not_fit_are_refused_by_name(points: object, code: str) -> None:
    found, values = refused(at(3, E2=Mark(3, points)))  # type: ignore[arg-type]
    assert found == code
    named = {"rater": "zhou", "criterion": "E2", "level": 3}
    assert values.items() >= named.items()
    assert str(values["points"]) == str(points)


def test_a_refusal_of_points_says_what_would_fit() -> None:
    _, outside = refused(at(3, E2=Mark(3, Decimal(13))))
    assert (outside["least"], outside["most"]) == (14, Decimal("17.8"))
    _, between = refused(at(3, E2=Mark(3, Decimal("14.1"))))
    assert (between["least"], between["step"]) == (14, Decimal("0.5"))
    _, shifted = refused(at(3, E4=OUT, E2=Mark(3, Decimal(17))))
    assert (shifted["least"], shifted["most"]) == (Decimal("17.5"), Decimal("22.25"))


def test_points_are_refused_where_no_level_earns_any() -> None:
    for criterion, mark in (
        ("E4", Mark(None, Decimal(1))),
        ("E8", Mark(3, Decimal(1))),
        ("E7", Mark(None, Decimal(0))),
    ):
        code, values = refused(at(3) | {criterion: mark})
        assert code == "marks.points_not_asked"
        assert values == {"rater": "zhou", "criterion": criterion, "points": str(mark.points)}


def test_a_level_without_a_range_accepts_its_own_points_only(basic: Rubric) -> None:
    marks: dict[str, int | Mark] = {one.id: 3 for one in basic.criteria}
    assert score(basic, marks | {"BO1": Mark(3, Decimal("16.0"))}).total == 80
    with pytest.raises(MarksError) as refusal:
        score(basic, marks | {"BO1": Mark(3, Decimal("15.5"))})
    assert refusal.value.code == "marks.points_outside"


def test_only_what_may_be_left_out_is_left_out() -> None:
    assert refused(at(3, E1=OUT)) == ("marks.cannot_be_left_out", {"rater": "zhou", "criterion": "E1"})
    assert refused(at(3, E3=OUT)) == ("marks.cannot_be_left_out", {"rater": "zhou", "criterion": "E3"})


def test_what_does_not_apply_is_marked_so_and_not_passed_over() -> None:
    forgotten = at(3)
    del forgotten["E4"], forgotten["E6"]
    assert refused(forgotten) == ("marks.missing", {"rater": "zhou", "criteria": "E4, E6"})
    assert refused(at(3) | {"E4": None}) == ("marks.missing", {"rater": "zhou", "criteria": "E4"})


def test_criteria_nobody_knows_are_refused_together() -> None:
    assert refused(at(3, E9=1, E0=1)) == ("marks.unknown_criterion", {"rater": "zhou", "criteria": "E9, E0"})


@pytest.mark.parametrize("level", [0, 5, 3.0, True, "3", Decimal(3)])
def test_a_level_the_scale_does_not_have_is_refused(level: object) -> None:
    for mark in (level, Mark(level)):  # type: ignore[arg-type]
        code, values = refused(at(3) | {"E2": mark})
        assert code == "marks.unknown_level"
        assert values == {"rater": "zhou", "criterion": "E2", "level": str(level), "known": "4, 3, 2, 1"}


def test_levels_of_feedback_are_checked_where_any_is_given() -> None:
    code, values = refused(at(3, E8=5))
    assert (code, values["criterion"], values["known"]) == ("marks.unknown_level", "E8", "4, 3, 2, 1")
    code, values = refused(at(3, E7=3))
    assert (code, values["criterion"], values["known"]) == ("marks.unknown_level", "E7", "")


def test_a_reading_scored_alone_names_no_rater() -> None:
    for judge in (score, tally):
        with pytest.raises(MarksError) as refusal:
            judge(RUBRIC, {})
        assert refusal.value.values["rater"] == ""
