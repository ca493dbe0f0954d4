"""From arrays to what a reader needs: :class:`.result.FacetsFit`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from rubrics.measurement.facets.averages import fair_averages
from rubrics.measurement.facets.categories import categories
from rubrics.measurement.facets.completed import Known
from rubrics.measurement.facets.data import FACETS, Bools, Floats, Ints, Readings
from rubrics.measurement.facets.jml import Estimate
from rubrics.measurement.facets.prepared import Prepared
from rubrics.measurement.facets.residuals import Fit, Residuals, fit_of, halo, residuals
from rubrics.measurement.facets.result import (
    FREE,
    HELD,
    HIGHEST,
    LOWEST,
    Convergence,
    Facet,
    FacetsFit,
    Measure,
    Summary,
    Unexpected,
)
from rubrics.measurement.facets.separation import separation
from rubrics.model import Reason

_LISTED = 20  # of the most unexpected records


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked, and how many parameters besides the lessons were free."""

    method: str
    centred: tuple[str, ...]
    free: int


def tell(ready: Prepared, found: Estimate, known: Known, told: Told) -> FacetsFit:
    """Everything about a fit. Fit statistics are of the records that took part, at the estimates themselves."""
    marginal = told.method == "mml"
    x = known.measures["lessons"][ready.table.lesson] - known.measures[ready.scales.other][ready.table.other]
    left = residuals(ready.table, x, _steps(ready, known))
    facets = {facet: _facet(ready, known, left, facet=facet, marginal=marginal) for facet in FACETS}
    lessons_free = 2 if marginal else int((~ready.held["lessons"][ready.table.used]).sum())
    return FacetsFit(
        method=told.method,
        scale=ready.scales.kind,
        centred=told.centred,
        lessons=facets["lessons"],
        criteria=facets["criteria"],
        raters=facets["raters"],
        categories=categories(ready, found, known, left),
        summary=_summary(ready, left),
        convergence=convergence_of(found),
        log_likelihood=found.log_likelihood,
        parameters=told.free + lessons_free,
        errors=found.error_kind,
        mean=found.mean if marginal else None,
        mean_error=found.mean_error if marginal and np.isfinite(found.mean_error) else None,
        variance=found.variance if marginal else None,
        variance_error=found.variance_error if marginal and np.isfinite(found.variance_error) else None,
        notes=(*ready.sifted.notes, *_not_measured(ready, known)),
    )


def _steps(ready: Prepared, known: Known) -> Floats:
    measure = np.nan_to_num(known.measures[ready.scales.carrier])
    return np.asarray(known.steps + measure[:, None], dtype=np.float64)


def _facet(ready: Prepared, known: Known, left: Residuals, *, facet: str, marginal: bool) -> Facet:
    readings, kept = ready.readings, ready.kept
    size = len(readings.ids(facet))
    fit = fit_of(left, kept.of_facet(facet), size)
    coloured = halo(kept, left) if facet == "raters" else np.full(size, np.nan)
    element = readings.of_facet(facet)
    count = np.bincount(element, minlength=size)
    total = np.bincount(element, weights=readings.levels, minlength=size)
    measured = np.flatnonzero(np.isfinite(known.measures[facet]) & (count > 0))
    columns = zip(
        measured.tolist(),
        known.measures[facet][measured].tolist(),
        known.errors[facet][measured].tolist(),
        _statuses(ready, known, facet, measured),
        count[measured].tolist(),
        total[measured].tolist(),
        fair_averages(ready, known, facet)[measured].tolist(),
        *_fit_columns(fit, measured),
        _numbers(coloured[measured]),
        strict=True,
    )
    ids = readings.ids(facet)
    measures = tuple(
        Measure(
            id=ids[at],
            measure=measure,
            error=None if status == HELD or not np.isfinite(error) else error,
            status=status,
            records=records,
            total=int(points),
            mean=points / records,
            fair_average=fair,
            infit=infit,
            infit_z=infit_z,
            outfit=outfit,
            outfit_z=outfit_z,
            halo=colour,
        )
        for at, measure, error, status, records, points, fair, infit, infit_z, outfit, outfit_z, colour in columns
    )
    free = measured[~ready.held[facet][measured]]
    apart = separation(
        known.measures[facet][free], known.errors[facet][free], posterior=marginal and facet == "lessons"
    )
    mean = float(known.measures[facet][measured].mean()) if len(measured) else 0.0
    return Facet(facet, measures, mean, *apart)


def _statuses(ready: Prepared, known: Known, facet: str, measured: Ints) -> list[str]:
    """For a rater or criterion the high end is severity: nothing but the lowest levels."""
    words = {0: FREE, 1: HIGHEST, -1: LOWEST}
    held: Bools = ready.held[facet]
    return [HELD if held[at] else words[int(known.extreme[facet][at])] for at in measured]


def _fit_columns(fit: Fit, measured: Ints) -> list[list[float | None]]:
    return [_numbers(one[measured]) for one in (fit.infit, fit.infit_z, fit.outfit, fit.outfit_z)]


def _numbers(values: Floats) -> list[float | None]:
    finite = np.isfinite(values)
    if finite.all():
        return list(values.tolist())
    return [value if good else None for value, good in zip(values.tolist(), finite.tolist(), strict=True)]


def _summary(ready: Prepared, left: Residuals) -> Summary:
    standard = left.standard
    size = np.abs(standard)
    listed = min(_LISTED, len(size))
    top = np.argpartition(-size, listed - 1)[:listed]
    order = sorted(top.tolist(), key=lambda at: (-size[at], at))
    return Summary(
        records=len(standard),
        mean=float(standard.mean()),
        deviation=float(standard.std()),
        beyond_two=float((size > 2).mean()),
        beyond_three=float((size > 3).mean()),
        unexpected=tuple(_unexpected(ready, left, at, float(standard[at])) for at in order),
    )


def _unexpected(ready: Prepared, left: Residuals, at: int, z: float) -> Unexpected:
    kept: Readings = ready.kept
    column = int(kept.of_facet(ready.scales.carrier)[at])
    values = ready.scales.levels[column].astype(np.float64)
    return Unexpected(
        lesson=kept.lessons[kept.lesson[at]],
        criterion=kept.criteria[kept.criterion[at]],
        rater=kept.raters[kept.rater[at]],
        level=int(kept.levels[at]),
        expected=float(np.interp(left.expected[at], np.arange(len(values)), values)),
        z=z,
    )


def convergence_of(found: Estimate) -> Convergence:
    why = None
    if found.why:
        change = Decimal(f"{min(found.change, 1e9):.6f}")
        why = Reason("facets.not_converged", {"cause": found.why, "rounds": found.rounds, "change": change})
    return Convergence(not found.why, found.rounds, found.change, found.residual, why)


def _not_measured(ready: Prepared, known: Known) -> list[Reason]:
    """Elements with records but without a measure: set aside, or met only by others without one."""
    notes = []
    for facet in FACETS:
        ids = ready.readings.ids(facet)
        present = np.bincount(ready.readings.of_facet(facet), minlength=len(ids)) > 0
        for at in np.flatnonzero(present & ~np.isfinite(known.measures[facet])):
            notes.append(Reason("facets.not_measured", {"facet": facet, "element": ids[at]}))
    return notes
