"""The one parser for packaged and bureau-edited definitions, and the shelf of what is packaged.

A definition is text (TOML). :func:`parse` either returns a whole, checked definition or refuses; there is no
half. Published versions never change, so :func:`content_hash` names one for good.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, overload

from rubrics.errors import DefinitionError
from rubrics.model import (
    AnyDefinition,
    AwardRules,
    DiagnosisBank,
    Framework,
    HoursRules,
    Rubric,
    TierPolicy,
)
from rubrics.parsing.award_rules import read_award_rules
from rubrics.parsing.diagnosis_bank import read_diagnosis_bank
from rubrics.parsing.framework import read_crosswalk, read_framework
from rubrics.parsing.hours_rules import read_hours_rules
from rubrics.parsing.lines import wide_sign
from rubrics.parsing.rubric import read_rubric
from rubrics.parsing.table import Origin, Table
from rubrics.parsing.tier_policy import read_tier_policy

KINDS = ("rubric", "tier_policy", "award_rules", "hours_rules", "diagnosis_bank")
FRAMEWORKS = ("jyt0646", "digcompedu", "unesco", "iste", "itapp20")

#: Characters of a definition at most: ten times the longest that ships.
LONGEST = 1_000_000

_SHELVES = ("definitions", "policies")


@dataclass(frozen=True, slots=True)
class Packaged:
    """One published version as shipped. ``path`` is relative to this package, as in ``definitions.lock``."""

    kind: str
    key: str
    version: int
    text: str
    hash: str
    path: str


def canonical(text: str) -> str:
    """The text as it is hashed and stored: line feeds only, no byte-order mark (some editors add both)."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def content_hash(text: str) -> str:
    """SHA-256 of the canonical text in UTF-8, in hex: what ``sha256sum`` prints for the packaged file."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()


def parse(text: str, *, source: str = "definition") -> AnyDefinition:
    """The definition in this text. Raises :class:`DefinitionError` naming source, line or key, and what was
    expected.

    Refuses unknown keys as strictly as missing ones: a misspelt optional key must not be silently ignored.
    What other definitions a text refers to is checked by :func:`rubrics.references.check_together`.
    """
    _check_text(text, source=source)
    table = Table(Origin(source, canonical(text)), _toml(canonical(text), source=source))
    definition = _read(table, kind=table.choice("kind", KINDS), digest=content_hash(text))
    table.finish()
    return definition


def _toml(text: str, *, source: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            "definition.syntax",
            source=source,
            expected="TOML",
            found=wide_sign(text, str(error)) or str(error),
        ) from error
    except RecursionError as error:
        raise _unreadable(source, "tables or lists nested too deeply") from error
    except (ValueError, ArithmeticError) as error:  # numbers beyond what Python reads
        raise _unreadable(source, "a number too long to read") from error


def _check_text(text: str, *, source: str) -> None:
    if len(text) > LONGEST:
        raise _unreadable(source, f"more than {LONGEST} characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _unreadable(source, "half of a character, as when bytes are not UTF-8") from error


def _unreadable(source: str, found: str) -> DefinitionError:
    return DefinitionError("definition.syntax", source=source, expected="TOML", found=found)


def _read(table: Table, *, kind: str, digest: str) -> AnyDefinition:
    if kind == "award_rules":
        return read_award_rules(table, digest=digest)
    if kind == "hours_rules":
        return read_hours_rules(table, digest=digest)
    known = {"jyt0646": framework("jyt0646")}
    if kind == "rubric":
        return read_rubric(table, digest=digest, frameworks=known)
    if kind == "tier_policy":
        return read_tier_policy(table, digest=digest, frameworks=known)
    return read_diagnosis_bank(table, digest=digest, frameworks=known)


@cache
def packaged() -> tuple[Packaged, ...]:
    """Every published version that ships, sorted by kind, key and version."""
    root = files("rubrics")
    found = [
        _shelved(version, path=f"{shelf}/{key.name}/{version.name}")
        for shelf in _SHELVES
        for key in _sorted(root.joinpath(shelf))
        if key.is_dir()
        for version in _sorted(key)
        if version.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), one.key, one.version)))


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def _shelved(file: Traversable, *, path: str) -> Packaged:
    text = file.read_text(encoding="utf-8")
    definition = parse(text, source=path)
    if path.split("/")[1:] != [definition.key, f"v{definition.version}.toml"]:
        raise DefinitionError(
            "definition.misplaced",
            source=path,
            key="key",
            expected="the path <key>/v<version>.toml",
            found=f"{definition.key} version {definition.version}",
        )
    return Packaged(definition.kind, definition.key, definition.version, text, definition.hash, path)


@overload
def load(kind: Literal["rubric"], key: str, version: int | None = None) -> Rubric: ...
@overload
def load(kind: Literal["tier_policy"], key: str, version: int | None = None) -> TierPolicy: ...
@overload
def load(kind: Literal["award_rules"], key: str, version: int | None = None) -> AwardRules: ...
@overload
def load(kind: Literal["hours_rules"], key: str, version: int | None = None) -> HoursRules: ...
@overload
def load(kind: Literal["diagnosis_bank"], key: str, version: int | None = None) -> DiagnosisBank: ...
@overload
def load(kind: str, key: str, version: int | None = None) -> AnyDefinition: ...
def load(kind: str, key: str, version: int | None = None) -> AnyDefinition:
    """A packaged definition, the newest version unless one is named. Refuses what does not ship."""
    return _load(kind, key, version)


@cache
def _load(kind: str, key: str, version: int | None) -> AnyDefinition:
    found = [one for one in packaged() if (one.kind, one.key) == (kind, key)]
    chosen = [one for one in found if version in (None, one.version)]
    if not chosen:
        raise DefinitionError(
            "definition.not_packaged",
            source="rubrics",
            key=f"{kind} {key} version {version or 'newest'}",
            expected="one of " + ", ".join(f"{one.kind} {one.key} v{one.version}" for one in packaged()),
            found="nothing",
        )
    return parse(chosen[-1].text, source=chosen[-1].path)


@cache
def framework(key: str) -> Framework:
    """One of :data:`FRAMEWORKS` with its provenance marks; labels say nothing about how a mark is
    computed."""
    if key not in FRAMEWORKS:
        raise DefinitionError(
            "definition.not_packaged",
            source="rubrics/frameworks",
            key=key,
            expected=f"one of {', '.join(FRAMEWORKS)}",
            found="nothing",
        )
    path = f"frameworks/{key}.json"
    return read_framework(_text(path), key=key, source=path)


@cache
def crosswalk() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """JY/T 0646 indicator to framework key to related ids. Our own judgement, not an official mapping."""
    path = "frameworks/crosswalk.json"
    known = {key: framework(key) for key in FRAMEWORKS}
    return read_crosswalk(_text(path), source=path, frameworks=known)


def _text(path: str) -> str:
    return files("rubrics").joinpath(path).read_text(encoding="utf-8")
