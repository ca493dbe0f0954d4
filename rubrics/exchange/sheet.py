"""The neutral sheet: a rubric as any of the formats can state it, in one language and without rules of judgement.

A field is None where the source said nothing, which is not the same as an empty text. Points, weights and positions
keep the digits they were written with: ``5``, ``5.0`` and ``1.75`` stay three different writings of a Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rubrics.exchange.json_text import Json
from rubrics.nouns.rubric import Identity

#: What ORA2 lets an author say about written feedback on a criterion.
FEEDBACK = ("optional", "required", "disabled")


@dataclass(frozen=True, slots=True)
class SheetLevel:
    """One degree of one criterion, best or worst first as the source has it.

    ``code`` is the short name for machines (ORA2 ``name``, our level number), ``label`` the one for people.
    ``changed`` is CASE's lastChangeDateTime, as written. ``kept`` holds what only the source's format understands.
    """

    label: str | None = None
    description: str | None = None
    points: Decimal | None = None
    feedback: str | None = None
    code: str | None = None
    identity: Identity | None = None
    changed: str | None = None
    position: int | None = None
    kept: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetCriterion:
    """One thing looked at; without levels it collects written feedback only.

    ``feedback`` is one of :data:`FEEDBACK`. ``ranged``: a rater chooses points inside a level. ``item`` is CASE's
    CFItemURI, the competency this criterion is about.
    """

    label: str | None = None
    levels: tuple[SheetLevel, ...] = ()
    description: str | None = None
    category: str | None = None
    weight: Decimal | None = None
    feedback: str | None = None
    ranged: bool | None = None
    item: Mapping[str, Json] | None = None
    code: str | None = None
    identity: Identity | None = None
    changed: str | None = None
    position: int | None = None
    kept: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rubric. ``origin`` names the format it was read from (``definition`` for our own): only that one gets ``kept``
    back. ``code`` is ``<key>/v<version>`` of our own rubrics.
    """

    criteria: tuple[SheetCriterion, ...]
    origin: str = ""
    language: str = "en"
    title: str | None = None
    description: str | None = None
    feedback_prompt: str | None = None
    feedback_default: str | None = None
    code: str | None = None
    identity: Identity | None = None
    changed: str | None = None
    kept: Mapping[str, Json] = field(default_factory=dict)


def criterion_name(criterion: SheetCriterion, *, at: int) -> str:
    """What to call a criterion in a report: its code or label, else its place, counted from 1."""
    return criterion.code or criterion.label or f"#{at}"


def level_name(level: SheetLevel, *, criterion: str, at: int) -> str:
    return f"{criterion}/{level.code or level.label or f'#{at}'}"
