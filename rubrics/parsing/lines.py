"""Where in a TOML text a value stands, so that a refusal can name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A way to a value: table names and keys, and the position (from 0) inside an array of tables.
Trail = tuple[str | int, ...]

_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")
_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*"|'[^']*'|#.*""")
# Quotes, brackets, commas, digits and equals signs of a Chinese keyboard, which look like those of TOML.
_WIDE = re.compile("[\u2018\u2019\u201c\u201d\u3001-\u3011\uff01-\uff5e]")

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_.-]+))\s*=""")


def line_of(text: str, trail: Trail) -> int | None:
    """The line (from 1) of the value, or of the innermost table around it; None when no part is found.

    Reads headers and key lines only; a table written inline is found by the line of its key.
    """
    best, best_line = 0, None
    for line, found in _places(text):
        shared = _shared(found, trail)
        if shared > best and shared == len(found):
            best, best_line = shared, line
    return best_line


def _shared(one: Trail, other: Trail) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _places(text: str) -> Iterator[tuple[int, Trail]]:
    counts: dict[Trail, int] = {}
    current: Trail = ()
    for line, content in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(content):
            current = _enter(header[2], array=header[1] == "[[", counts=counts)
            yield line, current
        elif key := _KEY.match(content):
            quoted = key[1] or key[2]
            yield line, (*current, *([quoted] if quoted else key[3].split(".")))


def _enter(name: str, *, array: bool, counts: dict[Trail, int]) -> Trail:
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    trail: Trail = ()
    for part in parts[:-1]:
        trail = (*trail, part)
        if trail in counts:
            trail = (*trail, counts[trail])
    trail = (*trail, parts[-1])
    if not array:
        return trail
    counts[trail] = counts.get(trail, -1) + 1
    return (*trail, counts[trail])


def wide_sign(text: str, problem: str) -> str:
    """The first full-width sign outside quotes and remarks in the line that ``problem`` names, with its place; empty
    where there is none. It is the likeliest mistake of somebody who writes Chinese, and hard to see."""
    found = _AT_LINE.search(problem)
    if not found:
        return ""
    number = int(found[1])
    line = text.split("\n")[number - 1]
    sign = _WIDE.search(_QUOTED.sub(lambda quoted: " " * len(quoted[0]), line))
    return f"full-width {sign[0]} (at line {number}, column {sign.start() + 1})" if sign else ""
