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
class Way:
    """One way to a skill level: every ability of ``all`` is shown, those of ``hands_on`` seen by a specialist."""

    all: tuple[str, ...]
    hands_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillRule:
    """A skill level is reached when at least one way of ``any_of`` is met; none listed means always."""

    id: str
    any_of: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``evidence`` maps JY/T 0646 indicators to a value from 0 to 1; an empty one says nothing.

    ``shows`` and ``lacks`` name abilities this answer speaks for and against; ``advice`` tasks it suggests.
    ``alone``: in an item with several answers, this one excludes the others ("none of these").
    ``right_least``: only in a screen task, how many steps must stand in their right place for this option.
    """

    id: str
    label: Label
    shows: tuple[str, ...]
    lacks: tuple[str, ...]
    evidence: Mapping[str, Decimal]
    advice: tuple[str, ...]
    alone: bool
    right_least: int | None = None

    @property
    def silent(self) -> bool:
        """Says nothing of what the teacher can do: not tried, or no equipment there today."""
        return not (self.shows or self.lacks or self.evidence)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a screen task: the teacher puts them in order."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``kind`` is ``situation``, ``knowledge``, ``self_report`` or ``hands_on``.

    A ``hands_on`` item says who sees the hands: ``check`` is ``specialist`` (someone watches and chooses the option)
    or ``screen`` (the teacher puts ``steps``, listed in their right order, in order on the screen; the option is the
    first whose ``right_least`` the number of steps in their right place reaches). Empty for the other kinds.
    """

    id: str
    kind: str
    label: Label
    multiple: bool
    options: tuple[Option, ...]
    check: str = ""
    steps: tuple[Step, ...] = ()

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
class OutsideBand:
    """From ``least`` points on, what a result of the outside test says: abilities, and values by indicator."""

    least: Decimal
    shows: tuple[str, ...]
    evidence: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class OutsideTest:
    """A test of somebody else (the region's 信息素养测评) that may enter as one stated input, from 0 to ``most``.

    ``bands`` run from the highest down; the first one reached counts.
    """

    id: str
    label: Label
    most: Decimal
    bands: tuple[OutsideBand, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far a value may be off, 0 to 1, by what it rests on. 0 throughout where a bank does not say."""

    said: Decimal = Decimal(0)
    answered: Decimal = Decimal(0)
    outside: Decimal = Decimal(0)
    hands_on: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class DiagnosisBank(Definition):
    """``skills`` run from the highest level down; the first one reached is the diagnosis.

    ``until_watched`` says what a level is worth whose abilities are shown but not yet by the hands-on check it
    demands: ``provisional``, it is given and the result says what somebody still has to see; or ``lower``, the
    level below is given until then. Empty where no level demands a check. ``covers`` is ``all`` where the bank
    promises, and the parser has proved, a question about every indicator and of every kind; else empty.
    """

    framework: str
    abilities: tuple[Ability, ...]
    skills: tuple[SkillRule, ...]
    short_form: tuple[str, ...]
    short_minutes: int
    pace: Pace
    items: tuple[Item, ...]
    doubt: Doubt = Doubt()
    outside: tuple[OutsideTest, ...] = ()
    until_watched: str = ""
    covers: str = ""

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)
