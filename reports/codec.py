"""Frozen dataclasses to canonical JSON and back, without loss and without guessing.

Canonical means: keys sorted, no spaces, UTF-8, decimals as plain strings without trailing zeros, dates in
ISO 8601. Equal evidence therefore has equal bytes, whichever database or order it came from.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from .errors import EvidenceError


def plain(value: Decimal) -> str:
    """`2.50` as `2.5` and `1E+2` as `100`: one spelling for one number."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def encode(value: object) -> Any:
    """Refuses any type it does not know, floats among them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or type(value) in (str, int, bool):
        return value
    raise EvidenceError("evidence.type_unknown", type=type(value).__name__)


def canonical(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode(kind: Any, data: object, *, path: str) -> Any:
    """Build `kind` from `data`. Refuses missing and unknown fields and wrong types, naming the path."""
    if is_dataclass(kind):
        return _decode_object(kind, data, path=path)
    if get_origin(kind) in (Union, types.UnionType):
        return None if data is None else decode(_not_none(kind), data, path=path)
    if get_origin(kind) is tuple:
        items = _expect(list, data, path=path)
        return tuple(decode(get_args(kind)[0], item, path=f"{path}[{n}]") for n, item in enumerate(items))
    return _decode_scalar(kind, data, path=path)


def _decode_object(kind: Any, data: object, *, path: str) -> Any:
    given: Mapping[str, object] = _expect(dict, data, path=path)
    hints = _hints(kind)
    for name in sorted(given.keys() - hints.keys()):
        raise EvidenceError("evidence.field_unknown", field=f"{path}.{name}")
    for name in sorted(hints.keys() - given.keys()):
        raise EvidenceError("evidence.field_missing", field=f"{path}.{name}")
    return kind(**{name: decode(hint, given[name], path=f"{path}.{name}") for name, hint in hints.items()})


def _decode_scalar(kind: Any, data: object, *, path: str) -> Any:
    if kind in (str, int, bool):
        return _expect(kind, data, path=path)
    text = _expect(str, data, path=path)
    try:
        return Decimal(text) if kind is Decimal else kind.fromisoformat(text)
    except (ValueError, InvalidOperation):
        raise EvidenceError("evidence.value_unreadable", field=path) from None


def _expect(kind: Any, data: object, *, path: str) -> Any:
    if type(data) is not kind:
        raise EvidenceError("evidence.type_wrong", field=path, expected=kind.__name__)
    return data


def _not_none(kind: Any) -> Any:
    (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
    return inner


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
