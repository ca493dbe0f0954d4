"""A small writer of TOML 1.0: key lines, tables and arrays of tables, in the order given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rubrics.exchange.texts import written

Value = str | bool | int | Decimal | Sequence[str] | Mapping[str, "Value"]

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}

# Besides control characters: what str.splitlines takes for the end of a line, or line numbers in refusals would shift.
_ALSO_ESCAPED = "\x7f\x85\u2028\u2029"


def table(header: str, *parts: Mapping[str, Value]) -> str:
    """A header line such as ``[[criteria]]`` (none if empty) and its key lines, with an empty line before."""
    lines = [f"{key} = {_value(value)}" for values in parts for key, value in values.items()]
    return "\n".join(["", header, *lines] if header else lines) + "\n"


def string(text: str) -> str:
    """A basic string on one line (TOML 1.0, String): quotes, backslashes and control characters escaped."""
    return '"' + "".join(_escaped(text)) + '"'


def _escaped(text: str) -> Iterator[str]:
    for character in text:
        if character in _ESCAPES:
            yield _ESCAPES[character]
        elif character < " " or character in _ALSO_ESCAPED:
            yield f"\\u{ord(character):04X}"
        else:
            yield character


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int | Decimal):
        return written(Decimal(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return "[" + ", ".join(string(one) for one in value) + "]"
