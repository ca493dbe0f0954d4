"""How training hours count: by calendar year under a cap, toward a bureau's duties, and as credits.

* One activity counts once, whatever lists it stands on: the earliest entry of it, on the same day the longest.
* Of each programme at most the annual cap counts toward one calendar year; the rest counts in the years after it, in
  the order in which it was earned. Nothing lapses. Hours from outside a programme stand under no cap.
* A duty looks at what counted in its calendar years. A part that must be professional subjects is measured against
  the duty's own hours, so that nobody falls short by learning more of something else.
* Credits are whole. What is short of one is given as hours, never as a fraction of a credit, and adds to what comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_UP, Decimal

from rubrics.decimals import plain
from rubrics.errors import HoursError
from rubrics.model import AwardRules, HoursDuty, HoursRules, Reason
from rubrics.nouns.hours_book import Book, Credit, DutyStanding, Entry, Part, Year
from rubrics.nouns.hours_rules import MODES, SUBJECT_CLASSES

_ZERO = Decimal(0)
_HUNDREDTH = Decimal("0.01")


__all__ = [
    "Book",
    "Credit",
    "DutyStanding",
    "Entry",
    "Part",
    "Year",
    "count_once",
    "duties",
    "keep_book",
    "rules_of",
    "session_lost",
    "spread",
]


def keep_book(rules: HoursRules, entries: Iterable[Entry], *, through: int | None = None) -> Book:
    """The book over the years from the first entry to the last, or on to the year ``through``.

    The order of entries never matters. Refuses entries without an activity, hours below zero, and classes and modes
    that are unknown.
    """
    once, again = count_once(entries)
    last = max([entry.on.year for entry in once] + [through or 0])
    flows = [_flow(rules, once, programme=name, last=last) for name in _programmes(once)]
    parts = sorted((part for _years, some in flows for part in some), key=_place_of_part)
    credits, unrated = _credits(rules, parts)
    reasons = (*again, *_carried(rules, once, flows), *unrated)
    return Book(_together([years for years, _parts in flows]), tuple(parts), credits, reasons)


def count_once(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Reason, ...]]:
    """Each activity once, by day and name, and which entries are the same activity again."""
    kept: dict[str, Entry] = {}
    again: list[Reason] = []
    for entry in sorted(map(_checked, entries), key=_place):
        if first := kept.get(entry.activity):
            again.append(_again(entry, first))
        else:
            kept[entry.activity] = entry
    return tuple(kept.values()), tuple(again)


def spread(
    earned: Mapping[int, Decimal], *, cap: Decimal | None, through: int | None = None
) -> tuple[Year, ...]:
    """At most ``cap`` counts in one calendar year, the rest moves to the next; from the first year to the last that
    has hours, or on to ``through``."""
    rows: list[Year] = []
    brought = _ZERO
    for year in range(min(earned), max([*earned, through or 0]) + 1) if earned else ():
        due = earned.get(year, _ZERO) + brought
        counted = due if cap is None else min(due, cap)
        rows.append(Year(year, earned.get(year, _ZERO), brought, counted))
        brought = due - counted
    return tuple(rows)


def duties(rules: HoursRules, book: Book, *, year: int) -> tuple[DutyStanding, ...]:
    """Where each duty stands over the calendar years that end with ``year``."""
    return tuple(_standing(duty, book, last=year) for duty in rules.duties)


def session_lost(rules: HoursRules, *, minutes: int, missed: int) -> Reason | None:
    """Why a session of so many minutes does not count for somebody who missed so many of them; None where it does.

    Refuses a session without length, and to miss less than nothing or more than all of it.
    """
    if minutes <= 0 or not 0 <= missed <= minutes:
        raise HoursError("hours.session_impossible", minutes=minutes, missed=missed)
    limit = rules.absence_limit * minutes
    if missed < limit:
        return None
    return Reason("hours.session_lost", {"minutes": minutes, "missed": missed, "limit": plain(limit)})


def rules_of(rules: HoursRules, awarded_by: AwardRules) -> HoursRules:
    """The hours rules of a programme: where its award rules still carry version 1's own, those hold."""
    own = awarded_by.hours
    if own is None:
        return rules
    rate = own.hours_per_credit
    return replace(
        rules,
        annual_cap=own.annual_cap,
        subject_class=own.subject_class,
        absence_limit=own.absence_limit,
        credits={} if rate is None else dict.fromkeys(MODES, rate),
    )


def _checked(entry: Entry) -> Entry:
    if not entry.activity.strip():
        raise HoursError("hours.no_activity", on=entry.on.isoformat())
    if not entry.hours.is_finite() or entry.hours < 0:
        raise HoursError("hours.impossible", activity=entry.activity, hours=entry.hours)
    if entry.subject_class not in SUBJECT_CLASSES:
        raise HoursError("hours.unknown_class", activity=entry.activity, subject_class=entry.subject_class)
    if entry.mode and entry.mode not in MODES:
        raise HoursError("hours.unknown_mode", activity=entry.activity, mode=entry.mode)
    return entry


