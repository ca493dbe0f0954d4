"""JSON in and out of the services: decimal numbers, times with a zone, pages with a quoted Link header."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import urlencode

from .errors import bad_request

MAX_BODY = 64 * 1024
PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
MAX_PAGE = 1_000_000
PLACES = Decimal("0.000001")
MAX_NUMBER = Decimal(10) ** 9

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


def read_object(body: bytes, *, content_type: str, allowed: Sequence[str]) -> dict[str, Any]:
    """The JSON object of a body; numbers with a point arrive as Decimal. Refuses NaN and doubled names."""
    if content_type.partition(";")[0].strip().lower() not in (*allowed, "application/json"):
        raise bad_request(f"Content-Type must be {allowed[0]}", status=415)
    if len(body) > MAX_BODY:
        raise bad_request("the body is too large", status=413)
    try:
        found = json.loads(
            body, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_doubles
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise bad_request("the body is not valid JSON") from error
    if not isinstance(found, dict):
        raise bad_request("the body must be a JSON object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled name")
    return found


def text(data: Mapping[str, Any], name: str, *, limit: int, required: bool = False) -> str:
    value = data.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > limit or not storable(value):
        raise bad_request(f"{name} must be a text of at most {limit} characters")
    if required and not value.strip():
        raise bad_request(f"{name} must not be empty")
    return value


def storable(value: str) -> bool:
    """Databases refuse NUL, and UTF-8 cannot carry half a surrogate pair."""
    return "\x00" not in value and value.encode("utf-8", "replace").decode() == value


def number(data: Mapping[str, Any], name: str) -> Decimal | None:
    """Kept to six decimal places; text, booleans and numbers from a milliard up are refused."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise bad_request(f"{name} must be a number")
    exact = Decimal(value)
    if not exact.is_finite() or not 0 <= exact < MAX_NUMBER:
        raise bad_request(f"{name} is out of range")
    return exact.quantize(PLACES)


def time(data: Mapping[str, Any], name: str, *, sub_second: bool = False) -> datetime | None:
    """An ISO 8601 instant with its zone; digits beyond microseconds are cut off."""
    value = data.get(name)
    if value is None:
        return None
    match = _TIME.fullmatch(value) if isinstance(value, str) and value.isascii() else None
    if match is None or (sub_second and not match[1]):
        need = "time zone and fraction of a second" if sub_second else "time zone"
        raise bad_request(f"{name} must be an ISO 8601 time with {need}")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad_request(f"{name} is not a possible time") from error


def plain(value: Decimal) -> int | float:
    """A Decimal as the shortest JSON number: 5 stays 5, 82.5 stays 82.5."""
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, kw_only=True)
class Page:
    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        """One past the page's last row; ask for one more row to learn whether a next page exists."""
        return self.start + self.size


def page(query: Mapping[str, str]) -> Page:
    return Page(
        number=_count(query, "page", default=1, most=MAX_PAGE),
        size=min(_count(query, "limit", default=PAGE_SIZE, most=MAX_PAGE), MAX_PAGE_SIZE),
    )


def _count(query: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    value = query.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and len(value) <= 7 and 1 <= int(value) <= most):
        raise bad_request(f"{name} must be a whole number from 1")
    return int(value)


def next_link(url: str, *, query: Mapping[str, str], page: Page, more: bool) -> dict[str, str]:
    """RFC 8288, with straight quotes around the relation type."""
    if not more:
        return {}
    values = {**query, "page": str(page.number + 1), "limit": str(page.size)}
    return {"Link": f'<{url}?{urlencode(values)}>; rel="next"'}
