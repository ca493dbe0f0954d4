"""Does a rater become more severe or more lenient over time?

Every rater's severity in every period is an element of its own, estimated jointly with the lessons while criteria
and thresholds stay as fitted (time as a facet: Myford and Wolfe 2009, J. Educ. Meas. 46, on rater drift). What links
the periods: lessons that were read in several of them, if they join everything. Otherwise each part of the time that
hangs together is placed so that its raters are on average as severe as over
the whole time, and a change common to all raters cannot be seen; :attr:`Drift.linked_by` says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from scipy.stats import chi2  # type: ignore[import-untyped]

from rubrics.errors import MeasurementError
from rubrics.measurement.facets.completed import Known, complete
from rubrics.measurement.facets.connectivity import linked
from rubrics.measurement.facets.constraints import bare, space
from rubrics.measurement.facets.data import Floats, Ints, Readings
from rubrics.measurement.facets.jml import Estimate, estimate
from rubrics.measurement.facets.known import known_of
from rubrics.measurement.facets.prepared import Prepared, prepare
from rubrics.measurement.facets.result import Convergence, FacetsFit
from rubrics.measurement.facets.settings import Anchors, Settings
from rubrics.measurement.facets.telling import convergence_of
from rubrics.model import Reason


@dataclass(frozen=True, slots=True)
class DriftRule:
    """A period is flagged when it differs from the rater's other periods by ``logits`` and by ``z`` errors or more.

    Periods with fewer than ``records`` are estimated but never flagged.
    """

    logits: float = 0.5
    z: float = 2.0
    records: int = 10


@dataclass(frozen=True, slots=True)
class RaterPeriod:
    """One rater in one period. ``difference`` is from the rater's other periods (precision-weighted), in logits."""

    rater: str
    period: str
    severity: float
    error: float
    records: int
    difference: float | None
    difference_error: float | None
    z: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class RaterOverTime:
    """The test that a rater's severity is the same in all periods (Wald)."""

    rater: str
    chi_square: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Drift:
    """``linked_by`` is ``lessons`` or ``raters`` (see the module). ``flags`` repeat the flagged periods as reasons."""

    periods: tuple[RaterPeriod, ...]
    raters: tuple[RaterOverTime, ...]
    linked_by: str
    rule: DriftRule
    convergence: Convergence
    flags: tuple[Reason, ...]


DEFAULT_RULE = DriftRule()
DEFAULTS = Settings()


