"""How a bureau counts training hours (学时): duties by year and by registration period, a cap, credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.nouns.base import Definition, Label, Note

#: What training was about: public-service subjects (公需科目) or professional ones (专业科目).
SUBJECT_CLASSES = ("general", "professional")

#: How training was held: 集中, at one place and time, or 非集中, spread over the teacher's own time.
MODES = ("concentrated", "distributed")


@dataclass(frozen=True, slots=True)
class HoursDuty:
    """So many hours within so many calendar years, e.g. 90 in 1 or 360 in 5.

    ``professional`` is the part of them that must be professional subjects (专业科目), as (parts, of): two of three is
    exact, 0.667 is not. None where the duty does not say. ``src`` is ``verified`` or ``memory``, ``basis`` where it
    is from.
    """

    id: str
    label: Label
    years: int
    hours: Decimal
    professional: tuple[int, int] | None
    src: str
    basis: Label


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of other places' rules, with its mark ``verified`` or ``memory``. Read by people, never computed
    with."""

    id: str
    label: Label
    src: str


@dataclass(frozen=True, slots=True)
class HoursRules(Definition):
    """One bureau's rules.

    ``annual_cap``: at most so many hours of one programme count toward a calendar year, the rest counts in the next;
    None without a cap. Hours from outside a programme stand under no cap. ``absence_limit``: the share of a session
    missed from which on it does not count. ``subject_class`` is the class of this programme's own hours.
    ``credits``: hours for one credit (学分) by one of :data:`MODES`; empty until the bureau states its rates, because
    they differ from place to place. One activity counts once, whatever lists it stands on.
    """

    hour_minutes: int
    duties: tuple[HoursDuty, ...]
    annual_cap: Decimal | None
    subject_class: str
    absence_limit: Decimal
    credits: Mapping[str, Decimal]
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
