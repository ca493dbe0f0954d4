"""XLSX, read as a stream. The archive is weighed before anything in it is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lti_tools.errors import Refused
from lti_tools.rosters.merges import Merges, merges_of
from lti_tools.rosters.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    ErrorValue,
    Formula,
    Known,
    Row,
    Sheet,
    bounded,
    filled,
    find_header,
    no_header,
    refused,
)

MIB = 1024 * 1024
# A sheet is unpacked as a stream, its shared strings and everything else as a whole.
MAX_UNPACKED = 500 * MIB
MAX_STRINGS = 120 * MIB
MAX_PART = 20 * MIB
MAX_MEMBERS = 1_000
MAX_RATIO = 200  # sheets of real rosters pack 5 to 30 times; a bomb packs a thousand
RATIO_FROM = 8 * MIB
MAX_WALKED = MAX_ROWS + 50_000
# What a damaged or hostile workbook raises inside the reader, found by fuzzing it.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    SyntaxError,
)


def read(file: BinaryIO, *, known: Known) -> Sheet:
    try:
        weigh(file)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        return _first_table(book, known)
    except Refused:
        raise
    except UNREADABLE as error:
        raise _unreadable() from error


def weigh(file: BinaryIO) -> None:
    """Refuses an archive whose members would unpack to far more than a roster can be."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    whole = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or whole > MAX_UNPACKED or any(map(_swollen, members)):
        raise refused(
            "roster.bomb",
            _("This file unpacks to far more than a roster can hold, so it was not opened."),
            _("Copy the rows into the sample sheet, save it as .xlsx and upload that."),
            unpacked=whole,
        )


def _swollen(member: zipfile.ZipInfo) -> bool:
    size, name = member.file_size, member.filename.lower()
    if size > RATIO_FROM and size > MAX_RATIO * max(member.compress_size, 1):
        return True
    if not name.endswith((".xml", ".rels")) or "worksheets/" in name:
        return False
    return size > (MAX_STRINGS if "sharedstrings" in name else MAX_PART)


def _first_table(book: Any, known: Known) -> Sheet:
    """The first visible sheet with a header; the others are named, so that nobody thinks they were read."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        claimed = sheet.max_row or 0
        rows = filled(_rows(sheet))
        header = find_header(rows, known=known)
        if header:
            number, headings, below = header
            others = tuple(other.title for other in sheets if other is not sheet)
            table = bounded(chain(below, rows))
            return Sheet(number, headings, table, sheet.title, others, expected=_likely(claimed, number))
    raise no_header()


def _likely(claimed: int, header_row: int) -> int:
    return max(0, min(claimed - header_row, MAX_ROWS))


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says about its own size is often wrong
    try:
        with sheet._get_source() as part:
            merges = Merges(merges_of(part))
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_WALKED:
                raise _endless()
            values = tuple(map(_value, cells))
            yield number, merges.marked(number, values) if merges else values
    except Refused:
        raise
    except UNREADABLE as error:
        raise _unreadable() from error


def _value(cell: Any) -> object:
    value = cell.value
    if value is None:
        return None
    kind = cell.data_type
    if kind == "f":
        return Formula(value)
    return ErrorValue(value) if kind == "e" else value


def _endless() -> Refused:
    return refused(
        "roster.endless",
        _("The sheet goes on for more than 250,000 rows, most of them empty."),
        _("Delete the empty rows below the table, save the file and upload it again."),
    )


def _unreadable() -> Refused:
    return refused(
        "roster.unreadable",
        _("This .xlsx file is damaged or was not written by a spreadsheet program."),
        _("Open it in your spreadsheet program, save it again as .xlsx and upload that."),
    )
