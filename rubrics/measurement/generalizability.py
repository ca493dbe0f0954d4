"""Where differences between scores come from (G-study), and how many raters would do (D-study).

Vocabulary of Cronbach, Gleser, Nanda & Rajaratnam (1972), Shavelson & Webb (1991) and Brennan (2001): a *person* is
what is measured (here a lesson), raters and tasks are *facets*, all of them random.

Our own rounds: each lesson is read by two raters out of many, the same raters meet in different lessons. That is
``p x r`` with most cells missing, and :func:`g_study` takes it as it is. Because the next lesson will be read by two
*other* raters, their severity is error there: read the ``absolute`` coefficient, which is also the coefficient of the
nested design. ``r:p`` is for readings whose raters are not known or never meet again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.study import Component, Decision, Intervals, Kind, Needed, Study
from rubrics.measurement.variance_components import DESIGNS, Cells, Moments, is_complete

__all__ = ["Component", "Decision", "Intervals", "Kind", "Needed", "Study", "g_study", "g_study_with_tasks"]


def g_study(ratings: Ratings, *, design: Literal["p x r", "r:p"] = "p x r") -> Study:
    """Persons by raters: crossed (``p x r``, cells may be missing) or each person with raters of its own (``r:p``).

    Refuses words, fewer than two persons, and data in which effects cannot be told apart: every person read once,
    or (``p x r``) raters who each read one person only.
    """
    if design not in ("p x r", "r:p"):
        raise MeasurementError("study.unknown_design", design=str(design), known="p x r; r:p")
    if design == "p x r" and not ratings.named:
        raise MeasurementError("agreement.anonymous", method=design)
    return _study({"p": ratings.unit, "r": ratings.rater}, ratings.numbers(design), design=design)


def g_study_with_tasks(
    scores: NDArray[Any] | Iterable[tuple[Hashable, Hashable, Hashable, float | None]],
    *,
    design: Literal["p x r x t", "p x (r:t)"] = "p x r x t",
) -> Study:
    """Persons by raters by tasks (``p x r x t``), or with a panel of raters for each task (``p x (r:t)``).

    ``scores`` is an array persons x raters x tasks, or records (person, rater, task, score); NaN and None are missing.
    In ``p x (r:t)`` raters of different tasks are different people, whatever they are called. Refuses as
    :func:`g_study` does, and a cell scored twice.
    """
    if design not in ("p x r x t", "p x (r:t)"):
        raise MeasurementError("study.unknown_design", design=str(design), known="p x r x t; p x (r:t)")
    facets, values = _cube(scores) if isinstance(scores, np.ndarray) else _records(scores)
    there = ~np.isnan(values)
    return _study({name: one[there] for name, one in facets.items()}, values[there], design=design)


def _study(facets: Mapping[str, NDArray[np.intp]], values: NDArray[np.float64], *, design: str) -> Study:
    if not np.isfinite(values).all() or not len(values):
        raise MeasurementError("study.no_numbers", found=len(values))
    # Levels nobody has a reading of leave no gap in the counting.
    tight = {name: np.unique(one, return_inverse=True)[1].astype(np.intp) for name, one in facets.items()}
    cells = Cells(tight, values)
    for name in tight:
        if cells.many(name) < 2:
            raise MeasurementError("study.too_few", facet=name, found=cells.many(name))
    if int(cells.groups("".join(tight)).max()) + 1 < len(values):
        raise MeasurementError("study.scored_twice", design=design)
    moments = Moments(cells, design=design)
    method = "anova" if is_complete(cells, design=design) else "henderson-1"
    many = {name: cells.many(name) for name in tight}
    if design == "p x (r:t)":
        many["r"] = int(cells.groups("rt").max()) + 1
    found = _components(moments.components(), design=design)
    return Study(design, method, found, many["p"], many["r"], many.get("t", 1), len(values), moments)


def _components(found: NDArray[np.float64], *, design: str) -> tuple[Component, ...]:
    total = float(np.maximum(found, 0).sum())
    return tuple(
        Component(effect, facets, float(one), max(float(one), 0.0), max(float(one), 0.0) / (total or 1.0))
        for (effect, facets), one in zip(DESIGNS[design].items(), found, strict=True)
    )


def _cube(scores: NDArray[Any]) -> tuple[dict[str, NDArray[np.intp]], NDArray[np.float64]]:
    if scores.ndim != 3:
        raise MeasurementError("study.shape", expected=3, found=scores.ndim)
    persons, raters, tasks = (one.ravel().astype(np.intp) for one in np.indices(scores.shape))
    return {"p": persons, "r": raters, "t": tasks}, _floats(scores.ravel())


def _records(
    scores: Iterable[tuple[Hashable, Hashable, Hashable, float | None]],
) -> tuple[dict[str, NDArray[np.intp]], NDArray[np.float64]]:
    rows = list(scores)
    for row in rows:
        if len(row) != 4:
            raise MeasurementError("study.shape", expected=4, found=len(row))
    facets = {}
    for at, name in enumerate("prt"):
        places: dict[Hashable, int] = {}
        facets[name] = np.array([places.setdefault(row[at], len(places)) for row in rows], dtype=np.intp)
    return facets, _floats([row[3] for row in rows])


def _floats(values: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise MeasurementError("study.no_numbers", found=len(values)) from problem
