"""From what was achieved to the award, to its renewal, or to the exact list of what is missing.

Met when every required task of the tier is passed, every lesson slot is filled and the hours reach the tier's total.

* Hours are compared in total: practice hours may be taken offline, and hours that a waived task did not earn may be
  made up by optional tasks. Which kinds were earned is already settled by the tasks passed.
* One lesson fills one slot, and only if it passed. Of all ways to fill the slots, the one that fills most counts, and
  among those the one with the best totals.
* Excellent: the mean of the counted lessons and the lowest of them both reach the rules' limits, unrounded.
* A renewal counts what was done in the last whole months before expiry, and nothing else.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from rubrics.attempts import Attempt, Kept, allowed, counting, kept, retake_of
from rubrics.decimals import plain, shown_mean
from rubrics.errors import AwardError
from rubrics.hours import Entry, count_once
from rubrics.model import OUTCOMES, AwardRules, Hours, Reason, Tier, TierPolicy
from rubrics.nouns.achievement import Award, LessonResult, RenewalStanding

__all__ = [
    "Attempt",
    "Award",
    "Kept",
    "LessonResult",
    "RenewalStanding",
    "allowed",
    "assess",
    "counting",
    "kept",
    "renew",
    "renewal_window",
    "retake_of",
    "valid_until",
]


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

    Tasks the tier does not ask for and lessons that fit no slot neither help nor harm. Refuses unknown tiers and
    outcomes, totals and hours below zero.
    """
    asked = _tier(policy, tier)
    _check(lessons)
    if min(hours.online, hours.practice, hours.offline) < 0:
        raise AwardError("award.negative_hours", hours=hours.total)
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


def renewal_window(rules: AwardRules, *, valid_to: date) -> tuple[date, date]:
    """First and last day on which what is done renews a certificate: its last whole months. Of one that is valid to
    31 December the last six begin on 1 July; a day its month does not have becomes the last one that month has."""
    after = valid_to + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - rules.validity.renewal.window_months, 12)
    day = min(after.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day), valid_to


def renew(
    policy: TierPolicy,
    rules: AwardRules,
    *,
    tier: str,
    valid_to: date,
    on: date,
    lessons: Sequence[LessonResult] = (),
    refreshed: Mapping[str, date] | None = None,
    hours: Iterable[Entry] = (),
) -> RenewalStanding:
    """What renewing a certificate of this tier, ``valid_to`` that day, still needs ``on`` this one.

    ``refreshed`` is each task with the day it was last passed. What bears a day after ``on`` has not been done yet and
    does not count. The new validity runs from the end of the old one: nobody loses time by renewing early.

    Refuses days outside the window, lessons without a day, and what :func:`assess` and
    :func:`rubrics.hours.count_once` refuse.
    """
    asked = _tier(policy, tier)
    opens, closes = _window(rules, valid_to=valid_to, on=on)
    _check(lessons)
    said = [(lesson, _renewing(lesson, asked, opens=opens, closes=on)) for lesson in lessons]
    counted = sum(code == "award.lesson_counted" for _lesson, code in said)
    entries, again = count_once(hours)
    have = sum((entry.hours for entry in entries if opens <= entry.on <= on), Decimal(0))
    fresh = [task for task, day in (refreshed or {}).items() if opens <= day <= on]
    missing = tuple(_renewal_missing(rules, asked, lessons=counted, tasks=fresh, hours=have))
    reasons = (
        Reason("award.renewal_window", {"opens": opens.isoformat(), "closes": closes.isoformat()}),
        *(Reason(code, _named(lesson)) for lesson, code in said),
        *again,
    )
    renewed = None if missing else valid_until(rules, awarded=valid_to)
    return RenewalStanding(opens, closes, renewed, missing, reasons)


def _tier(policy: TierPolicy, tier: str) -> Tier:
    asked = policy.tier(tier)
    if asked is None:
        raise AwardError("award.unknown_tier", tier=tier)
    return asked


def _check(lessons: Sequence[LessonResult]) -> None:
    for lesson in lessons:
        if lesson.band not in OUTCOMES:
            raise AwardError("award.unknown_outcome", outcome=lesson.band)
        if not lesson.total.is_finite() or lesson.total < 0:
            raise AwardError("award.impossible_total", rubric=lesson.rubric_key, total=lesson.total)


def _window(rules: AwardRules, *, valid_to: date, on: date) -> tuple[date, date]:
    opens, closes = renewal_window(rules, valid_to=valid_to)
    if on < opens:
        raise AwardError("award.renewal_too_early", on=on.isoformat(), opens=opens.isoformat())
    if on > closes:
        raise AwardError("award.renewal_too_late", on=on.isoformat(), closes=closes.isoformat())
    return opens, closes


def _renewing(lesson: LessonResult, tier: Tier, *, opens: date, closes: date) -> str:
    if lesson.decided_on is None:
        raise AwardError("award.lesson_undated", rubric=lesson.rubric_key)
    if lesson.band == "fail":
        return "award.lesson_not_passed"
    if not any(lesson.rubric_key in slot for slot in tier.lesson_rubrics):
        return "award.lesson_not_of_tier"
    inside = opens <= lesson.decided_on <= closes
    return "award.lesson_counted" if inside else "award.lesson_outside_window"


def _renewal_missing(
    rules: AwardRules, tier: Tier, *, lessons: int, tasks: Collection[str], hours: Decimal
) -> Iterator[Reason]:
    needs = rules.validity.renewal
    if lessons < needs.lessons:
        rubrics = dict.fromkeys(key for slot in tier.lesson_rubrics for key in slot)
        yield Reason(
            "award.renewal_lessons_missing",
            {"needed": needs.lessons, "missing": needs.lessons - lessons, "rubrics": ", ".join(rubrics)},
        )
    for task in needs.tasks:
        if task not in tasks:
            yield Reason("award.renewal_task_missing", {"task": task})
    if hours < needs.hours:
        yield Reason(
            "award.renewal_hours_missing",
            {"needed": plain(needs.hours), "have": plain(hours), "missing": plain(needs.hours - hours)},
        )


def _named(lesson: LessonResult) -> dict[str, str | int | Decimal]:
    return {"rubric": lesson.rubric_key, "total": plain(lesson.total)}


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
        yield Reason(code, _named(lesson))


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
