"""The axes with their bounds, the flags and the further questions, as laws over any answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.answers import Ground, grounds, read
from rubrics.diagnosis import assess, further_questions, short_form
from rubrics.errors import AnswersError
from rubrics.model import Item
from rubrics.portrait import axes, span
from tests.rubrics.diagnosis_texts import bank

BANK = bank()
INDICATORS = [item.id for item in library.framework("jyt0646").at_level(3)]


def answer(item: Item) -> st.SearchStrategy[object]:
    if item.check == "screen":
        return st.permutations([step.id for step in item.steps])
    several = [option.id for option in item.options if not option.alone]
    one = st.sampled_from([option.id for option in item.options])
    return st.lists(st.sampled_from(several), min_size=1, unique=True) if item.multiple else one


ANSWERS = st.fixed_dictionaries({}, optional={item.id: answer(item) for item in BANK.items}).filter(bool)
OUTSIDE = st.fixed_dictionaries({}, optional={"regional": st.integers(0, 100)})
SECONDS = st.dictionaries(st.sampled_from([item.id for item in BANK.items]), st.integers(0, 30))


def spans(found: list[Ground]) -> dict[str, tuple[Fraction, Fraction]]:
    rests = {name: [one for one in found if name in one.evidence] for name in INDICATORS}
    return {
        axis: span({name: rest for name, rest in rests.items() if name[0] == axis}, doubt=BANK.doubt)
        for axis in "12345"
    }


@given(ANSWERS, OUTSIDE)
def test_the_value_lies_within_its_bounds_and_the_bounds_within_the_scale(
    answers: Mapping[str, str], outside: dict[str, int]
) -> None:
    for axis in assess(BANK, answers, outside=outside).axes:
        assert 0 <= axis.low <= axis.high <= 100
        assert axis.value is None or axis.low <= axis.value <= axis.high
        assert (axis.value is None) == (axis.indicators == 0)
        assert axis.value is not None or (axis.low, axis.high) == (0, 100)


@given(ANSWERS, ANSWERS, OUTSIDE)
def test_further_evidence_never_widens_the_bounds(
    answers: Mapping[str, str], further: Mapping[str, str], outside: dict[str, int]
) -> None:
    more = {**further, **answers}
    before = spans(grounds(BANK, read(BANK, answers), outside={}))
    after = spans(grounds(BANK, read(BANK, more), outside=outside))
    for axis, (low, high) in before.items():
        assert after[axis][1] - after[axis][0] <= high - low


@given(ANSWERS)
def test_the_bounds_shown_are_the_exact_ones_rounded_outwards(answers: Mapping[str, str]) -> None:
    found = grounds(BANK, read(BANK, answers), outside={})
    for axis, (low, high) in zip(axes(BANK, found), spans(found).values(), strict=True):
        assert 0 <= low * 100 - Fraction(axis.low) < Fraction(1, 10)
        assert 0 <= Fraction(axis.high) - high * 100 < Fraction(1, 10)


@given(ANSWERS, SECONDS)
def test_flags_change_nothing_else(answers: Mapping[str, str], seconds: dict[str, int]) -> None:
    """Neither haste nor a straight line: the same answers are judged alike whatever is flagged about them."""
    calm = replace(BANK, pace=replace(BANK.pace, straight_line=99))
    keen = replace(
        BANK, pace=replace(BANK.pace, straight_line=1, fast_seconds=99, fast_share=Decimal("0.01"))
    )
    flagged = assess(keen, answers, seconds=seconds)
    assert replace(flagged, flags=()) == replace(assess(calm, answers), flags=())


@given(ANSWERS, OUTSIDE)
def test_each_piece_of_advice_has_its_reason(answers: Mapping[str, str], outside: dict[str, int]) -> None:
    result = assess(BANK, answers, outside=outside)
    assert [why.values["task"] for why in result.advice_reasons] == list(result.advice)


def test_an_axis_is_as_wide_as_what_it_rests_on() -> None:
    """Axis 2 has three indicators. D01 c: 2.2.2 at 0.6, said, so 0.35 to 0.85; nothing on the other two."""
    said = assess(BANK, {"D01": "c"}).axes[1]
    assert (said.value, said.low, said.high) == (60, Decimal("11.6"), Decimal("95"))
    # H01 a beside it: 2.2.2 at 0.8, seen, so 0.75 to 0.85.
    seen = assess(BANK, {"D01": "c", "H01": "a"}).axes[1]
    assert (seen.value, seen.low, seen.high) == (80, Decimal("25"), Decimal("95"))


def test_a_room_that_stands_out_is_moved_inside_and_not_cut() -> None:
    """D01 d: 2.2.2 at 1, said; 0.75 to 1.25 becomes 0.5 to 1."""
    axis = assess(BANK, {"D01": "d"}).axes[1]
    assert (axis.value, axis.low, axis.high) == (100, Decimal("16.6"), 100)


def test_no_evidence_is_none_with_the_whole_scale() -> None:
    axis = assess(BANK, {"D01": "c"}).axes[4]
    assert (axis.value, axis.low, axis.high) == (None, 0, 100)


@given(ANSWERS, st.integers(0, 40))
def test_further_questions_are_new_few_and_for_the_teacher_alone(
    answers: Mapping[str, str], limit: int
) -> None:
    found = further_questions(BANK, answers, limit=limit)
    left = [item for item in BANK.items if item.id not in answers and item.check != "specialist"]
    assert len(found) == len({item.id for item in found}) == min(limit, len(left))
    assert all(item in left for item in found)
    assert found == further_questions(BANK, dict(reversed(answers.items())), limit=limit)


def test_further_questions_begin_with_what_is_known_least() -> None:
    answers = {item.id: item.options[0].id for item in short_form(BANK)}
    known = {name for one in grounds(BANK, read(BANK, answers), outside={}) for name in one.evidence}
    first = further_questions(BANK, answers, limit=1)[0]
    new = {
        item.id: len({name for option in item.options for name in option.evidence} - known)
        for item in BANK.items
        if item.id not in answers and item.check != "specialist"
    }
    assert new[first.id] == max(new.values()) > 0


def test_of_questions_about_what_is_known_the_firmer_ground_comes_first() -> None:
    """D01 and D15 ask about what D05 has told already; what D15 finds is answered and not only said."""
    few = replace(BANK, items=tuple(item for item in BANK.items if item.id in ("D01", "D05", "D15")))
    assert [item.id for item in further_questions(few, {"D05": "c"}, limit=8)] == ["D15", "D01"]


def test_two_pages_after_the_short_form_every_indicator_was_asked_about() -> None:
    newest = library.load("diagnosis_bank", "diagnosis-entry")
    asked = [*short_form(newest)]
    answers = {item.id: item.options[0].id for item in asked}
    asked += further_questions(newest, answers, limit=16)
    known = {name for item in asked for option in item.options for name in option.evidence}
    assert known == set(INDICATORS)


def test_further_questions_end_when_all_is_answered() -> None:
    answers = {
        item.id: [step.id for step in item.steps] if item.steps else item.options[0].id for item in BANK.items
    }
    assert further_questions(BANK, answers, limit=8) == ()


def test_further_questions_refuse_answers_the_bank_does_not_know() -> None:
    with pytest.raises(AnswersError, match="unknown_question"):
        further_questions(BANK, {"D99": "a"}, limit=8)
