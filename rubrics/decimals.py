"""Decimals the way people write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache

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
    return _half(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2])


@lru_cache(maxsize=256)
def _half(number: int) -> Decimal:
    """Kept, because levels are few and panels many."""
    return plain(Decimal(number) / 2)
