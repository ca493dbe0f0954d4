"""Variance components of a random design from sums of squared totals, complete or not.

The analogous-ANOVA procedure of Brennan (2001, chapter 7), which is Henderson's (1953) method 1: for every effect the
uncorrected sum of squares T = sum of (total squared / readings) is set equal to its expectation and the equations are
solved. No normality is assumed; estimates are unbiased where readings are missing for reasons apart from the scores.
On a complete design the equations are those of the expected mean squares, and the estimates the ordinary ANOVA ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Effects of each design by the facets whose levels tell them apart: p persons (lessons), r raters, t tasks. The last
#: is confounded with error.
DESIGNS: Mapping[str, Mapping[str, str]] = {
    "p x r": {"p": "p", "r": "r", "pr": "pr"},
    "r:p": {"p": "p", "r:p": "pr"},
    "p x r x t": {"p": "p", "r": "r", "t": "t", "pr": "pr", "pt": "pt", "rt": "rt", "prt": "prt"},
    "p x (r:t)": {"p": "p", "t": "t", "r:t": "rt", "pt": "pt", "pr:t": "prt"},
}


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One entry a reading: the value, and the level of every facet it belongs to, counted from 0 without gaps."""

    facets: Mapping[str, Ints]
    values: Floats

    def many(self, facet: str) -> int:
        return int(self.facets[facet].max()) + 1

    def groups(self, facets: str) -> Ints:
        """For every reading which group of equal levels it is in; the empty text is one group of all."""
        groups = np.zeros(len(self.values), dtype=np.intp)
        for facet in facets:
            joined = groups * self.many(facet) + self.facets[facet]
            _, groups = np.unique(joined, return_inverse=True)
        return groups.astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class _PerPerson:
    """An effect that tells persons apart: its sum of squares and its coefficients are sums over persons."""

    squares: Floats
    coefficients: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Joint:
    """Groups of an effect crossed with those of another: the group of the effect each lies in, and its readings."""

    inside: Ints
    groups: Ints | None = None  # of every reading, where persons share groups
    person: Ints | None = None  # of every group, where they do not
    readings: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Across:
    """An effect that persons share (or all readings): its groups, and their crossings with every effect."""

    groups: Ints
    joints: tuple[_Joint, ...]


class Moments:
    """The equations of a design, ready to be solved for these persons or for a sample drawn from them."""

    def __init__(self, cells: Cells, *, design: str) -> None:
        self.cells = cells
        self.design = design
        self.effects = DESIGNS[design]
        self.person = cells.facets["p"]
        # A shift of all values leaves every component as it is; around 0 the sums lose no digits.
        self._values = cells.values - cells.values.mean()
        self._rows = [self._row(facets) for facets in self.effects.values()]
        self._all = self._across("")

    def solved(self, times: Floats | None = None) -> Floats:
        """Every component, unbiased and so possibly negative. ``times`` says how often each person was drawn; drawn
        twice is two persons. Refuses a design that cannot tell its effects apart."""
        drawn = np.ones(self.cells.many("p")) if times is None else times
        base_square, base = self._expected(self._all, drawn)
        rows = [self._expected(row, drawn) for row in self._rows]
        squares = np.array([square - base_square for square, _ in rows])
        table = np.array([coefficients - base for _, coefficients in rows])
        size = np.abs(table).max(axis=1)
        if (size == 0).any() or np.linalg.matrix_rank(table / size[:, None], tol=1e-9) < len(table):
            raise MeasurementError("study.confounded", design=self.design)
        return np.linalg.solve(table / size[:, None], squares / size)

    def _row(self, facets: str) -> _PerPerson | _Across:
        return self._per_person(facets) if "p" in facets else self._across(facets)

    def _per_person(self, facets: str) -> _PerPerson:
        groups = self.cells.groups(facets)
        readings = _sums(groups)
        squares = _sums(groups, self._values) ** 2 / readings
        coefficients = []
        for other in self.effects.values():
            joint = self.cells.groups(_together(facets, other))
            share = _sums(joint) ** 2 / readings[_owner(joint, groups)]
            coefficients.append(_sums(_owner(joint, self.person), share))
        return _PerPerson(_sums(_owner(groups, self.person), squares), tuple(coefficients))

    def _across(self, facets: str) -> _Across:
        groups = self.cells.groups(facets)
        return _Across(groups, tuple(self._joint(groups, facets, other) for other in self.effects.values()))

    def _joint(self, groups: Ints, facets: str, other: str) -> _Joint:
        joint = self.cells.groups(_together(facets, other))
        inside = _owner(joint, groups)
        if "p" not in other:
            return _Joint(inside, groups=joint)
        return _Joint(inside, person=_owner(joint, self.person), readings=_sums(joint))

    def _expected(self, row: _PerPerson | _Across, drawn: Floats) -> tuple[float, Floats]:
        """A sum of squares, and how often each component is in its expectation."""
        if isinstance(row, _PerPerson):
            return float(drawn @ row.squares), np.array([drawn @ one for one in row.coefficients])
        weight = drawn[self.person]
        readings = _sums(row.groups, weight)
        there = readings > 0
        totals = _sums(row.groups, weight * self._values)
        square = float((totals[there] ** 2 / readings[there]).sum())
        found = [float((_crossed(one, weight, drawn)[there] / readings[there]).sum()) for one in row.joints]
        return square, np.array(found)


def _crossed(joint: _Joint, weight: Floats, drawn: Floats) -> Floats:
    """For every group of an effect the sum of squared readings of its crossings with another effect."""
    if joint.groups is not None:
        return _sums(joint.inside, _sums(joint.groups, weight) ** 2)
    assert joint.person is not None and joint.readings is not None  # noqa: S101, PT018 - the other kind
    return _sums(joint.inside, drawn[joint.person] * joint.readings**2)


def _sums(groups: Ints, weight: Floats | None = None) -> Floats:
    """The sum of ``weight`` in every group (no group is empty), without one the count."""
    return np.bincount(groups, weight).astype(np.float64)


def _together(facets: str, other: str) -> str:
    return "".join(facet for facet in "prt" if facet in facets or facet in other)


def _owner(groups: Ints, of: Ints) -> Ints:
    """For every group the coarser group (or person) all its readings belong to."""
    owner = np.zeros(int(groups.max()) + 1, dtype=np.intp)
    owner[groups] = of
    return owner


def unbiased(found: Floats, *, design: str, persons: int) -> Floats:
    """Components of a bootstrap sample of persons, freed of the bias that drawing with replacement brings in.

    Wiley's adjustments for boot-p (Brennan 2001, section 6.2): components with persons times n/(n-1), the others less
    their interaction with persons divided by n-1.
    """
    effects = DESIGNS[design]
    place = {facets: number for number, facets in enumerate(effects.values())}
    fair = found.copy()
    for facets, number in place.items():
        if "p" in facets:
            fair[number] = found[number] * persons / (persons - 1)
        else:
            fair[number] = found[number] - found[place[_together(facets, "p")]] / (persons - 1)
    return fair


def is_complete(cells: Cells, *, design: str) -> bool:
    """Whether every reading the design foresees is there."""
    if design == "r:p":
        return len(np.unique(np.bincount(cells.facets["p"]))) == 1
    if design == "p x (r:t)":
        panels = cells.groups("rt")
        raters = np.bincount(_owner(panels, cells.facets["t"]))
        return len(cells.values) == cells.many("p") * (int(panels.max()) + 1) and len(np.unique(raters)) == 1
    return len(cells.values) == int(np.prod([cells.many(facet) for facet in cells.facets]))
