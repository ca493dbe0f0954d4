"""Units that were given the same values, whoever gave them, counted once.

Agreement among exchangeable raters depends on nothing else, and a hundred thousand lessons on four levels make a few
dozen patterns: every sum here, and every bootstrap sample, runs over patterns and not over units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.scale import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """``times[p]`` units show pattern p: ``readings[p]`` in all, ``counts[p, k]`` (sparse) of them at place k."""

    counts: Any
    readings: Floats
    times: Floats

    @property
    def units(self) -> int:
        return int(self.times.sum())

    def paired(self) -> Patterns:
        """Those with two readings or more."""
        kept = self.readings >= 2
        return Patterns(self.counts[kept], self.readings[kept], self.times[kept])


def patterns(ratings: Ratings) -> Patterns:
    order = np.lexsort((ratings.place, ratings.unit))
    places = ratings.place[order]
    readings = np.bincount(ratings.unit, minlength=len(ratings.units))
    starts = np.cumsum(readings) - readings
    blocks = []
    for many in np.unique(readings[readings > 0]):
        rows = places[starts[readings == many][:, None] + np.arange(many)]
        blocks.append(_distinct(rows, base=len(ratings.scale.values)))
    return _joined(blocks, width=len(ratings.scale.values))


def _distinct(rows: Ints, *, base: int) -> tuple[Ints, Ints]:
    """The different rows and how often each occurs; through one whole number a row wherever that fits 63 bits."""
    many = rows.shape[1]
    if many * np.log2(max(base, 2)) > 62:
        found, times = np.unique(rows, axis=0, return_counts=True)
        return found, times
    keys = rows @ (np.int64(base) ** np.arange(many, dtype=np.int64))
    _, first, times = np.unique(keys, return_index=True, return_counts=True)
    return rows[first], times


def _joined(blocks: list[tuple[Ints, Ints]], *, width: int) -> Patterns:
    readings = np.concatenate([np.full(len(rows), rows.shape[1]) for rows, _ in blocks])
    times = np.concatenate([found for _, found in blocks])
    columns = np.concatenate([rows.ravel() for rows, _ in blocks])
    lines = np.repeat(np.arange(len(readings)), readings)
    counts = sparse.csr_matrix((np.ones(len(lines)), (lines, columns)), shape=(len(readings), width))
    return Patterns(counts, readings.astype(np.float64), times.astype(np.float64))


def dense(product: Any) -> NDArray[np.float64]:
    """A sparse product as an ordinary array."""
    return np.asarray(product.todense() if sparse.issparse(product) else product, dtype=np.float64)
