"""G-studies against Brennan's tables and other ways to the same numbers, D-studies, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_tables import BRENNAN_3_1, BRENNAN_3_2, SHROUT_FLEISS_1979
from simulation import scores

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement import Ratings, icc
from rubrics.measurement.generalizability import Study, g_study, g_study_with_tasks


def refused(make: Callable[[], Any]) -> dict[str, object]:
    with pytest.raises(MeasurementError) as problem:
        make()
    return {"code": problem.value.code, **problem.value.values}


def occasions_and_items() -> Study:
    """Brennan's p x i x o; here the two occasions are the raters and the items the tasks."""
    return g_study_with_tasks(np.array(BRENNAN_3_1).reshape(10, 2, 4))


def panels() -> Study:
    return g_study_with_tasks(np.array(BRENNAN_3_2).reshape(10, 3, 4).transpose(0, 2, 1), design="p x (r:t)")


def test_components_of_two_crossed_facets_are_those_brennan_prints() -> None:
    # Brennan (2001), table 3.1: p, i, o, pi, po, io, pio.
    found = {one.effect: round(one.estimate, 4) for one in occasions_and_items().components}
    assert found == {
        "p": 0.5528,
        "t": 0.4417,
        "r": 0.0074,
        "pt": 0.5750,
        "pr": 0.1009,
        "rt": 0.1565,
        "prt": 0.9352,
    }


def test_components_of_raters_within_tasks_are_those_brennan_prints() -> None:
    # Brennan (2001), table 3.2: p, t, r:t, pt, pr:t.
    found = {one.effect: round(one.estimate, 4) for one in panels().components}
    assert found == {"p": 0.4731, "t": 0.3252, "r:t": 0.6475, "pt": 0.5596, "pr:t": 2.3802}
    assert (panels().persons, panels().raters, panels().tasks, panels().method) == (10, 12, 3, "anova")


def test_errors_of_a_d_study_are_sums_of_components_over_what_divides_them() -> None:
    found = panels().decide(raters=4, tasks=3)
    relative = 0.5596 / 3 + 2.3802 / 12
    absolute = relative + 0.3252 / 3 + 0.6475 / 12
    assert found.relative_error**2 == pytest.approx(relative, abs=1e-4)
    assert found.absolute_error**2 == pytest.approx(absolute, abs=1e-4)
    assert found.relative == pytest.approx(0.4731 / (0.4731 + relative), abs=1e-4)
    assert found.absolute == pytest.approx(0.4731 / (0.4731 + absolute), abs=1e-4)


def test_on_a_complete_table_the_coefficients_are_the_icc_of_shrout_and_fleiss() -> None:
    ratings = Ratings.of(SHROUT_FLEISS_1979)
    for raters, form in ((1, "1"), (4, "k")):
        crossed = g_study(ratings).decide(raters=raters)
        nested = g_study(ratings, design="r:p").decide(raters=raters)
        assert crossed.relative == pytest.approx(icc(ratings, form=f"3,{form}").value)
        assert crossed.absolute == pytest.approx(icc(ratings, form=f"2,{form}").value)
        assert nested.relative == nested.absolute == pytest.approx(icc(ratings, form=f"1,{form}").value)


def slow_components(table: np.ndarray) -> list[float]:
    """Henderson's method 1 for persons x raters, from the sums as Brennan (2001, section 7.1) writes them."""
    there = ~np.isnan(table)
    filled = np.where(there, table, 0)
    total, by_person, by_rater = there.sum(), there.sum(axis=1), there.sum(axis=0)
    t_p = sum(filled[i].sum() ** 2 / by_person[i] for i in range(len(table)) if by_person[i])
    t_r = sum(filled[:, j].sum() ** 2 / by_rater[j] for j in range(table.shape[1]) if by_rater[j])
    t_m, t_pr = filled.sum() ** 2 / total, (filled**2).sum()
    persons, raters = (by_person > 0).sum(), (by_rater > 0).sum()
    r_p, r_r = (by_person**2).sum() / total, (by_rater**2).sum() / total
    left = [
        [total - r_p, persons - r_r, persons - 1],
        [raters - r_p, total - r_r, raters - 1],
        [total - r_p, total - r_r, total - 1],
    ]
    return list(np.linalg.solve(np.array(left, dtype=float), np.array([t_p - t_m, t_r - t_m, t_pr - t_m])))


@given(st.integers(0, 2**32), st.sampled_from([2, 3]))
@settings(max_examples=30, deadline=None)
def test_components_with_missing_readings_are_those_of_the_equations_written_out(
    seed: int, each: int
) -> None:
    table, _ = scores(np.random.default_rng(seed), lessons=25, raters=6, each=each)
    study = g_study(Ratings.of(table))
    assert study.method == "henderson-1"
    assert [one.estimate for one in study.components] == pytest.approx(
        slow_components(table - 70), rel=1e-6, abs=1e-8
    )


