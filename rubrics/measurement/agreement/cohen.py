"""Cohen's kappa: two raters, beyond what their own habits would give by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement, blank, no_pairs, one_value
from rubrics.measurement.agreement.scale import Floats
from rubrics.measurement.agreement.weights import Weights, agreement_weights, name


def cohen(
    ratings: Ratings,
    *,
    weights: Weights | Sequence[Sequence[float]] | NDArray[Any] = "unweighted",
    level: float = 0.95,
) -> Agreement:
    """Kappa (Cohen 1960) or weighted kappa (Cohen 1968) over the units both raters read.

    Standard errors of Fleiss, Cohen & Everitt (1969): ``standard_error`` (and the interval, with the normal quantile)
    by their formula for any kappa, ``null_error`` for kappa = 0. Undefined where both raters gave everything the same
    value. Refuses anything but two raters (:meth:`Ratings.between` takes two of many) and anonymous counts.
    """
    if len(ratings.raters) != 2 or not ratings.named:
        raise MeasurementError("agreement.two_raters", found=len(ratings.raters), named=str(ratings.named))
    found = blank(ratings, method=f"cohen.{name(weights)}", level=level)
    table = agreement_weights(ratings.scale, weights, symmetric=False)
    if not found.pairs:
        return no_pairs(found)
    return _kappa(found, cross_table(ratings) / found.units, table)


def cross_table(ratings: Ratings) -> Floats:
    """Units by the places the two raters gave them; those only one has read are left out."""
    size = len(ratings.scale.values)
    given = np.full((2, len(ratings.units)), -1, dtype=np.intp)
    given[ratings.rater, ratings.unit] = ratings.place
    first, second = given[:, (given >= 0).all(axis=0)]
    return np.bincount(first * size + second, minlength=size * size).reshape(size, size).astype(np.float64)


def _kappa(found: Agreement, shares: Floats, weights: Floats) -> Agreement:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((weights * shares).sum()), float(rows @ weights @ columns)
    found = replace(found, observed=observed, expected=expected)
    if 1 - expected < 1e-12:
        return one_value(found)
    value = (observed - expected) / (1 - expected)
    # What a reading of each level would agree with the other rater's habit, for every cell of the table.
    habit = (weights @ columns)[:, None] + rows @ weights
    spread = (shares * (weights - habit * (1 - value)) ** 2).sum() - (value - expected * (1 - value)) ** 2
    null = (np.outer(rows, columns) * (weights - habit) ** 2).sum() - expected**2
    error, null_error = (_error(one, expected, found.units) for one in (spread, null))
    found = found.asymptotic(value, error, bounds=(-np.inf, 1), interval="fleiss-cohen-everitt")
    return replace(found, null_error=null_error)


def _error(spread: float, expected: float, units: int) -> float:
    # Rounding can leave a hair below nought where all units agree.
    return float(np.sqrt(max(float(spread), 0.0) / units) / (1 - expected))
