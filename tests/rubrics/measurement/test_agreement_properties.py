"""Laws every coefficient obeys, and the same numbers by other ways: plain loops, statsmodels, krippendorff."""

from __future__ import annotations

from typing import Any

import krippendorff
import numpy as np
import plain_agreement as plain
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from rubrics.measurement.agreement import (
    FORMS,
    METRICS,
    Agreement,
    Ratings,
    adjacent,
    alpha,
    cohen,
    exact,
    fleiss,
    gwet,
    icc,
)
from rubrics.measurement.agreement.cohen import cross_table

LEVELS = [1, 2, 3, 4]
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def same(a: Any, b: Any) -> float:
    return float(a == b)


def quadratic(a: Any, b: Any) -> float:
    return 1 - (a - b) ** 2 / 9


@st.composite
def tables(draw: st.DrawFn, *, gaps: bool = True, raters: int | None = None) -> list[list[int | None]]:
    """Units x raters on four levels, some cells missing, at least one unit read twice."""
    width = raters or draw(st.integers(2, 5))
    value = st.one_of(st.none(), st.sampled_from(LEVELS)) if gaps else st.sampled_from(LEVELS)
    rows = draw(st.lists(st.lists(value, min_size=width, max_size=width), min_size=2, max_size=12))
    assume(any(len([one for one in row if one is not None]) > 1 for row in rows))
    return rows


def close(first: float | None, second: float | None, *, to: float = 1e-9) -> bool:
    if first is None or second is None:
        return first is second
    return first == pytest.approx(second, rel=to, abs=to)


def value_of(found: Agreement) -> float:
    assert found.value is not None
    return found.value


@given(tables())
@settings(max_examples=20, deadline=None)
def test_alpha_is_what_its_definition_says(rows: list[list[int | None]]) -> None:
    for metric in METRICS:
        found = alpha(Ratings.of(rows), metric=metric, samples=0).value
        wanted = plain.alpha(rows, metric)
        assert (found is None) == (wanted is None)
        if wanted is not None:
            assert found == pytest.approx(wanted, **CLOSE)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_fleiss_and_gwet_are_what_their_definitions_say(rows: list[list[int | None]]) -> None:
    ratings = Ratings.of(rows, scale=LEVELS)
    assert value_of(gwet(ratings)) == pytest.approx(plain.gwet(rows, same, LEVELS), **CLOSE)
    assert value_of(gwet(ratings, weights="quadratic")) == pytest.approx(
        plain.gwet(rows, quadratic, LEVELS), **CLOSE
    )
    assume(len(plain.shares(rows)) > 1)
    assert value_of(fleiss(ratings)) == pytest.approx(plain.fleiss(rows, same), **CLOSE)
    assert value_of(fleiss(ratings, weights="quadratic")) == pytest.approx(
        plain.fleiss(rows, quadratic), **CLOSE
    )


@given(tables(raters=2))
@settings(max_examples=20, deadline=None)
def test_cohen_is_what_its_definition_says(rows: list[list[int | None]]) -> None:
    both = [row for row in rows if None not in row]
    assume(len({value for row in both for value in row}) > 1)
    ratings = Ratings.of(rows, scale=LEVELS)
    assert value_of(cohen(ratings)) == pytest.approx(plain.cohen(rows, same), **CLOSE)
    assert value_of(cohen(ratings, weights="quadratic")) == pytest.approx(
        plain.cohen(rows, quadratic), **CLOSE
    )


@given(tables(gaps=False))
@settings(max_examples=20, deadline=None)
def test_icc_is_what_its_mean_squares_say(rows: list[list[int]]) -> None:
    assume(len({value for row in rows for value in row}) > 1)
    for form in FORMS:
        found = icc(Ratings.of(rows), form=form)
        if found.value is not None:
            assert close(found.value, plain.icc(rows, form), to=1e-6)
            assert found.value <= 1
        else:
            assert found.why is not None


