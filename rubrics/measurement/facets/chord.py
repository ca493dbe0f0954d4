"""Newton's steps near the maximum of the marginal likelihood, with the observed information of one point (Louis 1982).

The information is dear and hardly changes so near the end, so it is computed once and held (the chord method), and
computed again only where steps do not shrink to a third.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rubrics.measurement.facets.constraints import Space
from rubrics.measurement.facets.data import Bools, Floats
from rubrics.measurement.facets.information import solve
from rubrics.measurement.facets.louis import Posterior, is_exact, observed_information
from rubrics.measurement.facets.table import Table

Step = tuple[Floats, float, float]  # of parameters, the mean, the logarithm of the variance

_NEAR = 0.1  # logits a round: below it the end is near
_MOST = 4  # times the information is computed


class Searched(Posterior, Protocol):
    """A point of the search: what the information needs, and the gradient."""

    @property
    def spread(self) -> Floats: ...
    @property
    def gradient(self) -> Floats: ...


@dataclass(slots=True)
class Chord:
    """The held information under the constraints, and how long the last step with it was."""

    table: Table
    room: Space
    exists: Bools
    held: Floats | None = None
    made: int = 0
    last: float = np.inf

    def better(self, here: Searched, step: Step, change: float) -> Step:
        """A step that takes the place of ``step``; itself where the end is not near or the information is of no use.

        ``change`` is the length of the step before.
        """
        if change > _NEAR or not is_exact(self.exists):
            return step
        found = None if self.held is None else self._solved(here)
        if found is None or length(found) > self.last / 3:
            found = self._renewed(here) or found
        if found is None:
            return step
        self.last = length(found)
        return found

    def _renewed(self, here: Searched) -> Step | None:
        if self.made == _MOST:
            return None
        whole = observed_information(self.table, here, exists=self.exists)
        free = self._directions()
        self.held, self.made = free.T @ whole @ free, self.made + 1
        return self._solved(here)

    def _directions(self) -> Floats:
        size, count = self.room.directions.shape
        free = np.zeros((size + 2, count + 2))
        free[:size, :count] = self.room.directions
        free[size, count] = free[size + 1, count + 1] = 1.0
        return free

    def _solved(self, here: Searched) -> Step | None:
        apart = here.expected - here.mean
        mean = apart.sum() / here.variance
        variance = ((here.spread + apart**2) / here.variance - 1.0).sum() / (2 * here.variance)
        right = np.concatenate([self.room.directions.T @ here.gradient, [mean, variance]])
        step = None if self.held is None else solve(self.held, right)
        if step is None or step[-1] <= -here.variance / 2:
            return None
        moved = np.asarray(self.room.directions @ step[:-2], dtype=np.float64)
        return moved, float(step[-2]), float(np.log1p(step[-1] / here.variance))


def length(step: Step) -> float:
    """The largest of the changes."""
    return float(max(np.abs(step[0]).max(initial=0.0), abs(step[1]), abs(step[2])))
