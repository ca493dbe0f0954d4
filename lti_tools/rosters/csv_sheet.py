"""CSV as bureaus send it: UTF-8 with or without a mark, GB18030 from Excel, UTF-16 from "Unicode text"."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from lti_tools.rosters.sheet import (
    MAX_COLUMNS,
    Row,
    Sheet,
    bounded,
    filled,
    find_header,
    no_header,
    refused,
)

DELIMITERS = ",\t;"


def read(content: bytes) -> Sheet:
    text = decoded(content)
    rows = filled(_rows(text))
    header = find_header(rows)
    if header is None:
        raise no_header()
    return Sheet(header_row=header[0], header=header[1], rows=bounded(rows))


def decoded(content: bytes) -> str:
    """A byte order mark decides; else strict UTF-8, which GB18030 text hardly ever is; else GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strict(content, (encoding,))
    return _strict(content, ("utf-8", "gb18030"))


def _strict(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise refused(
        "roster.encoding",
        _("The text of this CSV file cannot be read: it is neither UTF-8 nor GB18030."),
        _("Please save it again as “CSV UTF-8”, or send the .xlsx file instead."),
    )


def _rows(text: str) -> Iterator[Row]:
    """Numbered as a spreadsheet shows them: a line break inside a cell does not count as a row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, tuple(cells[:MAX_COLUMNS])
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


def _delimiter(text: str) -> str:
    lines = text.split("\n", 20)[:20]
    return max(DELIMITERS, key=lambda mark: max(line.count(mark) for line in lines))
