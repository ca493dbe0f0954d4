"""Several attempts at one lesson: which of them counts, and whether there may be another.

Reached through :mod:`rubrics.awards`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import plain
from rubrics.errors import AwardError
from rubrics.model import OUTCOMES, AwardRules, Reason, Retake, Rubric, Tier
from rubrics.nouns.achievement import LessonResult


@dataclass(frozen=True, slots=True)
class Attempt:
    """One handing in of a lesson, numbered from 1. ``band`` is None while the raters have not decided."""

    number: int
    total: Decimal = Decimal(0)
    band: str | None = None
    raters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """Which attempt counts, if any is decided, how many are left, and whether one more may be handed in now.

    ``barred`` are the raters who may not rate the next one.
    """

    counts: Attempt | None
    left: int
    may_try: bool
    barred: frozenset[str]
    reasons: tuple[Reason, ...]


def retake_of(rules: AwardRules, rubric: Rubric) -> Retake:
    """The rule for lessons by this rubric: the award rules' own, or where they have none (version 1) the rubric's."""
    own = rubric.attempts
    return rules.retake or Retake(own.max, own.keep, own.new_raters, carries_over=True)


def slots_for(tier: Tier | None, *, rubric: str) -> int:
    """How many lessons of the tier may be judged by this rubric; one where the tier asks for none or is not known."""
    return max(1, sum(rubric in slot for slot in tier.lesson_rubrics) if tier else 0)


def allowed(retake: Retake, tier: Tier | None, *, rubric: str) -> int:
    """How many recordings by this rubric may be handed in: each lesson that the tier asks for may be tried so often,
    the second as often as the first."""
    return retake.attempts * slots_for(tier, rubric=rubric)


def counting(
    rules: AwardRules, tier: Tier | None, lessons: Sequence[tuple[Rubric, LessonResult]]
) -> tuple[LessonResult, ...]:
    """Which of these lessons, given in the order in which they were decided, the rule for attempts lets count.

    ``best`` lets all of them, because :func:`rubrics.awards.assess` takes the best. ``last`` lets, of each rubric, as
    many of the last as the tier has slots for it; the order stays.
    """
    found: list[LessonResult] = []
    taken: dict[str, int] = {}
    for rubric, lesson in reversed(lessons):
        taken[rubric.key] = taken.get(rubric.key, 0) + 1
        keep_last = retake_of(rules, rubric).keep == "last"
        if not keep_last or taken[rubric.key] <= slots_for(tier, rubric=rubric.key):
            found.append(lesson)
    return tuple(reversed(found))


def kept(retake: Retake, attempts: Sequence[Attempt], *, round_over: bool = False) -> Kept:
    """Which attempt at one lesson counts, and whether there may be another.

    ``best``: one that passed before one that did not, then the higher total, then the earlier. ``last``: the last one
    decided. Attempts beyond the rule's number still count, and none is left. Refuses numbers given twice and unknown
    outcomes.
    """
    _check_attempts(attempts)
    decided = [attempt for attempt in attempts if attempt.band is not None]
    counts = max(decided, key=_best if retake.keep == "best" else _last, default=None)
    left = max(retake.attempts - len(attempts), 0)
    waits = len(decided) < len(attempts)
    ended = round_over and not retake.carries_over
    raters = frozenset(rater for attempt in attempts for rater in attempt.raters)
    code = _chance(left=left, waits=waits, ended=ended, round_over=round_over)
    return Kept(
        counts,
        left,
        may_try=left > 0 and not waits and not ended,
        barred=raters if retake.new_raters else frozenset(),
        reasons=(*_counting(counts, keep=retake.keep), Reason(code, {"left": left, "of": retake.attempts})),
    )


def _counting(counts: Attempt | None, *, keep: str) -> Iterator[Reason]:
    if counts is not None:
        yield Reason(
            "award.attempt_counts", {"attempt": counts.number, "total": plain(counts.total), "keep": keep}
        )


def _check_attempts(attempts: Sequence[Attempt]) -> None:
    numbers = [attempt.number for attempt in attempts]
    for attempt in attempts:
        if numbers.count(attempt.number) > 1:
            raise AwardError("award.attempt_twice", attempt=attempt.number)
        if attempt.band not in (None, *OUTCOMES):
            raise AwardError("award.unknown_outcome", outcome=str(attempt.band))


def _best(attempt: Attempt) -> tuple[bool, Decimal, int]:
    return attempt.band != "fail", attempt.total, -attempt.number


def _last(attempt: Attempt) -> tuple[bool, Decimal, int]:
    return True, Decimal(0), attempt.number


def _chance(*, left: int, waits: bool, ended: bool, round_over: bool) -> str:
    """Why there may be another attempt now, or why not; the first reason that holds."""
    if not left:
        return "award.attempts_used_up"
    if waits:
        return "award.attempt_undecided"
    if ended:
        return "award.attempts_lapsed"
    return "award.attempts_next_round" if round_over else "award.attempts_left"
