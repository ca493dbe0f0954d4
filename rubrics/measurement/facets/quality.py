"""The rating-quality report in one call: the fit, the raters over time, and what a chair should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

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

    Under ``mml`` all mean squares lie below 1 (:mod:`.residuals`), so there they are held against the facet's median:
    its so many times, and ``z`` from its standardised value. A single criterion has nobody to be compared with.
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


def _usual(fitted: FacetsFit, facet: str) -> tuple[float, float]:
    """The mean square and standardised value to expect."""
    fits = [(one.infit, one.infit_z or 0.0) for one in fitted.facet(facet).measures if one.infit is not None]
    if fitted.method != "mml" or not fits:
        return 1.0, 0.0
    squares, deviates = zip(*fits, strict=True)
    return median(squares), median(deviates)


def _raters(fitted: FacetsFit, rules: QualityRules) -> Iterator[Reason]:
    mean, usual = fitted.raters.mean, _usual(fitted, "raters")
    for one in fitted.raters.measures:
        if one.records >= rules.records:
            yield from _severity(one, mean, rules)
            yield from _infit(one, rules, usual)
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


def _infit(one: Measure, rules: QualityRules, usual: tuple[float, float]) -> Iterator[Reason]:
    if one.infit is None or one.infit_z is None:
        return
    infit, z = _two(one.infit), _two(one.infit_z)
    square, deviate = one.infit / usual[0], one.infit_z - usual[1]
    if square > rules.noisy and deviate > rules.z:
        yield Reason("facets.rater_erratic", {"rater": one.id, "infit": infit, "z": z})
    if square < rules.muted and deviate < -rules.z:
        yield Reason("facets.rater_muted", {"rater": one.id, "infit": infit, "z": z})


def _criteria(fitted: FacetsFit, rules: QualityRules) -> Iterator[Reason]:
    usual = _usual(fitted, "criteria")
    for one in fitted.criteria.measures:
        if one.infit is None or one.infit_z is None or one.records < rules.records:
            continue
        square = one.infit / usual[0]
        if not rules.muted <= square <= rules.noisy and abs(one.infit_z - usual[1]) > rules.z:
            infit, z = _two(one.infit), _two(one.infit_z)
            yield Reason("facets.criterion_misfit", {"criterion": one.id, "infit": infit, "z": z})


def _thresholds(fitted: FacetsFit) -> Iterator[Reason]:
    for one in fitted.categories:
        if one.disordered:
            yield Reason("facets.threshold_disordered", {"scale": one.scale, "level": one.level})


def _two(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
