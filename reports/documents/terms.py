"""Codes of the evidence, worded for the reader; every code has a word or the document is refused."""

from __future__ import annotations

from gettext import NullTranslations

from ..errors import ReportError


def _(text: str) -> str:
    """Marks a text for the catalogue; it is translated when the document's language is known."""
    return text


LEVELS = {"excellent": _("Excellent"), "pass": _("Pass"), "fail": _("Fail")}
STATUSES = {
    "valid": _("Valid"),
    "suspended": _("Suspended"),
    "revoked": _("Revoked"),
    "expired": _("Expired"),
}
PARTICIPATION = {
    "due": _("Due to take part"),
    "deferred": _("Deferred"),
    "exempt": _("Exempt"),
}


def level_word(code: str | None, words: NullTranslations) -> str:
    return words.gettext(_("Not yet reached")) if code is None else _word(LEVELS, code, words)


def status_word(code: str, words: NullTranslations) -> str:
    return _word(STATUSES, code, words)


def participation_word(code: str, words: NullTranslations) -> str:
    return _word(PARTICIPATION, code, words)


def _word(table: dict[str, str], code: str, words: NullTranslations) -> str:
    if code not in table:
        raise ReportError("term.unknown", term=code)
    return words.gettext(table[code])