@given(st.integers(0, 2**32), st.floats(-100, 100), st.floats(0.1, 10))
@settings(max_examples=20, deadline=None)
def test_components_keep_under_a_shift_and_go_with_the_square_of_a_stretch(
    seed: int, shift: float, stretch: float
) -> None:
    cube = np.random.default_rng(seed).normal(0, 1, (6, 3, 4))
    cube[0, 0, 0] = np.nan
    first, second = g_study_with_tasks(cube), g_study_with_tasks(shift + stretch * cube)
    wanted = [one.estimate * stretch**2 for one in first.components]
    assert [one.estimate for one in second.components] == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_records_and_an_array_are_the_same_thing_in_any_order() -> None:
    cube = np.array(BRENNAN_3_1, dtype=float).reshape(10, 2, 4)
    cube[3, 1, 2] = np.nan
    records = [
        (f"p{p}", f"r{r}", f"t{t}", cube[p, r, t]) for p in range(10) for r in range(2) for t in range(4)
    ]
    first, second = g_study_with_tasks(cube), g_study_with_tasks(records[::-1])
    assert first.method == second.method == "henderson-1"
    assert [one.estimate for one in first.components] == pytest.approx(
        [one.estimate for one in second.components]
    )


def test_a_component_below_nought_is_reported_and_counts_as_nought() -> None:
    study = g_study(Ratings.of([[1, 2], [2, 1], [1, 2], [2, 1]]))
    person = study.component("p")
    assert person.estimate < 0
    assert (person.used, person.share, person.negative) == (0, 0, True)
    assert sum(one.share for one in study.components) == pytest.approx(1)
    assert study.decide(raters=2).relative == 0


def test_raters_for_gives_the_smallest_number_that_reaches_the_reliability() -> None:
    study = g_study(Ratings.of(SHROUT_FLEISS_1979))
    needed = study.raters_for(reliability=0.8)
    assert needed.raters == 10  # Spearman & Brown: .8 / .2 x (1 - .2898) / .2898 = 9.8
    assert needed.reached is not None
    assert needed.reached >= 0.8
    below = study.decide(raters=9).absolute
    assert below is not None
    assert below < 0.8
    assert study.raters_for(reliability=0.8, kind="relative").raters == 2
    assert study.raters_for(reliability=0.01).raters == 1


@given(st.integers(0, 2**32), st.floats(0.05, 0.95))
@settings(max_examples=30, deadline=None)
def test_one_rater_fewer_than_needed_is_never_enough(seed: int, reliability: float) -> None:
    study = g_study(Ratings.of(scores(np.random.default_rng(seed), lessons=15, raters=4)[0]))
    needed = study.raters_for(reliability=reliability, most=1000).raters
    if needed is not None and needed > 1:
        fewer, enough = study.decide(raters=needed - 1).absolute, study.decide(raters=needed).absolute
        assert fewer is not None
        assert enough is not None
        assert fewer < reliability <= enough + 1e-9


def test_a_number_of_raters_that_comes_out_even_is_not_rounded_up() -> None:
    study = g_study(Ratings.of(SHROUT_FLEISS_1979))
    for raters in range(1, 30):
        exactly = study.decide(raters=raters).absolute
        assert exactly is not None
        assert study.raters_for(reliability=exactly).raters == raters


def test_no_number_of_raters_helps_where_tasks_are_the_limit() -> None:
    needed = occasions_and_items().raters_for(reliability=0.8, tasks=1)
    assert needed.raters is None
    assert needed.why is not None
    assert needed.why.code == "study.tasks_limit"
    # With endless raters: .5528 / (.5528 + .4417 + .5750).
    assert needed.why.values == {"best": "0.352"}


def test_no_number_of_raters_helps_where_persons_do_not_differ() -> None:
    needed = g_study(Ratings.of([[1, 2], [2, 1], [1, 2], [2, 1]])).raters_for(reliability=0.8)
    assert needed.raters is None
    assert needed.why is not None
    assert needed.why.code == "study.no_spread"


def test_more_raters_than_the_bound_are_not_promised() -> None:
    needed = g_study(Ratings.of(SHROUT_FLEISS_1979)).raters_for(reliability=0.99, most=20)
    assert needed.raters is None
    assert needed.reached == pytest.approx(g_study(Ratings.of(SHROUT_FLEISS_1979)).decide(raters=20).absolute)
    assert needed.why is not None
    assert (needed.why.code, needed.why.values) == ("study.too_many_raters", {"most": 20})


