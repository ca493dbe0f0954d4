"""``shijie-rubric convert``: rubrics from and to other systems, and in words what did not come along."""

from __future__ import annotations

import argparse
import re
from gettext import gettext as _

from rubrics.command.arguments import TOML
from rubrics.command.given import STDIN, given_rubric, is_file, parsed, read_text, shown
from rubrics.command.language import language
from rubrics.command.output import Out, write_file
from rubrics.command.refusals import Refused
from rubrics.command.words import reason
from rubrics.exchange.definition import of_rubric, to_definition
from rubrics.exchange.formats import guess, read, write
from rubrics.exchange.report import Read, Written
from rubrics.exchange.sheet import Sheet
from rubrics.model import Reason, Rubric

_KIND = re.compile(r"^\s*kind\s*=", re.MULTILINE)
_CODE = re.compile(r"(?P<key>[a-z0-9-]+)/v(?P<version>[0-9]+)")


def run(arguments: argparse.Namespace, out: Out) -> int:
    """0 when it is written, whatever was left behind: that is said, not refused."""
    found = _read(arguments)
    made = _written(found.sheet, arguments)
    if arguments.out == STDIN:
        out.write(made.text)
    else:
        write_file(arguments.out, made.text, force=arguments.force)
    _report(out, (*found.report, *made.report))
    return 0


def _read(arguments: argparse.Namespace) -> Read:
    text_language = arguments.language or language()
    if not is_file(arguments.source):
        return of_rubric(_not_to_itself(given_rubric(arguments.source), arguments), language=text_language)
    text, source = read_text(arguments.source), shown(arguments.source)
    origin = arguments.origin or _guessed(text, arguments.source)
    if origin == TOML:
        definition = parsed(text, source)
        if not isinstance(definition, Rubric):
            raise Refused(
                _("%(name)s is no rubric but: %(kind)s") % {"name": source, "kind": definition.kind}
            )
        return of_rubric(_not_to_itself(definition, arguments), language=text_language)
    return read(origin, text, source=source, language=text_language, rubric=arguments.rubric)


def _not_to_itself(rubric: Rubric, arguments: argparse.Namespace) -> Rubric:
    """By way of a sheet a definition would lose its rules, so it is copied, not converted."""
    if arguments.to == TOML:
        happened = _("%s is a definition already") % arguments.source
        raise Refused(happened, advice=_("Copy the file and edit the copy."))
    return rubric


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
    return to_definition(sheet, key=key, version=version)


def _report(out: Out, reasons: tuple[Reason, ...]) -> None:
    """Beside the result, never in it."""
    page = out.page()
    if reasons:
        page.bullets(dict.fromkeys(reason(one) for one in reasons))
    else:
        page.text(_("Everything came along."))
    out.remark(page.rendered())
