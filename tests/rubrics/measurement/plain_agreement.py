"""The coefficients once more, word for word from their definitions: loops over units and pairs, no algebra saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

Rows = Sequence[Sequence[Any]]
Distance = Callable[[Any, Any], float]


def seen(rows: Rows) -> list[list[Any]]:
    return [[value for value in row if value is not None] for row in rows]


def distances(rows: Rows, metric: str) -> Distance:
    """Krippendorff's delta squared; for ordinal values the ranks between two, ends counted half."""
    common = Counter(value for row in seen(rows) if len(row) > 1 for value in row)

    def ordinal(a: Any, b: Any) -> float:
        low, high = min(a, b), max(a, b)
        between = sum(times for value, times in common.items() if low <= value <= high)
        return (between - (common[a] + common[b]) / 2) ** 2

    return {
        "nominal": lambda a, b: float(a != b),
        "ordinal": ordinal,
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }[metric]


def alpha(rows: Rows, metric: str) -> float | None:
    delta = distances(rows, metric)
    units = [row for row in seen(rows) if len(row) > 1]
    values = [value for row in units for value in row]
    if len(set(values)) < 2:
        return None
    observed = sum(delta(a, b) / (len(row) - 1) for row in units for a, b in permutations(row, 2)) / len(
        values
    )
    expected = sum(delta(a, b) for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


def shares(rows: Rows) -> dict[Any, float]:
    units = [row for row in seen(rows) if row]
    common: dict[Any, float] = {}
    for row in units:
        for value in row:
            common[value] = common.get(value, 0.0) + 1 / len(row) / len(units)
    return common


def agreed(rows: Rows, weight: Distance) -> float:
    units = [row for row in seen(rows) if len(row) > 1]
    each = [sum(weight(a, b) for a, b in permutations(row, 2)) / (len(row) * (len(row) - 1)) for row in units]
    return sum(each) / len(each)


def fleiss(rows: Rows, weight: Distance) -> float:
    common = shares(rows)
    chance = sum(common[a] * common[b] * weight(a, b) for a in common for b in common)
    return (agreed(rows, weight) - chance) / (1 - chance)


def gwet(rows: Rows, weight: Distance, scale: Sequence[Any]) -> float:
    common = shares(rows)
    doubt = sum(common.get(value, 0.0) * (1 - common.get(value, 0.0)) for value in scale)
    chance = sum(weight(a, b) for a in scale for b in scale) * doubt / (len(scale) * (len(scale) - 1))
    return (agreed(rows, weight) - chance) / (1 - chance)


def cohen(rows: Rows, weight: Distance) -> float:
    both = [row for row in rows if None not in row]
    observed = sum(weight(a, b) for a, b in both) / len(both)
    expected = sum(weight(a, b) for a, _ in both for _, b in both) / len(both) ** 2
    return (observed - expected) / (1 - expected)


def icc(rows: Rows, form: str) -> float:
    """From the mean squares of Shrout & Fleiss (1979), tables 1 to 4."""
    n, k = len(rows), len(rows[0])
    grand = sum(map(sum, rows)) / (n * k)
    row_means = [sum(row) / k for row in rows]
    column_means = [sum(row[j] for row in rows) / n for j in range(k)]
    bms = k * sum((mean - grand) ** 2 for mean in row_means) / (n - 1)
    jms = n * sum((mean - grand) ** 2 for mean in column_means) / (k - 1)
    wms = sum((rows[i][j] - row_means[i]) ** 2 for i in range(n) for j in range(k)) / (n * (k - 1))
    ems = (wms * n * (k - 1) - jms * (k - 1)) / ((n - 1) * (k - 1))
    parts = {
        "1,1": (bms - wms, bms + (k - 1) * wms),
        "2,1": (bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        "3,1": (bms - ems, bms + (k - 1) * ems),
        "1,k": (bms - wms, bms),
        "2,k": (bms - ems, bms + (jms - ems) / n),
        "3,k": (bms - ems, bms),
    }
    above, below = parts[form]
    return above / below