@given(st.integers(0, 2**32), st.sampled_from(["linear", "quadratic"]))
@settings(max_examples=25, deadline=None)
def test_kappa_and_both_errors_are_those_of_statsmodels(seed: int, weights: str) -> None:
    table = np.random.default_rng(seed).integers(1, 12, (4, 4))
    ratings = Ratings.from_cross_table(table)
    plainly = (cohen(ratings), cohens_kappa(table))
    weighted = (cohen(ratings, weights=weights), cohens_kappa(table, weights=np.arange(4), wt=weights))
    for own, theirs in (plainly, weighted):
        assert own.value == pytest.approx(theirs.kappa, **CLOSE)
        assert own.standard_error == pytest.approx(theirs.std_kappa, **CLOSE)
        assert own.null_error == pytest.approx(theirs.std_kappa0, **CLOSE)


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_fleiss_of_counts_is_that_of_statsmodels(seed: int) -> None:
    table = np.random.default_rng(seed).multinomial(5, [0.5, 0.3, 0.2], size=20)
    assert value_of(fleiss(Ratings.from_counts(table))) == pytest.approx(fleiss_kappa(table), **CLOSE)


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_of_many_units_with_gaps_is_that_of_krippendorff(metric: str) -> None:
    lot = np.random.default_rng(5)
    table = np.clip(lot.normal(3, 1, (300, 1)) + lot.normal(0, 1, (300, 8)), 0, 6).round()
    table[lot.random(table.shape) < 0.6] = np.nan
    theirs = krippendorff.alpha(reliability_data=table.T, level_of_measurement=metric)
    assert alpha(Ratings.of(table), metric=metric, samples=0).value == pytest.approx(theirs, **CLOSE)


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_neither_the_order_of_raters_nor_of_units_matters(rows: list[list[int | None]], lot: Any) -> None:
    columns = list(range(len(rows[0])))
    lot.shuffle(columns)
    other = [[row[at] for at in columns] for row in rows]
    lot.shuffle(other)
    first, second = Ratings.of(rows, scale=LEVELS), Ratings.of(other, scale=LEVELS)
    for coefficient in (exact, adjacent, fleiss, gwet):
        assert close(coefficient(first).value, coefficient(second).value)
    for metric in METRICS:
        one, two = (alpha(ratings, metric=metric, samples=0).value for ratings in (first, second))
        assert close(one, two)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_units_read_once_change_neither_alpha_nor_shares(rows: list[list[int | None]]) -> None:
    alone = [[4, *[None] * (len(rows[0]) - 1)]] * 3
    first, second = Ratings.of(rows, scale=LEVELS), Ratings.of([*rows, *alone], scale=LEVELS)
    assert exact(first) == exact(second)
    assert alpha(first, metric="ordinal", samples=0) == alpha(second, metric="ordinal", samples=0)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_missing_cells_and_long_records_are_the_same_thing(rows: list[list[int | None]]) -> None:
    records = [(unit, rater, one) for unit, row in enumerate(rows) for rater, one in enumerate(row)]
    longhand, table = Ratings.from_records(records[::-1], scale=LEVELS), Ratings.of(rows, scale=LEVELS)
    assert alpha(longhand, metric="interval") == alpha(table, metric="interval")
    assert gwet(longhand).value == pytest.approx(gwet(table).value, **CLOSE)


