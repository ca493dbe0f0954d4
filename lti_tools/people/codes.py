"""What the cells of a roster and the stored facts about people may say: code tables (codes.toml).

Stage, title, employment, staff status and sex are kept as codes and shown in the reader's language.
"""

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


def split(text: str) -> list[str]:
    """A list in one cell: commas, enumeration commas, slashes and semicolons all separate."""
    return [word.strip() for word in re.split(r"[,，、;；/|]", text) if word.strip()]
