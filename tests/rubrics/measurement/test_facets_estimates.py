"""Laws the estimates obey, whatever the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from simulated_facets import Drawn, drawn, truth

from rubrics.measurement.facets import Anchors, FacetsFit, Readings, Settings, fit

METHODS = pytest.mark.parametrize("method", ["jml", "mml"])
SCALES = pytest.mark.parametrize("scale", ["criterion", "shared", "rater"])


def example(
    *, seed: int = 1, lessons: int = 60, criteria: int = 4, raters: int = 6, a_lesson: int = 3
) -> Drawn:
    known = truth(lessons=lessons, criteria=criteria, raters=raters, seed=seed)
    return drawn(known, a_lesson=a_lesson, seed=seed + 100)


def measures(fitted: FacetsFit) -> dict[str, float]:
    return {
        one.id: one.measure
        for facet in ("lessons", "criteria", "raters")
        for one in fitted.facet(facet).measures
    }


def steps(fitted: FacetsFit, scale: str, levels: list[int]) -> list[float]:
    found = {one.level: one.threshold for one in fitted.categories if one.scale == scale}
    return [found[level] or 0.0 for level in levels]


def chances(fitted: FacetsFit, record: tuple[str, str, str]) -> tuple[list[int], np.ndarray]:
    """Written out from the definition of the model, one record at a time."""
    lesson, criterion, rater = record
    known = measures(fitted)
    scale = {"criterion": criterion, "rater": rater, "shared": ""}[fitted.scale]
    levels = sorted(one.level for one in fitted.categories if one.scale == scale)
    place = known[lesson] - known[criterion] - known[rater]
    logits = [0.0, *np.cumsum([place - step for step in steps(fitted, scale, levels[1:])])]
    terms = np.exp(logits)
    return levels, terms / terms.sum()


def records(data: Drawn) -> list[tuple[str, str, str, int]]:
    columns: Any = data.columns()
    rows = zip(columns["lessons"], columns["criteria"], columns["raters"], columns["levels"], strict=True)
    return [(str(lesson), str(criterion), str(rater), int(level)) for lesson, criterion, rater, level in rows]


@SCALES
def test_every_total_is_what_the_model_expects(scale: str) -> None:
    """The equations of joint maximum likelihood, recomputed record by record from what is reported."""
    data = example(lessons=40, raters=5)
    fitted = fit(Readings.of(**data.columns()), scale=scale)
    assert fitted.convergence.converged
    assert {one.status for one in fitted.lessons.measures} == {"free"}
    gap: dict[str, float] = {}
    for lesson, criterion, rater, level in records(data):
        levels, chance = chances(fitted, (lesson, criterion, rater))
        for name in (lesson, criterion, rater):
            gap[name] = gap.get(name, 0.0) + level - float(chance @ levels)
    assert max(map(abs, gap.values())) < 1e-6


def test_each_level_of_a_criterion_is_given_as_often_as_expected() -> None:
    data = example(lessons=40, raters=5)
    fitted = fit(Readings.of(**data.columns()))
    expected: dict[tuple[str, int], float] = {}
    for lesson, criterion, rater, _level in records(data):
        for level, chance in zip(*chances(fitted, (lesson, criterion, rater)), strict=True):
            expected[criterion, level] = expected.get((criterion, level), 0.0) + float(chance)
    assert {(one.scale, one.level): one.count for one in fitted.categories} == pytest.approx(
        expected, abs=1e-6
    )


def test_a_plain_optimiser_on_the_plain_likelihood_finds_the_same() -> None:
    data = example(lessons=8, criteria=2, raters=3, a_lesson=3, seed=1)
    fitted = fit(Readings.of(**data.columns()))
    scale = int(data.levels.max())
    assert {one.level for one in fitted.categories} == set(range(1, scale + 1))

    def parts(free: np.ndarray) -> tuple[np.ndarray, ...]:
        lessons, raters = free[:8], np.append(free[8:10], -free[8:10].sum())
        criteria = np.array([free[10], -free[10]])
        thresholds = free[11:].reshape(2, -1)
        return lessons, criteria, raters, np.column_stack([thresholds, -thresholds.sum(axis=1)])

    def minus_likelihood(free: np.ndarray) -> float:
        lessons, criteria, raters, thresholds = parts(free)
        place = lessons[data.lesson] - criteria[data.criterion] - raters[data.rater]
        logits = np.cumsum(place[:, None] - thresholds[data.criterion], axis=1)
        logits = np.column_stack([np.zeros(len(place)), logits])
        norm = np.log(np.exp(logits).sum(axis=1))
        return float((norm - logits[np.arange(len(place)), data.levels - 1]).sum())

    best = minimize(minus_likelihood, np.zeros(11 + 2 * (scale - 2)), method="BFGS", options={"gtol": 1e-7})
    assert -best.fun == pytest.approx(fitted.log_likelihood, abs=1e-6)
    lessons, criteria, raters, thresholds = parts(best.x)
    found = [
        one.measure for facet in ("lessons", "criteria", "raters") for one in fitted.facet(facet).measures
    ]
    assert found == pytest.approx([*lessons, *criteria, *raters], abs=1e-3)
    reported = [one.threshold for one in fitted.categories if one.threshold is not None]
    assert reported == pytest.approx([*thresholds[0], *thresholds[1]], abs=1e-3)


@METHODS
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_neither_order_nor_names_matter(method: str, seed: int) -> None:
    columns: dict[str, Any] = example().columns()
    plain = fit(Readings.of(**columns), method=method)
    order = np.random.default_rng(seed).permutation(len(columns["levels"]))
    shuffled = {name: column[order] for name, column in columns.items()}
    shuffled["raters"] = np.array([f"{9 - int(one[1:])}-{one}" for one in shuffled["raters"]])
    again = fit(Readings.of(**shuffled), method=method)
    found = {one.partition("-")[2] or one: value for one, value in measures(again).items()}
    assert found == pytest.approx(measures(plain), abs=1e-6)


def test_what_the_levels_are_called_does_not_matter() -> None:
    columns: dict[str, Any] = example().columns()
    plain = fit(Readings.of(**columns))
    called = np.array([0, -3, 2, 5, 40])
    renamed = fit(Readings.of(**(columns | {"levels": called[columns["levels"]]})))
    assert measures(renamed) == pytest.approx(measures(plain), abs=1e-9)
    assert {one.code for one in renamed.notes} == {"facets.levels_unused"}
    assert plain.notes == ()


@METHODS
@SCALES
def test_anchoring_what_was_estimated_gives_it_back(method: str, scale: str) -> None:
    readings = Readings.of(**example().columns())
    first = fit(readings, method=method, scale=scale)
    again = fit(readings, method=method, scale=scale, anchors=first.anchors("criteria", "raters"))
    assert again.centred == ()
    assert measures(again) == pytest.approx(measures(first), abs=1e-5)
    assert {one.status for one in again.raters.measures} == {"held"}
    assert {one.error for one in again.criteria.measures} == {None}


@METHODS
def test_some_raters_can_be_anchored_and_the_rest_follow(method: str) -> None:
    readings = Readings.of(**example().columns())
    first = fit(readings, method=method)
    two = dict(list(first.anchors("raters").raters.items())[:2])
    moved = fit(readings, method=method, anchors=Anchors(raters={name: one + 1 for name, one in two.items()}))
    expected = {name: value + (0 if name[0] == "C" else 1) for name, value in measures(first).items()}
    assert measures(moved) == pytest.approx(expected, abs=1e-5)


def test_anchor_lessons_carry_the_scale_of_an_earlier_round() -> None:
    readings = Readings.of(**example().columns())
    first = fit(readings)
    few = dict(list(first.anchors("lessons").lessons.items())[:10])
    again = fit(readings, anchors=Anchors(lessons=few))
    assert again.centred == ("raters",)
    assert measures(again) == pytest.approx(measures(first), abs=1e-5)


def test_a_shared_scale_and_one_a_criterion_agree_for_one_criterion_only() -> None:
    data = example(criteria=2)
    one = {name: column[data.criterion == 0] for name, column in data.columns().items()}  # type: ignore[index]
    shared, own = (fit(Readings.of(**one), scale=scale, method="mml") for scale in ("shared", "criterion"))
    assert measures(shared) == pytest.approx(measures(own), abs=1e-6)
    both = Readings.of(**data.columns())
    assert fit(both).log_likelihood > fit(both, scale="shared").log_likelihood + 0.01


def test_records_may_be_missing_anywhere() -> None:
    data = example(lessons=80, raters=5)
    kept = np.random.default_rng(3).random(len(data.levels)) < 0.7
    columns: dict[str, Any] = {name: column[kept] for name, column in data.columns().items()}  # type: ignore[index]
    joint, marginal = (fit(Readings.of(**columns), method=method) for method in ("jml", "mml"))
    assert joint.convergence.converged
    assert marginal.convergence.converged
    for one, other in zip(joint.raters.measures, marginal.raters.measures, strict=True):
        assert one.measure == pytest.approx(other.measure, abs=0.15)


def test_an_end_before_the_maximum_is_said() -> None:
    readings = Readings.of(**example().columns())
    for method in ("jml", "mml"):
        fitted = fit(readings, method=method, settings=Settings(rounds=2))
        assert not fitted.convergence.converged
        assert fitted.convergence.why is not None
        assert fitted.convergence.why.values["cause"] == "rounds"
        assert fitted.convergence.residual > 1e-6


def test_measures_without_a_finite_maximum_are_said_to_have_none() -> None:
    """Eight lessons that happen to be separated: no total is extreme, yet the likelihood rises for ever."""
    fitted = fit(Readings.of(**example(lessons=8, criteria=2, raters=3, seed=4).columns()))
    assert fitted.convergence.why is not None
    assert fitted.convergence.why.values["cause"] in ("no_maximum", "singular")


def test_lessons_that_do_not_differ_are_said_not_to_differ() -> None:
    """Every lesson gets the same two totals, so nothing is left for a variance."""
    lesson, rater = np.divmod(np.arange(80), 4)
    columns = {"lessons": lesson.astype(str), "criteria": ["C"] * 80, "raters": rater.astype(str)}
    fitted = fit(Readings.of(**columns, levels=(lesson + rater) % 4 // 2), method="mml")
    assert fitted.variance == pytest.approx(1e-4)
    assert fitted.convergence.why is not None
    assert fitted.convergence.why.values["cause"] == "no_spread"


def test_everything_reported_is_a_number_text_or_nothing() -> None:
    fitted = fit(Readings.of(**example().columns()))
    for facet in (fitted.lessons, fitted.criteria, fitted.raters):
        for one in facet.measures:
            assert all(type(getattr(one, name)) in (float, int, str, type(None)) for name in one.__slots__)
            assert all(value == value for value in (one.measure, one.fair_average, one.infit, one.outfit))


@pytest.mark.parametrize("levels", [2, 4])
def test_a_single_criterion_read_by_two_is_found_in_few_rounds(levels: int) -> None:
    """Few records a lesson: the normal approximation alone would creep for a hundred rounds."""
    known = truth(lessons=60, criteria=1, raters=5, seed=3)
    columns = drawn(known, a_lesson=2, seed=3).columns()
    columns["levels"] = np.minimum(columns["levels"], levels)
    fitted = fit(Readings.of(**columns), method="mml")
    assert fitted.convergence.converged
    assert fitted.convergence.rounds < 40
    assert fitted.convergence.residual < 1e-6


def test_where_one_reading_of_a_lesson_tells_spread_from_thresholds_nothing_is_said_to_be_known() -> None:
    known = truth(lessons=60, criteria=1, raters=1, seed=3)
    fitted = fit(Readings.of(**drawn(known, a_lesson=1, seed=3).columns()), method="mml")
    assert not fitted.convergence.converged
    errors = [one.error for one in (*fitted.criteria.measures, *fitted.raters.measures, *fitted.categories)]
    assert all(one is None or np.isfinite(one) for one in (*errors, fitted.mean_error, fitted.variance_error))


@pytest.mark.parametrize("method", ["jml", "mml"])
def test_long_scales_and_lessons_far_apart_are_measured_where_they_are(method: str) -> None:
    """Thirty levels over twenty logits: e^(kx) is no number any more, and no lesson may be held back for that."""
    draw = np.random.default_rng(3)
    places, severity, steps = draw.normal(0, 7, 250), np.array([-0.3, 0.0, 0.3]), np.linspace(-10, 10, 29)
    records = []
    for lesson, place in enumerate(places):
        for rater, severe in enumerate(severity):
            for criterion in "XY":
                logs = np.concatenate([[0.0], np.cumsum(place - severe - steps)])
                chances = np.exp(logs - logs.max())
                level = int(np.searchsorted(np.cumsum(chances / chances.sum()), draw.random()))
                records.append((f"{lesson:03d}", criterion, f"R{rater}", min(level, 29)))
    lessons, criteria, raters, levels = zip(*records, strict=True)
    fitted = fit(
        Readings.of(lessons=lessons, criteria=criteria, raters=raters, levels=levels),
        method=method,
        scale="shared",
    )
    assert fitted.convergence.converged
    found = np.array([one.measure for one in fitted.lessons.measures])
    assert np.corrcoef(found, places)[0, 1] > 0.98
    assert np.ptp(found) > 25
    for one, true in zip(fitted.raters.measures, severity, strict=True):
        assert one.error is not None
        assert abs(one.measure - true) < 4 * one.error
