"""``shijie-rubric convert``: rubrics from and to other systems, and in words what did not come along."""

from __future__ import annotations

import argparse
import re
from gettext import gettext as _

from rubrics.command.arguments import TOML
from rubrics.command.given import STDIN, Given, given, given_rubric, is_file, parsed, read_text, shown
from rubrics.command.language import language
from rubrics.command.output import Out, write_file
from rubrics.command.refusals import Refused
from rubrics.command.words import reason
from rubrics.errors import ExchangeError
from rubrics.exchange.definition import of_rubric, to_definition
from rubrics.exchange.formats import guess, read, write
from rubrics.exchange.report import Read, Written
from rubrics.exchange.sheet import Sheet
from rubrics.exchange.toml_text import string
from rubrics.model import Reason, Rubric

_KIND = re.compile(r"^\s*kind\s*=", re.MULTILINE)
_KEY = re.compile(r"""^(key[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*')""", re.MULTILINE)
_VERSION = re.compile(r"^(version[ \t]*=[ \t]*)[0-9]+", re.MULTILINE)
_CODE = re.compile(r"(?P<key>[a-z0-9-]+)/v(?P<version>[0-9]+)")


def run(arguments: argparse.Namespace, out: Out) -> int:
    """0 when it is written, whatever was left behind: that is said, not refused."""
    found = _read(arguments)
    if isinstance(found, Given):
        _put(_copy(found, arguments), arguments, out)
        out.remark(_("A copy of %s, with its comments.") % found.source + "\n")
        return 0
    made = _written(found.sheet, arguments)
    _put(made.text, arguments, out)
    _report(out, (*found.report, *made.report))
    return 0


def _put(text: str, arguments: argparse.Namespace, out: Out) -> None:
    if arguments.out == STDIN:
        out.write_file_text(text)
    else:
        write_file(arguments.out, text, force=arguments.force)


def _read(arguments: argparse.Namespace) -> Read | Given:
    """A definition of any kind where TOML is wanted: by way of a sheet it would lose its rules, so it is copied."""
    text_language = arguments.language or language()
    if not is_file(arguments.source):
        if arguments.to == TOML:
            return given(arguments.source)
        return of_rubric(given_rubric(arguments.source), language=text_language)
    text, source = read_text(arguments.source), shown(arguments.source)
    origin = arguments.origin or _guessed(text, arguments.source)
    if origin == TOML:
        return _of_definition(Given(parsed(text, source), source, text), arguments, language=text_language)
    return read(origin, text, source=source, language=text_language, rubric=arguments.rubric)


def _of_definition(found: Given, arguments: argparse.Namespace, *, language: str) -> Read | Given:
    if arguments.to == TOML:
        return found
    definition = found.definition
    if not isinstance(definition, Rubric):
        values = {"name": found.source, "kind": definition.kind}
        raise Refused(_("%(name)s is no rubric but: %(kind)s") % values)
    return of_rubric(definition, language=language)


def _copy(found: Given, arguments: argparse.Namespace) -> str:
    """The text letter for letter, but for a key or version that was asked for. Refuses what is no key."""
    text = found.text
    if arguments.key:
        text = _KEY.sub(lambda line: f"{line[1]}{string(arguments.key)}", text, count=1)
    if arguments.version is not None:
        text = _VERSION.sub(lambda line: f"{line[1]}{arguments.version}", text, count=1)
    parsed(text, found.source)
    return text


def _guessed(text: str, path: str) -> str:
    return TOML if path.endswith(".toml") or _KIND.search(text) else guess(text, source=shown(path))


def _written(sheet: Sheet, arguments: argparse.Namespace) -> Written:
    if arguments.to != TOML:
        return write(arguments.to, sheet, scale=arguments.scale)
    own = _CODE.fullmatch(sheet.code or "")
    key = arguments.key or (own["key"] if own else "")
    if not key:
        happened = _("A definition needs a key, and the file does not say one")
        raise Refused(happened, advice=_("Add --key, for example --key county-basic."))
    version = arguments.version or (int(own["version"]) if own and own["key"] == key else 1)
    try:
        return to_definition(sheet, key=key, version=version)
    except ExchangeError as error:
        error.values["source"] = shown(arguments.source)
        raise


def _report(out: Out, reasons: tuple[Reason, ...]) -> None:
    """Beside the result, never in it."""
    page = out.page()
    if reasons:
        page.bullets(dict.fromkeys(reason(one) for one in reasons))
    else:
        page.text(_("Everything came along."))
    out.remark(page.rendered())
