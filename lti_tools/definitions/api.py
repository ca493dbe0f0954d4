"""The definitions door: what a bureau judges by, found by key or by hash, never changed once published."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lti_tools.definitions.models import Definition
from lti_tools.errors import ShijieError
from rubrics import library

__all__ = ["by_hash", "get", "published", "seed"]


def seed() -> int:
    """Publishes the packaged definitions that are not there yet; refuses one that was edited after publication."""
    new = 0
    for packaged in library.packaged():
        known = Definition.objects.filter(
            kind=packaged.kind, key=packaged.key, version=packaged.version
        ).first()
        if known is None:
            Definition.objects.create(
                kind=packaged.kind,
                key=packaged.key,
                version=packaged.version,
                hash=packaged.hash,
                text=packaged.text,
            )
            new += 1
        elif known.hash != packaged.hash:
            raise ShijieError(
                "definition.published_never_changes", key=packaged.key, version=packaged.version
            )
    return new


def get(kind: str, key: str, version: int | None = None) -> Any:
    """The parsed definition; the newest version unless one is named."""
    rows = Definition.objects.filter(kind=kind, key=key)
    row = (rows.filter(version=version) if version else rows.order_by("-version")).first()
    if row is None:
        raise ShijieError("definition.unknown", kind=kind, key=key, version=version or 0)
    return _parsed(row.hash, row.text)


def by_hash(value: str) -> Any:
    """The parsed definition with exactly this hash, as a stored mark or result names it."""
    row = Definition.objects.filter(hash=value).first()
    if row is None:
        raise ShijieError("definition.unknown_hash", hash=value)
    return _parsed(row.hash, row.text)


def published(kind: str) -> list[Any]:
    """Newest version of every key of a kind, parsed."""
    newest: dict[str, Definition] = {}
    for row in Definition.objects.filter(kind=kind).order_by("key", "version"):
        newest[row.key] = row
    return [_parsed(row.hash, row.text) for row in newest.values()]


@lru_cache(maxsize=256)
def _parsed(value: str, text: str) -> Any:
    """Safe to keep per process: a hash never means anything else later."""
    parsed = library.parse(text)
    if parsed.hash != value:
        raise ShijieError("definition.hash_differs", expected=value, found=parsed.hash)
    return parsed
