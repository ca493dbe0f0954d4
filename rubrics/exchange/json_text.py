"""JSON as exactly as it was written: numbers are Decimals with their own digits, no key stands twice.

RFC 8259: section 4 leaves doubled names and section 6 leaves NaN and huge numbers to the reader; here they are refused,
because two readers would understand two different rubrics.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rubrics.errors import ExchangeError
from rubrics.exchange.texts import checked, is_sane, shown, written

Json = None | bool | str | Decimal | Sequence["Json"] | Mapping[str, "Json"]

#: Deepest nesting accepted; a CFRubric in a CFPackage needs seven.
DEEPEST = 40

# An unfinished string runs to the end, so that no text makes the search start over and over.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def load(text: str, *, source: str) -> Json:
    """The value in this text. Refuses what is not JSON, too deep, doubled, or a number nobody wrote on purpose."""
    _check_depth(text, source=source)
    reader = _Reader(source, text)
    try:
        value: Json = json.loads(
            text,
            parse_int=reader.number,
            parse_float=reader.number,
            parse_constant=reader.number,
            object_pairs_hook=reader.pairs,
        )
    except json.JSONDecodeError as error:
        raise ExchangeError(
            "exchange.syntax",
            source=source,
            where=f"line {error.lineno}, column {error.colno}",
            expected="JSON",
            found=error.msg,
        ) from error
    _check_characters(value, source=source, where="$")
    return value


def _check_depth(text: str, *, source: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            raise ExchangeError(
                "exchange.too_deep",
                source=source,
                where=f"character {token.start() + 1}",
                expected=f"at most {DEEPEST} levels",
                found="more",
            )


@dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    text: str

    def number(self, digits: str) -> Decimal:
        try:
            number = Decimal(digits)
        except InvalidOperation:
            number = Decimal("NaN")
        if not is_sane(number):
            raise ExchangeError(
                "exchange.wrong_value",
                source=self.source,
                where=f"line {self.text.count(chr(10), 0, self.text.find(digits)) + 1}",
                expected="a number of ordinary size",
                found=shown(digits),
            )
        return number

    def pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in pairs:
            if key in found:
                raise ExchangeError(
                    "exchange.duplicate",
                    source=self.source,
                    where="an object",
                    expected="each key once",
                    found=shown(key),
                )
            found[key] = value
        return found


def _check_characters(value: Json, *, source: str, where: str) -> None:
    """An escape such as ``\\u0000`` or half a surrogate pair is found only after reading."""
    if isinstance(value, str):
        checked(value, source=source, where=where)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            checked(key, source=source, where=f"a key of {where}")
            _check_characters(inner, source=source, where=f"{where}.{key}")
    elif isinstance(value, Sequence):
        for at, inner in enumerate(value):
            _check_characters(inner, source=source, where=f"{where}[{at}]")


def dump(value: Json) -> str:
    """JSON text, two blanks for each level, keys in the order given, a line feed at the end."""
    return _dump(value, indent="") + "\n"


def _dump(value: Json, *, indent: str) -> str:
    if isinstance(value, Decimal):
        return written(value)
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + "  "
    if isinstance(value, Mapping):
        parts = [f"{_dump(key, indent='')}: {_dump(one, indent=inner)}" for key, one in value.items()]
        return _wrapped("{}", parts, indent=indent)
    return _wrapped("[]", [_dump(one, indent=inner) for one in value], indent=indent)


def _wrapped(brackets: str, parts: list[str], *, indent: str) -> str:
    if not parts:
        return brackets
    lines = ",\n".join(f"{indent}  {part}" for part in parts)
    return f"{brackets[0]}\n{lines}\n{indent}{brackets[1]}"


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON object and the way to it (``$.CFRubricCriteria[0]``), for refusals that name the place."""

    source: str
    where: str
    data: Mapping[str, Json]

    def refusal(self, code: str, *, key: str, expected: str, found: object) -> ExchangeError:
        where = f"{self.where}.{key}" if key else self.where
        return ExchangeError(code, source=self.source, where=where, expected=expected, found=shown(found))

    def text(self, key: str) -> str | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, str):
            raise self.refusal("exchange.wrong_type", key=key, expected="text", found=value)
        return value

    def required(self, key: str) -> str:
        """A text that is there and not blank."""
        value = self.text(key)
        if value is None or not value.strip():
            raise self.refusal("exchange.missing", key=key, expected="text, not empty", found=value)
        return value

    def number(self, key: str) -> Decimal | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, Decimal):
            raise self.refusal("exchange.wrong_type", key=key, expected="a number", found=value)
        return value

    def whole(self, key: str) -> int | None:
        """A whole number, written as one: 5, not 5.0."""
        value = self.number(key)
        if value is not None and value.as_tuple().exponent != 0:
            raise self.refusal("exchange.wrong_type", key=key, expected="a whole number", found=value)
        return None if value is None else int(value)

    def object(self, key: str) -> Mapping[str, Json] | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, Mapping):
            raise self.refusal("exchange.wrong_type", key=key, expected="an object", found=value)
        return value

    def nodes(self, key: str) -> tuple[Node, ...]:
        """The objects of an array; none where the key is absent."""
        values = self.data.get(key)
        if values is None:
            return ()
        if not isinstance(values, list):
            raise self.refusal("exchange.wrong_type", key=key, expected="a list of objects", found=values)
        return tuple(self._node(key, at, value) for at, value in enumerate(values))

    def _node(self, key: str, at: int, value: Json) -> Node:
        if not isinstance(value, Mapping):
            raise self.refusal("exchange.wrong_type", key=f"{key}[{at}]", expected="an object", found=value)
        return Node(self.source, f"{self.where}.{key}[{at}]", value)

    def rest(self, known: frozenset[str]) -> dict[str, Json]:
        """What nobody here knows, and every key that is there but null: kept for the way back."""
        return {key: value for key, value in self.data.items() if key not in known or value is None}


def root(value: Json, *, source: str) -> Node:
    if not isinstance(value, Mapping):
        raise ExchangeError(
            "exchange.wrong_type", source=source, where="$", expected="an object", found=shown(value)
        )
    return Node(source, "$", value)
