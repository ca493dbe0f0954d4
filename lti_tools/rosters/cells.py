"""One cell at a time: what is in it, in the one form we keep. Says why not by a code, never guesses."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache

from lti_tools.errors import ShijieError
from lti_tools.people.api import id_numbers
from lti_tools.rosters.sheet import ErrorValue, Formula, Merged

MIDDLE_DOTS = re.compile(r"[\u2022\u2027\u30fb\uff65\u2219\u22c5]")
INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# What is in nearly every cell needs no closer look: nothing but the signs of names.
PLAIN_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{1,40}")
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(5_000, 60_000)  # 1913 to 2064, well apart from years and from YYYYMM
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})?")
WRITTEN = re.compile(
    r"(?P<year>\d{4})\s?[-/.年]\s?(?P<month>\d{1,2})(?:\s?[-/.月]\s?(?P<day>\d{1,2})\s?日?|\s?月)?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
# What no XML may hold, and so no workbook.
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LEVEL = re.compile(r"(?:专技|专业技术)?\s?(\d{1,2})(?:\.0)?\s?级?")
DROPPED_ZERO = re.compile(r"\d{4}\.1")


class BadCell(ShijieError):
    """`code` says what is wrong with the cell; `values` fill the sentence."""


def checked(cell: object) -> object:
    """Refuses what a spreadsheet computed, could not compute, or shows over several cells but keeps in one."""
    if isinstance(cell, Formula):
        raise BadCell("formula")
    if isinstance(cell, ErrorValue):
        raise BadCell("cell_error")
    if isinstance(cell, Merged):
        raise BadCell("merged", cell=str(cell))
    return cell


def text(cell: object) -> str:
    """The cell as one line of text: full-width forms narrowed, outer spaces and invisible marks gone."""
    return _line(cell if type(cell) is str else shown(cell))


def _line(written: str) -> str:
    # What is written in plain signs needs no narrowing; most other words come back row after row.
    if written.isascii() and written.isprintable():
        return " ".join(written.split())
    return _narrowed(written)


@lru_cache(maxsize=20_000)
def _narrowed(written: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", written)).split())


def shown(cell: object) -> str:
    """The cell roughly as the spreadsheet shows it."""
    if cell is None or isinstance(cell, Merged):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**id_numbers.EXACT_DIGITS:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def number_text(cell: object, *, longest: int) -> str:
    """A code made of digits or letters. Refuses one whose last digits a spreadsheet has dropped."""
    if isinstance(cell, (int, float)) and abs(cell) >= 10**id_numbers.EXACT_DIGITS:
        raise BadCell("number_lost_digits", shown=f"{cell:.1E}")
    found = text(cell).replace(" ", "")
    if id_numbers.SCIENTIFIC.fullmatch(found.upper()):
        raise BadCell("number_lost_digits", shown=found)
    return short(found, longest=longest)


def short(found: str, *, longest: int) -> str:
    if len(found) > longest:
        raise BadCell("too_long", longest=longest)
    return found


def name(cell: object) -> str:
    """A person's name, rare characters and all: 㛃, 䶮 and 𬱖 stay as written.

    Refuses what an old program leaves of a rare character: a question mark, a box, a private-use code point.
    """
    written = shown(cell)
    if PLAIN_NAME.fullmatch(written):
        return written
    found = " ".join(MIDDLE_DOTS.sub("·", INVISIBLE.sub("", written)).split())
    if HAN.search(found):
        found = found.replace(" ", "")
    if any(_lost(character) for character in found):
        raise BadCell("name_lost_character")
    if found and (any(c.isdigit() for c in found) or not any(_letter(c) for c in found)):
        raise BadCell("not_a_name")
    return short(found, longest=80)


def _letter(character: str) -> bool:
    """Planes 2 and 3 hold rare Han characters, newer ones of which this Python may not know yet."""
    return character.isalpha() or 0x20000 <= ord(character) <= 0x3FFFD


def _lost(character: str) -> bool:
    if _letter(character):
        return False
    return character in "?？□■\ufffd" or unicodedata.category(character) in {"Co", "Cn", "Cc", "Cs"}


def month(cell: object) -> str:
    """YYYY-MM from a date cell, serial number or usual spelling; refuses months and days that never were."""
    if isinstance(cell, (datetime, date)):
        return _month(cell.year, cell.month, 1)
    found = text(cell)
    if found.isdigit() and len(found) in (4, 5) and int(found) in SERIALS:
        return (EXCEL_EPOCH + timedelta(days=int(found))).isoformat()[:7]
    if DROPPED_ZERO.fullmatch(found):
        raise BadCell("month_unclear", year=found[:4])
    return _written_month(found)


@lru_cache(maxsize=20_000)
def _written_month(found: str) -> str:
    match = COMPACT.fullmatch(found) or WRITTEN.fullmatch(found)
    if not match:
        raise BadCell("not_a_month")
    return _month(int(match["year"]), int(match["month"]), int(match["day"] or 1))


def _month(year: int, number: int, day: int) -> str:
    try:
        found = date(year, number, day)
    except ValueError as error:
        raise BadCell("not_a_month") from error
    if not 1900 <= found.year <= 2100:
        raise BadCell("not_a_month")
    return found.isoformat()[:7]


def post_level(cell: object) -> int | None:
    """Professional post 1 to 13, written as a number or as 专技八级 and the like with a digit in it."""
    found = text(cell)
    if not found:
        return None
    match = LEVEL.fullmatch(found)
    if not match or not 1 <= int(match[1]) <= 13:
        raise BadCell("not_a_post_level")
    return int(match[1])
