"""What comes from outside, before any format looks at it: its size, encoding, characters and numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from rubrics.errors import ExchangeError

#: Bytes or characters of one file. A rubric of 100 criteria with 10 levels of 1,000 characters just fits.
LIMIT = 1_000_000

#: More than this in one rubric is a mistake, and slow to work with.
MOST_CRITERIA = 500
MOST_LEVELS = 100

#: Most digits of a number, and the furthest they may stand from the point: no rubric needs more.
MOST_DIGITS = 24
FURTHEST = 12

#: Longest piece of the input a refusal repeats.
SHOWN = 60

# XML 1.0 section 2.2 (Char) allows none of these, whatever the escape, and no other format has a use for them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def opened(data: str | bytes, *, source: str) -> str:
    """The text of a file, without byte-order mark. Refuses one too large, not UTF-8, or with control characters."""
    if len(data) > LIMIT:
        raise ExchangeError(
            "exchange.too_large",
            source=source,
            where="file",
            expected=f"at most {LIMIT} bytes",
            found=str(len(data)),
        )
    text = data if isinstance(data, str) else _decoded(data, source=source)
    text = text.removeprefix("\ufeff")
    return checked(text, source=source, where="file")


def _decoded(data: bytes, *, source: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExchangeError(
            "exchange.wrong_encoding",
            source=source,
            where=f"byte {error.start + 1}",
            expected="UTF-8",
            found=f"0x{data[error.start]:02x}",
        ) from error


def checked(text: str, *, source: str, where: str) -> str:
    """The text itself; refuses a character no format could carry on."""
    if wrong := _FORBIDDEN.search(text):
        raise ExchangeError(
            "exchange.wrong_character",
            source=source,
            where=f"{where}, line {text.count(chr(10), 0, wrong.start()) + 1}",
            expected="text without control characters",
            found=f"U+{ord(wrong[0]):04X}",
        )
    return text


def is_sane(number: Decimal) -> bool:
    """Finite, and with digits a person could have meant."""
    if not number.is_finite():
        return False
    exponent = number.as_tuple().exponent
    near = isinstance(exponent, int) and exponent >= -FURTHEST and abs(number.adjusted()) <= FURTHEST
    return near and len(number.as_tuple().digits) <= MOST_DIGITS


def written(number: Decimal) -> str:
    """The digits as they were, without exponent: 5 is 5, 5.0 is 5.0, never 1.750000 for 1.75."""
    return format(number, "f")


def shown(value: object) -> str:
    """A piece of the input as a refusal repeats it, shortened."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."
