"""How a bureau counts training hours (学时): duties by year and by registration period, caps, credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.nouns.base import Definition, Label, Note


@dataclass(frozen=True, slots=True)
class HoursDuty:
    """So many hours within so many calendar years, e.g. 90 in 1 or 360 in 5.

    ``professional`` is the part that must be professional subjects (专业科目), as (parts, of): two of three is exact,
    0.667 is not. None where the duty does not say. ``src`` is ``verified`` or ``memory``, ``basis`` where it is from.
    """

    id: str
    label: Label
    years: int
    hours: Decimal
    professional: tuple[int, int] | None
    src: str
    basis: Label


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``hours`` of one programme count toward a calendar year; with ``carries_over`` the rest counts next."""

    hours: Decimal
    carries_over: bool


@dataclass(frozen=True, slots=True)
class CreditRate:
    """Hours for one credit (学分) by how the training was held (``concentrated`` 集中 or ``distributed`` 非集中)."""

    mode: str
    hours_per_credit: Decimal


@dataclass(frozen=True, slots=True)
class HoursRules(Definition):
    """One bureau's rules. ``credits`` is empty until the bureau states its rates: they differ from place to place.

    ``double_count`` false: one activity counts once, whatever lists it stands on. ``absence_limit``: the share of a
    session missed from which on it does not count. ``subject_class`` is the class of this programme's own hours.
    """

    hour_minutes: int
    duties: tuple[HoursDuty, ...]
    cap: Cap | None
    double_count: bool
    subject_class: str
    absence_limit: Decimal
    credits: Mapping[str, CreditRate]
    notes: tuple[Note, ...]
