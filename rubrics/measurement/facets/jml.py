"""Joint maximum likelihood (Wright and Panchapakesan 1969; Linacre 1989): every lesson's measure is a parameter.

Newton's method on all parameters at once, lessons swept out, so that a sparse design of two raters a lesson takes
as few rounds as a full one. A step is halved until the likelihood does not fall, and is never longer than two logits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rubrics.measurement.facets.constraints import Space
from rubrics.measurement.facets.data import Bools, Floats
from rubrics.measurement.facets.information import Swept, covariance, lesson_errors, solve, swept
from rubrics.measurement.facets.kernel import Moments, moments, observed
from rubrics.measurement.facets.settings import Settings
from rubrics.measurement.facets.table import Table

_LONGEST = 2.0  # logits a round
_WIDEST = 100.0  # logits; an error beyond says that nothing determines the measure


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the search ended. ``parameters`` are others, then steps as k * columns + c; ``lessons`` are the used ones.

    ``why`` is empty when it converged; ``change`` is the last step's largest, logits; ``residual`` the largest
    difference between an observed and an expected total of a free parameter.
    """

    lessons: Floats
    parameters: Floats
    errors: Floats
    covariance: Floats
    log_likelihood: float
    rounds: int
    change: float
    residual: float
    why: str
    mean: float = 0.0
    variance: float = 0.0
    error_kind: str = "joint"
    mean_error: float = 0.0
    variance_error: float = 0.0


@dataclass(frozen=True, slots=True)
class _Point:
    lessons: Floats
    parameters: Floats
    found: Moments
    log_likelihood: float


def steps_of(table: Table, parameters: Floats, *, exists: Bools) -> Floats:
    """Columns x steps; +inf where a column has no such step."""
    steps = parameters[table.others :].reshape(-1, table.columns).T
    return np.where(exists, steps, np.inf)


def estimate(
    table: Table, room: Space, *, exists: Bools, held: Bools, lessons: Floats, settings: Settings
) -> Estimate:
    """The joint estimate. ``held`` and ``lessons`` speak of used lessons; held ones stay as given."""
    totals, counts = observed(table)
    by_other = np.bincount(table.other, weights=totals, minlength=table.others)
    data = (totals, np.concatenate([by_other, counts]))
    start = np.where(held, lessons, _start(table, totals, exists))
    point = _look(table, start, room.start, exists=exists, data=data)
    change, why, rounds = np.inf, "", 0
    for rounds in range(1, settings.rounds + 1):  # noqa: B007 - told afterwards
        step = _newton(table, point, room, held=held, data=data)
        if step is None:
            why = "singular"
            break
        longest = max(np.abs(step[0]).max(initial=0.0), np.abs(step[1]).max(initial=0.0))
        change = float(longest)
        if change < settings.change:
            break
        following = _damped(table, point, step, min(1.0, _LONGEST / change), exists=exists, data=data)
        if following is None:
            why = "no_maximum" if change > 1e-5 else ""
            break
        point = following
    if not why and change > max(settings.change, 1e-5):
        why = "rounds"
    return _finished(table, point, room, held=held, data=data, rounds=rounds, change=change, why=why)


def _start(table: Table, totals: Floats, exists: Bools) -> Floats:
    """The logit of each lesson's share of the points it could get."""
    most = np.bincount(
        table.cell_row, weights=exists.sum(axis=1)[table.cell_column], minlength=len(table.lesson)
    )
    got, could = table.by_lesson(totals), table.by_lesson(most.astype(np.float64))
    return np.asarray(np.log((got + 0.25) / (could - got + 0.25)), dtype=np.float64)


def _look(
    table: Table, lessons: Floats, parameters: Floats, *, exists: Bools, data: tuple[Floats, Floats]
) -> _Point:
    x = np.repeat(lessons, np.diff(np.append(table.starts, len(table.lesson)))) - parameters[table.other]
    found = moments(table, x, steps_of(table, parameters, exists=exists))
    totals, sums = data
    likelihood = float(lessons @ table.by_lesson(totals) - parameters @ sums) - found.log_denominators
    return _Point(lessons, parameters, found, likelihood)


def _gradients(table: Table, point: _Point, data: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Observed less expected: of each used lesson's total, and (with the sign of severity) of others and steps."""
    totals, sums = data
    expected = np.bincount(table.other, weights=point.found.row_expected, minlength=table.others)
    lessons = table.by_lesson(totals - point.found.row_expected)
    return lessons, np.concatenate([expected, point.found.step_expected]) - sums


def _swept(table: Table, point: _Point, held: Bools) -> Swept:
    information = np.maximum(table.by_lesson(point.found.row_variance), 1e-12)
    return swept(table, point.found, spread=np.where(held, 0.0, 1.0 / information))


def _newton(
    table: Table, point: _Point, room: Space, *, held: Bools, data: tuple[Floats, Floats]
) -> tuple[Floats, Floats] | None:
    lessons, parameters = _gradients(table, point, data)
    found = _swept(table, point, held)
    right = room.directions.T @ (parameters + found.parameters_part(found.spread * lessons))
    step = solve(room.directions.T @ found.matrix @ room.directions, right)
    if step is None:
        return None
    moved = np.asarray(room.directions @ step, dtype=np.float64)
    return found.spread * (lessons + found.lessons_part(moved)), moved


def _damped(
    table: Table,
    point: _Point,
    step: tuple[Floats, Floats],
    share: float,
    *,
    exists: Bools,
    data: tuple[Floats, Floats],
) -> _Point | None:
    """The first of ever shorter steps that does not lower the likelihood; none where rounding is all that is left."""
    slack = 1e-10 * (1.0 + abs(point.log_likelihood))
    for _ in range(12):
        lessons, parameters = point.lessons + share * step[0], point.parameters + share * step[1]
        following = _look(table, lessons, parameters, exists=exists, data=data)
        if following.log_likelihood >= point.log_likelihood - slack:
            return following
        share /= 2
    return None


def _finished(
    table: Table,
    point: _Point,
    room: Space,
    *,
    held: Bools,
    data: tuple[Floats, Floats],
    rounds: int,
    change: float,
    why: str,
) -> Estimate:
    found = _swept(table, point, held)
    known = covariance(found.matrix, room.directions)
    size = len(point.parameters)
    if known is None:
        known, why = np.full((size, size), np.nan), why or "singular"
    lessons, parameters = _gradients(table, point, data)
    residual = max(
        np.abs(lessons[~held]).max(initial=0.0), np.abs(room.directions.T @ parameters).max(initial=0.0)
    )
    if why == "rounds" and change > 0.01 and residual < 1e-5:
        why = "no_maximum"  # long steps that change no total: some measure runs away
    errors = lesson_errors(found, known)
    widest = max(np.square(errors[~held]).max(initial=0.0), np.diag(known).max(initial=0.0))
    if not why and widest > _WIDEST**2:
        why = "no_maximum"  # so far out that nothing changes any more, and that is all that ended the search
    return Estimate(
        point.lessons,
        point.parameters,
        errors,
        known,
        point.log_likelihood,
        rounds,
        change,
        float(residual),
        why,
    )
