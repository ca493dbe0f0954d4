"""`python bench/facets.py`: many-facet Rasch, seconds against raschpy on the same ratings, and the size of a province.

First 500 lessons x 12 criteria x 20 raters, all crossed, with standard errors and fit statistics on both sides, each
from its own kind of table in memory. raschpy 1.4 estimates one shared scale by composite likelihood, so ours is
fitted with a shared scale too, and with scales by criterion besides. The largest difference of rater severities is
printed to show that both measured the same. Then 20,000 lessons x 12 criteria x 300 raters, two a lesson: 480,000
records, each method in a process of its own, with its greatest memory.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # both sides alike, and not at the mercy of neighbours

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "rubrics" / "measurement"))

from simulated_facets import Drawn, Truth, drawn, truth

from rubrics.measurement.facets import FacetsFit, Readings, fit

REPEATS = 3
LIMIT = 2048  # MiB


def shared(known: Truth) -> Truth:
    """The same with one scale for all criteria, as raschpy has it."""
    steps = np.broadcast_to(known.thresholds.mean(axis=0), known.thresholds.shape)
    return Truth(known.lessons, known.criteria, known.raters, steps)


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of some turns and the last result."""
    shortest, found = float("inf"), None
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest, found


def peer(data: Drawn) -> Callable[[], Any]:
    """raschpy's calibration, standard errors, measures of lessons and fit of criteria, raters and lessons."""
    import pandas as pd
    from raschpy import MFRM

    columns = {"r": data.rater, "p": data.lesson, "i": data.criterion, "level": data.levels - 1}
    wide = pd.DataFrame(columns).pivot(index=["r", "p"], columns="i", values="level")
    wide.index = wide.index.set_names(["Rater", "Person"])
    wide.columns = [f"C{one}" for one in wide.columns]

    def work() -> Any:
        model = MFRM(wide, max_score=int(data.levels.max()) - 1)
        model.calibrate_global()
        model.fit_statistics(model="global")  # computes standard errors and measures of lessons on its way
        return model

    return work


def crossed() -> None:
    known = shared(truth(lessons=500, criteria=12, raters=20, seed=1))
    data = drawn(known, a_lesson=20, seed=2)
    columns: dict[str, Any] = data.columns()
    columns = {name: list(column) if name != "levels" else column for name, column in columns.items()}
    ours, fitted = best(lambda: fit(Readings.of(**columns), scale="shared"))
    partial, _ = best(lambda: fit(Readings.of(**columns)))
    marginal, _ = best(lambda: fit(Readings.of(**columns), method="mml"))
    theirs, model = best(peer(data))
    print(
        f"500 x 12 x 20, {len(data.levels):,} records, errors and fit included, seconds (best of {REPEATS}):"
    )
    print(f"  raschpy, shared scale        {theirs:8.2f}")
    print(f"  joint, shared scale          {ours:8.2f}   {theirs / ours:6.1f} times as fast")
    print(f"  joint, scales by criterion   {partial:8.2f}   {theirs / partial:6.1f}")
    print(f"  marginal, by criterion       {marginal:8.2f}   {theirs / marginal:6.1f}")
    print(f"  largest difference of a rater's severity: {_apart(fitted, model):.3f} logits")
    assert ours <= theirs, "slower than raschpy"


def _apart(fitted: FacetsFit, model: Any) -> float:
    severity = np.array([one.measure for one in fitted.raters.measures])
    other = np.array([float(one) for one in dict(model.facet_effects_global).values()])
    return float(np.abs(severity - severity.mean() - other + other.mean()).max())


def province(method: str) -> None:
    """Run in a process of its own, so that the memory is this fit's."""
    known = truth(lessons=20_000, criteria=12, raters=300, seed=1)
    columns: dict[str, Any] = drawn(known, a_lesson=2, seed=2).columns()
    start = time.perf_counter()
    fitted = fit(Readings.of(**columns), method=method)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert fitted.convergence.converged
    assert memory < LIMIT, f"{memory:.0f} MiB"
    print(f"  {method}  {seconds:6.2f} s  {memory:5.0f} MiB at most  {fitted.convergence.rounds} rounds")


def main() -> None:
    warnings.simplefilter("ignore")
    crossed()
    print("20,000 x 12 x 300, two raters a lesson, 480,000 records, errors and fit included:", flush=True)
    for method in ("jml", "mml"):
        subprocess.run([sys.executable, __file__, method], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        province(sys.argv[1])
    else:
        main()
