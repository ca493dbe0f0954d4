"""A line of text that will stand on paper one day: certificates and reports refuse what cannot be printed."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from reports import checks
from reports.errors import EvidenceError

_ORDERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Line(forms.CharField):
    """Takes out what nobody sees and no paper shows; refuses a resident ID number.

    Without it one title could keep a whole county from its report set.
    """

    def to_python(self, value: Any) -> Any:
        return super().to_python(" ".join("".join(map(_shown, value)).split()) if value else value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        try:
            checks.text(value, field="line", optional=True)
        except EvidenceError as problem:
            raise ValidationError(
                _("Please leave out the ID number: it must not stand on any paper."), code=problem.code
            ) from problem


def one_line(text: str, *, most: int) -> str:
    """The same for what comes without a form; cut after `most` characters. Refuses an ID number."""
    try:
        return str(Line(required=False).clean(text))[:most]
    except ValidationError as problem:
        raise Refused(
            "text.id_number",
            _("The text holds an ID number."),
            kept=_("Nothing was changed, and nothing of the text was kept."),
            todo=_("Go back and write it without the ID number: the staff number or the name is enough."),
        ) from problem


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in {"Cc", "Zl", "Zp"}:
        return " "
    # Planes 2 and 3 hold rare Han characters, newer ones of which this Python may not know yet.
    unknown = kind in {"Cs", "Co"} or (kind == "Cn" and not 0x20000 <= ord(character) <= 0x3FFFD)
    return "" if unknown or character in _ORDERS else character


class Day(forms.DateField):
    """A calendar day, typed or chosen."""

    def __init__(self, label: Any, help_text: Any = "", **more: Any):
        wrong = _("Please give a day, for example 2026-09-01.")
        super().__init__(
            label=label,
            help_text=help_text,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": wrong, "invalid": wrong},
            **more,
        )
