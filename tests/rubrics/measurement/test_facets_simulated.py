"""Known truth: the estimates come back to it, errors are as large as stated, and what was planted is flagged."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from simulated_facets import Truth, drawn, truth

from rubrics.measurement.facets import (
    DriftRule,
    Facet,
    FacetsFit,
    QualityRules,
    RatingQuality,
    Readings,
    Settings,
    drift,
    fit,
    rating_quality,
)

METHODS = pytest.mark.parametrize("method", ["jml", "mml"])


def deviates(facet: Facet, true: np.ndarray, *, mean: float = 0.0) -> np.ndarray:
    """Estimate less truth in standard errors; ids end with the position of the truth."""
    found = [(one.measure - mean - true[int(one.id[1:])]) / (one.error or np.nan) for one in facet.measures]
    return np.array(found)


@cache
def runs(method: str) -> list[tuple[FacetsFit, Truth]]:
    found = []
    for seed in range(20):
        known = truth(lessons=150, criteria=8, raters=10, seed=seed)
        readings = Readings.of(**drawn(known, a_lesson=4, seed=seed + 1000).columns())
        found.append((fit(readings, method=method), known))
    return found


@METHODS
def test_intervals_of_raters_and_criteria_hold_the_truth_as_often_as_they_say(method: str) -> None:
    """20 rounds: 200 raters, 160 criteria. Joint estimates are a little too wide, so their share is a little low."""
    raters = np.concatenate([deviates(one.raters, known.raters) for one, known in runs(method)])
    criteria = np.concatenate([deviates(one.criteria, known.criteria) for one, known in runs(method)])
    for found in (raters, criteria):
        assert 0.88 < float((np.abs(found) < 1.96).mean()) <= 1.0
        assert 0.85 < float(found.std()) < 1.2
        assert abs(float(found.mean())) < 0.25


@METHODS
def test_intervals_of_lessons_hold_the_truth_as_often_as_they_say(method: str) -> None:
    """3,000 lessons; a posterior deviation covers as a prior that is true makes it."""
    found = np.concatenate([deviates(one.lessons, known.lessons) for one, known in runs(method)])
    assert float((np.abs(found) < 1.96).mean()) == pytest.approx(0.95, abs=0.02)


def test_thresholds_come_back() -> None:
    found = []
    for one, known in runs("mml"):
        for row in one.categories:
            if row.threshold is not None and row.error is not None:
                found.append(
                    (row.threshold - known.thresholds[int(row.scale[1:]), row.level - 2]) / row.error
                )
    assert float((np.abs(np.array(found)) < 1.96).mean()) == pytest.approx(0.95, abs=0.035)


def test_the_distribution_of_lessons_comes_back() -> None:
    means = [((one.mean or 0) - known.lessons.mean()) for one, known in runs("mml")]
    spreads = [((one.variance or 0) / known.lessons.var(ddof=1)) for one, known in runs("mml")]
    assert float(np.mean(means)) == pytest.approx(0.0, abs=0.03)
    assert float(np.mean(spreads)) == pytest.approx(1.0, abs=0.04)


def test_joint_estimates_are_too_wide_and_the_correction_takes_most_of_it_back() -> None:
    slopes: dict[bool, list[float]] = {False: [], True: []}
    for seed in range(4):
        known = truth(lessons=400, criteria=4, raters=12, seed=seed)
        readings = Readings.of(**drawn(known, a_lesson=2, seed=seed + 50).columns())
        for corrected, found in slopes.items():
            fitted = fit(readings, settings=Settings(correct_bias=corrected))
            measures = [one.measure for one in fitted.raters.measures]
            found.append(float(np.polyfit(known.raters, measures, 1)[0]))
    plain, less = np.mean(slopes[False]), np.mean(slopes[True])
    assert 1.08 < plain < 1.22  # 8 records a lesson: about 8/7
    assert abs(less - 1) < 0.4 * abs(plain - 1)


@METHODS
def test_fit_is_near_one_where_the_model_holds(method: str) -> None:
    for facet in ("raters", "criteria"):
        rows = [one for fitted, _ in runs(method) for one in fitted.facet(facet).measures]
        for name in ("infit", "outfit"):
            squares = np.array([getattr(one, name) for one in rows])
            assert float(squares.mean()) == pytest.approx(1.0, abs=0.05)
            assert squares.min() > 0.6
            assert squares.max() < 1.6
        z = np.array([one.infit_z for one in rows])
        assert 0.7 < float(z.std()) < 1.3


def test_reliability_is_the_share_of_the_variance_that_is_truth() -> None:
    for fitted, known in runs("mml"):
        measures = np.array([one.measure for one in fitted.lessons.measures])
        assert fitted.lessons.reliability == pytest.approx(
            np.corrcoef(measures, known.lessons)[0, 1] ** 2, abs=0.05
        )
    fitted = runs("jml")[0][0]
    lessons = fitted.lessons
    assert lessons.separation is not None
    assert lessons.reliability == pytest.approx(lessons.separation**2 / (1 + lessons.separation**2))
    assert lessons.strata == pytest.approx((4 * lessons.separation + 1) / 3)


def test_the_test_that_raters_are_alike_holds_its_level() -> None:
    values = []
    for seed in range(30):
        known = truth(lessons=120, criteria=6, raters=6, seed=seed, rater_spread=0.0)
        fitted = fit(Readings.of(**drawn(known, a_lesson=3, seed=seed + 500).columns()))
        values.append(fitted.raters.p or 0.0)
    assert sum(value < 0.05 for value in values) <= 6
    assert runs("jml")[0][0].raters.p == pytest.approx(0.0, abs=1e-6)


def test_a_fair_average_takes_the_raters_severity_out() -> None:
    known = truth(lessons=200, criteria=6, raters=8, seed=3, rater_spread=1.2)
    fitted = fit(Readings.of(**drawn(known, a_lesson=2, seed=3).columns()), method="mml")
    fair, raw = (
        np.array([getattr(one, name) for one in fitted.lessons.measures]) for name in ("fair_average", "mean")
    )
    assert np.corrcoef(fair, known.lessons)[0, 1] > np.corrcoef(raw, known.lessons)[0, 1] + 0.03
    assert ((fair >= 1) & (fair <= 4)).all()
    order = np.argsort([one.measure for one in fitted.lessons.measures])
    assert (np.diff(fair[order]) >= 0).all()


@cache
def planted() -> RatingQuality:
    known = truth(lessons=300, criteria=8, raters=14, seed=1, rater_spread=0.3)
    known.raters[3] += 1.6
    data = drawn(known, a_lesson=3, seed=2, periods=3, drift={(5, 2): 1.1}, erratic=(7,), halo=(9,))
    return rating_quality(Readings.of(**data.with_periods()))


def test_what_was_planted_is_flagged_and_nobody_else() -> None:
    flags = {(one.code.removeprefix("facets."), str(one.values.get("rater"))) for one in planted().flags}
    assert {
        ("rater_severe", "R003"),
        ("rater_drift", "R005"),
        ("rater_erratic", "R007"),
        ("rater_halo", "R009"),
    } <= flags
    assert {rater for _, rater in flags} <= {"R003", "R005", "R007", "R009"}


def test_drift_is_as_large_as_planted_and_placed_in_its_period() -> None:
    found = planted().drift
    assert found is not None
    assert found.linked_by == "raters"
    assert found.convergence.converged
    rows = {(one.rater, one.period): one for one in found.periods}
    assert len(rows) == 14 * 3
    moved = rows["R005", "P2"]
    assert moved.difference is not None
    assert moved.difference_error is not None
    assert abs(moved.difference - 1.1) < 2.5 * moved.difference_error
    tests = {one.rater: one for one in found.raters}
    assert tests["R005"].p < 1e-6
    assert min(one.p for name, one in tests.items() if name != "R005") > 1e-4


def test_the_rule_of_drift_is_data() -> None:
    known = truth(lessons=150, criteria=6, raters=8, seed=6, rater_spread=0.3)
    readings = Readings.of(**drawn(known, a_lesson=3, seed=6, periods=2, drift={(2, 1): 1.0}).with_periods())
    fitted = fit(readings)
    assert {one.values["rater"] for one in drift(readings, fitted).flags} == {"R002"}
    assert drift(readings, fitted, rule=DriftRule(logits=3.0)).flags == ()
    assert drift(readings, fitted, rule=DriftRule(z=50.0)).flags == ()
    assert drift(readings, fitted, rule=DriftRule(records=10_000)).flags == ()
    strict = rating_quality(readings, rules=QualityRules(severity=0.0, z=0.0))
    assert (
        len([one for one in strict.flags if one.code in ("facets.rater_severe", "facets.rater_lenient")]) == 8
    )


def test_lessons_read_in_every_period_show_a_change_that_all_raters_share() -> None:
    known = truth(lessons=100, criteria=6, raters=6, seed=2, rater_spread=0.2)
    common = {(rater, 1): 0.9 for rater in range(6)}
    first = drawn(known, a_lesson=3, seed=1)
    later = drawn(
        Truth(known.lessons, known.criteria, known.raters + 0.9, known.thresholds), a_lesson=3, seed=2
    )
    columns = {
        name: np.concatenate([one, other])
        for (name, one), other in zip(first.columns().items(), later.columns().values(), strict=True)
    }
    periods = np.repeat(["P0", "P1"], [len(first.levels), len(later.levels)])
    readings = Readings.of(**columns, periods=periods)
    found = drift(readings, fit(readings))
    assert found.linked_by == "lessons"
    rises = [one.difference for one in found.periods if one.period == "P1" and one.difference is not None]
    assert len(rises) == len(common)
    assert float(np.mean(rises)) == pytest.approx(0.9, abs=0.15)


def test_disordered_thresholds_are_flagged() -> None:
    known = truth(lessons=400, criteria=3, raters=4, seed=2)
    known.thresholds[1] = [1.2, -1.4, 0.2]
    found = rating_quality(Readings.of(**drawn(known, a_lesson=2, seed=2).columns()))
    flags = [
        (one.code, one.values["scale"], one.values["level"]) for one in found.flags if "scale" in one.values
    ]
    assert flags == [("facets.threshold_disordered", "C01", 3)]
    assert found.drift is None


def test_under_marginal_estimation_few_records_a_lesson_make_nobody_muted_and_hide_no_erratic_rater() -> None:
    known = truth(lessons=400, criteria=1, raters=10, seed=6, rater_spread=0.3)
    plain = rating_quality(Readings.of(**drawn(known, a_lesson=2, seed=6).columns()), method="mml")
    squares = [one.infit or 0.0 for one in plain.fit.raters.measures]
    assert max(squares) < 0.95
    assert plain.flags == ()
    known = truth(lessons=300, criteria=3, raters=10, seed=5, rater_spread=0.3)
    data = drawn(known, a_lesson=2, seed=5, erratic=(7,))
    found = rating_quality(Readings.of(**data.columns()), method="mml")
    assert {(one.code, one.values["rater"]) for one in found.flags} == {("facets.rater_erratic", "R007")}
