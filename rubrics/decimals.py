"""Decimals the way people write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")
_HUNDREDTH = Decimal("0.01")


def plain(number: Decimal) -> Decimal:
    """The same value without trailing zeros or exponent: 60 for 60.00, 82.5 for 82.50. Exact, never
    rounds."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()


def to_tenth(number: Decimal) -> Decimal:
    """Rounded half up to one place, for portraits; never for a score."""
    return plain(number.quantize(_TENTH, rounding=ROUND_HALF_UP))


def shown_mean(numbers: Sequence[Decimal]) -> Decimal:
    """The mean cut off (not rounded up) after two places: what is shown never looks better than what is."""
    return plain((sum(numbers, Decimal(0)) / len(numbers)).quantize(_HUNDREDTH, rounding=ROUND_DOWN))


def median(numbers: Sequence[int]) -> Decimal:
    """The middle one; of an even number, halfway between the middle two. Never rounded to a level."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[middle])
    return plain(Decimal(ordered[middle - 1] + ordered[middle]) / 2)
