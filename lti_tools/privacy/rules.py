"""The rules of retention as data (`retention.toml`): read once, checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from lti_tools.errors import ShijieError

FILE = Path(__file__).parent / "retention.toml"
TEXTS = ("covers", "since", "happens", "basis")
KEYS = {"code", "kind", "days", *TEXTS}


@dataclass(frozen=True)
class Text:
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Rule:
    """One class of data. Without `days` it is kept as long as the service runs."""

    code: str
    kind: str
    days: int | None
    covers: Text
    since: Text
    happens: Text
    basis: Text

    def before(self, now: datetime) -> datetime:
        """Whatever was counted from before this moment has had its time. Refuses a class without an end."""
        if self.days is None:
            raise ShijieError("retention.kept", rule=self.code)
        return now - timedelta(days=self.days)


@lru_cache
def rules() -> tuple[Rule, ...]:
    return parsed(FILE.read_text(encoding="utf-8"))


def rule(code: str) -> Rule:
    return next(found for found in rules() if found.code == code)


def parsed(text: str) -> tuple[Rule, ...]:
    """Refuses unknown keys, a class named twice, a term below one day and a text in one language only."""
    found = tuple(_rule(entry) for entry in tomllib.loads(text).get("class", []))
    codes = [one.code for one in found]
    if not codes or len(set(codes)) != len(codes):
        raise ShijieError("retention.codes", codes=" ".join(codes))
    return found


def _rule(entry: Mapping[str, Any]) -> Rule:
    code, days = str(entry.get("code", "")), entry.get("days")
    if not code or set(entry) - KEYS:
        raise ShijieError("retention.keys", rule=code, unknown=" ".join(sorted(set(entry) - KEYS)))
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 1):
        raise ShijieError("retention.days", rule=code)
    texts = {key: _text(code, entry.get(key, {})) for key in TEXTS}
    return Rule(code=code, kind=str(entry.get("kind", "")), days=days, **texts)


def _text(code: str, entry: Mapping[str, str]) -> Text:
    if set(entry) != {"zh", "en"} or not all(entry.values()):
        raise ShijieError("retention.text", rule=code)
    return Text(zh=entry["zh"], en=entry["en"])
