"""The sample sheet: every column as text, so that no ID number becomes 1.1E+17; a second sheet explains."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from lti_tools.rosters.columns import columns

ROWS_AS_TEXT = 500


def sample_sheet(*, language: str) -> bytes:
    """An empty XLSX roster in the reader's language; what is filled in can be uploaded as it is."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Roster")
    kept = [column for column in columns() if column.kept]
    for place, column in enumerate(kept, start=1):
        heading = sheet.cell(row=1, column=place, value=column.text(language))
        heading.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 22 if column.key == "id_number" else 14
        for row in range(2, ROWS_AS_TEXT + 2):
            sheet.cell(row=row, column=place).number_format = "@"
    sheet.freeze_panes = "A2"
    _explain(book, language)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _explain(book: Workbook, language: str) -> None:
    sheet = book.create_sheet(_("Explanations"))
    sheet.column_dimensions["A"].width = 16
    sheet.column_dimensions["C"].width = 90
    sheet.append([_("Heading"), _("Must be filled in"), _("What to write")])
    for column in columns():
        if column.kept:
            required = _("yes") if column.required else ""
            sheet.append([column.text(language), required, column.help(language)])
