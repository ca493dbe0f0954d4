"""What may be chosen: model, constraints, rules of stopping. Every number here is data, none sits in the estimators."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.data import FACETS, Bools, Floats, Readings

#: Where thresholds are free: one scale shared by all (rating scale model, Andrich 1978), one a criterion (partial
#: credit, Masters 1982), or one a rater (Linacre 1989, model with rater-specific scales).
SCALES = ("shared", "criterion", "rater")
METHODS = ("jml", "mml")
SHARED = ""  # the key of the thresholds of a shared scale

_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Anchors:
    """Elements held at given values, in logits; ids to values. Held elements have no error.

    ``thresholds`` holds steps of a scale: criterion (or rater, or ``SHARED``) to the level that is reached by
    the step to its distance from the measure. They must add up to 0 (to within .01) and their levels, with
    ``lowest`` given under the level below the first, are the categories of that scale.
    """

    lessons: Mapping[str, float] = field(default_factory=lambda: _NONE)
    criteria: Mapping[str, float] = field(default_factory=lambda: _NONE)
    raters: Mapping[str, float] = field(default_factory=lambda: _NONE)
    thresholds: Mapping[str, Mapping[int, float]] = field(default_factory=lambda: MappingProxyType({}))
    lowest: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, facet: str) -> Mapping[str, float]:
        return {"lessons": self.lessons, "criteria": self.criteria, "raters": self.raters}[facet]


@dataclass(frozen=True, slots=True)
class Settings:
    """How estimation proceeds and ends.

    ``extreme`` is what is taken from a highest and added to a lowest total so that it has a measure (.3 of a
    level, as Facets and Winsteps do). ``change`` in logits and ``rounds`` end the search. ``correct_bias`` shrinks
    the measures of joint estimation by (n - 1) / n, n the harmonic mean of records a lesson (Wright and Douglas
    1977, carried over to several facets: an approximation). ``nodes`` of quadrature are at least these many.
    Refuses numbers with which nothing can be found.
    """

    extreme: float = 0.3
    change: float = 1e-7
    rounds: int = 100
    correct_bias: bool = False
    nodes: int = 49
    most_nodes: int = 401
    reach: float = 6.0  # of the quadrature, in standard deviations of lessons

    def __post_init__(self) -> None:
        rules = {
            "extreme": (0 < self.extreme < 1, "between 0 and 1"),
            "change": (0 <= self.change < math.inf, "0 or more"),
            "rounds": (self.rounds >= 1, "1 or more"),
            "nodes": (3 <= self.nodes <= self.most_nodes, "3 to most_nodes"),
            "reach": (1 <= self.reach < math.inf, "1 or more"),
        }
        for setting, (good, expected) in rules.items():
            if not good:
                found = str(getattr(self, setting))
                raise MeasurementError("facets.setting", setting=setting, found=found, expected=expected)


def is_finite(value: Any) -> bool:
    """Whether it is a number of any kind; anchors may come back from storage as decimals, or as nothing."""
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def held(readings: Readings, anchors: Anchors) -> dict[str, Bools]:
    """By facet, which elements are held. Refuses an anchor that is not among the readings or no number."""
    marks = {}
    for facet in FACETS:
        ids = readings.ids(facet)
        given = anchors.of(facet)
        if unknown := sorted(set(given) - set(ids)):
            raise MeasurementError("facets.unknown_anchor", facet=facet, element=unknown[0])
        for one, value in given.items():
            if not is_finite(value):
                raise MeasurementError("facets.anchor_not_finite", facet=facet, element=one)
        marks[facet] = np.fromiter((one in given for one in ids), dtype=np.bool_, count=len(ids))
    return marks


def held_values(readings: Readings, anchors: Anchors, facet: str) -> Floats:
    """The held values in the order of the ids; 0 where an element is free."""
    given = anchors.of(facet)
    ids = readings.ids(facet)
    return np.fromiter((given.get(one, 0.0) for one in ids), dtype=np.float64, count=len(ids))


def centred_facets(anchors: Anchors, asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """Which of criteria and raters have mean 0, so that the origin is fixed exactly once.

    Where nothing is asked, each facet without anchors is centred, but criteria only while lessons are
    free. Refuses centring what is anchored, and a choice that leaves the origin open or fixes it twice.
    """
    if asked is None:
        free = tuple(facet for facet in ("criteria", "raters") if not anchors.of(facet))
        return tuple(facet for facet in free if not anchors.lessons or (facet == "raters" or len(free) == 1))
    for facet in asked:
        if facet not in ("criteria", "raters"):
            raise MeasurementError("facets.cannot_centre", facet=facet)
        if anchors.of(facet):
            raise MeasurementError("facets.anchored_and_centred", facet=facet)
    fixed = set(asked) | {facet for facet in FACETS if anchors.of(facet)}
    if len(fixed) < 2:
        raise MeasurementError("facets.origin_open", facets=", ".join(sorted(set(FACETS) - fixed)))
    if len(fixed) == 3 and "lessons" in fixed and len(asked) == 2:
        raise MeasurementError("facets.origin_twice", facets=", ".join(asked))
    return asked
