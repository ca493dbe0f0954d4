"""One reading: exact points, explained line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.errors import MarksError
from rubrics.model import Rubric
from rubrics.scoring import score

RUBRICS = [library.load("rubric", one.key) for one in library.packaged() if one.kind == "rubric"]


@st.composite
def marked(draw: st.DrawFn) -> tuple[Rubric, dict[str, int]]:
    rubric = draw(st.sampled_from(RUBRICS))
    return rubric, {criterion.id: draw(st.integers(1, 4)) for criterion in rubric.criteria}


def all_at(rubric: Rubric, level: int) -> dict[str, int]:
    return {criterion.id: level for criterion in rubric.criteria}


@pytest.mark.parametrize(
    ("level", "total", "band"),
    [(4, "100", "excellent"), (3, "80", "pass"), (2, "60", "pass"), (1, "30", "fail")],
)
def test_the_same_level_everywhere(rubric: Rubric, level: int, total: str, band: str) -> None:
    result = score(rubric, all_at(rubric, level))
    assert str(result.total) == total
    assert result.band == band


def test_an_all_pass_lesson_scores_exactly_sixty_and_passes(rubric: Rubric) -> None:
    result = score(rubric, all_at(rubric, 2))
    assert result.total == Decimal(60)
    assert (result.band, result.band_label.zh, result.gates_failed) == ("pass", "合格", ())


def test_one_level_less_anywhere_no_longer_passes(rubric: Rubric) -> None:
    for criterion in rubric.criteria:
        assert score(rubric, all_at(rubric, 2) | {criterion.id: 1}).band == "fail"


def test_a_missed_gate_fails_the_lesson_whatever_the_total(basic: Rubric) -> None:
    result = score(basic, all_at(basic, 4) | {"BO8": 1})
    assert (result.total, result.band, result.gates_failed) == (Decimal("97.9"), "fail", ("BO8",))


def test_the_lines_explain_the_total(basic: Rubric) -> None:
    line = score(basic, all_at(basic, 3) | {"BO1": 1}).lines[0]
    assert (line.criterion, line.label.en, line.level) == ("BO1", "Casting and switching screens", 1)
    assert (line.weight, line.share, line.points) == (Decimal(20), Decimal("0.3"), Decimal(6))


@given(marked())
def test_the_total_is_the_sum_of_its_lines(case: tuple[Rubric, dict[str, int]]) -> None:
    rubric, marks = case
    result = score(rubric, marks)
    assert result.total == sum(line.weight * line.share for line in result.lines)
    assert [line.criterion for line in result.lines] == [criterion.id for criterion in rubric.criteria]
    assert Decimal(30) <= result.total <= rubric.total


@given(marked(), st.data())
def test_raising_a_level_never_lowers_total_or_outcome(
    case: tuple[Rubric, dict[str, int]], data: st.DataObject
) -> None:
    rubric, marks = case
    criterion = data.draw(st.sampled_from(sorted(marks)))
    better = marks | {criterion: data.draw(st.integers(marks[criterion], 4))}
    before, after = score(rubric, marks), score(rubric, better)
    assert after.total >= before.total
    outcomes = ["fail", "pass", "excellent"]
    assert outcomes.index(after.band) >= outcomes.index(before.band)


@given(marked())
def test_a_lesson_passes_exactly_when_it_reaches_the_cut_and_every_gate(
    case: tuple[Rubric, dict[str, int]],
) -> None:
    rubric, marks = case
    result = score(rubric, marks)
    assert (result.band != "fail") == (result.total >= 60 and not result.gates_failed)


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"BO3": None, "BO8": None}, "marks.missing", "BO3, BO8"),
        ({"SL1": 3}, "marks.unknown_criterion", "SL1"),
        ({"BO3": 0}, "marks.unknown_level", "BO3"),
        ({"BO3": 5}, "marks.unknown_level", "BO3"),
        ({"BO3": 2.0}, "marks.unknown_level", "BO3"),
        ({"BO3": True}, "marks.unknown_level", "BO3"),
        ({"BO3": "3"}, "marks.unknown_level", "BO3"),
    ],
)
def test_marks_that_do_not_fit_are_refused_by_name(
    basic: Rubric, change: dict[str, object], code: str, named: str
) -> None:
    marks = {key: value for key, value in (all_at(basic, 3) | change).items() if value is not None}
    with pytest.raises(MarksError, match=named) as refusal:
        score(basic, marks)  # type: ignore[arg-type]
    assert refusal.value.code == code
