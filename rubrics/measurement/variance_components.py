"""Variance components of a random design from sums of squared totals, complete or not.

The analogous-ANOVA procedure of Brennan (2001, chapter 7), which is Henderson's (1953) method 1: for every effect the
uncorrected sum of squares T = sum of (total squared / readings) is set equal to its expectation and the equations are
solved. No normality is assumed; estimates are unbiased where readings are missing for reasons apart from the scores.
On a complete design the equations are those of the expected mean squares, and the estimates the ordinary ANOVA ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

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
    coefficients: Floats  # persons x effects


@dataclass(frozen=True, slots=True, eq=False)
class _Across:
    """An effect that persons share (or all readings). Sparse, persons x groups: readings and totals; and for its
    crossing with every effect the squared readings, or, where persons share the crossings too, the readings and what
    adds their squares up."""

    readings: Any
    totals: Any
    crossings: tuple[tuple[Any, Any | None], ...]


class Moments:
    """The equations of a design, ready to be solved for these persons or for samples drawn from them."""

    def __init__(self, cells: Cells, *, design: str) -> None:
        self.design = design
        self.effects = DESIGNS[design]
        self.persons = cells.many("p")
        self._cells, self._groups = cells, dict[str, Ints]()
        # A shift of all values leaves every component as it is; around 0 the sums lose no digits.
        self._values = cells.values - cells.values.mean()
        self._rows = [self._row(facets) for facets in self.effects.values()]
        self._all = self._across("")

    def components(self) -> Floats:
        """Every component, unbiased and so possibly negative. Refuses a design whose effects cannot be told apart."""
        found: Floats = self.solved(np.ones((1, self.persons)))[0]
        if np.isnan(found).any():
            raise MeasurementError("study.confounded", design=self.design)
        return found

    def solved(self, drawn: Floats) -> Floats:
        """The components of samples, one a row, NaN where a sample cannot tell them apart.

        ``drawn[s, p]`` says how often person p is in sample s; drawn twice is two persons.
        """
        base_square, base = self._expected(self._all, drawn)
        rows = [self._expected(row, drawn) for row in self._rows]
        squares = np.stack([square - base_square for square, _ in rows], axis=1)
        table = np.stack([coefficients - base for _, coefficients in rows], axis=1)
        size = np.abs(table).max(axis=2)
        size[size == 0] = 1
        table, squares = table / size[:, :, None], squares / size
        fine = np.linalg.matrix_rank(table, tol=1e-9) == len(rows)
        found = np.full(squares.shape, np.nan)
        found[fine] = np.linalg.solve(table[fine], squares[fine][:, :, None])[:, :, 0]
        return found

    def _of(self, facets: str) -> Ints:
        if facets not in self._groups:
            self._groups[facets] = self._cells.groups(facets)
        return self._groups[facets]

    def _row(self, facets: str) -> _PerPerson | _Across:
        return self._per_person(facets) if "p" in facets else self._across(facets)

    def _per_person(self, facets: str) -> _PerPerson:
        groups, person = self._of(facets), self._of("p")
        readings = _sums(groups)
        squares = _sums(groups, self._values) ** 2 / readings
        coefficients = []
        for other in self.effects.values():
            joint = self._of(_together(facets, other))
            share = _sums(joint) ** 2 / readings[_owner(joint, groups)]
            coefficients.append(_sums(_owner(joint, person), share))
        return _PerPerson(_sums(_owner(groups, person), squares), np.stack(coefficients, axis=1))

    def _across(self, facets: str) -> _Across:
        groups, person = self._of(facets), self._of("p")
        crossings = tuple(self._crossing(groups, facets, other) for other in self.effects.values())
        return _Across(_table(person, groups), _table(person, groups, self._values), crossings)

    def _crossing(self, groups: Ints, facets: str, other: str) -> tuple[Any, Any | None]:
        joint = self._of(_together(facets, other))
        inside = _owner(joint, groups)
        if "p" in other:
            return _table(_owner(joint, self._of("p")), inside, _sums(joint) ** 2), None
        return _table(self._of("p"), joint), _table(np.arange(len(inside)), inside)

    def _expected(self, row: _PerPerson | _Across, drawn: Floats) -> tuple[Floats, Floats]:
        """Of every sample a sum of squares, and how often each component is in its expectation."""
        if isinstance(row, _PerPerson):
            return drawn @ row.squares, drawn @ row.coefficients
        readings = drawn @ row.readings
        # A group that none of the drawn persons belongs to adds nothing.
        weight = np.divide(1, readings, out=np.zeros_like(readings), where=readings > 0)
        squares = ((drawn @ row.totals) ** 2 * weight).sum(axis=1)
        found = []
        for squared, adds in row.crossings:
            crossed = drawn @ squared if adds is None else (drawn @ squared) ** 2 @ adds
            found.append((crossed * weight).sum(axis=1))
        return squares, np.stack(found, axis=1)


def _table(rows: Ints, columns: Ints, values: Floats | None = None) -> Any:
    """Sums by row and column, sparse; without values the count."""
    content = np.ones(len(rows)) if values is None else values
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    return sparse.csr_matrix((content, (rows, columns)), shape=shape)


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
    """Components of bootstrap samples of persons (one a row), freed of the bias of drawing with replacement.

    Wiley's adjustments for boot-p (Brennan 2001, chapter 6): components with persons times n/(n-1), the others less
    their interaction with persons divided by n-1.
    """
    place = {facets: number for number, facets in enumerate(DESIGNS[design].values())}
    fair = found.copy()
    for facets, number in place.items():
        if "p" in facets:
            fair[:, number] *= persons / (persons - 1)
        else:
            fair[:, number] -= found[:, place[_together(facets, "p")]] / (persons - 1)
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
