"""Reads the QR code of a printed slip, as a telephone's camera would: from the modules alone, not from our database.

Versions 1 to 6 (ISO/IEC 18004) in byte mode, drawn without damage: nothing is corrected.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote

Grid = list[list[bool]]
QUIET = 4
# The two bits of the level in the drawn symbol -> its name.
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
# Level -> for each version the lengths of the blocks' data.
BLOCKS = {
    "L": ((19,), (34,), (55,), (80,), (108,), (68, 68)),
    "M": ((16,), (28,), (44,), (32, 32), (43, 43), (27,) * 4),
    "Q": ((13,), (22,), (17, 17), (24, 24), (15, 15, 16, 16), (19,) * 4),
    "H": ((9,), (16,), (13, 13), (9,) * 4, (11, 11, 12, 12), (15,) * 4),
}
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
FORMAT_MASK = 0b10101


def text_of(address: str) -> str:
    """What the code in a `data:image/svg+xml` address says. Raises ValueError for what is no such code."""
    grid = _grid(_drawing(address))
    version = (len(grid) - 17) // 4
    if not 1 <= version <= len(BLOCKS["M"]):
        raise ValueError(f"a QR code of {len(grid)} modules is not read here")
    level, mask = _format(grid)
    stream = _data(_words(grid, version, MASKS[mask]), BLOCKS[level][version - 1])
    bits = "".join(f"{word:08b}" for word in stream)
    if bits[:4] != "0100":
        raise ValueError("only byte mode is read here")
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode("utf-8")


def _drawing(address: str) -> str:
    head, _comma, body = address.partition(",")
    return base64.b64decode(body).decode() if head.endswith(";base64") else unquote(body)


def _grid(svg: str) -> Grid:
    """The dark modules: strokes one module high, each beginning where the one before ended."""
    drawn = re.search(r"\bd=['\"]([^'\"]+)", svg)
    if not drawn:
        raise ValueError("there is no drawing in this picture")
    x = y = 0.0
    dark: set[tuple[int, int]] = set()
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]+)", drawn[1]):
        found = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if letter == "h":
            dark |= {(int(y), int(x) + step) for step in range(int(found[0]))}
            x += found[0]
        else:
            x, y = (found[0], found[1]) if letter == "M" else (x + found[0], y + found[1])
    size = max(place for _row, place in dark) + 1 - QUIET
    return [[(row + QUIET, place + QUIET) in dark for place in range(size)] for row in range(size)]


def _format(grid: Grid) -> tuple[str, int]:
    """Level and mask, from the five bits beside the upper left finder."""
    read = int("".join("01"[grid[8][place]] for place in range(5)), 2) ^ FORMAT_MASK
    return LEVELS[read >> 3], read & 0b111


def _words(grid: Grid, version: int, mask: object) -> list[int]:
    size = len(grid)
    bits = [
        grid[y][x] ^ mask(y, x)  # type: ignore[operator]
        for y, x in _way(size)
        if not _is_function(y, x, size, version)
    ]
    return [
        int("".join("01"[bit] for bit in bits[start : start + 8]), 2)
        for start in range(0, len(bits) - len(bits) % 8, 8)
    ]


def _way(size: int) -> Iterator[tuple[int, int]]:
    """Two columns at a time from the right, up and down by turns, around the timing column."""
    up = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for y in range(size - 1, -1, -1) if up else range(size):
            yield from ((y, right), (y, right - 1))
        up = not up


def _is_function(y: int, x: int, size: int, version: int) -> bool:
    """Finders with their format bits, timing lines, and from version 2 on one alignment pattern."""
    finder = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    alignment = version > 1 and abs(y - (size - 7)) <= 2 and abs(x - (size - 7)) <= 2
    return finder or alignment or y == 6 or x == 6


def _data(words: list[int], lengths: tuple[int, ...]) -> list[int]:
    """The data of the blocks one after the other; they are drawn word by word in turn."""
    blocks: list[list[int]] = [[] for _length in lengths]
    drawn = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(drawn))
    return [word for block in blocks for word in block]