def drift(
    readings: Readings, fitted: FacetsFit, *, rule: DriftRule = DEFAULT_RULE, settings: Settings = DEFAULTS
) -> Drift:
    """Severity by rater and period. A rater alone in a part of the time that nothing links is left out of it.

    Refuses readings of fewer than two periods, and a fit with scales by rater (its thresholds move with the rater).
    """
    if len(readings.periods) < 2:
        raise MeasurementError("facets.one_period", found=len(readings.periods))
    if fitted.scale == "rater":
        raise MeasurementError("facets.drift_by_rater_scale")
    split = _split(_measured(readings, fitted), fitted)
    anchors = fitted.anchors("criteria")
    ready = prepare(split.readings, method="jml", scale=fitted.scale, anchors=anchors, connected=False)
    found, parts = _estimate(ready, split, anchors=anchors, settings=settings)
    known = known_of(ready, found, anchors=anchors)
    alone = [int(part[0]) for part in parts if len(part) == 1 and len(parts) > 1]
    known.measures["raters"][alone] = np.nan
    complete(ready.readings, ready.sifted, known, by=settings.extreme)
    rows = tuple(_rows(split, known, _covariance(split, found, known), rule=rule))
    return Drift(
        periods=rows,
        raters=tuple(_tests(split, known, _covariance(split, found, known))),
        linked_by="raters" if len(parts) > 1 else "lessons",
        rule=rule,
        convergence=convergence_of(found),
        flags=tuple(_reason(row) for row in rows if row.flagged),
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """The records with (rater, period) in the place of raters, and for each such pair what it stands for."""

    readings: Readings
    raters: tuple[str, ...]
    periods: tuple[str, ...]
    overall: Floats


def _measured(readings: Readings, fitted: FacetsFit) -> Readings:
    """Without the records of what the fit could not measure, or of a level it knows from extreme totals only."""
    criteria, raters = fitted.criteria.by_id(), fitted.raters.by_id()
    levels = {(one.scale, one.level) for one in fitted.categories}
    shared = fitted.scale == "shared"
    names = [("" if shared else one) if one in criteria else None for one in readings.criteria]
    lowest = int(readings.levels.min())
    span = range(lowest, int(readings.levels.max()) + 1)
    known = np.array([[(name, level) in levels for level in span] for name in names])
    measured = np.array([one in raters for one in readings.raters])
    return readings.only(known[readings.criterion, readings.levels - lowest] & measured[readings.rater])


def _split(readings: Readings, fitted: FacetsFit) -> _Split:
    count = len(readings.periods)
    keys, place = np.unique(readings.rater * count + readings.period, return_inverse=True)
    names = tuple(f"{at:08d}" for at in range(len(keys)))
    raters = tuple(readings.raters[key // count] for key in keys)
    severity = fitted.raters.by_id()
    return _Split(
        readings=replace(readings, raters=names, rater=place.astype(np.int64)),
        raters=raters,
        periods=tuple(readings.periods[key % count] for key in keys),
        overall=np.array([severity[rater].measure for rater in raters]),
    )


def _estimate(
    ready: Prepared, split: _Split, *, anchors: Anchors, settings: Settings
) -> tuple[Estimate, list[Ints]]:
    """The estimate, and the pairs in each part of the time that hangs together."""
    table, kept, count = ready.table, ready.kept, len(split.raters)
    label = linked(kept.lesson, kept.rater, count=len(kept.lessons), others=count)[len(kept.lessons) :]
    present = np.bincount(kept.rater, minlength=count) > 0
    parts = [np.flatnonzero(present & (label == one)) for one in np.unique(label[present])]
    rows: list[tuple[Floats, float]] = []
    for part in parts:
        row = np.zeros(count)
        row[part] = 1.0
        rows.append((row, float(split.overall[part].sum())))
    fixed = space(kept, table, ready.scales, anchors=anchors, held=ready.held, centred=())
    room = bare(count, fixed.start[count:], rows=rows, free=present)
    nobody = np.zeros(len(table.used), dtype=np.bool_)
    nothing = np.zeros(len(table.used))
    found = estimate(table, room, exists=ready.exists, held=nobody, lessons=nothing, settings=settings)
    return found, parts


def _covariance(split: _Split, found: Estimate, known: Known) -> Floats:
    """Of the pairs; those with extreme totals by their own error, as independent."""
    count = len(split.raters)
    covariance = found.covariance[:count, :count].copy()
    extreme = np.flatnonzero(known.extreme["raters"])
    covariance[extreme, extreme] = known.errors["raters"][extreme] ** 2
    return covariance


def _by_rater(split: _Split, known: Known, covariance: Floats) -> Iterator[tuple[str, Ints]]:
    """Each rater's pairs that have a severity and an error."""
    measured = np.isfinite(known.measures["raters"]) & np.isfinite(np.diag(covariance))
    places: dict[str, list[int]] = {}
    for at in np.flatnonzero(measured).tolist():
        places.setdefault(split.raters[at], []).append(at)
    for rater, found in places.items():
        yield rater, np.array(found, dtype=np.int64)


def _rows(split: _Split, known: Known, covariance: Floats, *, rule: DriftRule) -> Iterator[RaterPeriod]:
    records = np.bincount(split.readings.rater, minlength=len(split.raters))
    severity = known.measures["raters"]
    for rater, pairs in _by_rater(split, known, covariance):
        inner = covariance[np.ix_(pairs, pairs)]
        for place, at in enumerate(pairs.tolist()):
            apart, error = _difference(severity[pairs], inner, place)
            z = apart / error if apart is not None and error else None
            yield RaterPeriod(
                rater=rater,
                period=split.periods[at],
                severity=float(severity[at]),
                error=float(np.sqrt(max(covariance[at, at], 0.0))),
                records=int(records[at]),
                difference=apart,
                difference_error=error,
                z=z,
                flagged=_flagged(apart, z, int(records[at]), rule),
            )


def _flagged(apart: float | None, z: float | None, records: int, rule: DriftRule) -> bool:
    if apart is None or z is None or records < rule.records:
        return False
    return abs(apart) >= rule.logits and abs(z) >= rule.z


def _difference(severity: Floats, inner: Floats, place: int) -> tuple[float | None, float | None]:
    """One period less the precision-weighted mean of the rater's others, and its standard error."""
    if len(severity) < 2:
        return None, None
    weight = 1.0 / np.maximum(np.diag(inner), 1e-12)
    weight[place] = 0.0
    contrast = -weight / weight.sum()
    contrast[place] = 1.0
    variance = float(contrast @ inner @ contrast)
    return float(contrast @ severity), float(np.sqrt(max(variance, 0.0)))


def _tests(split: _Split, known: Known, covariance: Floats) -> Iterator[RaterOverTime]:
    for rater, pairs in _by_rater(split, known, covariance):
        if len(pairs) > 1:
            contrasts = np.diff(np.eye(len(pairs)), axis=0)
            apart = contrasts @ known.measures["raters"][pairs]
            spread = contrasts @ covariance[np.ix_(pairs, pairs)] @ contrasts.T
            square = float(apart @ np.linalg.pinv(spread, hermitian=True) @ apart)
            yield RaterOverTime(rater, square, len(pairs) - 1, float(chi2.sf(square, len(pairs) - 1)))


def _reason(row: RaterPeriod) -> Reason:
    apart, z = _two(row.difference), _two(row.z)
    return Reason("facets.rater_drift", {"rater": row.rater, "period": row.period, "logits": apart, "z": z})


def _two(value: float | None) -> Decimal:
    return Decimal(f"{value or 0.0:.2f}")
