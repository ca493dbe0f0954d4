"""The keys every definition opens with."""

from __future__ import annotations

import re
from typing import TypedDict

from rubrics.nouns.base import Label, Note
from rubrics.nouns.rubric import Identity
from rubrics.parsing.table import Table

STATUSES = ("proposal", "adopted")

#: Characters of a key: it is stored and printed beside every result.
LONGEST_KEY = 80

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Header(TypedDict):
    """The fields of :class:`rubrics.model.Definition`."""

    kind: str
    key: str
    version: int
    hash: str
    title: Label
    status: str


def read_header(table: Table, *, kind: str, digest: str) -> Header:
    """Kind, key (lower-case words joined by hyphens), version (from 1), title and status."""
    return Header(
        kind=table.choice("kind", (kind,)),
        key=read_key(table, "key"),
        version=table.integer("version", least=1),
        hash=digest,
        title=table.label("title"),
        status=table.choice("status", STATUSES),
    )


def read_key(table: Table, name: str) -> str:
    """A key as it stands in paths and stored results: it must survive both unchanged."""
    key = table.text(name)
    if not _KEY.fullmatch(key):
        raise table.refusal(
            "definition.wrong_value", key=name, expected="lower-case words joined by hyphens", found=key
        )
    if len(key) > LONGEST_KEY:
        raise table.refusal(
            "definition.wrong_value", key=name, expected=f"at most {LONGEST_KEY} characters", found=len(key)
        )
    return key


def read_notes(table: Table, key: str = "notes") -> tuple[Note, ...]:
    """Named remarks; a definition without any leaves the key out."""
    if not table.has(key):
        return ()
    return tuple(Note(note.text("id"), note.label()) for note in table.tables(key))


def read_identity(table: Table) -> Identity | None:
    """What another system calls this thing, kept letter for letter; both keys or neither."""
    if not table.has("identifier") and not table.has("uri"):
        return None
    return Identity(table.text("identifier"), table.text("uri"))
