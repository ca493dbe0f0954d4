"""What keys and fixed values of definitions are called in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from gettext import gettext as _

from rubrics.command.phrases import N_

#: Values a definition may hold that are ours, by value.
VALUES: Mapping[str, str] = {
    "rubric": N_("rubric"),
    "tier_policy": N_("tier policy"),
    "award_rules": N_("award rules"),
    "hours_rules": N_("hours rules"),
    "diagnosis_bank": N_("diagnosis bank"),
    "framework": N_("framework"),
    "proposal": N_("a proposal, until a bureau adopts it"),
    "adopted": N_("adopted"),
    "span": N_("a time-coded span"),
    "whole_lesson": N_("a note on the whole lesson"),
    "attachment": N_("an attached file"),
    "signoff": N_("a sign-off"),
    "best": N_("the best"),
    "last": N_("the last"),
    "kindergarten": N_("kindergarten"),
    "special": N_("special education"),
    "primary": N_("primary"),
    "junior": N_("junior secondary"),
    "senior": N_("senior secondary"),
    "vocational": N_("vocational"),
    "month-begun": N_("from the first day of the month of birth"),
    "month-ended": N_("from the first day of the month after the month of birth"),
    "situation": N_("situation"),
    "knowledge": N_("knowledge"),
    "self_report": N_("self-report"),
    "hands_on": N_("hands-on"),
    "specialist": N_("a specialist watches"),
    "screen": N_("steps put in order on the screen"),
    "professional": N_("professional subjects"),
    "general": N_("public-service subjects"),
    "concentrated": N_("concentrated training"),
    "distributed": N_("training in parts"),
    "provisional": N_("given, and marked as not yet seen"),
    "lower": N_("the level below is given"),
    "all": N_("every indicator and every kind of question"),
    "verified": N_("verified"),
    "memory": N_("from memory, to be verified"),
}


# Written out in full a number may fill a disk: 1e999999999 is one of TOML's.
_LONGEST = 30


def word(value: str) -> str:
    """The value in words; ids of a definition's own stay as they are."""
    return _(VALUES[value]) if value in VALUES else value


def words(values: Iterable[str]) -> str:
    return listed(map(word, values))


def listed(texts: Iterable[str]) -> str:
    """Texts in a row, with the comma of the language."""
    return _(", ").join(texts)


def paired(name: str, text: str) -> str:
    """A name and what is said of it, with the colon of the language."""
    return _("%(name)s: %(text)s") % {"name": name, "text": text}


def yes(flag: bool) -> str:
    return _("yes") if flag else _("no")


def number(value: Decimal | int) -> str:
    """As people write it: 60, not 60.0 nor 6E+1."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > _LONGEST:
        return str(value)
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal) -> str:
    return f"{number(share * 100)}%"


def dash(text: str) -> str:
    """An empty cell that is meant to be empty."""
    return text or "-"
