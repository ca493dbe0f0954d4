"""Quantiles and tails of the three distributions the intervals here stand on."""

from __future__ import annotations

from scipy import special  # type: ignore[import-untyped]


def normal(share: float) -> float:
    return float(special.ndtri(share))


def student(share: float, *, df: float) -> float:
    return float(special.stdtrit(df, share))


def fisher(share: float, *, above: float, below: float) -> float:
    """Of F with ``above`` degrees of freedom in the numerator and ``below`` in the denominator."""
    return float(special.fdtri(above, below, share))
