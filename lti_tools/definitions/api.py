"""The definitions door: what a bureau judges by, found by key or by hash, never changed once published."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction

from lti_tools.audit import api as audit
from lti_tools.definitions.models import Definition
from lti_tools.errors import ShijieError
from rubrics import library
from rubrics.model import AnyDefinition
from rubrics.references import check_together, newest

__all__ = ["by_hash", "get", "publish", "published", "seed"]

KINDS = library.KINDS


def seed() -> int:
    """Publishes the packaged definitions that are not there yet; refuses one that was edited after publication."""
    return sum(_stored(one, text=one.text) for one in library.packaged())


@transaction.atomic
def publish(texts: Mapping[str, str], *, by: str) -> list[AnyDefinition]:
    """Publishes a bureau's own definitions, all of them or none, and returns those that are new.

    `texts` are the texts by what to call each in a refusal. Refuses (:class:`rubrics.errors.DefinitionError`) what the
    parser refuses and what names something nobody defines; and (:class:`ShijieError`) a version that is published
    with another text. `by` is the pseudonym on the trail.
    """
    parsed = {source: library.parse(text, source=source) for source, text in texts.items()}
    known = [one for kind in KINDS for one in published(kind)]
    check_together(newest([*known, *parsed.values()]))
    new = [one for source, one in parsed.items() if _stored(one, text=library.canonical(texts[source]))]
    for one in new:
        detail = {"kind": one.kind, "key": one.key, "version": one.version, "hash": one.hash}
        audit.record("definition.published", actor=by, detail=detail)
    return new


def _stored(one: AnyDefinition | library.Packaged, *, text: str) -> bool:
    """Whether it was not there yet."""
    known = Definition.objects.filter(kind=one.kind, key=one.key, version=one.version).first()
    if known is None:
        Definition.objects.create(kind=one.kind, key=one.key, version=one.version, hash=one.hash, text=text)
        return True
    if known.hash != one.hash:
        raise ShijieError("definition.published_never_changes", key=one.key, version=one.version)
    return False


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
    rows = Definition.objects.filter(kind=kind).order_by("key", "version")
    return [_parsed(row.hash, row.text) for row in {row.key: row for row in rows}.values()]


@lru_cache(maxsize=256)
def _parsed(value: str, text: str) -> Any:
    """Safe to keep per process: a hash never means anything else later."""
    parsed = library.parse(text)
    if parsed.hash != value:
        raise ShijieError("definition.hash_differs", expected=value, found=parsed.hash)
    return parsed
