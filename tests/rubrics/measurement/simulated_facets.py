"""Ratings with a known truth. Draws from the definition of the model, category by category;
imports nothing of the estimator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Truth:
    """Measures by position; ``thresholds`` is criteria x steps."""

    lessons: NDArray[np.float64]
    criteria: NDArray[np.float64]
    raters: NDArray[np.float64]
    thresholds: NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Long records; ids are the letters L, C, R and a number."""

    lesson: NDArray[np.int64]
    criterion: NDArray[np.int64]
    rater: NDArray[np.int64]
    levels: NDArray[np.int64]
    period: NDArray[np.int64]

    def columns(self) -> dict[str, object]:
        return {
            "lessons": np.char.add("L", np.char.zfill(self.lesson.astype(str), 5)),
            "criteria": np.char.add("C", np.char.zfill(self.criterion.astype(str), 2)),
            "raters": np.char.add("R", np.char.zfill(self.rater.astype(str), 3)),
            "levels": self.levels,
        }

    def with_periods(self) -> dict[str, object]:
        return self.columns() | {"periods": np.char.add("P", self.period.astype(str))}


def truth(
    *,
    lessons: int,
    criteria: int,
    raters: int,
    steps: int = 3,
    seed: int,
    spread: float = 1.2,
    rater_spread: float = 0.5,
) -> Truth:
    draw = np.random.default_rng(seed)
    thresholds = np.linspace(-1.3, 1.3, steps) + draw.uniform(-0.25, 0.25, (criteria, steps))
    return Truth(
        draw.normal(0.4, spread, lessons),
        _centred(draw.uniform(-0.9, 0.9, criteria)),
        _centred(draw.normal(0, rater_spread, raters)),
        thresholds - thresholds.mean(axis=1, keepdims=True),
    )


def drawn(
    known: Truth,
    *,
    a_lesson: int,
    seed: int,
    periods: int = 1,
    drift: dict[tuple[int, int], float] | None = None,
    erratic: tuple[int, ...] = (),
    halo: tuple[int, ...] = (),
    lowest: int = 1,
) -> Drawn:
    """Each lesson read by ``a_lesson`` raters drawn by lot, on all criteria.

    ``drift`` adds to a rater's severity in a period. An ``erratic`` rater gives any level whatever the lesson; a
    rater with ``halo`` forms one impression of the lesson and gives the same level on every criterion.
    """
    draw = np.random.default_rng(seed)
    lessons, criteria, raters = len(known.lessons), len(known.criteria), len(known.raters)
    places = np.argsort(draw.random((lessons, raters)), axis=1)[:, :a_lesson]
    lesson = np.repeat(np.arange(lessons), a_lesson * criteria)
    rater = np.repeat(places.reshape(-1), criteria)
    criterion = np.tile(np.arange(criteria), lessons * a_lesson)
    period = lesson % periods
    severity = known.raters[rater] + _drift(drift, rater, period)
    levels = _levels(known, lesson, criterion, severity, draw)
    wild = np.isin(rater, erratic)
    levels[wild] = draw.integers(0, known.thresholds.shape[1] + 1, int(wild.sum()))
    levels = _halo(levels, np.isin(rater, halo), criteria)
    return Drawn(lesson, criterion, rater, levels + lowest, period)


def _levels(
    known: Truth,
    lesson: NDArray[np.int64],
    criterion: NDArray[np.int64],
    severity: NDArray[np.float64],
    draw: np.random.Generator,
) -> NDArray[np.int64]:
    logits = known.lessons[lesson] - known.criteria[criterion] - severity
    gains = np.cumsum(logits[:, None] - known.thresholds[criterion], axis=1)
    chances = np.exp(np.concatenate([np.zeros((len(logits), 1)), gains], axis=1))
    below = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)
    levels: NDArray[np.int64] = (draw.random(len(logits))[:, None] > below[:, :-1]).sum(axis=1)
    return levels


def _drift(
    drift: dict[tuple[int, int], float] | None, rater: NDArray[np.int64], period: NDArray[np.int64]
) -> NDArray[np.float64]:
    added = np.zeros(len(rater))
    for (one, when), by in (drift or {}).items():
        added[(rater == one) & (period == when)] = by
    return added


def _halo(levels: NDArray[np.int64], where: NDArray[np.bool_], criteria: int) -> NDArray[np.int64]:
    first = np.repeat(levels.reshape(-1, criteria)[:, 0], criteria)
    return np.where(where, first, levels)


def _centred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred: NDArray[np.float64] = values - values.mean()
    return centred
