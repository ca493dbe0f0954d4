"""Errors under marginal estimation: the observed information, exactly (Louis 1982, JRSS B 44, eq. 3.1).

Observed = expected complete information less the posterior covariance of the complete score, lesson by lesson. Where
steps are so many (scales by rater) that their square is out of reach, the normal approximation at each lesson's
expectation takes its place, and the result says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import coo_array  # type: ignore[import-untyped]

from rubrics.measurement.facets.constraints import Space
from rubrics.measurement.facets.data import Bools, Floats, Ints
from rubrics.measurement.facets.information import covariance, swept
from rubrics.measurement.facets.jml import steps_of
from rubrics.measurement.facets.kernel import at_or_above, moments, weights
from rubrics.measurement.facets.table import Table, cuts

_MOST_STEPS = 400
_BLOCK = 1 << 20  # doubles in one block of lessons x nodes x steps


class Posterior(Protocol):
    """What is needed of the end of a marginal search."""

    @property
    def parameters(self) -> Floats: ...
    @property
    def mean(self) -> float: ...
    @property
    def variance(self) -> float: ...
    @property
    def places(self) -> Floats: ...
    @property
    def posterior(self) -> Floats: ...
    @property
    def expected(self) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Errors:
    """The covariance of others, steps, mean and variance; ``kind`` is ``observed`` or ``approximate``."""

    covariance: Floats
    kind: str


def errors(table: Table, end: Posterior, room: Space, *, exists: Bools) -> Errors:
    """Under the constraints of ``room``; all NaN where the information is singular."""
    size = len(end.parameters)
    directions = np.zeros((size + 2, room.directions.shape[1] + 2))
    directions[:size, :-2] = room.directions
    directions[size, -2] = directions[size + 1, -1] = 1.0
    exact = is_exact(exists)
    matrix = (observed_information if exact else _approximate)(table, end, exists=exists)
    known = covariance(matrix, directions)
    if known is None:
        known = np.full((size + 2, size + 2), np.nan)
    return Errors(known, "observed" if exact else "approximate")


def is_exact(exists: Bools) -> bool:
    """Whether there are few enough steps for the observed information."""
    return bool(exists.size <= _MOST_STEPS)


def observed_information(table: Table, end: Posterior, *, exists: Bools) -> Floats:
    """Of others, steps, mean and variance, without any constraint."""
    whole = complete_information(table, end, exists=exists)
    count, at = len(table.used), len(whole) - 2
    apart = end.places - end.mean
    squares = float((end.posterior @ apart**2).sum())
    whole[at, at] = count / end.variance
    whole[at + 1, at + 1] = squares / end.variance**3 - count / (2 * end.variance**2)
    whole[at, at + 1] = whole[at + 1, at] = float((end.posterior @ apart).sum()) / end.variance**2
    return whole - _missing(table, end, exists=exists)


def _by_other(table: Table, end: Posterior, exists: Bools) -> Floats:
    """Others x nodes x steps: the chance of each step or higher."""
    x = (end.places[None, :] - end.parameters[: table.others, None]).reshape(-1)
    chances, _ = at_or_above(x, weights(steps_of(table, end.parameters, exists=exists)), None)
    return chances.reshape(-1, table.others, len(end.places)).transpose(1, 2, 0).copy()


def complete_information(table: Table, end: Posterior, *, exists: Bools) -> Floats:
    """The information about others and steps if lessons' places were known, expected over their posterior."""
    steps, others, columns = exists.shape[1], table.others, table.columns
    x = (end.places[None, :] - end.parameters[:others, None]).reshape(-1)
    chances, _ = at_or_above(x, weights(steps_of(table, end.parameters, exists=exists)), None)
    number = _numbers(table, end)
    plain = chances * number
    total = plain.sum(axis=2)
    within = plain.transpose(1, 0, 2) @ chances.transpose(1, 2, 0)
    expected = chances.sum(axis=0)
    above = np.cumsum(chances[::-1], axis=0)[::-1] - chances
    ranks = np.arange(1, steps + 1)[:, None, None]
    with_total = (
        (number * ((ranks - expected) * chances + above)).reshape(steps * columns, others, -1).sum(axis=2)
    )
    whole = np.zeros((others + steps * columns + 2,) * 2)
    whole[np.arange(others), np.arange(others)] = with_total.sum(axis=0)
    end_at = others + steps * columns
    whole[others:end_at, :others] = with_total
    whole[:others, others:end_at] = with_total.T
    every = np.arange(columns)
    for k in range(steps):
        for other in range(steps):
            value = total[max(k, other)] - within[:, k, other]
            whole[others + k * columns + every, others + other * columns + every] = value
    return whole


