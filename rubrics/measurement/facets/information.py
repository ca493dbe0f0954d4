"""Information about others and steps once lessons are swept out, and the errors that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve  # type: ignore[import-untyped]
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from rubrics.measurement.facets.data import Floats
from rubrics.measurement.facets.kernel import Moments, lesson_others
from rubrics.measurement.facets.table import Table


@dataclass(frozen=True, slots=True)
class Swept:
    """``matrix`` is (others, steps) squared. ``spread`` is 1 over each used lesson's information, 0 where held.

    ``others`` and ``steps`` hold each used lesson's covariance with these parameters.
    """

    matrix: Floats
    spread: Floats
    others: csr_array
    steps: Floats

    def lessons_part(self, parameters: Floats) -> Floats:
        """Used lessons: their covariance row times parameters."""
        first = self.others.shape[1]
        product = self.others @ parameters[:first] + self.steps @ parameters[first:]
        return np.asarray(product, dtype=np.float64)

    def parameters_part(self, lessons: Floats) -> Floats:
        return np.concatenate([self.others.T @ lessons, self.steps.T @ lessons])


def swept(table: Table, found: Moments, *, spread: Floats) -> Swept:
    """The information left over when each lesson takes its own share (Schur complement)."""
    by_other = lesson_others(table, found.row_variance)
    variance = np.bincount(table.other, weights=found.row_variance, minlength=table.others)
    scaled = by_other.multiply(spread[:, None]).tocsr()
    first = np.diag(variance) - (by_other.T @ scaled).toarray()
    second = found.steps - found.lesson_steps.T @ (found.lesson_steps * spread[:, None])
    cross = found.other_steps - scaled.T @ found.lesson_steps
    matrix = np.block([[first, cross], [cross.T, second]])
    return Swept(np.asarray(matrix, dtype=np.float64), spread, by_other, found.lesson_steps)


def solve(matrix: Floats, right: Floats) -> Floats | None:
    """The solution, or none where the matrix is not positive definite (nothing determines some direction)."""
    if not len(matrix):
        return np.zeros_like(right)
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    try:
        factor = cho_factor(matrix / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    by = scale if right.ndim == 1 else scale[:, None]
    return np.asarray(cho_solve(factor, right / by) / by, dtype=np.float64)


def covariance(matrix: Floats, directions: Floats) -> Floats | None:
    """The parameters' covariance under their constraints; none where the information is singular."""
    inner = directions.T @ matrix @ directions
    inverse = solve(inner, np.eye(len(inner)))
    return None if inverse is None else np.asarray(directions @ inverse @ directions.T, dtype=np.float64)


def lesson_errors(found: Swept, parameters: Floats) -> Floats:
    """Standard errors of used lessons, with the uncertainty of others and steps in them (0 where held)."""
    first, block = found.others.shape[1], 4096
    added = np.empty(len(found.spread))
    for at in range(0, len(added), block):
        part = slice(at, at + block)
        others, steps = found.others[part], found.steps[part]
        product = others @ parameters[:first] + steps @ parameters[first:]
        added[part] = others.multiply(product[:, :first]).sum(axis=1) + (steps * product[:, first:]).sum(
            axis=1
        )
    return np.asarray(np.sqrt(found.spread + found.spread**2 * added), dtype=np.float64)
