"""`python bench/agreement.py [lessons]`: agreement among 300 raters, two to a lesson, against the package krippendorff.

The same ratings in the same run, 100,000 lessons on four levels. Ours starts from three columns (lesson, rater, level)
as a database gives them; the peer gets its table raters x lessons ready-made. Beside it the peer from its shortest
form, the counts of values by lesson, against ours from ratings, both made before. No intervals in the comparison.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
from support.service import say

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rubrics.measurement.agreement import Ratings, alpha, exact, fleiss, gwet, icc
from rubrics.measurement.generalizability import g_study

RATERS, LEVELS = 300, 4


def round_of(lessons: int) -> tuple[Any, Any, Any]:
    """Columns lesson, rater, level: two different raters a lesson, each of its own severity."""
    lot = np.random.default_rng(4)
    first = lot.integers(0, RATERS, lessons)
    second = (first + lot.integers(1, RATERS, lessons)) % RATERS
    units, raters = np.repeat(np.arange(lessons), 2), np.column_stack([first, second]).ravel()
    seen = (
        lot.normal(0, 1, lessons)[units] + lot.normal(0, 0.4, RATERS)[raters] + lot.normal(0, 0.7, len(units))
    )
    return units, raters, np.clip(np.round(seen + 2.5), 1, LEVELS)


def seconds(work: Callable[[], Any], *, rounds: int = 3) -> tuple[float, Any]:
    """The best of some rounds, and what the work gave."""
    times = []
    for _ in range(rounds):
        since = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - since)
    return min(times), found


def against_the_peer(columns: tuple[Any, Any, Any], *, metric: str) -> None:
    units, raters, levels = columns
    table = np.full((RATERS, units.max() + 1), np.nan)
    table[raters, units] = levels
    counts = np.zeros((units.max() + 1, LEVELS), dtype=int)
    np.add.at(counts, (units, levels.astype(int) - 1), 1)
    own, found = seconds(lambda: alpha(Ratings.from_columns(*columns), metric=metric, samples=0))
    made = Ratings.from_columns(*columns)
    own_ready, _ = seconds(lambda: alpha(made, metric=metric, samples=0))
    whole, theirs = seconds(
        lambda: krippendorff.alpha(reliability_data=table, level_of_measurement=metric), rounds=1
    )
    ready, also = seconds(
        lambda: krippendorff.alpha(
            value_counts=counts, value_domain=range(1, LEVELS + 1), level_of_measurement=metric
        )
    )
    assert abs(found.value - theirs) < 1e-9
    assert abs(found.value - also) < 1e-9
    say(
        alpha=metric,
        ours_from_columns_s=round(own, 3),
        ours_from_ratings_s=round(own_ready, 3),
        krippendorff_table_s=round(whole, 3),
        krippendorff_counts_s=round(ready, 3),
        times_faster_than_table=round(whole / own, 1),
        times_faster_from_ratings_than_from_counts=round(ready / own_ready, 2),
    )


def main(lessons: int) -> None:
    columns = round_of(lessons)
    say(lessons=lessons, raters=RATERS, readings=2 * lessons)
    for metric in ("nominal", "ordinal", "interval", "ratio"):
        against_the_peer(columns, metric=metric)
    made, ratings = seconds(lambda: Ratings.from_columns(*columns))
    say(step="columns to ratings", s=round(made, 3))
    works: dict[str, Callable[[], Any]] = {
        "alpha ordinal with 1000 bootstrap samples": lambda: alpha(ratings, metric="ordinal"),
        "exact agreement": lambda: exact(ratings),
        "fleiss with interval": lambda: fleiss(ratings),
        "AC2 quadratic with interval": lambda: gwet(ratings, weights="quadratic"),
        "ICC(1,1) with interval": lambda: icc(ratings, form="1,1"),
        "G-study lessons x raters": lambda: g_study(ratings),
    }
    for name, work in works.items():
        say(step=name, s=round(seconds(work)[0], 3))
    study = g_study(ratings)
    took, _ = seconds(lambda: study.intervals(raters=2, samples=200), rounds=1)
    say(step="G-study intervals, 200 bootstrap samples", s=round(took, 3))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
