"""Who is asked for what: age bands, skill levels, tiers, tasks and the ways to change a placement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rubrics.nouns.base import Definition, Hours, Label, Note


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Whole years from ``min`` to ``max``, both included; the last band has no ``max``."""

    id: str
    label: Label
    min: int
    max: int | None


@dataclass(frozen=True, slots=True)
class SkillLevel:
    id: str
    label: Label
    rule: Label
    digcompedu: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something a teacher does, with the hours it earns once passed. ``criterion`` is ``rubric#criterion``
    or empty."""

    id: str
    label: Label
    category: str
    hours: Hours
    indicators: tuple[str, ...]
    criterion: str


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier asks. ``lesson_rubrics`` has one slot per demo lesson: the rubrics that may fill it."""

    id: str
    label: Label
    rank: int
    required: tuple[str, ...]
    optional: tuple[str, ...]
    lessons_min: int
    lesson_rubrics: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier taken by choice: a named ``tier`` for the ``skills`` listed, or any tier within ``steps``
    ranks."""

    id: str
    label: Label
    tier: str | None
    skills: tuple[str, ...]
    steps: int | None
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """A rule on changing a placement. A ``hard`` one holds beside every other, and yields only to those that name it
    in ``overrides``.

    ``needs`` is what must be on record. ``lessons_least``: no change may leave fewer recorded lessons than this; None
    where the rule says nothing of lessons.
    """

    id: str
    label: Label
    hard: bool
    needs: tuple[str, ...]
    overrides: tuple[str, ...]
    lessons_least: int | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A task that ``skills`` may skip after a passed hands-on check; its hours are not credited."""

    task: str
    skills: tuple[str, ...]
    hours_credited: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way of teaching that remote schools are entitled to; empty ``skills`` means every skill level."""

    id: str
    label: Label
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """What a school (not a teacher) owes; counts per ``per``."""

    id: str
    label: Label
    who: str
    per: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TierPolicy(Definition):
    """Age band and diagnosed skill to tier, tier to tasks and hours, and who may change a placement."""

    basis: Label
    hour_minutes: int
    programme_years: int
    age_reached: str
    age_bands: tuple[AgeBand, ...]
    skills: tuple[SkillLevel, ...]
    matrix: Mapping[str, Mapping[str, str]]
    tiers: tuple[Tier, ...]
    tasks: tuple[Task, ...]
    choices: tuple[Choice, ...]
    overrides: tuple[Override, ...]
    waivers: tuple[Waiver, ...]
    rural_delivery: tuple[Delivery, ...]
    rural_optional: tuple[str, ...]
    quotas: tuple[Quota, ...]
    participation: tuple[Note, ...]
    notes: tuple[Note, ...]

    def tier(self, tier_id: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.id == tier_id), None)

    def override(self, override_id: str) -> Override | None:
        return next((rule for rule in self.overrides if rule.id == override_id), None)

    def task(self, task_id: str) -> Task | None:
        return next((task for task in self.tasks if task.id == task_id), None)

    def tasks_of(self, ids: tuple[str, ...]) -> tuple[Task, ...]:
        """The tasks with these ids, in the order asked for; ids the policy does not have are left out."""
        return tuple(task for task in map(self.task, ids) if task is not None)

    def hours_of(self, ids: tuple[str, ...]) -> Hours:
        return sum((task.hours for task in self.tasks_of(ids)), Hours())
