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
    # Rounding in a table of equal values leaves mean squares of this order.
    tiny = 1e-20 * max(float(np.max(values**2)), 1e-300)
    if max(anova.between, anova.within) <= tiny:
        return one_value(found)
    return _judged(found, anova, form=form, tiny=tiny)


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


def _judged(found: Agreement, anova: _Anova, *, form: str, tiny: float) -> Agreement:
    kind, each = form[0], anova.each
    single = {"1": _first, "2": _second, "3": _third}[kind](anova)
    if single is None:
        return one_value(found)
    if form.endswith("k") and 1 + single * (each - 1) <= 1e-12:
        # Unit means do not differ at all: nothing for a mean of k readings to be reliable about.
        return one_value(found)
    error = anova.within if kind == "1" else anova.residual
    if error <= tiny and (kind != "2" or anova.raters <= tiny):
        low = high = 1.0
    else:
        low, high = _second_bounds(found, anova, single) if kind == "2" else _f_bounds(found, anova, kind)
    if form.endswith("k"):
        single, low, high = (_stepped(one, each) for one in (single, low, high))
    return replace(found, value=single, low=low, high=high, interval="F")


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


def _f_bounds(found: Agreement, anova: _Anova, kind: str) -> tuple[float, float]:
    """Shrout & Fleiss (1979), pages 423 (one-way) and 425 (fixed raters), of a single reading."""
    tail, above = (1 + found.level) / 2, anova.units - 1
    error = anova.within if kind == "1" else anova.residual
    below = anova.units * (anova.each - 1) if kind == "1" else above * (anova.each - 1)
    seen = anova.between / error
    low = seen / fisher(tail, above=above, below=below)
    high = seen * fisher(tail, above=below, below=above)
    return (low - 1) / (low + anova.each - 1), (high - 1) / (high + anova.each - 1)


def _second_bounds(found: Agreement, anova: _Anova, single: float) -> tuple[float, float]:
    """Shrout & Fleiss (1979), page 424: Satterthwaite's degrees of freedom for the mixture of mean squares."""
    n, k, tail = anova.units, anova.each, (1 + found.level) / 2
    severity = k * single * anova.raters
    rest = (n * (1 + (k - 1) * single) - k * single) * anova.residual
    df = (k - 1) * (n - 1) * (severity + rest) ** 2 / ((n - 1) * severity**2 + rest**2)
    up, down = fisher(tail, above=n - 1, below=df), fisher(tail, above=df, below=n - 1)
    mixture = k * anova.raters + (k * n - k - n) * anova.residual
    low = n * (anova.between - up * anova.residual) / (up * mixture + n * anova.between)
    high = n * (down * anova.between - anova.residual) / (mixture + n * down * anova.between)
    return low, high
