"""Rosters and summaries as XLSX and CSV: what is text stays text, and no cell is lost or comes alive.

Text that starts like a formula would run on the officer's machine; long numbers kept as numbers lose their
last digits. Neither can happen here, and the written file is counted again before it gets its name.
"""

from __future__ import annotations

import csv
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from .codec import plain
from .errors import ReportError
from .wording import translations

Cell = str | int | bool | Decimal | date | None
Columns = Sequence[tuple[str, str]]
_NARROWEST, _WIDEST = 6, 40
_LONGEST_NUMBER = 10**15  # a spreadsheet keeps fifteen digits and zeroes the rest
_HEADER_ROW = 1  # the title stands above it
_PAGE_LINE_LIMIT = 255  # Excel drops a longer page footer without a word
# Full-width signs too: East Asian spreadsheets read them as the half-width ones.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_xlsx(
    columns: Columns,
    rows: Iterable[Mapping[str, Cell]],
    *,
    sheet: str,
    path: Path,
    title: str,
    footer: str = "",
    lang: str = "zh-Hans",
) -> int:
    """Write one sheet to `path` and return the number of rows read back.

    Landscape A4, header repeated on every page, page x of y, the signing line and `footer` at the foot.
    Numbers stay numbers, everything else is text. Refuses floats, rows with other keys, numbers too long for
    a spreadsheet, and a file that lost a cell.
    """
    _check_labels(columns, sheet=sheet)
    table = [_row(columns, row) for row in rows]
    draft = path.with_name(path.name + ".part")
    page_line = _page_line(footer, lang=lang)
    _write_draft(columns, table, sheet=sheet, draft=draft, title=title, page_line=page_line)
    _check_count(draft, expected=_filled(table) + len(columns) + 1)
    draft.replace(path)
    return len(table)


def write_csv(columns: Columns, rows: Iterable[Mapping[str, Cell]], *, path: Path) -> int:
    """UTF-8 with the mark Excel needs; text that starts like a formula gets an apostrophe before it."""
    draft = path.with_name(path.name + ".part")
    count = 0
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_defused(label) for _, label in columns])
        for row in rows:
            writer.writerow([_csv_text(cell) for cell in _row(columns, row)])
            count += 1
    draft.replace(path)
    return count


def _check_labels(columns: Columns, *, sheet: str) -> None:
    if not columns or len({key for key, _ in columns}) != len(columns):
        raise ReportError("table.columns_repeated")
    if not 0 < len(sheet) <= 31 or set(sheet) & set("[]:*?/\\"):
        raise ReportError("table.sheet_name")


def _row(columns: Columns, row: Mapping[str, Cell]) -> list[Cell]:
    if unknown := row.keys() - {key for key, _ in columns}:
        raise ReportError("table.key_unknown", key=sorted(unknown)[0])
    try:
        return [_checked(row[key], key=key) for key, _ in columns]
    except KeyError as missing:
        raise ReportError("table.key_missing", key=str(missing.args[0])) from None


def _checked(cell: Cell, *, key: str) -> Cell:
    if isinstance(cell, (datetime, bool, float)) or not isinstance(
        cell, (str, int, Decimal, date, type(None))
    ):
        raise ReportError("table.type_unknown", key=key)
    if isinstance(cell, int) and abs(cell) >= _LONGEST_NUMBER:
        raise ReportError("table.number_too_long", key=key)
    return cell.isoformat() if isinstance(cell, date) else cell


def _write_draft(
    columns: Columns, table: list[list[Cell]], *, sheet: str, draft: Path, title: str, page_line: str
) -> None:
    import pandas as pd

    labels = [label for _, label in columns]
    # Objects, or pandas would make floats of whole numbers beside a gap. No constant_memory:
    # pandas writes by column, and then all cells but the last column's are silently lost.
    frame = pd.DataFrame([[_excel(cell) for cell in row] for row in table], columns=labels, dtype=object)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(draft, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        frame.to_excel(writer, sheet_name=sheet, index=False, startrow=_HEADER_ROW)
        _dress(writer, labels, table, sheet=sheet, title=title, page_line=page_line)


def _dress(
    writer: Any, labels: list[str], table: list[list[Cell]], *, sheet: str, title: str, page_line: str
) -> None:
    book, page = writer.book, writer.sheets[sheet]
    heading = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    for number, label in enumerate(labels):
        cells = [row[number] for row in table]
        page.set_column(number, number, _width(label, cells), _column_format(book, cells))
        page.write_string(_HEADER_ROW, number, label, head)
    if len(labels) > 1:
        page.merge_range(0, 0, 0, len(labels) - 1, "", heading)
    page.write_string(0, 0, title, heading)
    page.set_row(0, 30)
    _set_page(page, page_line=page_line)


def _column_format(book: Any, cells: list[Cell]) -> Any:
    """Text cells carry Excel's text format, so that editing one later does not turn an id into a number."""
    numeric = any(isinstance(cell, (int, Decimal)) for cell in cells)
    return book.add_format(
        {"valign": "top"} if numeric else {"num_format": "@", "valign": "top", "text_wrap": True}
    )


def _set_page(page: Any, *, page_line: str) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, _HEADER_ROW)
    page.freeze_panes(_HEADER_ROW + 1, 0)
    page.set_footer(page_line)


def _page_line(footer: str, *, lang: str) -> str:
    """Who signs and page x of y; below it `footer`. An ampersand is doubled, or Excel reads a command."""
    words = translations(lang)
    signing = "　　　　　　　　".join(
        words.gettext(text) for text in ("Prepared by", "Checked by", "School seal", "Date")
    )
    pages = words.gettext("Page {page} of {pages}").format(page="&P", pages="&N")
    line = f"&L{signing}　　　　　　　　&R{pages}"
    if footer:
        line = line.replace("&R", f"\n&8 {footer.replace('&', '&&')}&R")
    if len(line) > _PAGE_LINE_LIMIT:
        raise ReportError("table.footer_too_long", limit=_PAGE_LINE_LIMIT)
    return line


def _width(label: str, cells: Iterable[Cell]) -> int:
    """In characters of the default font; a Chinese character is two wide."""
    widest = max([_columns_wide(label), *(_columns_wide(_csv_text(cell)) for cell in cells)])
    return max(_NARROWEST, min(_WIDEST, widest + 2))


def _columns_wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _excel(cell: Cell) -> str | int | float | None:
    if isinstance(cell, Decimal):
        return float(cell)  # XLSX knows no other number; hours and scores survive it
    return None if cell == "" else cell  # type: ignore[return-value]


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return plain(cell)
    return "" if cell is None else _defused(cell) if isinstance(cell, str) else str(cell)


def _defused(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_LIVE) else text


def _filled(table: list[list[Cell]]) -> int:
    return sum(cell is not None and cell != "" for row in table for cell in row)


def _check_count(draft: Path, *, expected: int) -> None:
    """Count the values in the file itself, not in what was meant to be written."""
    found = sum(chunk.count(b"<v>") for chunk in _sheet_lines(draft))
    if found != expected:
        draft.unlink()
        raise ReportError("table.cells_lost", expected=expected, found=found)


def _sheet_lines(draft: Path) -> Iterator[bytes]:
    """The sheet's XML split at cell ends, so that no tag straddles two pieces."""
    with zipfile.ZipFile(draft) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
        rest = b""
        while block := sheet.read(1 << 20):
            whole, found, rest = (rest + block).rpartition(b">")
            yield whole + found
        yield rest
