"""XLSX, read as a stream. The archive is weighed before anything in it is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lti_tools.errors import Refused
from lti_tools.rosters.sheet import (
    MAX_COLUMNS,
    ErrorValue,
    Formula,
    Row,
    Sheet,
    bounded,
    filled,
    find_header,
    no_header,
    refused,
)

MAX_UNPACKED = 60 * 1024 * 1024
MAX_MEMBERS = 1_000
MAX_RATIO = 200  # sheets of real rosters pack 5 to 30 times; a bomb packs a thousand
RATIO_FROM = 8 * 1024 * 1024
MAX_WALKED = 60_000
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


def read(content: bytes) -> Sheet:
    try:
        weigh(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return _first_table(book)
    except Refused:
        raise
    except UNREADABLE as error:
        raise _unreadable() from error


def weigh(content: bytes) -> None:
    """Refuses an archive whose members would unpack to far more than a roster can be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    whole = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or whole > MAX_UNPACKED or any(_swollen(member) for member in members):
        raise refused(
            "roster.bomb",
            _("This file unpacks to far more than a roster can hold, so it was not opened."),
            _("Copy the rows into the sample sheet, save it as .xlsx and upload that."),
            unpacked=whole,
        )


def _swollen(member: zipfile.ZipInfo) -> bool:
    return member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1)


def _first_table(book: Any) -> Sheet:
    """The first visible sheet with a header; the others are named, so that nobody thinks they were read."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        rows = filled(_rows(sheet))
        header = find_header(rows)
        if header:
            others = tuple(other.title for other in sheets if other is not sheet)
            return Sheet(
                header_row=header[0], header=header[1], rows=bounded(rows), name=sheet.title, others=others
            )
    raise no_header()


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says about its own size is often wrong
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_WALKED:
                raise _endless()
            yield number, tuple(_value(cell) for cell in cells)
    except Refused:
        raise
    except UNREADABLE as error:
        raise _unreadable() from error


def _value(cell: Any) -> object:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return Formula(cell.value)
    if cell.data_type == "e":
        return ErrorValue(cell.value)
    return cell.value


def _endless() -> Refused:
    return refused(
        "roster.endless",
        _("The sheet goes on for more than 60,000 rows, most of them empty."),
        _("Delete the empty rows below the table, save the file and upload it again."),
    )


def _unreadable() -> Refused:
    return refused(
        "roster.unreadable",
        _("This .xlsx file is damaged or was not written by a spreadsheet program."),
        _("Open it in your spreadsheet program, save it again as .xlsx and upload that."),
    )