def test_where_nothing_varies_there_is_no_coefficient() -> None:
    found = g_study(Ratings.of([[2, 2], [2, 2]])).decide(raters=2)
    assert (found.relative, found.absolute) == (None, None)
    assert (found.relative_error, found.absolute_error) == (0, 0)


def test_intervals_hold_the_estimate_and_are_the_same_every_time() -> None:
    study = g_study(Ratings.of(scores(np.random.default_rng(1), lessons=60, raters=6, each=3)[0]))
    found = study.intervals(raters=2, samples=200, seed=4)
    decided = study.decide(raters=2)
    assert decided.absolute is not None
    assert found.absolute[0] <= decided.absolute <= found.absolute[1]
    for one in study.components:
        low, high = found.components[one.effect]
        assert low <= one.estimate <= high
    assert found == study.intervals(raters=2, samples=200, seed=4)
    assert found != study.intervals(raters=2, samples=200, seed=5)


@pytest.mark.parametrize(
    "rows",
    [
        [[1, None], [None, 2], [3, None]],  # everybody read once
        [[1, 2, None, None], [None, None, 3, 4]],  # every rater reads one
    ],
)
def test_effects_that_the_readings_cannot_tell_apart_are_refused(rows: list[list[Any]]) -> None:
    assert refused(lambda: g_study(Ratings.of(rows))) == {"code": "study.confounded", "design": "p x r"}


def test_raters_who_each_read_one_person_are_no_matter_when_nested() -> None:
    study = g_study(Ratings.of([[1, 2, None, None], [None, None, 3, 5]]), design="r:p")
    # Mean squares 6.25 between and 1.25 within, two readings each.
    assert [one.estimate for one in study.components] == pytest.approx([(6.25 - 1.25) / 2, 1.25])


def test_what_a_g_study_cannot_use_is_refused() -> None:
    words, few = Ratings.of([["a", "b"], ["b", "b"]]), Ratings.of([[1, 2]])
    assert refused(lambda: g_study(words))["code"] == "agreement.not_numbers"
    assert refused(lambda: g_study(few)) == {"code": "study.too_few", "facet": "p", "found": 1}
    assert refused(lambda: g_study(few, design="p x i"))["code"] == "study.unknown_design"
    assert refused(lambda: g_study(Ratings.from_counts([[1, 1], [2, 0]])))["code"] == "agreement.anonymous"
    assert refused(lambda: g_study_with_tasks(np.ones((2, 2))))["code"] == "study.shape"
    assert refused(lambda: g_study_with_tasks(np.full((2, 2, 2), np.nan)))["code"] == "study.no_numbers"
    assert (
        refused(lambda: g_study_with_tasks(np.ones((2, 2, 2)), design="p x r"))["code"]
        == "study.unknown_design"
    )
    assert refused(lambda: g_study_with_tasks([("p", "r", "t", "good")]))["code"] == "study.no_numbers"
    twice = [(p, r, t, 1.0) for p in "ab" for r in "cd" for t in "ef"] + [("a", "c", "e", 2.0)]
    assert refused(lambda: g_study_with_tasks(twice))["code"] == "study.scored_twice"


def test_what_a_d_study_cannot_answer_is_refused() -> None:
    study = g_study(Ratings.of(SHROUT_FLEISS_1979))
    assert refused(lambda: study.decide(raters=0))["argument"] == "raters"
    assert refused(lambda: study.decide(raters=2, tasks=3))["argument"] == "tasks"
    assert refused(lambda: study.raters_for(reliability=1))["argument"] == "reliability"
    assert refused(lambda: study.raters_for(reliability=80))["argument"] == "reliability"
    assert refused(lambda: study.raters_for(kind="both"))["argument"] == "kind"  # type: ignore[arg-type]
    assert refused(lambda: study.raters_for(most=0))["argument"] == "most"
    assert refused(lambda: study.intervals(raters=2, level=95))["argument"] == "level"
    assert refused(lambda: study.component("t"))["known"] == "p, r, pr"


@pytest.mark.parametrize("raters", [float("nan"), float("inf"), 1.5, 0])
def test_a_number_of_raters_that_is_none_is_refused(raters: Any) -> None:
    assert refused(lambda: panels().decide(raters=raters, tasks=2))["argument"] == "raters"


def test_records_that_are_not_person_rater_task_and_score_are_refused() -> None:
    nested: Any = [[[1, 2], [2, 1]], [[2, 3], [3, 4]]]
    assert refused(lambda: g_study_with_tasks(nested)) == {"code": "study.shape", "expected": 4, "found": 2}
