"""The rating-quality report in one call: the fit, the raters over time, and what a chair should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rubrics.measurement.facets.data import Readings
from rubrics.measurement.facets.drift import DEFAULT_RULE, Drift, DriftRule, drift
from rubrics.measurement.facets.fitting import DEFAULTS, NO_ANCHORS, fit
from rubrics.measurement.facets.result import HELD, FacetsFit, Measure
from rubrics.measurement.facets.settings import Anchors, Settings
from rubrics.model import Reason


@dataclass(frozen=True, slots=True)
class QualityRules:
    """When something is flagged; a bureau's to change. Flags invite a look, they decide nothing.

    A rater is severe or lenient beyond ``severity`` logits from the raters' mean and ``z`` errors; erratic above
    ``noisy`` and without nuance below ``muted`` mean squares (infit) where the standardised value is beyond ``z``
    (Linacre 2002, Rasch Measurement Transactions 16:2: 0.5 to 1.5 is productive); coloured by one impression above
    ``halo``. Criteria are held to the same mean squares. Nothing with fewer than ``records`` is flagged.
    """

    severity: float = 1.0
    noisy: float = 1.5
    muted: float = 0.5
    z: float = 2.0
    halo: float = 0.3
    records: int = 20
    drift: DriftRule = DEFAULT_RULE


@dataclass(frozen=True, slots=True)
class RatingQuality:
    """``drift`` is None for readings of one period. ``flags`` in the order raters, drift, criteria, thresholds."""

    fit: FacetsFit
    drift: Drift | None
    rules: QualityRules
    flags: tuple[Reason, ...]


DEFAULT_RULES = QualityRules()


def rating_quality(
    readings: Readings,
    *,
    rules: QualityRules = DEFAULT_RULES,
    method: str = "jml",
    scale: str = "criterion",
    anchors: Anchors = NO_ANCHORS,
    settings: Settings = DEFAULTS,
) -> RatingQuality:
    """Fit, look over time where there are periods, and flag. Refuses what :func:`.fitting.fit` refuses."""
    fitted = fit(readings, method=method, scale=scale, anchors=anchors, settings=settings)
    moved = None
    if len(readings.periods) > 1 and scale != "rater":
        moved = drift(readings, fitted, rule=rules.drift, settings=settings)
    flags = (
        *_raters(fitted, rules),
        *(moved.flags if moved else ()),
        *_criteria(fitted, rules),
        *_thresholds(fitted),
    )
    return RatingQuality(fitted, moved, rules, flags)


def _raters(fitted: FacetsFit, rules: QualityRules) -> Iterator[Reason]:
    mean = fitted.raters.mean
    for one in fitted.raters.measures:
        if one.records >= rules.records:
            yield from _severity(one, mean, rules)
            yield from _infit(one, rules)
            if one.halo is not None and one.halo > rules.halo:
                yield Reason("facets.rater_halo", {"rater": one.id, "halo": _two(one.halo)})


def _severity(one: Measure, mean: float, rules: QualityRules) -> Iterator[Reason]:
    apart, error = one.measure - mean, one.error or 0.0
    if one.status == HELD or abs(apart) < rules.severity or abs(apart) < rules.z * error:
        return
    if apart > 0:
        yield Reason("facets.rater_severe", {"rater": one.id, "logits": _two(apart), "error": _two(error)})
    else:
        yield Reason("facets.rater_lenient", {"rater": one.id, "logits": _two(apart), "error": _two(error)})


def _infit(one: Measure, rules: QualityRules) -> Iterator[Reason]:
    if one.infit is None or one.infit_z is None:
        return
    infit, z = _two(one.infit), _two(one.infit_z)
    if one.infit > rules.noisy and one.infit_z > rules.z:
        yield Reason("facets.rater_erratic", {"rater": one.id, "infit": infit, "z": z})
    if one.infit < rules.muted and one.infit_z < -rules.z:
        yield Reason("facets.rater_muted", {"rater": one.id, "infit": infit, "z": z})


def _criteria(fitted: FacetsFit, rules: QualityRules) -> Iterator[Reason]:
    for one in fitted.criteria.measures:
        if one.infit is None or one.infit_z is None or one.records < rules.records:
            continue
        beyond = one.infit > rules.noisy or one.infit < rules.muted
        if beyond and abs(one.infit_z) > rules.z:
            infit, z = _two(one.infit), _two(one.infit_z)
            yield Reason("facets.criterion_misfit", {"criterion": one.id, "infit": infit, "z": z})


def _thresholds(fitted: FacetsFit) -> Iterator[Reason]:
    for one in fitted.categories:
        if one.disordered:
            yield Reason("facets.threshold_disordered", {"scale": one.scale, "level": one.level})


def _two(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
