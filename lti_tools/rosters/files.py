"""An uploaded file lies on disk until its import is decided; opened, it becomes a sheet or is refused.

Limits are generous for a province and small for an attacker; each refusal says what was found and what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.rosters import csv_sheet, xlsx_sheet
from lti_tools.rosters.sheet import NOTHING_CHANGED, Known, Sheet, refused

MIB = 1024 * 1024
MAX_BYTES = 64 * MIB
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook with a password
KINDS = (".xlsx", ".csv")


def measured(file: BinaryIO) -> str:
    """The digest (SHA-256) of a file that is neither empty nor too large; reads no further than the limit."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(MIB):
        digest.update(block)
        size += len(block)
        if size > MAX_BYTES:
            raise too_big()
    if not size:
        raise refused("roster.empty_file", _("The file is empty."), _("Please choose the file again."))
    return digest.hexdigest()


def too_big() -> Refused:
    return Refused(
        "roster.too_big",
        _("The file is larger than 64 MB, so it was not read."),
        kept=NOTHING_CHANGED,
        todo=_(
            "A roster of a whole prefecture is far smaller. Remove pictures and other sheets, or split the file."
        ),
        status=413,
    )


def require_kind(file: BinaryIO, *, file_name: str) -> None:
    """Refuses what is neither XLSX nor CSV by its bytes or by its name, and a swollen archive."""
    file.seek(0)
    start = file.read(4)
    if PurePath(file_name).suffix.lower() not in KINDS or start == OLD_EXCEL:
        raise refused(
            "roster.kind",
            _("Only .xlsx and .csv files without a password can be read."),
            _(
                "Open the file in your spreadsheet program and save it as “Excel workbook (.xlsx)” "
                "without a password."
            ),
        )


def keep(file: Any, *, name: str) -> str:
    """Stores the file under a name that says nothing about anybody; returns the name it got."""
    file.seek(0)
    return str(default_storage.save(name, File(file)))


def forget(stored: str) -> None:
    if stored:
        default_storage.delete(stored)


@contextmanager
def opened(stored: str, *, file_name: str, known: Known) -> Iterator[Sheet]:
    """The table of a stored file, while it is open."""
    with default_storage.open(stored, "rb") as file:
        yield read(file, file_name=file_name, known=known)


def read(file: Any, *, file_name: str, known: Known) -> Sheet:
    """Reads XLSX or CSV; what the bytes are decides, the name only has to fit. The file must stay open.

    `known` says of a heading whether it is one of the list's own: the header is found by it. Refuses with
    `Refused`: wrong kind, zip bomb, unreadable, unknown encoding, no header.
    """
    require_kind(file, file_name=file_name)
    file.seek(0)
    packed = file.read(2) == b"PK"
    file.seek(0)
    return (xlsx_sheet if packed else csv_sheet).read(file, known=known)
