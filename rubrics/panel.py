"""Several sealed readings of one lesson: decided, or why a third is needed.

Two readings decide unless they are too far apart; then a third, blind to both, is called. The rules, in full:

* A third is called when the readings differ by ``criterion_gap`` levels or more on any criterion, by more
than
  ``total_gap`` points in total, when one total reaches the cut and the other does not, when one reading
  passes and the other fails a gate, or when the caller drew this lesson by lot (``random_third``).
* Two readings: the total is their mean.
* Three readings: the total is the mean of the two closest. When the middle one is equally far from both
others
  there is no closest pair: all three count, and their mean is the middle one.
* A criterion's level is the median of all readings; of two readings that may lie halfway. Nothing is rounded.
* A gate is missed when that median lies below it; the outcome is then ``fail`` whatever the total.

The order in which raters are given never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import median, plain
from rubrics.errors import MarksError
from rubrics.model import Label, PanelRules, Reason, Rubric
from rubrics.scoring import Score, gates_failed, outcome, score


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's committed marks: criterion to level."""

    rater: str
    marks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decided:
    """The lesson's result. ``used`` names the raters whose totals count, ``levels`` the median per
    criterion."""

    total: Decimal
    band: str
    band_label: Label
    levels: dict[str, Decimal]
    gates_failed: tuple[str, ...]
    used: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ThirdNeeded:
    """Nothing is decided yet; ``reasons`` are for the chair and never shown to the third rater."""

    reasons: tuple[Reason, ...]


def decide(
    rubric: Rubric,
    ratings: Sequence[Rating],
    *,
    rules: PanelRules | None = None,
    random_third: bool = False,
) -> Decided | ThirdNeeded:
    """The decision on two or three ratings. Refuses any other number, a rater twice, and marks that do not
    fit.

    ``rules`` are the round's; the rubric's own apply when none are given.
    """
    _check_raters(ratings)
    ordered = sorted(ratings, key=lambda rating: rating.rater)
    scores = [score(rubric, rating.marks, rater=rating.rater) for rating in ordered]
    if len(ordered) == 2:
        reasons = tuple(_why_third(rubric, ordered, scores, rules=rules or rubric.panel))
        if random_third:
            reasons = (*reasons, Reason("panel.random_third"))
        if reasons:
            return ThirdNeeded(reasons)
    return _decided(rubric, ordered, scores)


def _check_raters(ratings: Sequence[Rating]) -> None:
    if len(ratings) not in (2, 3):
        raise MarksError("panel.wrong_number", found=len(ratings))
    raters = [rating.rater for rating in ratings]
    if repeated := sorted({rater for rater in raters if raters.count(rater) > 1}):
        raise MarksError("panel.rater_twice", rater=repeated[0])


def _why_third(
    rubric: Rubric, ratings: Sequence[Rating], scores: Sequence[Score], *, rules: PanelRules
) -> Iterator[Reason]:
    for criterion in rubric.criteria:
        low, high = sorted(rating.marks[criterion.id] for rating in ratings)
        if high - low >= rules.criterion_gap:
            yield Reason("panel.criterion_gap", {"criterion": criterion.id, "low": low, "high": high})
    low_total, high_total = sorted(one.total for one in scores)
    if high_total - low_total > rules.total_gap:
        yield Reason("panel.total_gap", {"low": low_total, "high": high_total, "limit": rules.total_gap})
    if rules.straddling:
        yield from _straddling(rubric, scores)


def _straddling(rubric: Rubric, scores: Sequence[Score]) -> Iterator[Reason]:
    low, high = sorted(one.total for one in scores)
    if low < rubric.cut <= high:
        yield Reason("panel.straddles_cut", {"low": low, "high": high, "cut": rubric.cut})
    if len({one.band == "fail" for one in scores}) == 2:
        for criterion in sorted(set(scores[0].gates_failed) ^ set(scores[1].gates_failed)):
            yield Reason("panel.gate_disputed", {"criterion": criterion})


def _decided(rubric: Rubric, ratings: Sequence[Rating], scores: Sequence[Score]) -> Decided:
    totals = {rating.rater: one.total for rating, one in zip(ratings, scores, strict=True)}
    total, used, reason = _counted(totals)
    levels = {
        criterion.id: median([rating.marks[criterion.id] for rating in ratings])
        for criterion in rubric.criteria
    }
    failed = gates_failed(rubric, levels)
    band = outcome(rubric, total=total, gates_failed=failed)
    gates = (Reason("panel.gate_failed", {"criterion": gate, "level": levels[gate]}) for gate in failed)
    return Decided(total, band.id, band.label, levels, failed, used, (reason, *gates))


def _counted(totals: Mapping[str, Decimal]) -> tuple[Decimal, tuple[str, ...], Reason]:
    """The total that counts, the raters it rests on (by name), and why."""
    if len(totals) == 2:
        total, reason = _mean(*totals.values(), set_aside=None)
        return total, tuple(totals), reason
    (low_rater, low), (_, middle), (high_rater, high) = sorted(totals.items(), key=lambda one: one[1])
    if middle - low == high - middle:
        reason = Reason("panel.evenly_apart", {"low": low, "high": high, "total": middle})
        return middle, tuple(totals), reason
    aside, pair = (high_rater, (low, middle)) if middle - low < high - middle else (low_rater, (middle, high))
    total, reason = _mean(*pair, set_aside=totals[aside])
    return total, tuple(rater for rater in totals if rater != aside), reason


def _mean(one: Decimal, other: Decimal, *, set_aside: Decimal | None) -> tuple[Decimal, Reason]:
    low, high = sorted((one, other))
    total = plain((low + high) / 2)
    if set_aside is None:
        return total, Reason("panel.mean_of_two", {"low": low, "high": high, "total": total})
    values = {"low": low, "high": high, "set_aside": set_aside, "total": total}
    return total, Reason("panel.two_closest", values)
