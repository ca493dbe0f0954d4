"""The model and its moments: sums over all records of what is expected and how it varies, in one pass.

A row's place is x = lesson - other; column c has steps d[c, k], k = 1..m: the logit of category k against k - 1 is
x - d[c, k] (Linacre 1989; the column's measure is the mean of its steps, a threshold a step less that mean). With
w[c, k] = exp(-(d[c, 1] + ... + d[c, k])) the probability of k is w[c, k] e^(kx) over the sum, so one exponential a
row and one matrix product give all denominators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from rubrics.measurement.facets.data import Floats
from rubrics.measurement.facets.table import Part, Table

_LARGEST = 300.0  # of kx: beyond it e^(kx) times a weight may be no number


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums of expectations and of covariances, with the steps in the order k * columns + c.

    ``row_variance`` is each row's; ``lesson_steps`` (used lessons x steps) and ``other_steps`` hold the covariance
    of a total with the number of records at or above each step, ``steps`` of these numbers with each other.
    """

    log_denominators: float
    row_expected: Floats
    row_variance: Floats
    step_expected: Floats
    lesson_steps: Floats
    other_steps: Floats
    steps: Floats


def weights(steps: Floats) -> Floats:
    """Columns x categories: w of the module's text. Steps are columns x (categories - 1), +inf where none is."""
    logs = np.concatenate([np.zeros((len(steps), 1)), -np.cumsum(steps, axis=1)], axis=1)
    # A search that runs away must not take numbers with it; a step that is none keeps its weight of 0.
    return np.asarray(np.exp(np.where(np.isinf(logs), logs, np.clip(logs, -700.0, 700.0))), dtype=np.float64)


def at_or_above(x: Floats, weight: Floats, present: Floats | None) -> tuple[Floats, Floats]:
    """Steps x columns x rows: the chance of category k or higher (0 where no record is); and the denominators' logs."""
    if np.abs(x).max(initial=0.0) * (weight.shape[1] - 1) > _LARGEST:
        return _far_out(x, weight, present)
    power = np.exp(np.arange(weight.shape[1])[:, None] * x[None, :])
    denominators = weight @ power
    inverse = 1.0 / denominators if present is None else present / denominators
    chances = np.empty((weight.shape[1] - 1, *denominators.shape))
    for k in range(weight.shape[1] - 1, 0, -1):
        np.multiply(weight[:, k, None], power[None, k], out=chances[k - 1])
        chances[k - 1] *= inverse
        if k < weight.shape[1] - 1:
            chances[k - 1] += chances[k]
    return chances, np.log(denominators)


def _far_out(x: Floats, weight: Floats, present: Floats | None) -> tuple[Floats, Floats]:
    """The same where e^(kx) itself would be too large a number: relative to the likeliest category."""
    with np.errstate(divide="ignore"):
        logs = np.log(weight).T[:, :, None]
    ranks = np.arange(weight.shape[1], dtype=np.float64)[:, None, None]
    terms: Floats = logs + ranks * x
    highest = terms.max(axis=0)
    terms -= highest
    np.exp(terms, out=terms)
    total = terms.sum(axis=0)
    terms /= total if present is None else np.where(present > 0, total, np.inf)
    chances = np.cumsum(terms[:0:-1], axis=0)[::-1]
    return np.ascontiguousarray(chances), np.asarray(highest + np.log(total), dtype=np.float64)


def moments(table: Table, x: Floats, steps: Floats) -> Moments:
    """All sums at the rows' places ``x``. Time and memory grow with rows x columns x steps, a part at a time."""
    weight = weights(steps)
    columns, count = steps.shape
    size = columns * count
    expected, variance = np.empty(len(x)), np.empty(len(x))
    of_lessons = np.empty((len(table.used), size))
    of_others, total = np.zeros((table.others, size)), np.zeros(size)
    within = np.zeros((columns, count, count))
    log_denominators = 0.0
    for part in table.parts:
        chances, logs = at_or_above(x[part.rows], weight, part.present)
        log_denominators += float(logs.sum() if part.present is None else np.vdot(logs, part.present))
        total += chances.sum(axis=2).reshape(size)
        by_column = chances.transpose(1, 0, 2)
        within += by_column @ by_column.transpose(0, 2, 1)
        expected[part.rows] = _covary(chances)
        variance[part.rows] = chances.sum(axis=(0, 1))
        of_lessons[part.lessons] = _by_lesson(chances, part, size)
        of_others += part.by_other @ chances.reshape(size, -1).T
    return Moments(
        log_denominators, expected, variance, total, of_lessons, of_others, _between_steps(total, within)
    )


def _covary(chances: Floats) -> Floats:
    """Turns chances into covariances with the record's category, in place; returns what each row expects.

    The covariance of the category with "at or above k" is k S_k + (S_k+1 + ... + S_m) - S_k E.
    """
    expected = chances.sum(axis=0)
    above = np.zeros_like(expected)
    for k in range(len(chances), 0, -1):
        here = chances[k - 1]
        factor = k - expected
        factor *= here
        factor += above
        above += here
        chances[k - 1] = factor
    return np.asarray(expected.sum(axis=0), dtype=np.float64)


def _by_lesson(covariances: Floats, part: Part, size: int) -> Floats:
    return np.asarray(np.add.reduceat(covariances.reshape(size, -1), part.starts, axis=1).T, dtype=np.float64)


def _between_steps(total: Floats, within: Floats) -> Floats:
    """Steps x steps: covariance of "at or above k" and "at or above l" of a column: S of the higher, less S_k S_l."""
    columns, count, _ = within.shape
    chances = total.reshape(count, columns)
    found = np.zeros((count, columns, count, columns))
    every = np.arange(columns)
    for k in range(count):
        for other in range(count):
            found[k, every, other, every] = chances[max(k, other)] - within[:, k, other]
    return found.reshape(count * columns, count * columns)


def observed(table: Table) -> tuple[Floats, Floats]:
    """Each row's total of categories, and the number of records at or above each step."""
    totals = np.bincount(table.cell_row, weights=table.codes, minlength=len(table.lesson))
    counts = np.bincount(
        table.codes * table.columns + table.cell_column, minlength=table.categories * table.columns
    )
    above = np.cumsum(counts.reshape(table.categories, table.columns)[::-1], axis=0)[::-1]
    return totals.astype(np.float64), above[1:].astype(np.float64).reshape(-1)


def lesson_others(table: Table, rows: Floats) -> csr_array:
    """Used lessons x others with the rows' values."""
    ends = np.append(table.starts, len(table.lesson))
    return csr_array((rows, table.other, ends), shape=(len(table.used), table.others))
