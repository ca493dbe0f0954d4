"""Measures of the elements that were taken out as extreme, given all that could be estimated."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rubrics.measurement.facets.data import FACETS, Bools, Floats, Ints, Readings
from rubrics.measurement.facets.extremes import Round, Sifted
from rubrics.measurement.facets.scales import Scales


@dataclass(slots=True)
class Known:
    """Measures and errors by facet, growing: NaN where not known. ``extreme`` is 1 for highest, -1 for lowest totals.

    ``steps`` are columns x steps less the column's measure (+inf where there is none).
    """

    measures: dict[str, Floats]
    errors: dict[str, Floats]
    steps: Floats
    extreme: dict[str, Ints] = field(default_factory=dict)


def complete(readings: Readings, sifted: Sifted, known: Known, *, by: float) -> None:
    """Adds the extreme elements to ``known``, last round first; within a round raters and criteria before lessons.

    An element none of whose records is with known others stays unknown: nothing can be said about it.
    """
    known.extreme = {facet: np.zeros(len(readings.ids(facet)), dtype=np.int64) for facet in FACETS}
    scales = sifted.scales.filled()
    for one in reversed(sifted.rounds):
        for facet in ("raters", "criteria", "lessons"):
            if facet in one.found and one.found[facet].any():
                _complete(readings, scales, known, one, facet=facet, by=by)


def _complete(readings: Readings, scales: Scales, known: Known, one: Round, *, facet: str, by: float) -> None:
    element = readings.of_facet(facet)
    usable = one.records & one.found[facet][element] & _others_known(readings, known, facet)
    if not usable.any():
        return
    mine = readings.only(usable)
    which, place = np.unique(element[usable], return_inverse=True)
    carrier = mine.of_facet(scales.carrier)
    codes = scales.code(carrier, mine.levels)
    most = np.bincount(place, weights=scales.steps[carrier])
    total = np.bincount(place, weights=codes)
    high = total * 2 > most
    target = np.where(high, most - np.minimum(by, most / 2), np.minimum(by, most / 2))
    offset, sign = _offset(mine, known, facet)
    values, errors = solve_each(place, offset, sign, known.steps[carrier], target)
    known.measures[facet][which], known.errors[facet][which] = values, errors
    known.extreme[facet][which] = np.where(high, 1, -1) * (1 if facet == "lessons" else -1)


def _others_known(readings: Readings, known: Known, facet: str) -> Bools:
    usable = np.ones(len(readings), dtype=np.bool_)
    for other in FACETS:
        if other != facet:
            usable &= np.isfinite(known.measures[other])[readings.of_facet(other)]
    return usable


def _offset(readings: Readings, known: Known, facet: str) -> tuple[Floats, float]:
    offset = np.zeros(len(readings))
    for other in FACETS:
        if other != facet:
            side = 1.0 if other == "lessons" else -1.0
            offset += side * known.measures[other][readings.of_facet(other)]
    return offset, 1.0 if facet == "lessons" else -1.0


def solve_each(
    place: Ints, offset: Floats, sign: float, steps: Floats, target: Floats
) -> tuple[Floats, Floats]:
    """Each element's value at which its expected total is ``target``, all at once, and its standard error.

    A record's place is ``offset + sign * value``. Newton's method held inside a bracket that always contains
    the solution, so that it cannot fail; targets lie strictly between the lowest and the highest total.
    """
    size = len(target)
    low, high, value = np.full(size, -40.0), np.full(size, 40.0), np.zeros(size)
    information = np.ones(size)
    for _ in range(100):
        expected, variance = _expected(offset + sign * value[place], steps)
        gap = (target - np.bincount(place, weights=expected, minlength=size)) * sign
        information = np.maximum(np.bincount(place, weights=variance, minlength=size), 1e-12)
        low, high = np.where(gap > 0, value, low), np.where(gap > 0, high, value)
        following = value + gap / information
        inside = (following > low) & (following < high)
        following = np.where(inside, following, (low + high) / 2)
        moved = np.abs(following - value).max()
        value = following
        if moved < 1e-9:
            break
    return value, np.asarray(1.0 / np.sqrt(information), dtype=np.float64)


def _expected(x: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Of single records: the expected category and its variance."""
    logs = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x[:, None] - steps, axis=1)], axis=1)
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    category = np.arange(chances.shape[1])
    mean = chances @ category
    return mean, np.asarray(chances @ category**2 - mean**2, dtype=np.float64)
