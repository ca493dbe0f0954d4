"""How well each record, element and category is described by the model.

Mean squares after Wright and Masters (1982, Rating Scale Analysis, ch. 5): outfit is the mean of squared standardised
residuals, infit weighs them by their variance; both are near 1 where the model holds, above it for noise, below it
for too little variation. The standardised forms are the cube roots made normal by Wilson and Hilferty (1931).
Under marginal estimation residuals are taken at each lesson's posterior mean, so with few records a lesson mean squares
lie below 1 for all (about 0.9 with 12 records, 0.75 with 3): compare them with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.measurement.facets.data import Floats, Ints, Readings
from rubrics.measurement.facets.kernel import at_or_above, weights
from rubrics.measurement.facets.table import Table


@dataclass(frozen=True, slots=True)
class Residuals:
    """By record, in categories: what was expected, its variance and fourth central moment, and the residual."""

    expected: Floats
    variance: Floats
    fourth: Floats
    residual: Floats

    @property
    def standard(self) -> Floats:
        return np.asarray(self.residual / np.sqrt(self.variance), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Fit:
    """By element; NaN for one without records."""

    infit: Floats
    infit_z: Floats
    outfit: Floats
    outfit_z: Floats


def residuals(table: Table, x: Floats, steps: Floats) -> Residuals:
    """At the rows' places ``x``, for the records the table was made of, in their order."""
    weight = weights(steps)
    expected, variance, fourth = (np.empty(len(table.codes)) for _ in range(3))
    for part in table.parts:
        chances, _ = at_or_above(x[part.rows], weight, None)
        found = _central(chances)
        place = table.cell_column[part.records], table.cell_row[part.records] - part.rows.start
        expected[part.records], variance[part.records], fourth[part.records] = (one[place] for one in found)
    least = np.maximum(variance, 1e-12)
    return Residuals(expected, least, np.maximum(fourth, 1e-12), table.codes - expected)


def _central(chances: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and fourth central moment from the chances of each category or higher."""
    first = chances.sum(axis=0)
    moments = [np.zeros_like(first) for _ in range(3)]
    for k, chance in enumerate(chances, start=1):
        for power, moment in enumerate(moments, start=2):
            moment += (k**power - (k - 1) ** power) * chance
    second, third, last = moments
    variance = second - first**2
    fourth = last - 4 * third * first + 6 * second * first**2 - 3 * first**4
    return first, variance, fourth


def fit_of(found: Residuals, element: Ints, size: int) -> Fit:
    """Infit and outfit of the elements to which the records belong."""

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(element, weights=values, minlength=size), dtype=np.float64)

    count = np.bincount(element, minlength=size).astype(np.float64)
    square = found.residual**2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = total(found.variance)
        outfit = total(square / found.variance) / count
        infit = total(square) / variance
        spread_out = np.sqrt(np.maximum(total(found.fourth / found.variance**2) - count, 0.0)) / count
        spread_in = np.sqrt(np.maximum(total(found.fourth - found.variance**2), 0.0)) / variance
        return Fit(infit, wilson_hilferty(infit, spread_in), outfit, wilson_hilferty(outfit, spread_out))


def wilson_hilferty(square: Floats, spread: Floats) -> Floats:
    """A mean square with this standard deviation about 1, as a deviate of the standard normal distribution."""
    bounded = np.minimum(
        spread, np.sqrt(2.0)
    )  # as for one degree of freedom; beyond it the cube root misleads
    return np.asarray((np.cbrt(square) - 1.0) * 3.0 / bounded + bounded / 3.0, dtype=np.float64)


def halo(readings: Readings, found: Residuals) -> Floats:
    """By rater: the mean product of two criteria's standardised residuals in one reading; NaN where there are no two.

    About 0 (slightly below, as lessons' measures come from the same readings) for raters who judge each
    criterion by itself; towards 1 where one impression of the lesson colours all of them.
    """
    keys, reading = readings.reading()
    standard = found.standard
    count = np.bincount(reading)
    pairs = count * (count - 1)
    total = np.bincount(reading, weights=standard)
    squares = np.bincount(reading, weights=standard**2)
    rater = keys // max(len(readings.periods), 1) % len(readings.raters)
    size = len(readings.raters)
    with np.errstate(divide="ignore", invalid="ignore"):
        found_products = np.bincount(rater, weights=total**2 - squares, minlength=size)
        return np.asarray(
            found_products / np.bincount(rater, weights=pairs, minlength=size), dtype=np.float64
        )
