"""From an estimate's parameters to measures by facet."""

from __future__ import annotations

import numpy as np

from rubrics.measurement.facets.completed import Known
from rubrics.measurement.facets.data import FACETS, Bools, Floats
from rubrics.measurement.facets.jml import Estimate, steps_of
from rubrics.measurement.facets.prepared import Prepared
from rubrics.measurement.facets.settings import Anchors, held_values
from rubrics.measurement.facets.table import Table


def known_of(ready: Prepared, found: Estimate, *, anchors: Anchors) -> Known:
    """The estimate by facet; what is held is known too, with or without records in the fit."""
    scales, table, exists = ready.scales, ready.table, ready.exists
    known = Known(
        {facet: np.full(len(ready.readings.ids(facet)), np.nan) for facet in FACETS},
        {facet: np.full(len(ready.readings.ids(facet)), np.nan) for facet in FACETS},
        np.full(exists.shape, np.inf),
    )
    known.measures["lessons"][table.used], known.errors["lessons"][table.used] = found.lessons, found.errors
    others = np.unique(table.other)
    errors = np.sqrt(np.maximum(np.diag(found.covariance), 0.0))
    known.measures[scales.other][others] = found.parameters[others]
    known.errors[scales.other][others] = errors[others]
    columns = np.flatnonzero(scales.steps)
    mean = averaging(table, exists)[columns]
    known.measures[scales.carrier][columns] = mean @ found.parameters
    variance = np.einsum("cu,cu->c", mean @ found.covariance, mean)
    known.errors[scales.carrier][columns] = np.sqrt(np.maximum(variance, 0.0))
    steps = steps_of(table, found.parameters, exists=exists)
    known.steps[columns] = steps[columns] - known.measures[scales.carrier][columns, None]
    if scales.kind == "shared":
        known.steps[:] = known.steps[columns[0]]
    for facet, marks in ready.held.items():
        known.measures[facet][marks] = held_values(ready.readings, anchors, facet)[marks]
        known.errors[facet][marks] = 0.0
    return known


def averaging(table: Table, exists: Bools) -> Floats:
    """Columns x parameters: turns parameters into the columns' measures, the means of their steps."""
    columns, steps = exists.shape
    found = np.zeros((columns, steps, columns))
    share = exists / np.maximum(exists.sum(axis=1, keepdims=True), 1)
    every = np.arange(columns)
    found[every, :, every] = share
    return np.concatenate([np.zeros((columns, table.others)), found.reshape(columns, -1)], axis=1)
