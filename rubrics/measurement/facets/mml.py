"""Marginal maximum likelihood: lessons ~ N(mean, variance), both free; others and steps are parameters.

(Bock and Aitkin 1981; Adams, Wilson and Wang 1997, as in TAM and ConQuest.) The marginal likelihood and its gradient
are exact up to quadrature on evenly spaced nodes of the normal distribution, close enough to each other for the
narrowest lesson. Far from the maximum steps are Newton's with the information of a normal approximation at each
lesson's expectation, quick to compute; near it with the observed information (:mod:`.chord`), for with few records a
lesson the approximation alone would creep. Standard errors come from the observed information (:mod:`.louis`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from rubrics.measurement.facets.chord import Chord, length
from rubrics.measurement.facets.constraints import Space
from rubrics.measurement.facets.data import Bools, Floats, Ints
from rubrics.measurement.facets.information import solve, swept
from rubrics.measurement.facets.jml import Estimate, steps_of
from rubrics.measurement.facets.kernel import at_or_above, moments, observed, weights
from rubrics.measurement.facets.louis import errors
from rubrics.measurement.facets.settings import Settings
from rubrics.measurement.facets.table import Table

_LEAST_VARIANCE = 1e-4  # logits squared; below it lessons do not differ
_SPACING = 1.25  # nodes' distance in standard deviations of the narrowest lesson: errors of 3 in a million


@dataclass(frozen=True, slots=True)
class Kinds:
    """Rows that meet the same other on the same columns are alike: ``lessons`` counts them, ``cells`` says which.

    ``lessons`` is used lessons x kinds, ``cells`` kinds x (columns x others).
    """

    lessons: csr_array
    cells: csr_array


@dataclass(frozen=True, slots=True)
class Point:
    """Parameters with the lessons' posterior (used lessons x nodes) there. ``places`` are the nodes, logits."""

    parameters: Floats
    mean: float
    variance: float
    places: Floats
    posterior: Floats
    expected: Floats
    spread: Floats
    gradient: Floats
    log_likelihood: float


def kinds_of(table: Table) -> Kinds:
    """Every row's kind; with no cell empty there is one a other."""
    kind = table.other
    if any(part.present is not None for part in table.parts):
        present = np.zeros((len(table.lesson), table.columns), dtype=np.bool_)
        present[table.cell_row, table.cell_column] = True
        bits = np.packbits(present, axis=1).astype(np.int64)
        _, first, kind = np.unique(
            np.column_stack([table.other, bits]), axis=0, return_index=True, return_inverse=True
        )
        kind = kind.reshape(-1)
        others, patterns = table.other[first], present[first]
    else:
        others, patterns = np.arange(table.others), np.ones((table.others, table.columns), dtype=np.bool_)
    which, column = np.nonzero(patterns)
    cells = csr_array(
        (np.ones(len(which)), (which, column * table.others + others[which])),
        shape=(len(others), table.columns * table.others),
    )
    ends = np.append(table.starts, len(table.lesson))
    lessons = csr_array((np.ones(len(kind)), kind, ends), shape=(len(table.used), len(others)))
    return Kinds(lessons, cells)


def marginal(table: Table, room: Space, *, exists: Bools, settings: Settings) -> Estimate:
    """The marginal estimate; lessons' measures are posterior means (EAP), their errors posterior deviations."""
    totals, counts = observed(table)
    by_other = np.bincount(table.other, weights=totals, minlength=table.others)
    data = (table.by_lesson(totals), np.concatenate([by_other, counts]))
    kinds = kinds_of(table)
    nodes, why, rounds, change = settings.nodes, "rounds", 0, np.inf
    chord = Chord(table, room, exists)
    here = look(table, kinds, room.start, 0.0, 1.0, nodes=nodes, exists=exists, data=data, settings=settings)
    for rounds in range(1, settings.rounds + 1):  # noqa: B007 - told afterwards
        proposal, needed = _proposal(table, here, room, exists=exists, settings=settings)
        nodes = max(nodes, min(needed, settings.most_nodes))
        if proposal is None:
            why = "singular"
            break
        proposal = chord.better(here, proposal, change)
        change = length(proposal)
        if change < max(settings.change, 1e-8):
            why = ""
            break
        following = _damped(
            table, kinds, here, proposal, nodes=nodes, exists=exists, data=data, settings=settings
        )
        if following is None:
            why = "" if change < 1e-5 else "stuck"
            break
        here = following
        if here.variance <= _LEAST_VARIANCE:
            why = "no_spread"
            break
    return _finished(table, here, room, exists=exists, rounds=rounds, change=change, why=why)


