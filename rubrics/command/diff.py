"""``shijie-rubric diff``: what changed between two definitions, said in words."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from gettext import gettext as _
from gettext import ngettext
from typing import Any

from rubrics.command.changes import ADDED, CHANGED, MOVED, REMOVED, Change, Step, changes
from rubrics.command.columns import columns
from rubrics.command.fields import ENTRIES, FIELDS
from rubrics.command.given import Given, given
from rubrics.command.language import own
from rubrics.command.names import number, word, yes
from rubrics.command.output import Out
from rubrics.command.page import Page
from rubrics.model import Label, LevelPoints

# Fields whose values are words of the format, not of the author.
_WORDED = (
    "kind",
    "status",
    "evidence",
    "keep",
    "age_reached",
    "check",
    "mode",
    "subject_class",
    "src",
    "covers",
    "until_watched",
)


def run(arguments: argparse.Namespace, out: Out) -> int:
    """0 when both say the same, 1 when they differ, as ``diff`` does."""
    before, after = given(arguments.before), given(arguments.after)
    found = changes(before.definition, after.definition)
    page = out.page()
    page.item("--- ", _named(before))
    page.item("+++ ", _named(after))
    for change in found:
        _say(page, change)
    page.text(_summary(len(found)))
    out.write(page.rendered())
    return 1 if found else 0


def _summary(count: int) -> str:
    if not count:
        return _("Both say the same.")
    return ngettext("%s difference.", "%s differences.", count) % count


def _named(found: Given) -> str:
    one = found.definition
    values = {"title": own(one.title), "key": one.key, "version": one.version, "source": found.source}
    return _("%(title)s (%(key)s, version %(version)s; %(source)s)") % values


def _say(page: Page, change: Change) -> None:
    field = change.way[-1][0]
    values = {
        "where": where_is(change),
        "before": said(change.before, field),
        "after": said(change.after, field),
    }
    if change.what == MOVED:
        page.bullets([_moved(values["where"], str(change.after))])
        return
    short = _SHORT[change.what]() % values
    if columns(short) + 2 <= page.width:
        page.bullets([short])
        return
    page.bullets([_HEADS[change.what]() % values])
    if change.what != ADDED:
        page.item("- ", values["before"], indent=4)
    if change.what != REMOVED:
        page.item("+ ", values["after"], indent=4)


_SHORT = {
    ADDED: lambda: _("%(where)s: added: %(after)s"),
    REMOVED: lambda: _("%(where)s: removed: %(before)s"),
    CHANGED: lambda: _("%(where)s: %(before)s -> %(after)s"),
}
_HEADS = {
    ADDED: lambda: _("%(where)s: added"),
    REMOVED: lambda: _("%(where)s: removed"),
    CHANGED: lambda: _("%(where)s: changed"),
}


def _moved(where: str, after: str) -> str:
    if not after:
        return _("%(where)s: moved to the beginning") % {"where": where}
    return _("%(where)s: moved, now after %(after)s") % {"where": where, "after": after}


def where_is(change: Change) -> str:
    """The way to what changed, e.g. ``criterion SL3, level 2, Chinese text``; a name's own text is its entry's."""
    parts = [_step(step) for step in change.way if step != ("label", "")]
    return _(", ").join(parts)


def _step(step: Step) -> str:
    field, name = step
    if not name:
        return _field(field)
    return _(ENTRIES[field]) % name if field in ENTRIES else f"{_field(field)} {name}"


def _field(name: str) -> str:
    """A field nobody has worded yet is said by its key rather than not at all."""
    return _(FIELDS[name]) if name in FIELDS else name


def said(value: Any, field: str = "") -> str:
    """Any value of a definition on one line."""
    if isinstance(value, bool):
        return yes(value)
    if isinstance(value, int | Decimal):
        return number(value)
    if isinstance(value, str):
        return word(value) if field in _WORDED else value or "-"
    if isinstance(value, Label):
        return own(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {said(one, field)}" for name, one in value.items()) or "-"
    if isinstance(value, LevelPoints):
        return (
            number(value.points)
            if value.least == value.most
            else f"{number(value.least)}-{number(value.most)}"
        )
    if isinstance(value, tuple):
        return _tuple(value, field)
    return _noun(value) if is_dataclass(value) else "-"


def _tuple(value: tuple[Any, ...], field: str) -> str:
    if field == "minutes":
        return f"{value[0]}-{value[1]}"
    if any(isinstance(one, tuple) or is_dataclass(one) for one in value):
        return " | ".join(said(one, field) for one in value)
    return _(", ").join(said(one, field) for one in value) or "-"


def _noun(value: Any) -> str:
    """Its fields that say something, the label first and without its name."""
    parts = []
    for field in fields(value):
        inner = getattr(value, field.name)
        if inner in (None, (), "", False) or inner == {} or field.name == "id":
            continue
        text = said(inner, field.name)
        parts.append(text if field.name == "label" else f"{_field(field.name)} {text}")
    return "; ".join(parts) or "-"