@given(tables(), st.floats(-50, 50), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_interval_alpha_keeps_under_shift_and_stretch_and_ratio_alpha_under_stretch(
    rows: list[list[int | None]], shift: float, stretch: float
) -> None:
    def moved(by: float) -> Ratings:
        return Ratings.of([[None if one is None else by + stretch * one for one in row] for row in rows])

    for metric, by in (("interval", shift), ("ratio", 0.0), ("ordinal", shift)):
        found = alpha(moved(by), metric=metric, samples=0).value
        assert close(found, alpha(Ratings.of(rows), metric=metric, samples=0).value, to=1e-6)


@given(tables(gaps=False), st.floats(-50, 50), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_icc_keeps_under_shift_and_stretch(rows: list[list[int]], shift: float, stretch: float) -> None:
    moved = [[shift + stretch * one for one in row] for row in rows]
    for form in FORMS:
        first, second = icc(Ratings.of(rows), form=form), icc(Ratings.of(moved), form=form)
        assert close(first.value, second.value, to=1e-5)


@given(st.lists(st.sampled_from(LEVELS), min_size=2, max_size=20), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_raters_who_always_agree_have_one_wherever_there_is_anything_to_agree_on(
    levels: list[int], raters: int
) -> None:
    ratings = Ratings.of([[one] * raters for one in levels], scale=LEVELS)
    varied = len(set(levels)) > 1
    found = [alpha(ratings, metric=metric) for metric in METRICS]
    found += [fleiss(ratings), *(icc(ratings, form=form) for form in FORMS)]
    found += [cohen(ratings)] if raters == 2 else []
    for one in found:
        assert (one.value == pytest.approx(1)) if varied else (one.value is None)
        assert (one.why is None) or one.why.code.startswith("agreement.")
    assert value_of(gwet(ratings)) == pytest.approx(1)  # the scale says there were other levels
    assert (exact(ratings).value, adjacent(ratings).value) == (1, 1)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_no_coefficient_exceeds_one_and_every_interval_holds_its_value(rows: list[list[int | None]]) -> None:
    ratings = Ratings.of(rows, scale=LEVELS)
    found = [alpha(ratings, metric="ordinal", samples=50), fleiss(ratings), gwet(ratings, weights="linear")]
    for one in [*found, exact(ratings), adjacent(ratings, within=2)]:
        if one.value is not None:
            assert one.value <= 1 + 1e-12
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low - 1e-12 <= one.value <= one.high + 1e-12


@given(tables())
@settings(max_examples=20, deadline=None)
def test_a_wider_reach_never_lowers_adjacent_agreement(rows: list[list[int | None]]) -> None:
    ratings = Ratings.of(rows, scale=LEVELS)
    found = [value_of(adjacent(ratings, within=within)) for within in range(4)]
    assert found == sorted(found)
    assert found[0] == pytest.approx(value_of(exact(ratings)))
    assert found[-1] == pytest.approx(1)


@given(tables(raters=2))
@settings(max_examples=20, deadline=None)
def test_weights_of_ones_own_and_named_ones_that_are_equal_give_equal_results(
    rows: list[list[int | None]],
) -> None:
    ratings = Ratings.of(rows, scale=LEVELS)
    own = [[1 - abs(a - b) / 3 for b in LEVELS] for a in LEVELS]
    for coefficient in (cohen, fleiss, gwet):
        first, second = coefficient(ratings, weights="linear"), coefficient(ratings, weights=own)
        assert close(first.value, second.value)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_words_in_a_declared_order_are_worth_their_places(rows: list[list[int | None]]) -> None:
    words = {1: "poor", 2: "fair", 3: "good", 4: "very good"}
    spoken = [[None if one is None else words[one] for one in row] for row in rows]
    first, second = Ratings.of(rows, scale=LEVELS), Ratings.of(spoken, scale=list(words.values()))
    assert gwet(first, weights="quadratic") == gwet(second, weights="quadratic")
    assert alpha(first, metric="ordinal", samples=20) == alpha(second, metric="ordinal", samples=20)
    assert adjacent(first) == adjacent(second)


def test_a_cross_table_comes_back_as_it_went_in() -> None:
    table = [[3, 1, 0], [2, 5, 4], [0, 0, 7]]
    assert cross_table(Ratings.from_cross_table(table)).tolist() == table


def test_a_bootstrap_is_the_same_every_time_and_says_its_seed() -> None:
    ratings = Ratings.of([[1, 2], [2, 2], [3, 3], [4, 3], [1, 1], [2, 4]])
    first = alpha(ratings, metric="ordinal", seed=7)
    assert first == alpha(ratings, metric="ordinal", seed=7)
    assert first.interval == "bootstrap of units, 1000 samples, seed 7"
    assert (first.low, first.high) != tuple(
        getattr(alpha(ratings, metric="ordinal", seed=8), name) for name in ("low", "high")
    )
