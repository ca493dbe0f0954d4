"""Intervals hold the truth about as often as they say; the truth comes from `simulation`, apart from the estimators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from simulation import habits, scores, true_ac1, true_kappa

from rubrics.measurement.agreement import Agreement, Ratings, alpha, cohen, exact, fleiss, gwet, icc

LEVELS = np.array([0.15, 0.5, 0.25, 0.1])
NEAR = 1 - np.abs(np.arange(4)[:, None] - np.arange(4)) / 3
SHARP = 0.8


def held(
    coefficient: Callable[[Ratings], Agreement],
    truth: float,
    draw: Callable[[np.random.Generator], Ratings],
    times: int,
) -> float:
    """The share of repetitions whose interval holds the truth."""
    lot, hits = np.random.default_rng(20261122), 0
    for _ in range(times):
        found = coefficient(draw(lot))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    return hits / times


def levels_of(raters: int, *, gaps: float = 0.0) -> Callable[[np.random.Generator], Ratings]:
    def draw(lot: np.random.Generator) -> Ratings:
        table = habits(lot, units=150, raters=raters, sharp=SHARP, levels=LEVELS).astype(float)
        table[lot.random(table.shape) < gaps] = np.nan
        return Ratings.of(table, scale=range(len(LEVELS)))

    return draw


@pytest.mark.parametrize(
    ("coefficient", "truth", "raters", "gaps"),
    [
        (cohen, true_kappa(sharp=SHARP), 2, 0.0),
        (cohen, true_kappa(sharp=SHARP), 2, 0.2),
        (fleiss, true_kappa(sharp=SHARP), 4, 0.0),
        (fleiss, true_kappa(sharp=SHARP), 5, 0.5),
        (gwet, true_ac1(sharp=SHARP, levels=LEVELS), 2, 0.0),
        (gwet, true_ac1(sharp=SHARP, levels=LEVELS), 5, 0.5),
        (partial(cohen, weights="quadratic"), true_kappa(sharp=SHARP), 2, 0.0),
        (partial(fleiss, weights="quadratic"), true_kappa(sharp=SHARP), 5, 0.3),
        (partial(gwet, weights=NEAR), true_ac1(sharp=SHARP, levels=LEVELS, weights=NEAR), 5, 0.3),
    ],
)
def test_intervals_of_kappas_and_ac1_hold_the_truth_nineteen_times_in_twenty(
    coefficient: Callable[[Ratings], Agreement], truth: float, raters: int, gaps: float
) -> None:
    assert 0.92 <= held(coefficient, truth, levels_of(raters, gaps=gaps), 200) <= 0.99


def test_intervals_are_too_wide_and_never_too_narrow_where_many_units_have_one_reading() -> None:
    # Gwet's variance, as published, counts how many units have two readings as if it told something of agreement.
    assert held(fleiss, true_kappa(sharp=SHARP), levels_of(3, gaps=0.5), 200) >= 0.97


def test_bootstrap_intervals_of_alpha_hold_the_truth_nineteen_times_in_twenty() -> None:
    def nominal(ratings: Ratings) -> Agreement:
        return alpha(ratings, metric="nominal", samples=300)

    assert 0.91 <= held(nominal, true_kappa(sharp=SHARP), levels_of(4, gaps=0.4), 200) <= 0.985


def test_intervals_of_the_share_of_equal_pairs_hold_the_truth_nineteen_times_in_twenty() -> None:
    same = SHARP**2 + (1 - SHARP**2) * float((LEVELS**2).sum())
    assert 0.92 <= held(exact, same, levels_of(2), 200) <= 0.99
    assert 0.92 <= held(exact, same, levels_of(4, gaps=0.3), 200) <= 0.99


@pytest.mark.parametrize(("form", "absolute"), [("2,1", True), ("2,k", True), ("3,1", False), ("3,k", False)])
def test_f_intervals_of_icc_hold_the_truth_nineteen_times_in_twenty(form: str, absolute: bool) -> None:
    def draw(lot: np.random.Generator) -> Ratings:
        return Ratings.of(scores(lot, lessons=40, raters=8)[0])

    _, known = scores(np.random.default_rng(0), lessons=2, raters=2)
    truth = known.reliability(raters=8 if form.endswith("k") else 1, absolute=absolute)
    assert 0.92 <= held(lambda ratings: icc(ratings, form=form), truth, draw, 250) <= 0.985


def test_f_intervals_of_the_one_way_icc_hold_the_truth_where_every_lesson_has_raters_of_its_own() -> None:
    def draw(lot: np.random.Generator) -> Ratings:
        return Ratings.of(scores(lot, lessons=60, raters=3, spread=(1.0, 0.0, 1.2))[0])

    truth = 1 / (1 + 1.2**2)
    assert 0.92 <= held(lambda ratings: icc(ratings, form="1,1"), truth, draw, 250) <= 0.98


def test_alpha_of_levels_by_chance_alone_is_about_nothing() -> None:
    table = habits(np.random.default_rng(3), units=4000, raters=3, sharp=0.0, levels=LEVELS)
    for metric in ("nominal", "ordinal", "interval"):
        assert alpha(Ratings.of(table), metric=metric, samples=0).value == pytest.approx(0, abs=0.03)
