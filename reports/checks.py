"""What no evidence may state, each refusal by its own code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from .errors import EvidenceError

_ID_SHAPED = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_HASH = re.compile(r"[0-9a-f]{64}")
_REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,63}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


def text(value: str, *, field: str, optional: bool = False) -> None:
    """One line of printable text. Refuses blanks, control characters, surrogates and resident ID numbers."""
    if not value.strip():
        if optional and value == "":
            return
        raise EvidenceError("evidence.empty", field=field)
    # Cc and Cs cannot be printed; bidirectional overrides (Cf) could make a paper read other than its bytes.
    if any(
        unicodedata.category(char) in ("Cc", "Cs") or char in "\u202a\u202b\u202d\u202e" for char in value
    ):
        raise EvidenceError("evidence.unprintable", field=field)
    if _holds_id_number(value):
        raise EvidenceError("evidence.id_number", field=field)


def _holds_id_number(value: str) -> bool:
    """GB 11643: eighteen places, the last a check digit over the first seventeen. No paper ever shows one."""
    return any(_check_digit(match) == match[-1].upper() for match in _ID_SHAPED.findall(value))


def _check_digit(number: str) -> str:
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def texts(values: Sequence[str], *, field: str) -> None:
    for value in values:
        text(value, field=field)


def hours(value: Decimal, *, field: str) -> None:
    """学时 of 45 minutes by the packaged policy: finite and never negative."""
    if not isinstance(value, Decimal):
        raise EvidenceError("evidence.not_decimal", field=field)
    if not value.is_finite() or value < 0:
        raise EvidenceError("evidence.hours_impossible", field=field)


def score(value: Decimal, *, field: str) -> None:
    if not isinstance(value, Decimal):
        raise EvidenceError("evidence.not_decimal", field=field)
    if not value.is_finite() or not 0 <= value <= 100:
        raise EvidenceError("evidence.score_impossible", field=field)


def choice(value: str | None, allowed: Collection[str | None], *, field: str) -> None:
    if value not in allowed:
        raise EvidenceError("evidence.code_unknown", field=field, value=str(value))


def span(start: date, end: date, *, field: str) -> None:
    if end < start:
        raise EvidenceError("evidence.dates_reversed", field=field)


def hash_hex(value: str, *, field: str) -> None:
    """SHA-256 in lower-case hex."""
    if not _HASH.fullmatch(value):
        raise EvidenceError("evidence.hash_malformed", field=field)


def reference(value: str, *, field: str) -> None:
    """An opaque id that may stand in a file name: letters, digits, hyphens."""
    if not _REFERENCE.fullmatch(value):
        raise EvidenceError("evidence.reference_malformed", field=field)


def address(value: str, *, field: str) -> None:
    if not _ADDRESS.fullmatch(value):
        raise EvidenceError("evidence.address_malformed", field=field)


def moment(value: datetime, *, field: str) -> None:
    """A point in time without its zone means a different day in another office."""
    if value.tzinfo is None:
        raise EvidenceError("evidence.time_zone_missing", field=field)


def distinct(values: Sequence[object], *, field: str) -> None:
    if len(set(values)) != len(values):
        raise EvidenceError("evidence.repeated", field=field)
