"""``shijie-rubric show``: one definition or framework as a page a person can read."""

from __future__ import annotations

import argparse
from gettext import gettext as _

from rubrics import library
from rubrics.command.given import Given, framework_named, given
from rubrics.command.language import own
from rubrics.command.names import dash, listed, word
from rubrics.command.output import Out
from rubrics.command.page import Page
from rubrics.command.refusals import Refused
from rubrics.command.show_bank import show_bank
from rubrics.command.show_policy import show_policy
from rubrics.command.show_rubric import show_rubric
from rubrics.command.show_rules import show_award_rules, show_hours_rules
from rubrics.model import AwardRules, Framework, HoursRules, Rubric, TierPolicy


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Always 0: what cannot be shown is refused."""
    kind, name = _asked(arguments.what)
    page = out.page()
    found = framework_named(name, kind=kind)
    if found is not None:
        show_framework(page, found)
    else:
        show_definition(page, given(name, kind=kind), items=arguments.items)
    out.write(page.rendered())
    return 0


def _asked(what: list[str]) -> tuple[str, str]:
    if len(what) == 1:
        return "", what[0]
    if len(what) == 2 and what[0].replace("-", "_") in (*library.KINDS, "framework"):
        return what[0].replace("-", "_"), what[1]
    kinds = {"kinds": listed((*library.KINDS, "framework"))}
    raise Refused(
        _("What to show was not understood: %s") % " ".join(what),
        advice=_("Name a file, a key, or a kind and a key; kinds are %(kinds)s") % kinds,
    )


def show_definition(page: Page, found: Given, *, items: bool = False) -> None:
    """Any of the kinds the parser accepts."""
    one = found.definition
    page.title(own(one.title))
    page.facts(
        [
            (_("kind"), word(one.kind)),
            (_("key"), _("%(key)s, version %(version)s") % {"key": one.key, "version": one.version}),
            (_("status"), word(one.status)),
            (_("read from"), found.source),
            (_("hash"), one.hash),
        ]
    )
    page.blank()
    if isinstance(one, Rubric):
        show_rubric(page, one)
    elif isinstance(one, TierPolicy):
        show_policy(page, one)
    elif isinstance(one, AwardRules):
        show_award_rules(page, one)
    elif isinstance(one, HoursRules):
        show_hours_rules(page, one)
    else:
        show_bank(page, one, items=items)


def show_framework(page: Page, framework: Framework) -> None:
    """Every entry, indented by its level, with the mark of where its wording comes from."""
    page.title(own(framework.title))
    page.facts(
        [
            (_("kind"), word("framework")),
            (_("key"), f"{framework.key} ({framework.id})"),
            (_("counts"), listed(f"{name} {count}" for name, count in framework.counts.items())),
            (_("licence"), framework.licence),
            (_("verification"), framework.verification),
        ]
    )
    page.blank()
    for item in framework.items:
        marks = [word(item.src), *([_("our wording")] if item.paraphrase else [])]
        depth = 2 * (item.level - 1)
        page.item(f"{item.id}  ", f"{own(item.label)} [{dash(listed(marks))}]", indent=depth)
