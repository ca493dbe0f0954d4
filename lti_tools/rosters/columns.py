"""The columns of a roster (columns.toml) and the headings that stand for them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lti_tools.people.api import codes

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Column:
    """A recognised heading. `kept` is False for what is read past: we store no more than is needed."""

    key: str
    zh: str
    en: str
    required: bool
    kept: bool
    help_zh: str
    help_en: str

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    def help(self, language: str) -> str:
        return self.help_zh if language.startswith("zh") else self.help_en


@lru_cache
def columns() -> tuple[Column, ...]:
    return tuple(_column(entry) for entry in _raw_columns())


def column(key: str) -> Column:
    return next(entry for entry in columns() if entry.key == key)


@lru_cache
def _raw_columns() -> list[dict[str, object]]:
    return list(tomllib.loads((HERE / "columns.toml").read_text(encoding="utf-8"))["column"])


def _column(entry: Mapping[str, object]) -> Column:
    return Column(
        key=str(entry["key"]),
        zh=str(entry["zh"]),
        en=str(entry["en"]),
        required=bool(entry.get("required", False)),
        kept=bool(entry.get("kept", True)),
        help_zh=str(entry.get("help_zh", "")),
        help_en=str(entry.get("help_en", "")),
    )


@lru_cache
def _headings() -> Mapping[str, Column]:
    found: dict[str, Column] = {}
    for column, entry in zip(columns(), _raw_columns(), strict=True):
        for heading in (column.zh, column.en, *entry.get("also", ())):  # type: ignore[misc]
            if found.setdefault(codes.plain(heading), column) != column:
                raise ValueError(f"columns.toml: {heading} heads two columns")
    return found


def heading(text: str) -> Column | None:
    """The column a heading stands for, or None for one we do not know."""
    return _headings().get(codes.plain(text))
