"""G- and D-studies recover what `simulation` put in."""

from __future__ import annotations

import numpy as np
import pytest
from simulation import scores, with_tasks

from rubrics.measurement.agreement import Ratings
from rubrics.measurement.generalizability import g_study, g_study_with_tasks


def test_components_of_a_round_with_two_of_many_raters_are_recovered_without_bias() -> None:
    lot, found = np.random.default_rng(11), []
    for _ in range(40):
        table, _ = scores(lot, lessons=200, raters=30, each=2)
        found.append([one.estimate for one in g_study(Ratings.of(table)).components])
    means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(means - [1.0, 0.25, 0.64]) < 3 * errors).all()
    assert (errors < 0.035).all()


def test_components_of_lessons_raters_and_tasks_with_gaps_are_recovered_without_bias() -> None:
    spread = {"p": 1.0, "r": 0.4, "t": 0.6, "pr": 0.3, "pt": 0.5, "rt": 0.2, "prt": 0.8}
    lot, found = np.random.default_rng(12), []
    for _ in range(40):
        cube = with_tasks(lot, shape=(40, 8, 6), spread=spread)
        cube[lot.random(cube.shape) < 0.3] = np.nan
        study = g_study_with_tasks(cube)
        found.append([study.component(effect).estimate for effect in spread])
    means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(means - np.array(list(spread.values())) ** 2) < 3 * errors).all()


@pytest.mark.parametrize("raters", [2, 5])
def test_a_d_study_of_two_readings_foretells_how_means_over_other_panels_follow_the_truth(
    raters: int,
) -> None:
    lot = np.random.default_rng(13)
    seen, truth = scores(lot, lessons=4000, raters=100, each=2)
    decided = g_study(Ratings.of(seen)).decide(raters=raters)
    assert decided.relative == pytest.approx(truth.reliability(raters=raters, absolute=False), abs=0.03)
    # Squared correlation of the truth with means over raters of each lesson's own: severity is error there.
    later, known = scores(lot, lessons=4000, raters=100, each=raters)
    followed = np.corrcoef(np.nanmean(later, axis=1), known.true_scores)[0, 1] ** 2
    assert decided.absolute == pytest.approx(followed, abs=0.04)


def test_the_number_of_raters_for_a_reliability_is_the_one_the_truth_asks_for() -> None:
    seen, truth = scores(np.random.default_rng(14), lessons=6000, raters=150, each=2)
    needed = g_study(Ratings.of(seen)).raters_for(reliability=0.8).raters
    wanted = next(many for many in range(1, 50) if truth.reliability(raters=many, absolute=True) >= 0.8)
    assert needed == wanted == 4


def test_bootstrap_intervals_of_the_relative_coefficient_hold_the_truth_nineteen_times_in_twenty() -> None:
    lot, hits, times = np.random.default_rng(15), 0, 120
    for _ in range(times):
        table, truth = scores(lot, lessons=80, raters=5)
        low, high = g_study(Ratings.of(table)).intervals(raters=2, samples=100).relative
        hits += low <= truth.reliability(raters=2, absolute=False) <= high
    assert 0.89 <= hits / times <= 0.99
