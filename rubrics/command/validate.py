"""``shijie-rubric validate``: files as a bureau's expert wrote them, or everything that ships."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from gettext import gettext as _
from gettext import ngettext
from glob import glob
from pathlib import Path

from rubrics.command import shipped
from rubrics.command.columns import clean
from rubrics.command.given import Given, newest, parsed, read_text, shown
from rubrics.command.language import own
from rubrics.command.names import listed, word
from rubrics.command.output import Out
from rubrics.command.problems import said
from rubrics.command.refusals import Refused
from rubrics.command.shipped import Problem
from rubrics.errors import DefinitionError, RubricsError
from rubrics.library import packaged
from rubrics.model import AnyDefinition, Framework
from rubrics.references import check_together


def run(arguments: argparse.Namespace, out: Out) -> int:
    """0 when nothing is wrong, 1 otherwise; the first problem of every file is said."""
    paths = [path for name in arguments.files for path in _expanded(name)]
    found = list(_files(paths, alone=arguments.alone) if paths else _everything())
    problems = 0
    for one in found:
        if isinstance(one, Refused | RubricsError):
            problems += 1
            out.write(said(one, out.width))
        else:
            out.write(f"{clean(one)}\n")
    out.write(_summary(problems) + "\n")
    return 1 if problems else 0


def _summary(problems: int) -> str:
    if not problems:
        return _("Nothing is wrong.")
    counted = ngettext("%s problem: refused.", "%s problems: refused.", problems)
    return counted % problems


def _fine(found: Given) -> str:
    one = found.definition
    values = {"path": found.source, "kind": word(one.kind), "title": own(one.title), "version": one.version}
    return _("%(path)s: fine (%(kind)s “%(title)s”, version %(version)s)") % values


def _everything() -> Iterator[str | Problem]:
    read = list(shipped.definitions())
    known = [one for one in read if isinstance(one, Given)]
    yield from (_fine(one) if isinstance(one, Given) else one for one in read)
    yield from _or_fine(shipped.locked(), _("definitions.lock: every file is the one whose hash it holds"))
    for framework in shipped.frameworks():
        yield _counted(framework) if isinstance(framework, Framework) else framework
    for count in shipped.crosswalk():
        yield _("crosswalk: %s indicators, all known") % count if isinstance(count, int) else count
    together = _("references: everything the newest versions name of one another is there")
    yield from _or_fine(shipped.newest_together(known), together)


def _or_fine(problems: Iterable[Problem], fine: str) -> list[str | Problem]:
    return [*problems] or [fine]


def _counted(framework: Framework) -> str:
    counts = listed(f"{name} {count}" for name, count in framework.counts.items() if type(count) is int)
    return _("framework %(key)s: counts as published (%(counts)s)") % {"key": framework.key, "counts": counts}


def _files(paths: list[str], *, alone: bool) -> Iterator[str | Problem]:
    read = [_parsed(path) for path in paths]
    known = [one for one in read if isinstance(one, Given)]
    twice = set(_twice(known))
    for one in read:
        if not isinstance(one, Given):
            yield one
        elif one.source in twice:
            yield _said_twice(one)
        elif problem := None if alone else _beside_the_shipped(one, known):
            yield problem
        else:
            yield _fine(one)


def _expanded(name: str) -> list[str]:
    """The files a pattern means: the command line of Windows leaves that to the program."""
    return sorted(glob(name)) or [name] if "*" in name and not Path(name).exists() else [name]


def _parsed(path: str) -> Given | Problem:
    try:
        text = read_text(path)
        return Given(parsed(text, shown(path)), shown(path), text)
    except (Refused, RubricsError) as error:
        return error


def _name(one: AnyDefinition) -> tuple[str, str, int]:
    return one.kind, one.key, one.version


def _twice(known: list[Given]) -> Iterator[str]:
    first: dict[tuple[str, str, int], Given] = {}
    for one in known:
        before = first.setdefault(_name(one.definition), one)
        if before.definition.hash != one.definition.hash:
            yield one.source


def _said_twice(one: Given) -> Refused:
    definition = one.definition
    values = {"path": one.source, "key": definition.key, "version": definition.version}
    happened = _("%(path)s: another file is %(key)s version %(version)s too, with another text") % values
    return Refused(happened, advice=_("Give one of them the next version, or another key."))


def _beside_the_shipped(one: Given, known: list[Given]) -> Problem | None:
    """Whether it fits what ships: no published version rewritten, nothing named that does not exist."""
    definition = one.definition
    for other in packaged():
        if (other.kind, other.key, other.version) == _name(definition) and other.hash != definition.hash:
            return _rewritten(one, max(each.version for each in packaged() if each.key == definition.key) + 1)
    try:
        check_together(_together(one, known))
    except DefinitionError as error:
        return _placed(error, one)
    return None


def _rewritten(one: Given, version: int) -> Refused:
    definition = one.definition
    values = {"path": one.source, "key": definition.key, "version": definition.version}
    happened = _("%(path)s: %(key)s version %(version)s is published with another text") % values
    advice = _("A published version never changes: write version = %s here, or choose a key of your own.")
    return Refused(happened, advice=advice % version)


def _together(one: Given, known: list[Given]) -> list[AnyDefinition]:
    """The file first, then the other files, then the newest of what ships that no file stands for."""
    mine = [one.definition, *(other.definition for other in known if other is not one)]
    named = {(other.kind, other.key) for other in mine}
    return [*mine, *(other for other in newest() if (other.kind, other.key) not in named)]


def _placed(error: DefinitionError, one: Given) -> DefinitionError:
    """The same refusal with the file, and the first line that holds the unknown name."""
    definition = one.definition
    if error.values["source"] != f"{definition.kind} {definition.key} v{definition.version}":
        return error
    quoted = f'"{error.values["found"]}"'
    lines = (at for at, line in enumerate(one.text.splitlines(), 1) if quoted in line)
    line = next(lines, None)
    error.values["source"] = one.source
    if line:
        error.values["line"] = line
    return error
