"""Words, periods and hours: the small values all evidence is built from. Hours are 学时 as `Decimal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from rubrics.hours import spread

from . import checks
from .errors import EvidenceError

ZERO = Decimal(0)


class _Bilingual(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True)
class Words:
    """A name out of the data, in both languages. Chinese is required; English falls back to it."""

    zh: str
    en: str = ""

    def __post_init__(self) -> None:
        checks.text(self.zh, field="words.zh")
        checks.text(self.en, field="words.en", optional=True)

    @classmethod
    def of(cls, label: _Bilingual | str) -> Words:
        """From a `Label` of rubrics, or from a name that exists in one language only."""
        return cls(zh=label) if isinstance(label, str) else cls(zh=label.zh, en=label.en)

    def text(self, lang: str) -> str:
        return self.zh if lang.startswith("zh") or not self.en else self.en


@dataclass(frozen=True)
class Period:
    """First and last day, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        checks.span(self.start, self.end, field="period")


@dataclass(frozen=True)
class Hours:
    """学时 by the way they were earned."""

    online: Decimal = ZERO
    practice: Decimal = ZERO
    offline: Decimal = ZERO

    def __post_init__(self) -> None:
        checks.hours(self.online, field="hours.online")
        checks.hours(self.practice, field="hours.practice")
        checks.hours(self.offline, field="hours.offline")

    @property
    def total(self) -> Decimal:
        return self.online + self.practice + self.offline

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.online + other.online, self.practice + other.practice, self.offline + other.offline)


NO_HOURS = Hours()


@dataclass(frozen=True, kw_only=True)
class HoursByYear:
    """Hours of one calendar year: earned in it, brought forward, counted under the annual cap."""

    year: int
    earned: Hours
    counted: Decimal
    brought: Decimal = ZERO
    cap: Decimal | None = None

    def __post_init__(self) -> None:
        if not 2000 <= self.year <= 2200:
            raise EvidenceError("evidence.year_impossible", field="year", value=self.year)
        checks.hours(self.counted, field="counted")
        checks.hours(self.brought, field="brought")
        if self.cap is not None and self.counted > self.cap:
            raise EvidenceError("evidence.above_annual_cap", field="counted", value=self.year)
        if self.counted > self.earned.total + self.brought:
            raise EvidenceError("evidence.more_counted_than_earned", field="counted", value=self.year)

    @property
    def carried(self) -> Decimal:
        """What counts in a later year; nothing earned is ever lost."""
        return self.earned.total + self.brought - self.counted


def count_by_year(earned: Mapping[int, Hours], *, cap: Decimal | None) -> tuple[HoursByYear, ...]:
    """Spread hours over calendar years, as `rubrics.hours.spread` does: at most `cap` counts in one."""
    return tuple(
        HoursByYear(
            year=row.year,
            earned=earned.get(row.year, NO_HOURS),
            brought=row.brought,
            cap=cap,
            counted=row.counted,
        )
        for row in spread({year: hours.total for year, hours in earned.items()}, cap=cap)
    )
