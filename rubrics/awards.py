"""From what was achieved to the award, or to the exact list of what is missing.

Met when every required task of the tier is passed, every lesson slot is filled and the hours reach the
tier's total.

* Hours are compared in total: practice hours may be taken offline, and hours a waived task did not earn may
be made
  up by optional tasks. Which kinds were earned is already settled by the tasks passed.
* One lesson fills one slot, and only if it passed. Of all ways to fill the slots, the one that fills most
counts,
  and among those the one with the best totals.
* Excellent: the mean of the counted lessons and the lowest of them both reach the rules' limits, unrounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rubrics.decimals import plain, shown_mean
from rubrics.errors import AwardError
from rubrics.model import OUTCOMES, AwardRules, Hours, Reason, Tier, TierPolicy


@dataclass(frozen=True, slots=True)
class LessonResult:
    """The result that counts for one demo lesson (of several attempts, the one kept)."""

    rubric_key: str
    total: Decimal
    band: str


@dataclass(frozen=True, slots=True)
class Award:
    """``level`` is ``excellent`` or ``pass`` when met, else None. ``missing`` is empty exactly when met."""

    met: bool
    level: str | None
    missing: tuple[Reason, ...]
    reasons: tuple[Reason, ...]


def assess(
    policy: TierPolicy,
    rules: AwardRules,
    *,
    tier: str,
    passed: Collection[str],
    lessons: Sequence[LessonResult],
    hours: Hours,
) -> Award:
    """The award for this tier, or what is missing, each item once, in the order tasks, lessons, hours.

    Tasks the tier does not ask for and lessons that fit no slot neither help nor harm. Refuses unknown tiers,
    outcomes and negative hours.
    """
    asked = policy.tier(tier)
    if asked is None:
        raise AwardError("award.unknown_tier", tier=tier)
    _check(lessons, hours)
    slots = _fill(asked.lesson_rubrics, [lesson for lesson in lessons if lesson.band != "fail"])
    missing = (
        *_tasks_missing(asked, passed),
        *_lessons_missing(asked, slots),
        *_hours_missing(needed=policy.hours_of(asked.required).total, have=hours.total),
    )
    counted = [lesson for lesson in slots if lesson is not None]
    remarks = tuple(_remarks(asked, lessons, counted))
    if missing:
        return Award(False, None, missing, remarks)
    level, reason = _level(rules, counted)
    return Award(True, level, (), (reason, *remarks))


def valid_until(rules: AwardRules, *, awarded: date) -> date:
    """The last valid day: 31 December of the last year; the award year itself does not count."""
    return date(awarded.year + rules.validity.years, 12, 31)


def _check(lessons: Sequence[LessonResult], hours: Hours) -> None:
    for lesson in lessons:
        if lesson.band not in OUTCOMES:
            raise AwardError("award.unknown_outcome", outcome=lesson.band)
    if min(hours.online, hours.practice, hours.offline) < 0:
        raise AwardError("award.negative_hours", hours=hours.total)


def _tasks_missing(tier: Tier, passed: Collection[str]) -> Iterator[Reason]:
    for task in tier.required:
        if task not in passed:
            yield Reason("award.task_missing", {"task": task})


def _lessons_missing(tier: Tier, slots: Sequence[LessonResult | None]) -> Iterator[Reason]:
    for number, (rubrics, lesson) in enumerate(zip(tier.lesson_rubrics, slots, strict=True), start=1):
        if lesson is None:
            yield Reason(
                "award.lesson_missing", {"slot": number, "of": len(slots), "rubrics": ", ".join(rubrics)}
            )


def _hours_missing(*, needed: Decimal, have: Decimal) -> Iterator[Reason]:
    if have < needed:
        yield Reason(
            "award.hours_missing",
            {"needed": plain(needed), "have": plain(have), "missing": plain(needed - have)},
        )


def _remarks(
    tier: Tier, lessons: Sequence[LessonResult], counted: Sequence[LessonResult]
) -> Iterator[Reason]:
    wanted = {key for slot in tier.lesson_rubrics for key in slot}
    left = list(counted)
    for lesson in lessons:
        code = _standing(lesson, wanted, left)
        yield Reason(code, {"rubric": lesson.rubric_key, "total": plain(lesson.total)})


def _standing(lesson: LessonResult, wanted: Collection[str], left: list[LessonResult]) -> str:
    """What became of one lesson; ``left`` are the counted ones not yet named, and shrinks."""
    if lesson.band == "fail":
        return "award.lesson_not_passed"
    if lesson.rubric_key not in wanted:
        return "award.lesson_not_of_tier"
    if lesson not in left:
        return "award.lesson_not_needed"
    left.remove(lesson)
    return "award.lesson_counted"


def _level(rules: AwardRules, counted: Sequence[LessonResult]) -> tuple[str, Reason]:
    totals = [lesson.total for lesson in counted]
    limits = rules.excellence
    high_mean = sum(totals, Decimal(0)) >= limits.mean_min * len(totals)
    code = "award.excellent"
    if not high_mean:
        code = "award.pass_mean_too_low"
    elif min(totals) < limits.lowest_min:
        code = "award.pass_lowest_too_low"
    reason = Reason(
        code,
        {
            "mean": shown_mean(totals),
            "mean_min": limits.mean_min,
            "lowest": plain(min(totals)),
            "lowest_min": limits.lowest_min,
        },
    )
    return ("excellent" if code == "award.excellent" else "pass"), reason


def _fill(
    slots: Sequence[Collection[str]], lessons: Sequence[LessonResult]
) -> tuple[LessonResult | None, ...]:
    """One lesson or None per slot. Taking lessons from the best down, and making room by moving earlier ones
    to another slot that fits, fills the most slots with the best totals (the sets of lessons that can be
    placed together form a matroid, where the greedy choice is optimal)."""
    filled: list[LessonResult | None] = [None] * len(slots)
    for lesson in sorted(lessons, key=lambda one: one.total, reverse=True):
        _make_room(lesson, slots, filled, tried=set())
    return tuple(filled)


def _make_room(
    lesson: LessonResult,
    slots: Sequence[Collection[str]],
    filled: list[LessonResult | None],
    *,
    tried: set[int],
) -> bool:
    for number, rubrics in enumerate(slots):
        if lesson.rubric_key not in rubrics or number in tried:
            continue
        tried.add(number)
        present = filled[number]
        if present is None or _make_room(present, slots, filled, tried=tried):
            filled[number] = lesson
            return True
    return False
