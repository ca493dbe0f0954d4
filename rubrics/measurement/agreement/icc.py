"""The six intraclass correlations of Shrout & Fleiss (1979)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement, blank, no_pairs, one_value
from rubrics.measurement.agreement.scale import Floats
from rubrics.measurement.quantiles import fisher
from rubrics.model import Reason

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
FORMS: tuple[str, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class _Anova:
    """Mean squares: between units, within units, between raters, residual; ``units`` rated ``each`` times."""

    units: int
    each: int
    between: float
    within: float
    raters: float = 0.0
    residual: float = 0.0


def icc(ratings: Ratings, *, form: Form, level: float = 0.95) -> Agreement:
    """One of the six, of a single reading (``*,1``) or of the mean of k readings (``*,k``), with its F-based interval.

    * ``1,*`` each unit has its own raters (or it is not known who they were): one-way;
    * ``2,*`` the same raters, a sample of many; their severity counts as error (absolute agreement);
    * ``3,*`` these raters and no others; their severity does not count (consistency).

    Formulas and intervals of Shrout & Fleiss (1979); the interval of ``2,*`` uses Satterthwaite's degrees of freedom,
    for ``2,k`` stepped up by Spearman & Brown (the same as McGraw & Wong 1996, table 7, case 2).
    Undefined where no value differs from another, or where only one unit was rated. Refuses words, and units not rated
    equally often (``1,*``) or not by all raters (``2,*``, ``3,*``): for those there is
    :mod:`rubrics.measurement.generalizability`.
    """
    if form not in FORMS:
        raise MeasurementError(
            "agreement.unknown_choice", argument="form", found=str(form), known="; ".join(FORMS)
        )
    found = blank(ratings, method=f"icc.{form}", level=level)
    values = ratings.numbers(f"icc.{form}")
    if not found.pairs:
        return no_pairs(found)
    if found.units < 2:
        return found.undefined(Reason("agreement.one_unit"))
    anova = _one_way(ratings, values) if form[0] == "1" else _two_way(ratings, values, form=form)
    return _judged(found, _cleaned(anova, values), form=form)


def _cleaned(anova: _Anova, values: Floats) -> _Anova:
    """Mean squares that are only rounding become 0."""
    least = 1e-20 * float(np.max(values**2))
    squares = (anova.between, anova.within, anova.raters, anova.residual)
    return _Anova(anova.units, anova.each, *(0.0 if one <= least else one for one in squares))


def _one_way(ratings: Ratings, values: Floats) -> _Anova:
    readings = np.bincount(ratings.unit)
    readings = readings[readings > 0]
    if (readings != readings[0]).any():
        raise MeasurementError("agreement.uneven", least=int(readings.min()), most=int(readings.max()))
    units, each = len(readings), int(readings[0])
    table = (values - values.mean())[np.argsort(ratings.unit, kind="stable")].reshape(units, each)
    means = table.mean(axis=1)
    between = each * float((means**2).sum()) / (units - 1)
    within = float(((table - means[:, None]) ** 2).sum()) / (units * (each - 1))
    return _Anova(units, each, between, within)


def _two_way(ratings: Ratings, values: Floats, *, form: str) -> _Anova:
    present, unit = np.unique(ratings.unit, return_inverse=True)
    units, each = len(present), len(ratings.raters)
    if not ratings.named:
        raise MeasurementError("agreement.anonymous", method=f"icc.{form}")
    if len(values) != units * each:
        raise MeasurementError(
            "agreement.incomplete", method=f"icc.{form}", missing=units * each - len(values)
        )
    table = np.empty((units, each))
    table[unit, ratings.rater] = values - values.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    left = table - rows[:, None] - columns
    return _Anova(
        units,
        each,
        between=each * float((rows**2).sum()) / (units - 1),
        within=float(((table - rows[:, None]) ** 2).sum()) / (units * (each - 1)),
        raters=units * float((columns**2).sum()) / (each - 1),
        residual=float((left**2).sum()) / ((units - 1) * (each - 1)),
    )


def _judged(found: Agreement, anova: _Anova, *, form: str) -> Agreement:
    kind, each = form[0], anova.each
    single = {"1": _first, "2": _second, "3": _third}[kind](anova)
    if single is None:
        return one_value(found) if anova.between == anova.within == 0 else _units_alike(found)
    low, high = _bounds(found, anova, kind, single)
    if form.endswith("k"):
        if 1 + single * (each - 1) <= 1e-12:
            return _units_alike(found)
        single, low, high = (_stepped(one, each) for one in (single, low, high))
    if np.isnan(low) or np.isnan(high):
        return found.without_interval(single)
    return replace(found, value=single, low=low, high=high, interval="F")


def _units_alike(found: Agreement) -> Agreement:
    """Units differ less than error alone would make them: nothing to be reliable about."""
    return found.undefined(Reason("agreement.units_alike"))


def _bounds(found: Agreement, anova: _Anova, kind: str, single: float) -> tuple[float, float]:
    """Of a single reading; NaN where no F can be formed."""
    error = anova.within if kind == "1" else anova.residual
    if single == 1:
        return 1.0, 1.0
    if error == 0 and anova.between == 0:
        return np.nan, np.nan
    if kind == "2":
        return _second_bounds(found, anova, single)
    free = anova.units if kind == "1" else anova.units - 1
    return _f_bounds(found, anova, anova.between / error, below=free * (anova.each - 1))


def _first(anova: _Anova) -> float | None:
    return _ratio(anova.between - anova.within, anova.between + (anova.each - 1) * anova.within)


def _second(anova: _Anova) -> float | None:
    severity = anova.each * (anova.raters - anova.residual) / anova.units
    return _ratio(
        anova.between - anova.residual, anova.between + (anova.each - 1) * anova.residual + severity
    )


def _third(anova: _Anova) -> float | None:
    return _ratio(anova.between - anova.residual, anova.between + (anova.each - 1) * anova.residual)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _stepped(single: float, each: int) -> float:
    """Spearman & Brown: of one reading to that of the mean of ``each``."""
    below = 1 + (each - 1) * single
    return each * single / below if below > 0 else -np.inf


def _f_bounds(found: Agreement, anova: _Anova, seen: float, *, below: int) -> tuple[float, float]:
    """Shrout & Fleiss (1979), pages 423 (one-way) and 425 (fixed raters); ``seen`` is the F of the units."""
    tail, above = (1 + found.level) / 2, anova.units - 1
    low = seen / fisher(tail, above=above, below=below)
    high = seen * fisher(tail, above=below, below=above)
    return (low - 1) / (low + anova.each - 1), (high - 1) / (high + anova.each - 1)


def _second_bounds(found: Agreement, anova: _Anova, single: float) -> tuple[float, float]:
    """Shrout & Fleiss (1979), page 424: Satterthwaite's degrees of freedom for the mixture of mean squares."""
    n, k, tail = anova.units, anova.each, (1 + found.level) / 2
    severity = k * single * anova.raters
    rest = (n * (1 + (k - 1) * single) - k * single) * anova.residual
    df = _over((k - 1) * (n - 1) * (severity + rest) ** 2, (n - 1) * severity**2 + rest**2)
    up, down = fisher(tail, above=n - 1, below=df), fisher(tail, above=df, below=n - 1)
    mixture = k * anova.raters + (k * n - k - n) * anova.residual
    low = _over(n * (anova.between - up * anova.residual), up * mixture + n * anova.between)
    high = _over(n * (down * anova.between - anova.residual), mixture + n * down * anova.between)
    return low, high


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
