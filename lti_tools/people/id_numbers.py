"""Resident identity numbers (GB 11643): read, proved by their check digit, and kept only as a keyed hash.

The number itself never leaves this module: stored are an HMAC with its key version and the last four.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from lti_tools.errors import ShijieError

SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,2}")
LOOSE_CHARACTERS = re.compile(r"[\s\-'’`\u200b-\u200f\ufeff]")
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number


class BadIdNumber(ShijieError):
    """`code` is one of id_lost_digits, id_length, id_characters, id_check_digit, id_birth_date."""


@dataclass(frozen=True)
class IdNumber:
    """A proved number. Its repr shows nothing, so that no log and no traceback does."""

    digits: str = field(repr=False)

    @property
    def birth(self) -> date:
        return _birth(self.digits)

    @property
    def last4(self) -> str:
        return self.digits[-4:]

    @property
    def sex(self) -> str:
        """GB/T 2261.1: 1 male, 2 female."""
        return "1" if int(self.digits[16]) % 2 else "2"


def read(cell: object) -> IdNumber:
    """Reads a cell or refuses with `BadIdNumber`. Forgives full-width digits, spaces, a leading apostrophe.

    A number cell is refused even when it looks whole: a spreadsheet keeps fifteen digits of it.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 10**EXACT_DIGITS:
        raise BadIdNumber("id_lost_digits", shown=f"{cell:.1E}")
    text = LOOSE_CHARACTERS.sub("", unicodedata.normalize("NFKC", str(cell))).upper()
    if SCIENTIFIC.fullmatch(text):
        raise BadIdNumber("id_lost_digits", shown=text)
    return _proved(text)


def _proved(text: str) -> IdNumber:
    if len(text) != 18:
        raise BadIdNumber("id_length", length=len(text))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise BadIdNumber("id_characters")
    if not mod_11_2.is_valid(text):
        raise BadIdNumber("id_check_digit")
    _birth(text)
    return IdNumber(text)


def _birth(digits: str) -> date:
    try:
        return date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError as error:
        raise BadIdNumber("id_birth_date") from error


def looks_like_one(text: str) -> bool:
    """True for a complete number with a right check digit, wherever it turns up."""
    try:
        return bool(re.fullmatch(r"\d{17}[\dXx]", text)) and bool(mod_11_2.validate(text.upper()))
    except ValidationError:
        return False


def signing_version() -> int:
    return max(settings.SHIJIE_ID_KEYS)


def hashes(number: IdNumber) -> dict[int, str]:
    """The keyed hash under every known key version: the highest is stored, all are looked for."""
    return {version: _hash(number, key) for version, key in settings.SHIJIE_ID_KEYS.items()}


def _hash(number: IdNumber, key: str) -> str:
    return hmac.new(key.encode(), number.digits.encode(), hashlib.sha256).hexdigest()


def masked(text: str) -> str:
    """The value as a page may show it: of anything as long as an ID number the last four characters only."""
    text = unicodedata.normalize("NFKC", text)
    if SCIENTIFIC.fullmatch(text.strip().upper()):
        return text
    return re.sub(r"[0-9][0-9 \-]{9,}[0-9Xx]", _stars, text)


def _stars(found: re.Match[str]) -> str:
    return f"****{found[0][-4:]}"
