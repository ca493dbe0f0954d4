"""Ratings with known truth. Knows nothing of the estimators it is there to check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """Standard deviations of lessons, of raters' severity, and of everything else; and the lessons' true scores."""

    lessons: float
    raters: float
    rest: float
    true_scores: Floats

    def reliability(self, *, raters: int, absolute: bool) -> float:
        """Of a mean over so many raters, from the definition: true variance over variance of what is seen."""
        error = self.rest**2 + (self.raters**2 if absolute else 0)
        return self.lessons**2 / (self.lessons**2 + error / raters)


def scores(
    lot: np.random.Generator,
    *,
    lessons: int,
    raters: int,
    spread: tuple[float, float, float] = (1.0, 0.5, 0.8),
    each: int | None = None,
) -> tuple[Floats, Truth]:
    """Lessons x raters, normal; with ``each`` every lesson keeps so many readings drawn by lot, the rest are NaN."""
    true = lot.normal(0, spread[0], lessons)
    severity = lot.normal(0, spread[1], raters)
    table = 70 + true[:, None] + severity + lot.normal(0, spread[2], (lessons, raters))
    if each is not None:
        rank = lot.random((lessons, raters)).argsort(axis=1).argsort(axis=1)
        table[rank >= each] = np.nan
    return table, Truth(*spread, true)


def with_tasks(lot: np.random.Generator, *, shape: tuple[int, int, int], spread: dict[str, float]) -> Floats:
    """Persons x raters x tasks; ``spread`` has the standard deviation of every effect, by its facets (p, r, t)."""
    total = np.zeros(shape)
    for effect, deviation in spread.items():
        size = tuple(many if facet in effect else 1 for facet, many in zip("prt", shape, strict=True))
        total = total + lot.normal(0, deviation, size)
    return total


def habits(
    lot: np.random.Generator, *, units: int, raters: int, sharp: float, levels: Floats
) -> NDArray[np.int64]:
    """Units x raters in levels 0, 1, ...: each rater sees the true level with probability ``sharp``, else guesses.

    Truth and guesses both follow ``levels``, the shares of each level.
    """
    true = lot.choice(len(levels), units, p=levels)
    guessed = lot.choice(len(levels), (units, raters), p=levels)
    return np.where(lot.random((units, raters)) < sharp, true[:, None], guessed)


def true_kappa(*, sharp: float) -> float:
    """Of :func:`habits`, whatever the weights: two raters agree where both see, every other pair is as if drawn by lot.

    P(same) = s^2 + (1 - s^2) pe and both margins are ``levels``, so kappa (and alpha in the limit) is s^2.
    """
    return sharp**2


def true_ac1(*, sharp: float, levels: Floats, weights: Floats | None = None) -> float:
    """Of :func:`habits`, with Gwet's chance: the other levels share the doubt about each, as far as they agree."""
    near = np.eye(len(levels)) if weights is None else weights
    same = sharp**2 + (1 - sharp**2) * float(levels @ near @ levels)
    chance = near.sum() * float((levels * (1 - levels)).sum()) / (len(levels) * (len(levels) - 1))
    return float((same - chance) / (1 - chance))
