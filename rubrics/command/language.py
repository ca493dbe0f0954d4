"""Which language the command speaks, and the one place where it is set.

Texts are English in the code and looked up by :func:`gettext.gettext`, as argparse looks up its own; so one
catalogue serves both. Without a compiled catalogue the English texts stand, and :func:`complete` says so.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from rubrics.model import Label

DOMAIN = "rubrics"
LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = ("zh", "en")

# What gettext looks for; a name without a catalogue leaves the English texts.
_CATALOGUES = {"zh": "zh_Hans", "en": "en"}
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def chosen(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """``--lang`` where it is given, else what the environment says: English for ``en...``, Chinese otherwise.

    Read before the arguments are parsed, because the parser's own texts are in that language too.
    """
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or "".join(arguments[at + 1 : at + 2])
            return value if value in LANGUAGES else _of_environment(environ)
    return _of_environment(environ)


def _of_environment(environ: Mapping[str, str]) -> str:
    said = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "en" if said.lower().startswith("en") else "zh"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is in this language; afterwards the process is as it was before."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    token = _spoken.set(language)
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = _CATALOGUES[language]
    try:
        yield
    finally:
        _spoken.reset(token)
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before


def language() -> str:
    """``zh`` or ``en``."""
    return _spoken.get()


def own(label: Label) -> str:
    """The label in the language that is spoken."""
    return label.text(language())


def complete() -> bool:
    """False where the texts in this language were never compiled."""
    if language() == "en":
        return True
    return gettext.find(DOMAIN, str(LOCALE_DIR), [_CATALOGUES[language()]]) is not None
