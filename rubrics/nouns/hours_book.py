"""What :mod:`rubrics.hours` is asked about and what it answers. Hours are 学时 throughout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rubrics.nouns.base import Reason
from rubrics.nouns.hours_rules import HoursDuty


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours (学时) earned by one activity, on the day it was finished.

    ``activity`` names it on every list it stands on. ``programme`` is empty for training outside any of ours,
    ``mode`` where nobody knows how it was held.
    """

    activity: str
    on: date
    hours: Decimal
    subject_class: str
    mode: str = ""
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year: earned in it, brought from years before, counted; the rest is ``carried`` on."""

    year: int
    earned: Decimal
    brought: Decimal
    counted: Decimal

    @property
    def carried(self) -> Decimal:
        return self.earned + self.brought - self.counted


@dataclass(frozen=True, slots=True)
class Part:
    """So many hours of this entry counted in this year; an entry cut by the cap has parts in several years."""

    year: int
    entry: Entry
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Whole credits (学分) for counted hours of one mode, and the hours that are left over."""

    mode: str
    hours: Decimal
    hours_per_credit: Decimal
    credits: int
    remainder: Decimal


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that counted, year by year without a gap, with the parts it is made of."""

    years: tuple[Year, ...]
    parts: tuple[Part, ...]
    credits: tuple[Credit, ...]
    reasons: tuple[Reason, ...]

    def counted(self, *, first: int, last: int, subject_class: str | None = None) -> Decimal:
        """Hours that counted from the first to the last of these years, of one class or of all."""
        return sum(
            (
                part.hours
                for part in self.parts
                if first <= part.year <= last and subject_class in (None, part.entry.subject_class)
            ),
            Decimal(0),
        )


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """One duty over its calendar years ``first`` to ``last``. ``missing`` is empty exactly when it is met."""

    duty: HoursDuty
    first: int
    last: int
    have: Decimal
    professional: Decimal
    missing: tuple[Reason, ...]

    @property
    def met(self) -> bool:
        return not self.missing
