"""SQLite keeps two megabytes of a database in memory; a hundred thousand rows entered into a dozen indexes push
every page out and in again many times over, while nobody else can write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WIDE_KIB = 64 * 1024


@contextmanager
def wide_page_cache() -> Iterator[None]:
    """Inside, SQLite may keep 64 MiB in memory on this connection; other databases are left alone."""
    if connection.vendor != "sqlite":
        yield
        return
    before = _set(-WIDE_KIB)
    try:
        yield
    finally:
        _set(before)


def _set(size: int) -> int:
    """Pages, or KiB below zero; returns what held before."""
    with connection.cursor() as cursor:
        before = int(cursor.execute("PRAGMA cache_size").fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = {size:d}")
    return before
