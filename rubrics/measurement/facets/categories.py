"""The table of levels: how often each was given, by how good a lesson, and where it begins."""

from __future__ import annotations

import numpy as np

from rubrics.measurement.facets.completed import Known
from rubrics.measurement.facets.data import Floats, Ints
from rubrics.measurement.facets.jml import Estimate
from rubrics.measurement.facets.prepared import Prepared
from rubrics.measurement.facets.residuals import Residuals
from rubrics.measurement.facets.result import Category


def categories(ready: Prepared, found: Estimate, known: Known, left: Residuals) -> tuple[Category, ...]:
    """Scale by scale, level by level; counts are of the records that took part in the fit."""
    scales, ids = ready.scales, ready.readings.ids(ready.scales.carrier)
    columns = np.flatnonzero(scales.steps)
    if scales.kind == "shared":
        column, records = int(columns[0]), np.arange(len(ready.kept))
        return tuple(_scale(ready, found, known, left, column=column, name="", records=records))
    order = np.argsort(ready.table.cell_column, kind="stable")
    ends = np.searchsorted(ready.table.cell_column[order], np.arange(len(ids) + 1))
    rows: list[Category] = []
    for column in columns.tolist():
        records = order[ends[column] : ends[column + 1]]
        rows += _scale(ready, found, known, left, column=column, name=ids[column], records=records)
    return tuple(rows)


def _scale(
    ready: Prepared,
    found: Estimate,
    known: Known,
    left: Residuals,
    *,
    column: int,
    name: str,
    records: Ints,
) -> list[Category]:
    levels = ready.scales.levels[column]
    codes = ready.table.codes[records]
    count = np.bincount(codes, minlength=len(levels))
    average = _mean(_places(ready, known)[records], codes, count)
    outfit = _mean(left.standard[records] ** 2, codes, count)
    errors = _errors(ready, found, column)
    rows: list[Category] = []
    for k, level in enumerate(levels.tolist()):
        threshold = float(known.steps[column, k - 1]) if k else None
        before = rows[-1] if rows else None
        rows.append(
            Category(
                scale=name,
                level=level,
                count=int(count[k]),
                share=float(count[k] / max(count.sum(), 1)),
                threshold=threshold,
                error=float(errors[k - 1]) if k and np.isfinite(errors[k - 1]) else None,
                disordered=_falls(threshold, before.threshold if before else None),
                average=average[k],
                average_falls=_falls(average[k], before.average if before else None),
                outfit=outfit[k],
            )
        )
    return rows


def _falls(value: float | None, before: float | None) -> bool:
    return value is not None and before is not None and value < before


def _places(ready: Prepared, known: Known) -> Floats:
    """Lesson less criterion less rater, by record."""
    kept = ready.kept
    criteria, raters = np.nan_to_num(known.measures["criteria"]), np.nan_to_num(known.measures["raters"])
    found = known.measures["lessons"][kept.lesson] - criteria[kept.criterion] - raters[kept.rater]
    return np.asarray(found, dtype=np.float64)


def _mean(values: Floats, codes: Ints, count: Ints) -> list[float | None]:
    total = np.bincount(codes, weights=values, minlength=len(count))
    return [float(one / many) if many else None for one, many in zip(total, count, strict=True)]


def _errors(ready: Prepared, found: Estimate, column: int) -> Floats:
    """Of each threshold: of its step less the mean of the column's steps."""
    steps = int(ready.scales.steps[column])
    at = ready.table.others + np.arange(steps) * ready.table.columns + column
    centring = np.eye(steps) - 1.0 / steps
    part = found.covariance[np.ix_(at, at)]
    variance = np.einsum("ku,uv,kv->k", centring, part, centring)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)
