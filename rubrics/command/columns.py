"""Text for a terminal of a given width, where a Chinese character takes two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

# A line neither begins with the first nor ends with the second.
_CLOSING = frozenset("，。、；：？！）》」』】〕”’…%)],.;:?!")
_OPENING = frozenset("（《「『【〔“‘([")
_GAP = 2
_TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_NARROWEST = 8


def clean(text: str) -> str:
    """Without what could steer a terminal or turn the reading order: each such sign becomes a visible one."""
    return "".join("\ufffd" if _steers(character) else character for character in text)


def _steers(character: str) -> bool:
    control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    return control or unicodedata.bidirectional(character) in _TURNING


def columns(text: str) -> int:
    """How many columns the text takes; marks that combine with the letter before take none."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if _wide(character) else 1


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns, at least one; what fits nowhere is cut rather than lost."""
    lines = [""]
    for piece in _pieces(text, max(width, 2)):
        if columns(lines[-1]) + columns(piece.rstrip()) > max(width, 2) and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _pieces(text: str, width: int) -> Iterator[str]:
    """What stays on one line: a word with the blank after it, or a Chinese character with its punctuation."""
    piece = ""
    for character in clean(" ".join(text.split())):
        if piece and (_may_part(piece[-1], character) or columns(piece + character) > width):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_part(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    if after == " " or after in _CLOSING or before in _OPENING:
        return False
    return _wide(before) or _wide(after)


def hang(head: str, text: str, width: int) -> list[str]:
    """``head`` and the text beside it, its further lines below its first."""
    head = clean(head)
    return beside([head], wrap(text, width - columns(head)), columns(head))


def beside(left: Sequence[str], right: Sequence[str], at: int) -> list[str]:
    """Two blocks in one, the right one from column ``at`` on."""
    rows = range(max(len(left), len(right)))
    return [(pad(_line(left, row), at) + _line(right, row)).rstrip() for row in rows]


def _line(block: Sequence[str], row: int) -> str:
    return block[row] if row < len(block) else ""


def table(rows: Sequence[Sequence[str]], width: int, *, head: Sequence[str] = ()) -> list[str]:
    """Columns side by side, cells wrapped; one cell below the other where the terminal is too narrow."""
    every = [head, *rows] if head else list(rows)
    if not rows:
        return []
    widths = _fitted([max(columns(cell) for cell in column) for column in zip(*every, strict=True)], width)
    if not widths:
        return _stacked(rows, width, head=head)
    lines = [line for row in every for line in _row(row, widths)]
    if head:
        lines.insert(len(_row(head, widths)), (" " * _GAP).join("-" * one for one in widths))
    return lines


def _fitted(widths: list[int], width: int) -> list[int]:
    """The widest columns give way first; empty when that would leave one too narrow to read."""
    widths = list(widths)
    while sum(widths) + _GAP * (len(widths) - 1) > width:
        widest = max(widths)
        if widest <= _NARROWEST:
            return []
        widths[widths.index(widest)] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    lines: list[str] = []
    at = 0
    for cell, width in zip(cells, widths, strict=True):
        lines = beside(lines, wrap(cell, width), at)
        at += width + _GAP
    return lines


def _stacked(rows: Sequence[Sequence[str]], width: int, *, head: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        for at, cell in enumerate(row):
            if cell:
                name = f"{head[at]}: " if head else ""
                lines += [("  " if at else "") + line for line in wrap(name + cell, width - 2)]
    return lines
