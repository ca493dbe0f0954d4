"""Five axes from what was answered: a value for each, and how far it may be off.

Value. An indicator's value is the mean over the questions that are evidence of it; an axis is the mean of its
indicators with evidence, times 100, to one decimal. Without any evidence it is None: not knowing is not zero.

Room. An indicator with evidence may lie anywhere in a room as wide as twice the doubt of its firmest basis, its value
in the middle. Where the room would stand out over 0 or 1 it is moved inside, not cut: a teacher who says "all of it"
is no better known than one who says "half of it", and an answer that moves the value away from an end must not make
less certain what is now known better. An indicator without evidence may lie anywhere from 0 to 1. The bounds of an
axis are the means of the ends over all its indicators, times 100, rounded outwards to one decimal.

Laws, before that rounding: low <= value <= high; further evidence never widens the room of an axis, whatever it says
(a doubt is at most 0.5 and never larger on firmer ground); no evidence is None with 0 to 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from rubrics.answers import BASES, Ground
from rubrics.decimals import plain, to_tenth
from rubrics.library import framework
from rubrics.model import DiagnosisBank, Doubt, Label


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the five dimensions, 0 to 100 or None without evidence; the true value lies from ``low`` to ``high``.

    ``evidence`` are the questions and outside tests it rests on; ``indicators`` of ``indicators_of`` had any, which
    says how far to trust it.
    """

    id: str
    label: Label
    value: Decimal | None
    evidence: tuple[str, ...]
    indicators: int
    indicators_of: int
    low: Decimal
    high: Decimal


#: Indicator to the grounds that are evidence of it.
Rests = Mapping[str, Sequence[Ground]]


def axes(bank: DiagnosisBank, grounds: Sequence[Ground]) -> tuple[Axis, ...]:
    """The five axes of the bank's framework, in its order."""
    known = framework(bank.framework)
    indicators = [item.id for item in known.at_level(3)]
    rests = {name: [one for one in grounds if name in one.evidence] for name in indicators}
    return tuple(
        _axis(axis.id, axis.label, _of_axis(rests, axis.id), doubt=bank.doubt) for axis in known.at_level(1)
    )


def _of_axis(rests: Rests, axis: str) -> Rests:
    return {name: found for name, found in rests.items() if name.split(".")[0] == axis}


def _axis(axis: str, label: Label, rests: Rests, *, doubt: Doubt) -> Axis:
    known = {name: found for name, found in rests.items() if found}
    means = [_mean([one.evidence[name] for one in found]) for name, found in known.items()]
    low, high = span(rests, doubt=doubt)
    return Axis(
        id=axis,
        label=label,
        value=to_tenth(_mean(means) * 100) if means else None,
        evidence=tuple(sorted({one.id for found in known.values() for one in found})),
        indicators=len(known),
        indicators_of=len(rests),
        low=plain(Decimal(floor(low * 1000)) / 10),
        high=plain(Decimal(ceil(high * 1000)) / 10),
    )


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0)) / len(numbers)


def span(rests: Rests, *, doubt: Doubt) -> tuple[Fraction, Fraction]:
    """Lowest and highest mean these indicators may have, 0 to 1, exactly."""
    rooms = [_room(name, found, doubt=doubt) for name, found in rests.items()]
    lows, highs = zip(*rooms, strict=True)
    return sum(lows, Fraction(0)) / len(rooms), sum(highs, Fraction(0)) / len(rooms)


def _room(indicator: str, grounds: Sequence[Ground], *, doubt: Doubt) -> tuple[Fraction, Fraction]:
    """Where the value of one indicator may lie; the whole way from 0 to 1 without evidence."""
    if not grounds:
        return Fraction(0), Fraction(1)
    value = sum((Fraction(one.evidence[indicator]) for one in grounds), Fraction(0)) / len(grounds)
    off = Fraction(getattr(doubt, firmest(grounds)))
    low = min(max(value - off, Fraction(0)), 1 - 2 * off)
    return low, low + 2 * off


def firmest(grounds: Sequence[Ground]) -> str:
    """The firmest basis among these, one of :data:`rubrics.answers.BASES`."""
    return min((one.basis for one in grounds), key=BASES.index)
