"""What every reader of rosters yields: a header and numbered rows of raw cells, bounded in number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.rosters import columns

MAX_ROWS = 10_000
MAX_COLUMNS = 120
HEADER_WITHIN = 20
HEADINGS_NEEDED = 3
NOTHING_CHANGED = _("Nothing was taken over. The people already in the system are unchanged.")

Row = tuple[int, tuple[object, ...]]


class Formula(str):
    """A cell that computes its value; we do not trust the value a spreadsheet last kept."""


class ErrorValue(str):
    """A cell that shows #N/A, #REF! or the like."""


@dataclass(frozen=True)
class Sheet:
    """`header` holds the headings as written; `rows` yields (row number, cells) without blank rows."""

    header_row: int
    header: tuple[str, ...]
    rows: Iterator[Row]
    name: str = ""
    others: tuple[str, ...] = ()


def refused(code: str, message: object, todo: object, **values: object) -> Refused:
    return Refused(code, message, kept=NOTHING_CHANGED, todo=todo, **values)


def find_header(rows: Iterator[Row]) -> tuple[int, tuple[str, ...]] | None:
    """The first row with at least three known headings; titles and remarks above it are skipped."""
    for number, cells in islice(rows, HEADER_WITHIN):
        texts = tuple(_text(cell) for cell in cells)
        if sum(columns.heading(text) is not None for text in texts) >= HEADINGS_NEEDED:
            return number, _trimmed(texts)
    return None


def _trimmed(texts: tuple[str, ...]) -> tuple[str, ...]:
    last = max(index for index, text in enumerate(texts) if text)
    return texts[: last + 1]


def no_header() -> Refused:
    return refused(
        "roster.no_header",
        _("No row with column headings was found among the first 20 rows."),
        _(
            "The headings 姓名 (name), 教师编号 (staff number) and 学校标识码 (school code) must stand "
            "in one row. The sample sheet has them all."
        ),
    )


def filled(rows: Iterable[Row]) -> Iterator[Row]:
    """Leaves out blank rows; the others keep their numbers."""
    return ((number, cells) for number, cells in rows if any(_text(cell) for cell in cells))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def bounded(rows: Iterable[Row]) -> Iterator[Row]:
    """Refuses more rows below the header than we take at once."""
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise refused(
                "roster.too_many_rows",
                _("The sheet has more than 10,000 rows."),
                _("Please split it by school or county and import the parts one after the other."),
            )
        yield row
