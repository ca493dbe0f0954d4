"""Fair averages: the level to expect if everything an element met had been average."""

from __future__ import annotations

import numpy as np

from rubrics.measurement.facets.completed import Known
from rubrics.measurement.facets.data import Floats, Ints
from rubrics.measurement.facets.kernel import at_or_above, weights
from rubrics.measurement.facets.prepared import Prepared


def fair_averages(ready: Prepared, known: Known, facet: str) -> Floats:
    """By element, in levels; NaN where there is no measure.

    A lesson: the mean over all columns (criteria, or raters where these have scales of their own) at the mean of the
    other facet. An element of the other facet: the same at the mean lesson. A column: itself, at both means.
    """
    scales = ready.scales
    lesson = float(np.nanmean(known.measures["lessons"]))
    other = float(np.nanmean(known.measures[scales.other]))
    if facet == "lessons":
        return _mean_level(ready, known, known.measures["lessons"] - other)
    if facet == scales.other:
        return _mean_level(ready, known, lesson - known.measures[facet])
    columns = _columns(ready, known)
    found = np.full(len(scales.levels), np.nan)
    found[columns] = _levels(ready, known, np.array([lesson - other]))[:, 0]
    return found


def _mean_level(ready: Prepared, known: Known, x: Floats) -> Floats:
    return np.asarray(_levels(ready, known, x).mean(axis=0), dtype=np.float64)


def _columns(ready: Prepared, known: Known) -> Ints:
    return np.flatnonzero(
        np.isfinite(known.measures[ready.scales.carrier]) & (ready.scales.filled().steps > 0)
    )


def _levels(ready: Prepared, known: Known, x: Floats) -> Floats:
    """Columns x places: the expected level."""
    columns = _columns(ready, known)
    values = ready.scales.filled().values()[columns]
    steps = known.steps[columns] + known.measures[ready.scales.carrier][columns, None]
    chances, _ = at_or_above(np.nan_to_num(x), weights(steps), None)
    rises = np.diff(values, axis=1)
    found = values[:, :1] + np.einsum("kcx,ck->cx", chances, rises)
    return np.where(np.isfinite(x)[None, :], found, np.nan)
