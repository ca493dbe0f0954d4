"""What a roster's headings and cells may say: code tables (codes.toml) and columns (roster_columns.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Code:
    code: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


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


def plain(text: str) -> str:
    """A heading or code as it is compared: width, spaces, marks and remarks in brackets do not matter."""
    text = re.sub(r"\([^)]*\)", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s*:.\u200b\ufeff]", "", text).casefold()


@lru_cache
def _codes() -> Mapping[str, Mapping[str, Code]]:
    raw = tomllib.loads((HERE / "codes.toml").read_text(encoding="utf-8"))
    return {table: _spellings(entries) for table, entries in raw.items()}


def _spellings(entries: list[dict[str, object]]) -> dict[str, Code]:
    found: dict[str, Code] = {}
    for entry in entries:
        code = Code(code=str(entry["code"]), zh=str(entry["zh"]), en=str(entry["en"]))
        for spelling in (code.code, code.zh, code.en, *entry["also"]):  # type: ignore[misc]
            if found.setdefault(plain(spelling), code) != code:
                raise ValueError(f"codes.toml: {spelling} means two things")
    return found


def find(table: str, text: str) -> Code | None:
    return _codes()[table].get(plain(text))


def known(table: str) -> tuple[Code, ...]:
    return tuple(dict.fromkeys(_codes()[table].values()))


def code_label(table: str, code: str, *, language: str) -> str:
    """Words for a stored code (sex, stage, title, employment, staff_status); the code itself if unknown."""
    found = next((entry for entry in known(table) if entry.code == code), None)
    return found.text(language) if found else code


@lru_cache
def columns() -> tuple[Column, ...]:
    return tuple(_column(entry) for entry in _raw_columns())


def column(key: str) -> Column:
    return next(entry for entry in columns() if entry.key == key)


@lru_cache
def _raw_columns() -> list[dict[str, object]]:
    return list(tomllib.loads((HERE / "roster_columns.toml").read_text(encoding="utf-8"))["column"])


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
            if found.setdefault(plain(heading), column) != column:
                raise ValueError(f"roster_columns.toml: {heading} heads two columns")
    return found


def heading(text: str) -> Column | None:
    """The column a heading stands for, or None for one we do not know."""
    return _headings().get(plain(text))


def split(text: str) -> list[str]:
    """A list in one cell: commas, enumeration commas, slashes and semicolons all separate."""
    return [word.strip() for word in re.split(r"[,，、;；/|]", text) if word.strip()]
