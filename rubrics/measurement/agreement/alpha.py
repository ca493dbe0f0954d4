"""Krippendorff's alpha: any number of raters, any missing readings, any level of measurement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.patterns import Patterns, dense, patterns
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement, blank, no_pairs, one_value
from rubrics.measurement.agreement.scale import Floats, Scale
from rubrics.measurement.agreement.weights import check_size

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[str, ...] = get_args(Metric)

#: Numbers held at once while resampling; bounds memory to some tens of megabytes.
_AT_ONCE = 2_000_000


def alpha(
    ratings: Ratings,
    *,
    metric: Metric,
    level: float = 0.95,
    samples: int = 1000,
    seed: int = 1,
) -> Agreement:
    """Alpha = 1 - observed / expected disagreement (Krippendorff 2019, chapter 12; 2011, "Computing").

    Units with one reading are left out. Undefined where all pairable values are the same. The interval takes
    percentiles of a bootstrap that draws whole units with replacement (as Zapf et al. 2016 examine; Krippendorff's own
    draws single disagreements): ``samples`` of them from ``seed``, the same every time; samples in which alpha is
    undefined are left out, and there is no interval when half are. ``samples=0`` skips it.
    Refuses order or numbers asked of values that have none, and negative values on a ratio scale.
    """
    if metric not in METRICS:
        raise MeasurementError(
            "agreement.unknown_choice", argument="metric", found=str(metric), known=", ".join(METRICS)
        )
    for argument, number in (("samples", samples), ("seed", seed)):
        if number != number // 1 or number < 0:
            raise MeasurementError(
                "agreement.out_of_range", argument=argument, found=str(number), expected="0 or more"
            )
    found = blank(ratings, method=f"alpha.{metric}", level=level)
    way = _way(ratings.scale, metric)
    if not found.pairs:
        return no_pairs(found)
    units = patterns(ratings).paired()
    [observed], [expected] = _disagreements(units, way, units.times[None, :])
    found = replace(found, observed=float(observed), expected=float(expected))
    if expected <= 0:
        return one_value(found)
    found = replace(found, value=1 - float(observed / expected))
    return _with_interval(
        found, _resampled(units, way, samples=samples, seed=seed), samples=samples, seed=seed
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """How far two values disagree. ``points``: the squared difference of these numbers; ``table``: looked up; neither:
    nominal, or (``ranks``) the squared difference of mean ranks, which the sample itself decides."""

    points: Floats | None = None
    table: Floats | None = None
    ranks: bool = False


def _way(scale: Scale, metric: str) -> _Way:
    if metric == "nominal":
        return _Way()
    if metric == "ordinal":
        scale.steps("alpha.ordinal")
        return _Way(ranks=True)
    points = scale.numeric(f"alpha.{metric}")
    if metric == "interval":
        # Alpha does not change with origin and unit; near 0 the sums of squares lose no digits.
        return _Way(points=(points - points.mean()) / (np.ptp(points) or 1.0))
    return _Way(table=_ratio(scale, points))


def _ratio(scale: Scale, points: Floats) -> Floats:
    if points.min() < 0:
        raise MeasurementError("agreement.negative_value", value=f"{points.min():g}", method="alpha.ratio")
    check_size(scale)
    total = points[:, None] + points
    return ((points[:, None] - points) / np.where(total == 0, 1.0, total)) ** 2


def _disagreements(units: Patterns, way: _Way, drawn: Floats) -> tuple[Floats, Floats]:
    """Observed and expected disagreement of samples; ``drawn[s, p]`` units of sample s show pattern p."""
    counts, readings = drawn @ units.counts, drawn @ units.readings
    if way.ranks:
        points = np.cumsum(counts, axis=1) - (counts + readings[:, None]) / 2
        points /= readings[:, None]
        inside = _squares(units.readings[:, None], units.counts @ (points**2).T, units.counts @ points.T)
        observed = (drawn * (inside / (units.readings - 1)[:, None]).T).sum(axis=1)
        across = _squares(readings, (counts * points**2).sum(axis=1), (counts * points).sum(axis=1))
        return _means(observed, across, readings)
    if way.points is not None:
        inside = _squares(units.readings, units.counts @ way.points**2, units.counts @ way.points)
        across = _squares(readings, counts @ way.points**2, counts @ way.points)
    elif way.table is not None:
        inside = dense(units.counts.multiply(units.counts @ way.table).sum(axis=1)).ravel()
        across = ((counts @ way.table) * counts).sum(axis=1)
    else:
        inside = units.readings**2 - dense(units.counts.multiply(units.counts).sum(axis=1)).ravel()
        across = readings**2 - (counts**2).sum(axis=1)
    return _means(drawn @ (inside / (units.readings - 1)), across, readings)


def _squares(many: Floats, squares: Floats, sums: Floats) -> Floats:
    """The squared differences of all ordered pairs, from a count, a sum of squares and a sum."""
    return np.maximum(2 * (many * squares - sums**2), 0.0)


def _means(observed: Floats, across: Floats, readings: Floats) -> tuple[Floats, Floats]:
    expected = across / (readings * (readings - 1))
    # Rounding of equal values must not pass for a disagreement.
    return observed / readings, np.where(expected < 1e-14, 0.0, expected)


def _with_interval(found: Agreement, drawn: Floats, *, samples: int, seed: int) -> Agreement:
    if samples == 0 or found.value is None:
        return found
    if found.units < 2 or len(drawn) < 2 or len(drawn) * 2 <= samples:
        return found.without_interval(found.value)
    low, high = np.quantile(drawn, [(1 - found.level) / 2, (1 + found.level) / 2])
    return replace(
        found,
        low=min(float(low), found.value),
        high=max(float(high), found.value),
        standard_error=float(np.std(drawn, ddof=1)),
        interval=f"bootstrap of units, {samples} samples, seed {seed}",
    )


def _resampled(units: Patterns, way: _Way, *, samples: int, seed: int) -> Floats:
    """Alpha of every sample that defines one, in portions that fit memory."""
    lot = np.random.default_rng(seed)
    width = max(len(units.times), units.counts.shape[1])
    portion = max(1, _AT_ONCE // width)
    found = [np.empty(0)]
    for start in range(0, samples, portion):
        size = min(portion, samples - start)
        drawn = _drawn(lot, units, size=size)
        observed, expected = _disagreements(units, way, drawn)
        there = expected > 0
        found.append(1 - observed[there] / expected[there])
    return np.concatenate(found)


def _drawn(lot: np.random.Generator, units: Patterns, *, size: int) -> Floats:
    """How often each pattern is in samples of as many units as there are: by pattern, or where hardly any two units are
    alike unit by unit, which is then faster."""
    many, kinds = units.units, len(units.times)
    if kinds * 8 < many:
        return lot.multinomial(many, units.times / many, size=size).astype(np.float64)
    pattern = np.repeat(np.arange(kinds), units.times.astype(np.intp))
    rows = [np.bincount(pattern[lot.integers(0, many, many)], minlength=kinds) for _ in range(size)]
    return np.array(rows, dtype=np.float64)
