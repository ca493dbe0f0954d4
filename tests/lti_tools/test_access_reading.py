"""A page that is read stays a read: no GET of anybody writes to the database, their session excepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from one_of_each import OneOfEach
from test_access import CAST, TABLE
from test_access_answers import _another_window, asked

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# The counters of rate limits lie in the cache, which is a table here; sessions are kept as long as they are used.
NOT_OURS = ('"django_session"', '"shijie_cache"')
# Addresses whose GET writes, each with the reason. What is exported is on the trail before it leaves the house.
RECORDS: dict[str, str] = {
    "report-file": "an export",
    "roster-export": "an export",
    "roster-errors": "an export",
    "school-list-file": "an export",
    "lti-jwks": "whoever asks first finds the first key made",
}


def writes(asked_for: CaptureQueriesContext) -> list[str]:
    found = [str(query["sql"]) for query in asked_for]
    return [
        sql[:120]
        for sql in found
        if sql.lstrip("( ").upper().startswith(WRITES) and not any(table in sql for table in NOT_OURS)
    ]


@pytest.mark.parametrize("who", CAST)
def test_no_page_that_is_read_writes(
    each: OneOfEach, browse_as: Callable[[str], Any], who: str, settings: Any, tmp_path: Path
) -> None:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    client, wrote = browse_as(who), {}
    for name, row in TABLE.items():
        if "GET" not in row.methods or name in RECORDS:
            continue
        with CaptureQueriesContext(connection) as queries:
            asked(_another_window(client), "GET", row.address(name, row.thing(each) if row.thing else None))
        if found := writes(queries):
            wrote[name] = found
    assert wrote == {}


def test_the_exceptions_are_addresses() -> None:
    assert set(RECORDS) <= set(TABLE)
