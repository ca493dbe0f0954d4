"""The share of pairs of readings that are the same, or nearly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.patterns import Patterns, dense, patterns
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement, blank, no_pairs
from rubrics.measurement.agreement.scale import Floats
from rubrics.measurement.agreement.weights import check_size
from rubrics.measurement.quantiles import normal


def exact(ratings: Ratings, *, level: float = 0.95) -> Agreement:
    """How often two readings of one unit are the same: the mean over units of the share among the unit's pairs."""
    paired = patterns(ratings).paired()
    same = dense(paired.counts.multiply(paired.counts).sum(axis=1)).ravel() - paired.readings
    return _share(ratings, paired, same, method="exact", level=level)


def adjacent(ratings: Ratings, *, within: float = 1, level: float = 0.95) -> Agreement:
    """How often two readings of one unit lie at most ``within`` levels apart; 0 is :func:`exact`.

    Levels are steps of the declared scale, without one the numbers themselves. Refuses a negative ``within`` and words
    without order.
    """
    if not within >= 0:
        raise MeasurementError(
            "agreement.out_of_range", argument="within", found=f"{within:g}", expected="0 or more"
        )
    check_size(ratings.scale)
    steps = ratings.scale.steps("adjacent")
    near = (np.abs(steps[:, None] - steps) <= within).astype(np.float64)
    paired = patterns(ratings).paired()
    close = dense(paired.counts.multiply(paired.counts @ near).sum(axis=1)).ravel() - paired.readings
    return _share(ratings, paired, close, method=f"adjacent.{within:g}", level=level)


def _share(ratings: Ratings, paired: Patterns, agreeing: Floats, *, method: str, level: float) -> Agreement:
    found = blank(ratings, method=method, level=level)
    if not found.pairs:
        return no_pairs(found)
    shares = agreeing / (paired.readings * (paired.readings - 1))
    value = float(paired.times @ shares) / found.units
    found = replace(found, observed=value)
    if (paired.readings == 2).all():
        return _wilson(found, value)
    if found.units < 2:
        return found.without_interval(value)
    spread = float(paired.times @ (shares - value) ** 2) / (found.units * (found.units - 1))
    return found.with_student(value, float(np.sqrt(spread)), bounds=(0, 1), interval="student")


def _wilson(found: Agreement, share: float) -> Agreement:
    """Wilson (1927): never outside 0 to 1, and an interval even where all pairs agree."""
    z, n = normal((1 + found.level) / 2), found.units
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    error = float(np.sqrt(share * (1 - share) / n))
    low, high = max(0.0, float(middle - half)), min(1.0, float(middle + half))
    return replace(found, value=share, low=low, high=high, standard_error=error, interval="wilson")
