"""Whole answer sheets for the packaged question bank: what the best, the weakest and the careless come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.diagnosis import Diagnosis, assess
from rubrics.model import Item
from tests.rubrics.bank_sheets import (
    BANK,
    JUDGED,
    SAID,
    SINGLE,
    WATCHED,
    best,
    everything,
    in_place,
    sheet,
    worst,
)

SHORT = [one for one in BANK.items if one.id in BANK.short_form]
SHORT_SINGLE = [one for one in SHORT if not one.multiple]


def codes(result: Diagnosis) -> set[str]:
    return {one.code for one in (*result.reasons, *result.flags)}


def test_the_best_answers_reach_the_highest_level_and_the_weakest_the_lowest() -> None:
    assert assess(BANK, sheet(BANK.items, best)).skill == "S3"
    lowest = assess(BANK, sheet(BANK.items, worst))
    assert lowest.skill == "S0"
    assert all(axis.value is not None and axis.value < 15 for axis in lowest.axes)


def test_the_best_answers_fill_every_axis_and_the_best_checks_alone_the_abilities() -> None:
    top = assess(BANK, sheet(BANK.items, best))
    assert all(axis.indicators == axis.indicators_of for axis in top.axes)
    assert all(axis.value is not None and axis.value > 80 for axis in top.axes)
    assert top.advice == ()
    assert assess(BANK, sheet(WATCHED, best)).skill == "S3"


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("items", [SINGLE, SHORT_SINGLE], ids=["all", "short"])
def test_the_same_place_throughout_is_flagged_and_never_the_highest_level(
    items: list[Item], place: int
) -> None:
    rows = sheet(items, in_place(place))
    if all(len(item.options) > place for item in items):
        assert "diagnosis.straight_line" in codes(assess(BANK, rows))
    assert assess(BANK, rows).skill in {"S0", "S1"}
    ticked = {one.id: everything(one) for one in SAID if one.multiple}
    assert assess(BANK, rows | ticked).skill != "S3"


@pytest.mark.parametrize("place", range(5))
def test_a_straight_line_is_worth_little_on_every_axis(place: int) -> None:
    axes = assess(BANK, sheet(JUDGED, in_place(place))).axes
    assert all(axis.value is not None and axis.value < 55 for axis in axes)


def test_the_short_form_alone_can_reach_every_level() -> None:
    all_ticked: Mapping[str, Sequence[str]] = {one.id: everything(one) for one in SHORT if one.multiple}
    assert assess(BANK, sheet(SHORT, best) | all_ticked).skill == "S3"
    assert assess(BANK, sheet(SHORT, best) | all_ticked | {"D10": "d", "D11": "a"}).skill == "S2"
    assert assess(BANK, sheet(SHORT, worst) | {"D01": "d"}).skill == "S1"
    assert assess(BANK, sheet(SHORT, worst)).skill == "S0"


def test_what_the_short_form_reaches_waits_to_be_seen_and_a_check_can_take_it_back() -> None:
    said = sheet(SHORT, best) | {"D07": ["a"]}
    assert assess(BANK, said).skill == "S3"
    assert "diagnosis.provisional" in codes(assess(BANK, said))
    seen = said | {item.id: item.options[0].id for item in WATCHED}
    assert "diagnosis.provisional" not in codes(assess(BANK, seen))
    assert assess(BANK, seen | {"H04": "d"}).skill == "S1"


def test_somebody_who_could_not_try_today_loses_nothing() -> None:
    said = sheet(SINGLE, best)
    not_tried = said | {item.id: item.options[-1].id for item in WATCHED}
    assert assess(BANK, not_tried).skill == assess(BANK, said).skill


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(range(len(JUDGED))),
    st.fixed_dictionaries(
        {}, optional={one.id: st.sampled_from([o.id for o in one.options]) for one in JUDGED}
    ),
)
def test_the_best_answer_is_never_below_another_one_on_the_axes_it_is_about(
    at: int, rest: dict[str, str]
) -> None:
    item = JUDGED[at]
    about_what = {name.split(".")[0] for name in best(item).evidence}
    top = assess(BANK, rest | {item.id: best(item).id}).axes
    for option in item.options:
        if set(option.evidence) == set(best(item).evidence):
            other = assess(BANK, rest | {item.id: option.id}).axes
            for above, below in zip(top, other, strict=True):
                assert above.id not in about_what or (above.value or 0) >= (below.value or 0)
