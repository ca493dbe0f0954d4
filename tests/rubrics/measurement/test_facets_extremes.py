"""Totals without a finite measure, and what is put in their place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from simulated_facets import drawn, truth

from rubrics.errors import MeasurementError
from rubrics.measurement.facets import DisconnectedError, Readings, Settings, fit


def columns(seed: int = 3) -> dict[str, Any]:
    known = truth(lessons=40, criteria=4, raters=6, seed=seed, spread=0.8)
    return dict(drawn(known, a_lesson=3, seed=seed).columns())


def with_level(given: dict[str, Any], level: int, **where: str) -> dict[str, Any]:
    found = {name: column.copy() for name, column in given.items()}
    mark = np.all([given[name] == value for name, value in where.items()], axis=0)
    assert mark.any()
    found["levels"][mark] = level
    return found


def test_a_lesson_with_nothing_but_the_highest_is_measured_as_if_a_little_less() -> None:
    given = with_level(columns(), 4, lessons="L00007")
    fitted = fit(Readings.of(**given))
    best = fitted.lessons.by_id()["L00007"]
    assert best.status == "extreme_high"
    assert best.measure == max(one.measure for one in fitted.lessons.measures)
    assert (best.infit, best.outfit) == (None, None)
    less = fit(Readings.of(**given), settings=Settings(extreme=0.1)).lessons.by_id()["L00007"]
    assert less.measure > best.measure
    assert best.error is not None
    assert best.error > 0.5


def test_the_measure_of_an_extreme_total_solves_its_equation() -> None:
    given = with_level(columns(), 1, lessons="L00011")
    fitted = fit(Readings.of(**given))
    worst = fitted.lessons.by_id()["L00011"]
    assert worst.status == "extreme_low"
    expected = 0.0
    for rater in set(given["raters"][given["lessons"] == "L00011"]):
        for criterion in fitted.criteria.measures:
            steps = [one.threshold for one in fitted.categories if one.scale == criterion.id][1:]
            place = worst.measure - criterion.measure - fitted.raters.by_id()[str(rater)].measure
            terms = np.exp([0.0, *np.cumsum([place - (step or 0.0) for step in steps])])
            expected += float(terms @ np.arange(len(terms)) / terms.sum())
    assert expected == pytest.approx(0.3, abs=1e-6)


def test_other_measures_do_not_depend_on_extreme_lessons() -> None:
    given = with_level(columns(), 4, lessons="L00007")
    without = {name: column[given["lessons"] != "L00007"] for name, column in given.items()}
    whole, rest = (fit(Readings.of(**one)) for one in (given, without))
    for one, other in zip(whole.raters.measures, rest.raters.measures, strict=True):
        assert one.measure == pytest.approx(other.measure, abs=1e-9)


@pytest.mark.parametrize("method", ["jml", "mml"])
def test_a_rater_who_gives_nothing_but_the_lowest_is_the_most_severe(method: str) -> None:
    fitted = fit(Readings.of(**with_level(columns(), 1, raters="R002")), method=method)
    severe = fitted.raters.by_id()["R002"]
    assert severe.status == "extreme_high"
    assert severe.measure == max(one.measure for one in fitted.raters.measures)
    assert fitted.convergence.converged


def test_under_marginal_estimation_an_extreme_lesson_is_like_any_other() -> None:
    given = with_level(columns(), 4, lessons="L00007")
    best = fit(Readings.of(**given), method="mml").lessons.by_id()["L00007"]
    assert best.status == "free"
    assert best.measure < fit(Readings.of(**given)).lessons.by_id()["L00007"].measure


def test_a_criterion_on_which_all_got_the_same_is_set_aside_by_name() -> None:
    fitted = fit(Readings.of(**with_level(columns(), 2, criteria="C01")))
    assert [one.id for one in fitted.criteria.measures] == ["C00", "C02", "C03"]
    assert [(one.code, *one.values.values()) for one in fitted.notes] == [
        ("facets.one_level", "criteria", "C01", 2),
        ("facets.not_measured", "criteria", "C01"),
    ]


def test_on_a_shared_scale_such_a_criterion_at_the_end_is_the_hardest() -> None:
    fitted = fit(Readings.of(**with_level(columns(), 1, criteria="C01")), scale="shared")
    hard = fitted.criteria.by_id()["C01"]
    assert hard.status == "extreme_high"
    assert hard.measure == max(one.measure for one in fitted.criteria.measures)


def test_nothing_but_extremes_is_refused() -> None:
    lesson, criterion = np.divmod(np.arange(12), 3)
    given = {"lessons": lesson.astype(str), "criteria": criterion.astype(str), "raters": ["R"] * 12}
    with pytest.raises(MeasurementError, match=r"facets\.all_extreme"):
        fit(Readings.of(**given, levels=[3] * 12))


def test_islands_that_only_an_extreme_lesson_held_together_are_refused_by_name() -> None:
    draw = np.random.default_rng(1)
    records = [
        (f"L{lesson}", f"C{criterion}", rater, int(np.clip(lesson % 3 + draw.integers(0, 3), 1, 3)))
        for lesson in range(20)
        for rater in (("A", "B") if lesson < 8 else ("X", "Y"))
        for criterion in range(3)
    ]
    bridge = [("bridge", f"C{criterion}", rater, 3) for criterion in range(3) for rater in ("A", "X")]
    lessons, criteria, raters, levels = zip(*records, *bridge, strict=True)
    readings = Readings.of(lessons=lessons, criteria=criteria, raters=raters, levels=levels)
    with pytest.raises(DisconnectedError) as refused:
        fit(readings)
    assert [one.raters for one in refused.value.islands] == [("A", "B"), ("X", "Y")]
    assert fit(readings, method="mml").convergence.converged  # there the lesson keeps its place


def test_measures_that_run_away_are_never_said_to_have_converged() -> None:
    """Lessons at the bottom, lessons at the top, hardly any between: far out nothing changes any more."""
    given = {
        "1": {"B": "11", "C": "00"},
        "2": {"A": "00", "B": "00"},
        "4": {"B": "10", "C": "10"},
        **{name: {"A": "33", "C": "33"} for name in "0357"},
        "6": {"B": "33", "C": "33"},
    }
    given["0"] = {"A": "33", "B": "33"}
    records = [
        (lesson, criterion, rater, int(level))
        for lesson, raters in given.items()
        for rater, levels in raters.items()
        for criterion, level in zip("XY", levels, strict=True)
    ]
    lessons, criteria, raters, levels = zip(*records, strict=True)
    found = fit(Readings.of(lessons=lessons, criteria=criteria, raters=raters, levels=levels))
    assert not found.convergence.converged
    assert found.convergence.why is not None
    assert found.convergence.why.values["cause"] == "no_maximum"
