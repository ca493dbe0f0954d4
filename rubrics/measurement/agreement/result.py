"""What comes out: a coefficient with its interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.quantiles import normal, student
from rubrics.model import Reason


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coefficient. ``value`` is ``None`` exactly where the data do not define it, and then ``why`` says so.

    ``low`` and ``high`` bound the confidence interval at ``level``, ``None`` where there is none (with ``why``).
    ``interval`` names how it was made. ``observed`` and ``expected`` are the (weighted) agreement seen and due to
    chance, for alpha the disagreements, where the coefficient has them. ``null_error`` is the standard error were there
    no agreement beyond chance: for a test against 0 and not for the interval.
    ``units`` were read at least twice, by ``raters`` in all, which makes ``pairs`` pairs of readings.
    """

    method: str
    units: int
    raters: int
    pairs: int
    level: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    standard_error: float | None = None
    null_error: float | None = None
    observed: float | None = None
    expected: float | None = None
    why: Reason | None = None

    def undefined(self, why: Reason) -> Agreement:
        return replace(self, value=None, why=why)

    def asymptotic(
        self, value: float, error: float, *, bounds: tuple[float, float], interval: str
    ) -> Agreement:
        """With the interval value -+ normal quantile x error, held within what the coefficient can be."""
        return self._around(
            value, error, times=normal((1 + self.level) / 2), bounds=bounds, interval=interval
        )

    def with_student(
        self, value: float, error: float, *, bounds: tuple[float, float], interval: str
    ) -> Agreement:
        """The same with Student's t, one degree of freedom less than ``units``."""
        times = student((1 + self.level) / 2, df=self.units - 1)
        return self._around(value, error, times=times, bounds=bounds, interval=interval)

    def _around(
        self, value: float, error: float, *, times: float, bounds: tuple[float, float], interval: str
    ) -> Agreement:
        low, high = (min(max(value + side * times * error, bounds[0]), bounds[1]) for side in (-1, 1))
        return replace(self, value=value, low=low, high=high, standard_error=error, interval=interval)

    def without_interval(self, value: float) -> Agreement:
        return replace(self, value=value, why=Reason("agreement.no_interval", {"units": self.units}))


def blank(ratings: Ratings, *, method: str, level: float) -> Agreement:
    """What is known before any coefficient: counts, and that the level is one. Refuses a level outside ]0, 1[."""
    if not 0 < level < 1:
        raise MeasurementError(
            "agreement.out_of_range", argument="level", found=f"{level:g}", expected="0 to 1"
        )
    readings = np.bincount(ratings.unit, minlength=len(ratings.units))
    twice = readings >= 2
    raters = len(np.unique(ratings.rater[twice[ratings.unit]]))
    if not ratings.named:
        raters = int(readings.max())
    pairs = int((readings * (readings - 1)).sum() // 2)
    return Agreement(method, int(twice.sum()), raters, pairs, level)


def no_pairs(found: Agreement) -> Agreement:
    return found.undefined(Reason("agreement.no_pairs"))


def one_value(found: Agreement) -> Agreement:
    """Everybody gave the same value to everything: 0 divided by 0."""
    return found.undefined(Reason("agreement.one_value"))
