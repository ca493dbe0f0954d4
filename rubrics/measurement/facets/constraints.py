"""What may move: the free directions of others and steps under anchors, centring and shared scales.

Every constraint is linear. An element held, or a step that does not exist, is out of the search; the remaining
constraints A p = b are met at the start, and p moves along an orthonormal basis of the null space of A only, so
that they hold at every moment and errors come out subject to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag, qr  # type: ignore[import-untyped]

from rubrics.measurement.facets.data import Bools, Floats, Readings
from rubrics.measurement.facets.scales import Scales
from rubrics.measurement.facets.settings import Anchors, held_values
from rubrics.measurement.facets.table import Table


@dataclass(frozen=True, slots=True)
class Space:
    """A start that meets all constraints and the directions (parameters x free) that keep them.

    Parameters are the others, then the steps in the order k * columns + c.
    """

    start: Floats
    directions: Floats


def space(
    readings: Readings,
    table: Table,
    scales: Scales,
    *,
    anchors: Anchors,
    held: dict[str, Bools],
    centred: tuple[str, ...],
) -> Space:
    """The search space of a fit; elements without records stay where they are and are never reported."""
    present = np.bincount(table.other, minlength=table.others) > 0
    values = held_values(readings, anchors, scales.other)
    free = present & ~held[scales.other]
    others = [(free.astype(np.float64), 0.0)] if scales.other in centred else []
    first = _affine(values, free, others)
    second = _steps(readings, scales, anchors=anchors, held=held, centred=scales.carrier in centred)
    return Space(
        np.concatenate([first.start, second.start]),
        np.asarray(block_diag(first.directions, second.directions)),
    )


def bare(others: int, steps: Floats, *, rows: list[tuple[Floats, float]], free: Bools) -> Space:
    """Others under the constraints given, steps held: for the severities of parts of the time."""
    first = _affine(np.zeros(others), free, rows)
    width = first.directions.shape[1]
    return Space(
        np.concatenate([first.start, steps]), np.vstack([first.directions, np.zeros((len(steps), width))])
    )


def _steps(
    readings: Readings, scales: Scales, *, anchors: Anchors, held: dict[str, Bools], centred: bool
) -> Space:
    columns, count = len(scales.levels), int(scales.steps.max())
    exists = np.arange(count)[:, None] < scales.steps[None, :]
    rows = []
    for row, value in _rules(readings, scales, anchors=anchors, held=held, centred=centred):
        rows.append((row.reshape(-1), value))
    return _affine(np.zeros(columns * count), exists.reshape(-1), rows)


def _rules(
    readings: Readings, scales: Scales, *, anchors: Anchors, held: dict[str, Bools], centred: bool
) -> Iterator[tuple[Floats, float]]:
    """Constraints as (steps x columns, value)."""
    shape = (int(scales.steps.max()), len(scales.levels))
    ids, steps = readings.ids(scales.carrier), scales.steps
    measure = np.zeros(shape)
    for column in np.flatnonzero(steps):
        mean = np.zeros(shape)
        mean[: steps[column], column] = 1.0 / steps[column]
        measure += mean
        if held[scales.carrier][column]:
            yield mean, anchors.of(scales.carrier)[ids[column]]
        yield from _thresholds(scales, anchors, column=int(column), name=ids[column], shape=shape)
    if centred:
        yield measure, 0.0


def _thresholds(
    scales: Scales, anchors: Anchors, *, column: int, name: str, shape: tuple[int, int]
) -> Iterator[tuple[Floats, float]]:
    """Distances between a column's neighbouring steps: as anchored, or as in the first column that shares the scale."""
    given = anchors.thresholds.get(scales.key(name))
    first = int(np.argmax(scales.steps > 0))
    for k in range(1, int(scales.steps[column])):
        apart = np.zeros(shape)
        apart[k, column], apart[k - 1, column] = 1.0, -1.0
        if given is not None:
            lower, upper = (int(level) for level in scales.levels[column][k : k + 2])
            yield apart, given[upper] - given[lower]
        elif scales.kind == "shared" and column != first:
            apart[k, first], apart[k - 1, first] = -1.0, 1.0
            yield apart, 0.0


def _affine(values: Floats, free: Bools, rows: list[tuple[Floats, float]]) -> Space:
    """``values`` where held; among the free, the least point that meets the constraints and what may be added."""
    places = np.flatnonzero(free)
    start = values.copy()
    start[places] = 0.0
    directions = np.zeros((len(values), len(places)))
    directions[places, np.arange(len(places))] = 1.0
    if not rows or not len(places):
        return Space(start, directions)
    matrix = np.array([row[places] for row, _ in rows])
    wanted = np.array([value - row @ start for row, value in rows])
    q, r, _ = qr(matrix.T, pivoting=True)
    size = np.abs(np.diag(r))
    rank = int((size > 1e-10 * max(size.max(initial=0.0), 1e-300)).sum())
    start[places] = np.linalg.lstsq(matrix, wanted, rcond=None)[0]
    basis = np.zeros((len(values), len(places) - rank))
    basis[places] = q[:, rank:]
    return Space(start, basis)
