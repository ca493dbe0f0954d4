"""CSV as bureaus send it: UTF-8 with or without a mark, GB18030 from Excel, UTF-16 from "Unicode text"."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from lti_tools.rosters.sheet import (
    MAX_COLUMNS,
    Known,
    Row,
    Sheet,
    bounded,
    filled,
    find_header,
    no_header,
    refused,
)

DELIMITERS = ",\t;"
BLOCK = 1024 * 1024
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Text that starts like a formula is written with an apostrophe before it (reports.tables); read back without.
DEFUSED = tuple(f"'{sign}" for sign in "=+-@\t\r\n＝＋－＠")


def read(file: BinaryIO, *, known: Known) -> Sheet:
    """Walks the file twice, in blocks: once for its encoding, once for its rows."""
    text = _opened(file, encoding_of(file))
    rows = filled(_rows(text, delimiter=_delimiter(text)))
    header = find_header(rows, known=known)
    if header is None:
        raise no_header()
    number, headings, below = header
    return Sheet(header_row=number, header=headings, rows=bounded(chain(below, rows)))


def encoding_of(file: BinaryIO) -> str:
    """A byte order mark decides; else strict UTF-8, which GB18030 text hardly ever is; else GB18030."""
    file.seek(0)
    start = file.read(3)
    marked = [encoding for mark, encoding in MARKS if start.startswith(mark)]
    for encoding in marked[:1] or ("utf-8", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise refused(
        "roster.encoding",
        _("The text of this CSV file cannot be read: it is neither UTF-8 nor GB18030."),
        _("Please save it again as “CSV UTF-8”, or send the .xlsx file instead."),
    )


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            if "\x00" in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _opened(file: BinaryIO, encoding: str) -> _Text:
    file.seek(0)
    return _Text(file, encoding=encoding, newline="")


class _Text(io.TextIOWrapper):
    """The file as text. Whoever opened the file closes it."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _rows(text: _Text, *, delimiter: str) -> Iterator[Row]:
    """Numbered as a spreadsheet shows them: a line break inside a cell does not count as a row."""
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, tuple(map(_plain, cells[:MAX_COLUMNS]))
    except csv.Error as error:
        raise refused(
            "roster.unreadable",
            _(
                "The CSV file breaks off inside a cell, near line %(line)s: a quotation mark is missing "
                "or too many."
            )
            % {"line": reader.line_num},
            _("Please correct that line, or send the .xlsx file instead."),
            line=reader.line_num,
        ) from error


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith(DEFUSED) else cell


def _delimiter(text: _Text) -> str:
    lines = text.read(64 * 1024).split("\n", 20)[:20]
    return max(DELIMITERS, key=lambda mark: max(line.count(mark) for line in lines))
