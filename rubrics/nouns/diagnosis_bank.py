"""The questions of a first diagnosis and what each answer is evidence of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.nouns.base import Definition, Label


@dataclass(frozen=True, slots=True)
class Ability:
    """Something a teacher can do with the equipment; ``advice`` are the tasks that teach it."""

    id: str
    label: Label
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkillRule:
    """A skill level is reached when every ability of at least one of ``any_of`` is shown; none listed means
    always."""

    id: str
    any_of: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``evidence`` maps JY/T 0646 indicators to a value from 0 to 1; an empty one says nothing.

    ``shows`` and ``lacks`` name abilities this answer speaks for and against; ``advice`` tasks it suggests.
    ``alone``: in an item with several answers, this one excludes the others ("none of these").
    """

    id: str
    label: Label
    shows: tuple[str, ...]
    lacks: tuple[str, ...]
    evidence: Mapping[str, Decimal]
    advice: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``kind`` is ``situation``, ``knowledge``, ``self_report`` or ``hands_on`` (someone
    watched)."""

    id: str
    kind: str
    label: Label
    multiple: bool
    options: tuple[Option, ...]

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Pace:
    """What is flagged, never punished: answers faster than ``fast_seconds`` in at least ``fast_share`` of the
    timed items, or ``straight_line`` or more answers all in the same place."""

    fast_seconds: int
    fast_share: Decimal
    straight_line: int


@dataclass(frozen=True, slots=True)
class DiagnosisBank(Definition):
    """``skills`` run from the highest level down; the first one reached is the diagnosis."""

    framework: str
    abilities: tuple[Ability, ...]
    skills: tuple[SkillRule, ...]
    short_form: tuple[str, ...]
    short_minutes: int
    pace: Pace
    items: tuple[Item, ...]

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)