def _place(entry: Entry) -> tuple[date, str, Decimal, str, str, str]:
    """By day and activity, the longest first; the rest only makes two different entries differ."""
    return entry.on, entry.activity, -entry.hours, entry.programme, entry.subject_class, entry.mode


def _place_of_part(part: Part) -> tuple[int, tuple[date, str, Decimal, str, str, str]]:
    return part.year, _place(part.entry)


def _again(entry: Entry, first: Entry) -> Reason:
    return Reason(
        "hours.same_activity",
        {
            "activity": entry.activity,
            "on": entry.on.isoformat(),
            "hours": plain(entry.hours),
            "counted_on": first.on.isoformat(),
        },
    )


def _programmes(entries: Iterable[Entry]) -> list[str]:
    return sorted({entry.programme for entry in entries})


def _flow(
    rules: HoursRules, entries: Sequence[Entry], *, programme: str, last: int
) -> tuple[tuple[Year, ...], tuple[Part, ...]]:
    """The years of one programme, or of all that is outside any, and what counted in them."""
    own = [entry for entry in entries if entry.programme == programme]
    earned: dict[int, Decimal] = {}
    for entry in own:
        earned[entry.on.year] = earned.get(entry.on.year, _ZERO) + entry.hours
    years = spread(earned, cap=rules.annual_cap if programme else None, through=last)
    return years, tuple(_parts(own, years))


def _parts(entries: Iterable[Entry], years: Iterable[Year]) -> Iterator[Part]:
    """Hands out entries, earliest first, until each year has what counted in it."""
    waiting = deque((entry, entry.hours) for entry in entries if entry.hours)
    for row in years:
        room = row.counted
        while room:
            entry, left = waiting.popleft()
            taken = min(left, room)
            yield Part(row.year, entry, taken)
            room -= taken
            if taken < left:
                waiting.appendleft((entry, left - taken))


def _together(flows: Sequence[Sequence[Year]]) -> tuple[Year, ...]:
    rows = [row for flow in flows for row in flow]
    return tuple(
        Year(
            year,
            earned=sum((row.earned for row in rows if row.year == year), _ZERO),
            brought=sum((row.brought for row in rows if row.year == year), _ZERO),
            counted=sum((row.counted for row in rows if row.year == year), _ZERO),
        )
        for year in sorted({row.year for row in rows})
    )


def _carried(
    rules: HoursRules, entries: Sequence[Entry], flows: Sequence[tuple[Sequence[Year], Sequence[Part]]]
) -> Iterator[Reason]:
    for programme, (years, _parts_of_it) in zip(_programmes(entries), flows, strict=True):
        for row in years:
            if rules.annual_cap is not None and row.carried:
                yield Reason(
                    "hours.carried_over",
                    {
                        "programme": programme,
                        "year": row.year,
                        "cap": plain(rules.annual_cap),
                        "carried": plain(row.carried),
                    },
                )


def _credits(rules: HoursRules, parts: Sequence[Part]) -> tuple[tuple[Credit, ...], list[Reason]]:
    """Credits for the modes that have a rate, and the modes with hours that have none."""
    hours: dict[str, Decimal] = {}
    for part in parts:
        hours[part.entry.mode] = hours.get(part.entry.mode, _ZERO) + part.hours
    rated = tuple(_credit(mode, hours[mode], rate) for mode, rate in rules.credits.items() if mode in hours)
    unrated = [
        Reason("hours.no_credit_rate", {"mode": mode, "hours": plain(hours[mode])})
        for mode in sorted(hours)
        if mode not in rules.credits
    ]
    return rated, unrated


def _credit(mode: str, hours: Decimal, rate: Decimal) -> Credit:
    whole = hours // rate
    return Credit(mode, hours, rate, credits=int(whole), remainder=plain(hours - whole * rate))


def _standing(duty: HoursDuty, book: Book, *, last: int) -> DutyStanding:
    first = last - duty.years + 1
    have = book.counted(first=first, last=last)
    professional = book.counted(first=first, last=last, subject_class="professional")
    missing = (*_short(duty, have), *_short_of_professional(duty, professional))
    return DutyStanding(duty, first, last, have, professional, missing)


def _short(duty: HoursDuty, have: Decimal) -> Iterator[Reason]:
    if have < duty.hours:
        yield Reason(
            "hours.duty_short",
            {
                "duty": duty.id,
                "needed": plain(duty.hours),
                "have": plain(have),
                "missing": plain(duty.hours - have),
            },
        )


def _short_of_professional(duty: HoursDuty, have: Decimal) -> Iterator[Reason]:
    """Compared crosswise, so that no third is ever rounded; shown rounded up, so that it never looks like less."""
    if duty.professional is None:
        return
    parts, of = duty.professional
    if have * of >= duty.hours * parts:
        return
    needed = (duty.hours * parts / of).quantize(_HUNDREDTH, rounding=ROUND_UP)
    yield Reason(
        "hours.professional_short",
        {
            "duty": duty.id,
            "parts": parts,
            "of": of,
            "needed": plain(needed),
            "have": plain(have),
            "missing": plain(needed - have),
        },
    )
