"""An uploaded file becomes a sheet, or is refused: wrong kind, too big, swollen, unreadable.

Limits are generous for a county and small for an attacker; each refusal says what was found and what to do.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from lti_tools.rosters import csv_sheet, xlsx_sheet
from lti_tools.rosters.sheet import Sheet, refused

MAX_BYTES = 10 * 1024 * 1024
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook with a password


def content_of(file: BinaryIO) -> bytes:
    """The bytes, never more than the limit."""
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise refused("roster.empty_file", _("The file is empty."), _("Please choose the file again."))
    if len(content) > MAX_BYTES:
        raise refused(
            "roster.too_big",
            _("The file is larger than 10 MB."),
            _(
                "A roster of a whole county is far smaller. Remove pictures and other sheets, or split "
                "the file."
            ),
        )
    return content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, *, file_name: str) -> Sheet:
    """Reads XLSX or CSV; what the bytes are decides, the name only has to fit.

    Refuses with `Refused`: wrong kind, zip bomb, unreadable, unknown encoding, no header.
    """
    if PurePath(file_name).suffix.lower() not in {".xlsx", ".csv"} or content.startswith(OLD_EXCEL):
        raise refused(
            "roster.kind",
            _("Only .xlsx and .csv files without a password can be read."),
            _(
                "Open the file in your spreadsheet program and save it as “Excel workbook (.xlsx)” "
                "without a password."
            ),
        )
    reader = xlsx_sheet if content.startswith(b"PK") else csv_sheet
    return reader.read(content)
