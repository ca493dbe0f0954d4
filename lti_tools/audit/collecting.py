"""Spooled views enter the chain: taken away file by file, repeats merged, each file once."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from lti_tools.audit.chain import hold
from lti_tools.audit.events import CHAIN, NewEvent, record_many
from lti_tools.audit.models import AuditEvent
from lti_tools.audit.spool import root, seen

log = logging.getLogger(__name__)
COLLECTED = "views.collected"
AN_HOUR = len("2026-01-01T00")
# A pseudonym or a code, as the columns of the trail hold it.
WORD = re.compile(r"[\w.:-]{1,64}", re.ASCII)


@dataclass
class _Seen:
    """What one actor saw of one kind within an hour."""

    first: str
    last: str
    pages: int = 0
    people: set[str] = field(default_factory=set)


def collect_views() -> int:
    """Chains what this host's processes spooled; returns how many events it became.

    Killed at any point it may run again: a file is removed only after its events are committed, and a file whose
    digest is on the trail already is only removed.
    """
    return sum(_collect(path) for path in _taken())


def _taken() -> list[Path]:
    """Files nobody writes to any more: taken away just now, or by a collector that did not get to the end."""
    for path in sorted(root().glob("views-*.jsonl")):
        try:
            path.rename(path.with_name(f"taken-{uuid.uuid4().hex}"))
        except FileNotFoundError:
            continue
    return sorted(path for path in root().glob("taken-*") if path.is_file() and not path.is_symlink())


def _collect(path: Path) -> int:
    with _alone(path) as content:
        if not content:
            path.unlink(missing_ok=True)
            return 0
        made = _chain(content)
        path.unlink(missing_ok=True)
    return made


@contextmanager
def _alone(path: Path) -> Iterator[bytes]:
    """The content once every writer has finished its line; nothing while another collector is at it."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        yield b""
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.read()


def _chain(content: bytes) -> int:
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        hold(CHAIN)
        if AuditEvent.objects.filter(kind=COLLECTED, subject=digest).exists():
            return 0
        merged, unreadable = _merged(content)
        if unreadable:
            log.error("spooled views could not be read", extra={"code": "audit.spool", "lines": unreadable})
        counts = {"events": len(merged), "unreadable": unreadable}
        receipt = NewEvent(COLLECTED, actor="system", subject=digest, detail=counts)
        record_many([*(_event(key, found) for key, found in merged.items()), receipt])
    return len(merged)


def _merged(content: bytes) -> tuple[dict[tuple[str, str, str], _Seen], int]:
    """(hour, actor, what) to what was seen, and how many lines could not be read."""
    merged: dict[tuple[str, str, str], _Seen] = {}
    unreadable = 0
    for line in content.splitlines():
        try:
            at, actor, what, people = _read(line)
        except (ValueError, KeyError, TypeError, RecursionError):
            unreadable += 1
            continue
        found = merged.setdefault((at[:AN_HOUR], actor, what), _Seen(first=at, last=at))
        found.last = max(found.last, at)
        found.pages += 1
        found.people.update(people)
    return merged, unreadable


def _read(line: bytes) -> tuple[str, str, str, list[str]]:
    """What the trail could not hold is no view: one such line would stop everything behind it for ever."""
    view = json.loads(line)
    at, actor, what, people = view["at"], view["actor"], view["what"], view["subjects"]
    aware = datetime.fromisoformat(at).tzinfo is not None
    if not (
        aware and isinstance(people, list) and people and all(map(WORD.fullmatch, (actor, what, *people)))
    ):
        raise ValueError("no view")
    return at, actor, what, people


def _event(key: tuple[str, str, str], found: _Seen) -> NewEvent:
    _hour, actor, what = key
    detail = {"what": what, "pages": found.pages, "last": found.last}
    at = datetime.fromisoformat(found.first)
    return seen(actor=actor, people=sorted(found.people), detail=detail, at=at)
