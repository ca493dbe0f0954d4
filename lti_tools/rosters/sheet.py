"""What every reader of lists yields: a header and numbered rows of raw cells, bounded in number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.rosters import columns

MAX_ROWS = 200_000
MAX_COLUMNS = 120
HEADER_WITHIN = 20
HEADINGS_NEEDED = 3
NOTHING_CHANGED = _("Nothing was taken over. The people already in the system are unchanged.")

Row = tuple[int, tuple[object, ...]]
# Says of a heading whether it is one of the list's own.
Known = Callable[[str], bool]


class Formula(str):
    """A cell that computes its value; we do not trust the value a spreadsheet last kept."""


class ErrorValue(str):
    """A cell that shows #N/A, #REF! or the like."""


class Merged(str):
    """An empty cell inside a merged range: its value stands in the first cell of the range, which this names."""


@dataclass(frozen=True)
class Sheet:
    """`header` holds the headings as written; `rows` yields (row number, cells) without blank rows.

    The rows can be walked once, while the file they come from is open. `expected` is how many the file claims to
    have, 0 when it says nothing.
    """

    header_row: int
    header: tuple[str, ...]
    rows: Iterator[Row]
    name: str = ""
    others: tuple[str, ...] = ()
    expected: int = 0


def refused(code: str, message: object, todo: object, **values: object) -> Refused:
    return Refused(code, message, kept=NOTHING_CHANGED, todo=todo, **values)


def roster_heading(text: str) -> bool:
    return columns.heading(text) is not None


def find_header(rows: Iterator[Row], *, known: Known) -> tuple[int, tuple[str, ...], list[Row]] | None:
    """The first row with at least three known headings, else the one with most of them and three cells.

    Titles and remarks above it are skipped. The third value holds the rows below it that were walked already.
    """
    seen: list[Row] = []
    for number, cells in islice(rows, HEADER_WITHIN):
        if _known_in(cells, known) >= HEADINGS_NEEDED:
            return number, _headings(cells), []
        seen.append((number, cells))
    place = max(range(len(seen)), key=lambda at: _known_in(seen[at][1], known), default=None)
    if place is None or not _could_be_header(seen[place][1], known):
        return None
    number, cells = seen[place]
    return number, _headings(cells), seen[place + 1 :]


def _could_be_header(cells: tuple[object, ...], known: Known) -> bool:
    texts = [text for text in map(_text, cells) if text]
    return _known_in(cells, known) > 0 and len(set(texts)) >= HEADINGS_NEEDED


def _known_in(cells: tuple[object, ...], known: Known) -> int:
    return sum(known(text) for text in map(_text, cells) if text)


def _headings(cells: tuple[object, ...]) -> tuple[str, ...]:
    texts = tuple(_text(cell) for cell in cells)
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
    return ((number, cells) for number, cells in rows if any(map(_says, cells)))


def _says(cell: object) -> bool:
    return cell is not None and cell != "" and _text(cell) != ""


def _text(cell: object) -> str:
    return "" if cell is None or isinstance(cell, Merged) else str(cell).strip()


def bounded(rows: Iterable[Row]) -> Iterator[Row]:
    """Refuses more rows below the header than we take at once."""
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise refused(
                "roster.too_many_rows",
                _("The sheet has more than 200,000 rows."),
                _("Please split it by county and import the parts one after the other."),
            )
        yield row
