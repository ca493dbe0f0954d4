"""Several sealed readings of one lesson: decided, or why a third is needed.

Two readings decide unless they are too far apart; then a third, blind to both, is called. The rules, in full:

* A third is called when the readings differ by ``criterion_gap`` levels or more on any criterion, by more than
  ``total_gap`` points in total, when one total reaches the cut and the other does not, when one reading passes and
  the other fails a gate, when one leaves out a criterion that the other gives a level, or when the caller drew this
  lesson by lot (``random_third``). Gaps on a criterion are in levels, whatever the points inside them.
* Two readings that both fail never make a pass: where they miss different gates and the levels halfway would meet
  them, the gates are disputed and a third is called.
* Each total is that of its own reading, with what that rater left out.
* Two readings: the total is their mean.
* Three readings: the total is the mean of the two closest. When the middle one is equally far from both others
  there is no closest pair: all three count, and their mean is the middle one.
* A criterion applies when most raters gave it a level. Its level is the median of those given; of two that may lie
  halfway. Nothing is rounded. One that most left out has no level, and one for feedback only never has any, calls no
  third and earns nothing.
* A gate is missed when the median level lies below it; the outcome is then ``fail`` whatever the total. A criterion
  with a gate is never left out.

The order in which raters are given never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import median, plain
from rubrics.errors import MarksError
from rubrics.model import Label, Marks, PanelRules, Reason, Rubric
from rubrics.scoring import Tally, gates_failed, outcome, tally


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's committed marks."""

    rater: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Decided:
    """The lesson's result. ``used`` names the raters whose totals count; ``levels`` has the median of every criterion
    that counts and applies, ``left_out`` names those that do not apply, in the rubric's order."""

    total: Decimal
    band: str
    band_label: Label
    levels: dict[str, Decimal]
    gates_failed: tuple[str, ...]
    used: tuple[str, ...]
    reasons: tuple[Reason, ...]
    left_out: tuple[str, ...] = ()


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
    tallies = [tally(rubric, rating.marks, rater=rating.rater) for rating in ordered]
    if len(ordered) == 2:
        reasons = tuple(_why_third(rubric, *tallies, rules=rules or rubric.panel))
        if random_third:
            reasons = (*reasons, Reason("panel.random_third"))
        if reasons:
            return ThirdNeeded(reasons)
    decided = _decided(rubric, ordered, tallies)
    if len(ordered) == 2 and decided.band != "fail" and all(one.band.id == "fail" for one in tallies):
        return ThirdNeeded(tuple(_gates_disputed(*tallies)))
    return decided


def _check_raters(ratings: Sequence[Rating]) -> None:
    if len(ratings) not in (2, 3):
        raise MarksError("panel.wrong_number", found=len(ratings))
    raters = [rating.rater for rating in ratings]
    if repeated := sorted({rater for rater in raters if raters.count(rater) > 1}):
        raise MarksError("panel.rater_twice", rater=repeated[0])


def _why_third(rubric: Rubric, one: Tally, other: Tally, *, rules: PanelRules) -> Iterator[Reason]:
    yield from _criteria_apart(rubric, one, other, limit=rules.criterion_gap)
    low, high = sorted((one.total, other.total))
    if high - low > rules.total_gap:
        yield Reason("panel.total_gap", {"low": low, "high": high, "limit": rules.total_gap})
    if rules.straddling:
        yield from _straddling(rubric, one, other)


def _criteria_apart(rubric: Rubric, one: Tally, other: Tally, *, limit: int) -> Iterator[Reason]:
    for criterion in rubric.criteria:
        level, others = one.levels.get(criterion.id), other.levels.get(criterion.id)
        if level is None or others is None:
            if level is not others:
                yield Reason("panel.applicability_disputed", {"criterion": criterion.id})
        elif abs(level - others) >= limit:
            low, high = sorted((level, others))
            yield Reason("panel.criterion_gap", {"criterion": criterion.id, "low": low, "high": high})


def _straddling(rubric: Rubric, one: Tally, other: Tally) -> Iterator[Reason]:
    low, high = sorted((one.total, other.total))
    if low < rubric.cut <= high:
        yield Reason("panel.straddles_cut", {"low": low, "high": high, "cut": rubric.cut})
    if (one.band.id == "fail") != (other.band.id == "fail"):
        yield from _gates_disputed(one, other)


def _gates_disputed(one: Tally, other: Tally) -> Iterator[Reason]:
    for criterion in sorted(set(one.gates_failed) ^ set(other.gates_failed)):
        yield Reason("panel.gate_disputed", {"criterion": criterion})


def _decided(rubric: Rubric, ratings: Sequence[Rating], tallies: Sequence[Tally]) -> Decided:
    totals = {rating.rater: found.total for rating, found in zip(ratings, tallies, strict=True)}
    total, used, how = _counted(totals)
    given = _given(rubric, tallies)
    left_out = tuple(criterion for criterion, found in given.items() if 2 * len(found) < len(tallies))
    levels = {criterion: median(found) for criterion, found in given.items() if criterion not in left_out}
    failed = gates_failed(rubric, levels)
    band = outcome(rubric, total=total, gates_failed=failed)
    gates = (Reason("panel.gate_failed", {"criterion": gate, "level": levels[gate]}) for gate in failed)
    return Decided(
        total=total,
        band=band.id,
        band_label=band.label,
        levels=levels,
        gates_failed=failed,
        used=used,
        reasons=(how, *_applicability(given, left_out, raters=len(tallies)), *gates),
        left_out=left_out,
    )


def _given(rubric: Rubric, tallies: Sequence[Tally]) -> Mapping[str, list[int]]:
    """Every criterion that can count, and the levels of the raters who did not leave it out."""
    return {
        criterion.id: [found.levels[criterion.id] for found in tallies if criterion.id in found.levels]
        for criterion in rubric.criteria
        if not criterion.feedback_only
    }


def _applicability(
    given: Mapping[str, Sequence[int]], left_out: Sequence[str], *, raters: int
) -> Iterator[Reason]:
    for criterion, levels in given.items():
        by = len(levels)
        if criterion in left_out:
            yield Reason("panel.left_out", {"criterion": criterion, "by": raters - by, "of": raters})
        elif by < raters:
            yield Reason("panel.applies", {"criterion": criterion, "by": by, "of": raters})


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
