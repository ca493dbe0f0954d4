"""Competence frameworks of others, kept with the mark of where each wording comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rubrics.nouns.base import Label


@dataclass(frozen=True, slots=True)
class FrameworkItem:
    """One entry. ``src`` is ``verified`` or ``memory``; ``paraphrase`` marks our own wording of a protected
    text.

    ``extra`` keeps what only one framework has (a stage, a dimension and its own source mark).
    """

    id: str
    parent: str | None
    level: int
    label: Label
    src: str
    paraphrase: bool
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Framework:
    """``id`` is the official name, ``key`` ours. ``counts`` are what the publication states; the parser
    proves them."""

    key: str
    id: str
    title: Label
    counts: Mapping[str, int]
    verification: str
    licence: str
    items: tuple[FrameworkItem, ...]

    def item(self, item_id: str) -> FrameworkItem | None:
        return next((item for item in self.items if item.id == item_id), None)

    def at_level(self, level: int) -> tuple[FrameworkItem, ...]:
        return tuple(item for item in self.items if item.level == level)
