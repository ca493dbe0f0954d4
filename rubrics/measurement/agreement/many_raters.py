"""Fleiss' kappa and Gwet's AC1 and AC2: any number of raters, who need not be the same from unit to unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rubrics.measurement.agreement.patterns import Patterns, dense, patterns
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement, blank, no_pairs, one_value
from rubrics.measurement.agreement.scale import Floats
from rubrics.measurement.agreement.weights import Weights, agreement_weights, name


@dataclass(frozen=True, slots=True, eq=False)
class _Chance:
    """Agreement due to chance over all units, and as each pattern alone would have it."""

    overall: float
    each: Floats


def fleiss(
    ratings: Ratings,
    *,
    weights: Weights | Sequence[Sequence[float]] | NDArray[Any] = "unweighted",
    level: float = 0.95,
) -> Agreement:
    """Fleiss' kappa (1971); with weights and missing readings as Gwet (2014, section 2.4) generalises it.

    The interval uses the variance of Gwet (2021), which holds for any kappa, with Student's t. The variance of Fleiss,
    Nee & Landis (1979) holds only where kappa is 0: it is ``null_error``, given for unweighted kappa and the same
    number of readings for every unit. Undefined where everything got one value.
    """
    table = agreement_weights(ratings.scale, weights, symmetric=True)
    found = blank(ratings, method=f"fleiss.{name(weights)}", level=level)
    all_units = patterns(ratings)
    shares = _shares(all_units)
    by_value = table @ shares
    chance = _Chance(float(shares @ by_value), dense(all_units.counts @ by_value) / all_units.readings)
    found = _beyond_chance(found, all_units, table, chance)
    if found.value is None or name(weights) != "unweighted" or len(np.unique(all_units.readings)) > 1:
        return found
    return replace(found, null_error=_null_error(all_units, shares))


def gwet(
    ratings: Ratings,
    *,
    weights: Weights | Sequence[Sequence[float]] | NDArray[Any] = "unweighted",
    level: float = 0.95,
) -> Agreement:
    """AC1 (Gwet 2008), with weights AC2 (Gwet 2014, chapter 3); any number of raters, readings may be missing.

    Chance depends on how many values the scale has, so declare the scale where one of them was never given. Interval
    by Gwet's variance (2008, section 4; with missing readings 2014, chapter 5) with Student's t; where many units have
    one reading only it is wider than it need be, for :func:`fleiss` too. Undefined where the scale has a single value.
    """
    table = agreement_weights(ratings.scale, weights, symmetric=True)
    found = blank(ratings, method=f"gwet.{name(weights)}", level=level)
    values = len(ratings.scale.values)
    if values < 2:
        return one_value(found)
    all_units = patterns(ratings)
    doubt = 1 - _shares(all_units)
    scale = float(table.sum()) / (values * (values - 1))
    each = scale * dense(all_units.counts @ doubt) / all_units.readings
    chance = _Chance(float(all_units.times @ each) / all_units.units, each)
    return _beyond_chance(found, all_units, table, chance)


def _shares(found: Patterns) -> Floats:
    """How common each value is: the mean over units of its share among the unit's readings."""
    return dense((found.times / found.readings / found.units) @ found.counts).ravel()


def _beyond_chance(found: Agreement, units: Patterns, weights: Floats, chance: _Chance) -> Agreement:
    if not found.pairs:
        return no_pairs(found)
    agreed = dense(units.counts.multiply(units.counts @ weights).sum(axis=1)).ravel() - units.readings
    agreed /= np.maximum(units.readings * (units.readings - 1), 1)
    observed = float(units.times @ agreed) / found.units
    found = replace(found, observed=observed, expected=chance.overall)
    if 1 - chance.overall < 1e-12:
        return one_value(found)
    value = (observed - chance.overall) / (1 - chance.overall)
    if units.units < 2:
        return found.without_interval(value)
    error = _error(value, agreed, units=units, paired=found.units, chance=chance)
    result = replace(found, units=units.units).with_student(
        value, error, bounds=(-np.inf, 1), interval="gwet"
    )
    return replace(result, units=found.units)


def _error(value: float, agreed: Floats, *, units: Patterns, paired: int, chance: _Chance) -> float:
    """Gwet 2014 (section 5.3) and 2021: each unit's own coefficient, corrected for its part in what chance is."""
    left = 1 - chance.overall
    counted = units.readings >= 2
    own = units.units / paired * (agreed - chance.overall * counted) / left
    own -= 2 * (1 - value) * (chance.each - chance.overall) / left
    return float(np.sqrt(units.times @ (own - value) ** 2 / (units.units * (units.units - 1))))


def _null_error(units: Patterns, shares: Floats) -> float:
    many, spread = units.readings[0], float(shares @ (1 - shares))
    skew = float((shares * (1 - shares) * (1 - 2 * shares)).sum())
    return float(np.sqrt(2 * (spread**2 - skew) / (units.units * many * (many - 1))) / spread)