def look(
    table: Table,
    kinds: Kinds,
    parameters: Floats,
    mean: float,
    variance: float,
    *,
    nodes: int,
    exists: Bools,
    data: tuple[Floats, Floats],
    settings: Settings,
) -> Point:
    """The marginal likelihood, its gradient (observed less expected, signed as severities) and the posterior."""
    places, prior = _nodes(mean, variance, nodes=nodes, reach=settings.reach)
    chances, logs = _grid(table, parameters, places, exists)
    lesson_totals, sums = data
    joint = lesson_totals[:, None] * places[None, :] - kinds.lessons @ (kinds.cells @ logs) + prior
    highest = joint.max(axis=1)
    np.exp(joint - highest[:, None], out=joint)
    density = joint.sum(axis=1)
    joint /= density[:, None]
    likelihood = float((highest + np.log(density)).sum() - parameters @ sums)
    expected = joint @ places
    spread = np.maximum(joint @ places**2 - expected**2, 1e-12)
    counts = (kinds.cells.T @ (kinds.lessons.T @ joint)).reshape(1, table.columns, table.others, nodes)
    weighted = chances * counts
    gradient = np.concatenate([weighted.sum(axis=(0, 1, 3)), weighted.sum(axis=(2, 3)).reshape(-1)]) - sums
    return Point(parameters, mean, variance, places, joint, expected, spread, gradient, likelihood)


def _nodes(mean: float, variance: float, *, nodes: int, reach: float) -> tuple[Floats, Floats]:
    z = np.linspace(-reach, reach, nodes)
    logs = -(z**2) / 2
    return mean + np.sqrt(variance) * z, logs - np.log(np.exp(logs).sum())


def _grid(table: Table, parameters: Floats, places: Floats, exists: Bools) -> tuple[Floats, Floats]:
    """Chances as steps x columns x others x nodes; logs of denominators as (columns x others) x nodes."""
    x = (places[None, :] - parameters[: table.others, None]).reshape(-1)
    chances, logs = at_or_above(x, weights(steps_of(table, parameters, exists=exists)), None)
    shape = (len(chances), table.columns, table.others, len(places))
    return chances.reshape(shape), logs.reshape(table.columns * table.others, len(places))


def _proposal(
    table: Table, here: Point, room: Space, *, exists: Bools, settings: Settings
) -> tuple[tuple[Floats, float, float] | None, int]:
    """Changes of parameters, mean and log variance; and the nodes the narrowest lesson needs."""
    x = here.expected[_lesson_of_row(table)] - here.parameters[table.other]
    found = moments(table, x, steps_of(table, here.parameters, exists=exists))
    information = np.maximum(table.by_lesson(found.row_variance), 1e-12)
    narrowest = 1.0 / np.sqrt(information.max() + 1.0 / here.variance)
    needed = int(2 * settings.reach * np.sqrt(here.variance) / (_SPACING * narrowest)) + 1
    matrix = swept(table, found, spread=1.0 / (information + 1.0 / here.variance)).matrix
    step = solve(room.directions.T @ matrix @ room.directions, room.directions.T @ here.gradient)
    if step is None:
        return None, needed
    apart = here.expected - here.mean
    wide = here.variance + 1.0 / information
    mean = float(apart.sum() / here.variance / (1.0 / wide).sum())
    slope = float(((here.spread + apart**2) / here.variance - 1.0).sum() / 2)
    logs = slope / float((here.variance**2 / (2 * wide**2)).sum())
    return (np.asarray(room.directions @ step, dtype=np.float64), mean, logs), needed


def _damped(
    table: Table,
    kinds: Kinds,
    here: Point,
    proposal: tuple[Floats, float, float],
    *,
    nodes: int,
    exists: Bools,
    data: tuple[Floats, Floats],
    settings: Settings,
) -> Point | None:
    step, mean, logs = proposal
    share = min(1.0, 2.0 / max(np.abs(step).max(initial=0.0), abs(mean), abs(logs) * 2, 1e-300))
    slack = 1e-9 * (1.0 + abs(here.log_likelihood)) * (1.0 if nodes == len(here.places) else 1e3)
    for _ in range(12):
        variance = max(here.variance * float(np.exp(share * logs)), _LEAST_VARIANCE)
        following = look(
            table,
            kinds,
            here.parameters + share * step,
            here.mean + share * mean,
            variance,
            nodes=nodes,
            exists=exists,
            data=data,
            settings=settings,
        )
        if following.log_likelihood >= here.log_likelihood - slack:
            return following
        share /= 2
    return None


def _lesson_of_row(table: Table) -> Ints:
    return np.repeat(np.arange(len(table.used)), np.diff(np.append(table.starts, len(table.lesson))))


def _finished(
    table: Table, here: Point, room: Space, *, exists: Bools, rounds: int, change: float, why: str
) -> Estimate:
    known = errors(table, here, room, exists=exists)
    size = len(here.parameters)
    return Estimate(
        lessons=here.expected,
        parameters=here.parameters,
        errors=np.sqrt(here.spread),
        covariance=known.covariance[:size, :size],
        log_likelihood=here.log_likelihood,
        rounds=rounds,
        change=change,
        residual=float(np.abs(room.directions.T @ here.gradient).max(initial=0.0)),
        why=why or ("" if np.isfinite(known.covariance).all() else "singular"),
        mean=here.mean,
        variance=here.variance,
        error_kind=known.kind,
        mean_error=float(np.sqrt(known.covariance[size, size])),
        variance_error=float(np.sqrt(known.covariance[size + 1, size + 1])),
    )