def _numbers(table: Table, end: Posterior) -> Floats:
    """Columns x (others x nodes): how many records are expected at each node."""
    found = np.zeros((table.columns, table.others, len(end.places)))
    lesson = _lesson_of_row(table)
    for part in table.parts:
        rows = end.posterior[lesson[part.rows]]
        if part.present is None:
            found += part.by_other @ rows
        else:
            for column, present in enumerate(part.present):
                found[column] += part.by_other @ (rows * present[:, None])
    return found.reshape(table.columns, -1)


def _missing(table: Table, end: Posterior, *, exists: Bools) -> Floats:
    """The posterior covariance of each lesson's complete score, summed over lessons."""
    chances = _by_other(table, end, exists)
    steps = chances.shape[2]
    size = table.others + steps + 2
    found = np.zeros((size, size))
    window = _window(end.posterior)
    ends = np.append(table.starts, len(table.lesson))
    present = _present(table, exists.shape[1])
    for first, last in cuts(ends, rows=max(_BLOCK // (window.shape[1] * steps), 1)):
        rows = slice(int(ends[first]), int(ends[last]))
        starts = table.starts[first:last] - rows.start
        lesson = np.repeat(np.arange(last - first), np.diff(np.append(starts, rows.stop - rows.start)))
        scores = chances[table.other[rows][:, None], window[first:last][lesson]]
        if present is not None:
            scores *= present[rows, None, :]
        found += _outer(
            end,
            scores,
            window[first:last],
            lesson=lesson,
            starts=starts,
            other=table.other[rows],
            first=first,
            others=table.others,
        )
    return found


def _window(posterior: Floats) -> Ints:
    """Lessons x nodes: for each lesson the stretch of nodes that holds all its posterior worth counting."""
    nodes = posterior.shape[1]
    counts = posterior > 1e-13 / nodes
    low, high = counts.argmax(axis=1), nodes - counts[:, ::-1].argmax(axis=1)
    width = int((high - low).max())
    return np.asarray(np.minimum(low, nodes - width)[:, None] + np.arange(width), dtype=np.int64)


def _outer(
    end: Posterior,
    scores: Floats,
    window: Ints,
    *,
    lesson: Ints,
    starts: Ints,
    other: Ints,
    first: int,
    others: int,
) -> Floats:
    """Of a block of lessons, from ``first``: scores are rows x window x steps."""
    count, nodes = window.shape
    posterior = np.take_along_axis(end.posterior[first : first + count], window, axis=1)
    steps = np.concatenate([np.add.reduceat(scores, starts, axis=0), _of_prior(end)[window]], axis=2)
    root = np.sqrt(posterior)
    steps -= posterior[:, None, :] @ steps
    steps *= root[:, :, None]
    totals = scores.sum(axis=2)
    totals -= (posterior[lesson] * totals).sum(axis=1)[:, None]
    totals *= root[lesson]
    places = (lesson[:, None] * nodes + np.arange(nodes)).reshape(-1)
    met = coo_array(
        (totals.reshape(-1), (places, np.repeat(other, nodes))), shape=(count * nodes, others)
    ).tocsr()
    flat = steps.reshape(count * nodes, -1)
    cross = met.T @ flat
    return np.block([[(met.T @ met).toarray(), cross], [cross.T, flat.T @ flat]])


def _of_prior(end: Posterior) -> Floats:
    """Nodes x 2: the scores of the mean and the variance."""
    apart = end.places - end.mean
    both = [apart / end.variance, (apart**2 - end.variance) / (2 * end.variance**2)]
    return np.stack(both, axis=1)


def _present(table: Table, steps: int) -> Floats | None:
    """Rows x steps, or none where no cell is empty."""
    if all(part.present is None for part in table.parts):
        return None
    cells = np.zeros((len(table.lesson), table.columns))
    cells[table.cell_row, table.cell_column] = 1.0
    return np.tile(cells, (1, steps))


def _lesson_of_row(table: Table) -> Ints:
    return np.repeat(np.arange(len(table.used)), np.diff(np.append(table.starts, len(table.lesson))))


def _approximate(table: Table, end: Posterior, *, exists: Bools) -> Floats:
    x = end.expected[_lesson_of_row(table)] - end.parameters[table.other]
    found = moments(table, x, steps_of(table, end.parameters, exists=exists))
    information = np.maximum(table.by_lesson(found.row_variance), 1e-12)
    matrix = swept(table, found, spread=1.0 / (information + 1.0 / end.variance)).matrix
    whole = np.zeros((len(matrix) + 2,) * 2)
    whole[:-2, :-2] = matrix
    wide = end.variance + 1.0 / information
    whole[-2, -2] = float((1.0 / wide).sum())
    whole[-1, -1] = float((0.5 / wide**2).sum())
    return whole
