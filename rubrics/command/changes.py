"""What differs between two definitions, by meaning: entries added, removed and moved, values changed.

Knows nothing of any one kind: it walks the frozen nouns. A tuple of named entries (criteria, tasks, questions) is
compared by name, so moving one is a move and not a page of differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from typing import Any

from rubrics.model import AnyDefinition, Criterion, Label

#: The name of a field and, for one of several entries, which one: ("criteria", "SL3"), ("weight", "").
Step = tuple[str, str]
Way = tuple[Step, ...]

ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"

# Said apart, or worked out from what else is said.
_LEFT_OUT = ("hash",)
_NAMES = ("id", "task", "level")


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is None for what was added, ``after`` for what was removed; a move has the names around it."""

    way: Way
    what: str
    before: Any = None
    after: Any = None


def changes(before: AnyDefinition, after: AnyDefinition) -> list[Change]:
    """In the order of the definition. Two definitions of different kinds differ in every field they do not share."""
    return list(_nouns(before, after, ()))


def _nouns(before: Any, after: Any, way: Way) -> Iterator[Change]:
    names = [field.name for field in fields(after)]
    for name in [*names, *(field.name for field in fields(before) if field.name not in names)]:
        if name not in _LEFT_OUT and not _follows(before, after, name):
            yield from _values(getattr(before, name, None), getattr(after, name, None), (*way, (name, "")))


def _follows(before: Any, after: Any, name: str) -> bool:
    """Points that changed because a weight did are no change of their own."""
    both = isinstance(before, Criterion) and isinstance(after, Criterion)
    return both and name == "points" and before.weight != after.weight


def _values(before: Any, after: Any, way: Way) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Label) and isinstance(after, Label):
        yield from _values(before.zh, after.zh, (*way, ("zh", "")))
        yield from _values(before.en, after.en, (*way, ("en", "")))
    elif _named(before) and _named(after) and (before or after):
        yield from _entries(_by_name(before), _by_name(after), way)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _entries(before, after, way)
    elif is_dataclass(before) and type(before) is type(after):
        yield from _nouns(before, after, way)
    else:
        yield _one(before, after, way)


def _one(before: Any, after: Any, way: Way) -> Change:
    if before in (None, ()):
        return Change(way, ADDED, None, after)
    if after in (None, ()):
        return Change(way, REMOVED, before, None)
    return Change(way, CHANGED, before, after)


def _entries(before: Mapping[Any, Any], after: Mapping[Any, Any], way: Way) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change(_into(way, name), REMOVED, before[name], None)
    moved = _moved(list(before), list(after))
    for name in after:
        if name not in before:
            yield Change(_into(way, name), ADDED, None, after[name])
            continue
        if name in moved:
            yield Change(_into(way, name), MOVED, None, _before(list(after), name))
        yield from _values(before[name], after[name], _into(way, name))


def _into(way: Way, name: object) -> Way:
    return (*way[:-1], (way[-1][0], str(name)))


def _moved(before: Sequence[Any], after: Sequence[Any]) -> set[Any]:
    """The fewest entries whose place among those both have is another."""
    old = [name for name in before if name in set(after)]
    new = [name for name in after if name in set(before)]
    kept = SequenceMatcher(
        None, list(map(str, old)), list(map(str, new)), autojunk=False
    ).get_matching_blocks()
    return set(new) - {name for block in kept for name in new[block.b : block.b + block.size]}


def _before(names: Sequence[Any], name: Any) -> str:
    """The entry it now stands after; empty at the beginning."""
    at = names.index(name)
    return str(names[at - 1]) if at else ""


def _named(value: Any) -> bool:
    return isinstance(value, tuple) and all(is_dataclass(one) and _name_of(one) is not None for one in value)


def _name_of(entry: Any) -> Any:
    return next((getattr(entry, name) for name in _NAMES if hasattr(entry, name)), None)


def _by_name(entries: Sequence[Any]) -> dict[Any, Any]:
    return {_name_of(entry): entry for entry in entries}
