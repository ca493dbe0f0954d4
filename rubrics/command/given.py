"""What a person means by an argument: a file, standard input, or something shipped."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from gettext import gettext as _
from pathlib import Path

from rubrics import library
from rubrics.command.refusals import Refused
from rubrics.model import AnyDefinition, Framework, Rubric

STDIN = "-"
#: What tomllib raises besides its own error.
UNREADABLE = (RecursionError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Given:
    """A definition and where it was read: the path as typed, or the shipped file below ``rubrics/``."""

    definition: AnyDefinition
    source: str
    text: str


def read_text(path: str) -> str:
    """The text of a file, or of standard input for ``-``. Refuses what is missing, a folder or not UTF-8."""
    try:
        raw = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
    except FileNotFoundError:
        advice = _("Check the path. Without a path, name something shipped, such as basic-operation.")
        raise Refused(_("%(path)s: there is no such file") % {"path": path}, advice=advice) from None
    except IsADirectoryError:
        advice = _("Name the files in it, for example %(path)s/*.toml")
        folder = {"path": path.rstrip("/")}
        raise Refused(_("%(path)s: this is a folder") % folder, advice=advice % folder) from None
    except OSError as error:
        reason = {"path": path, "reason": error.strerror or str(error)}
        advice = _("Check that the file may be read.")
        raise Refused(_("%(path)s: cannot be read (%(reason)s)") % reason, advice=advice) from None
    return _decoded(raw, path)


def _decoded(raw: bytes, path: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        happened = _("%(path)s:%(line)s: the file is not in UTF-8") % {"path": path, "line": line}
        raise Refused(happened, advice=_("Save it as UTF-8 in your editor, then try again.")) from None


def parsed(text: str, source: str) -> AnyDefinition:
    """The definition in the text. Also refuses what Python's reader gives up on: endless brackets and numbers."""
    try:
        return library.parse(text, source=source)
    except UNREADABLE:
        happened = _("%(path)s: brackets within brackets or a number beyond all use") % {"path": source}
        raise Refused(
            happened, advice=_("A definition needs neither; look for what was pasted in.")
        ) from None


def is_file(name: str) -> bool:
    """A path is anything with a dot or a slash in it; keys have neither."""
    return name == STDIN or "/" in name or "\\" in name or "." in name or Path(name).is_file()


def given(name: str, *, kind: str = "") -> Given:
    """The definition a person names: a path, ``-``, or ``[kind:]key[@version]``; the newest without a version."""
    if not kind and is_file(name):
        text = read_text(name)
        return Given(parsed(text, shown(name)), shown(name), text)
    before, colon, rest = name.partition(":")
    return _shipped(rest, kind=before) if colon else _shipped(name, kind=kind)


def given_rubric(name: str) -> Rubric:
    """A rubric, whatever else is called the same."""
    kind = "" if is_file(name) or ":" in name else "rubric"
    found = given(name, kind=kind).definition
    if not isinstance(found, Rubric):
        happened = _("%(name)s is no rubric but: %(kind)s") % {"name": name, "kind": found.kind}
        raise Refused(
            happened, advice=_("Name a rubric: a file, or one of %(keys)s") % {"keys": _keys("rubric")}
        )
    return found


def framework_named(name: str, *, kind: str = "") -> Framework | None:
    """One of the frameworks that ship, by its key."""
    return library.framework(name) if kind in ("", "framework") and name in library.FRAMEWORKS else None


@cache
def newest() -> tuple[AnyDefinition, ...]:
    """The newest shipped version of everything."""
    latest = {(one.kind, one.key): one for one in library.packaged()}
    return tuple(library.parse(one.text, source=one.path) for one in latest.values())


def shown(path: str) -> str:
    """How a path stands in what is printed."""
    return _("standard input") if path == STDIN else path


def _shipped(name: str, *, kind: str) -> Given:
    key, at, number = name.partition("@")
    version = number.removeprefix("v")
    found = [
        one
        for one in library.packaged()
        if one.key == key and kind in ("", one.kind) and (not at or str(one.version) == version)
    ]
    if not found:
        asked = f"{kind} {name}".strip()
        advice = _("Shipped are: %(keys)s. A file is named by its path, e.g. ./my-rubric.toml")
        raise Refused(
            _("Nothing that ships is called %(name)s") % {"name": asked},
            advice=advice % {"keys": _keys(kind)},
        )
    if len({one.kind for one in found}) > 1:
        kinds = ", ".join(sorted(f"{one.kind}:{name}" for one in found))
        raise Refused(_("%(name)s may mean several things") % {"name": name}, advice=kinds)
    return Given(library.parse(found[-1].text, source=found[-1].path), found[-1].path, found[-1].text)


def _keys(kind: str) -> str:
    named = [f"{one.key}@{one.version}" for one in library.packaged() if kind in ("", one.kind)]
    frameworks = list(library.FRAMEWORKS) if kind in ("", "framework") else []
    return ", ".join([*named, *frameworks]) or _("nothing of this kind")
