"""A service on a throwaway SQLite file, for benches that need its tables; prints one JSON line a result."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def service() -> Iterator[Path]:
    """Django set up on a migrated database of its own; the folder with everything in it is removed at the end."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="shijie-bench-") as data:
        os.environ.update(
            SHIJIE_DATA_DIR=data,
            SHIJIE_BASE_URL="http://127.0.0.1:8000",
            SHIJIE_SECRET_KEY="bench-only-" + "s" * 40,
            SHIJIE_MASTER_KEYS="1:" + "m" * 40,
            SHIJIE_ID_KEYS="1:" + "i" * 40,
            SHIJIE_LOG_LEVEL="ERROR",
            DJANGO_SETTINGS_MODULE="lti_tools.config.settings",
        )
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        yield Path(data)
        connection.close()


def rate(name: str, work: Callable[[int], int], *, rounds: int = 5) -> float:
    """Rows a second, the median of some rounds; `work` gets the round's number and returns its rows."""
    found = []
    for number in range(rounds):
        since = time.perf_counter()
        rows = work(number)
        found.append(rows / (time.perf_counter() - since))
    middle = statistics.median(found)
    say(way=name, rows_per_s=round(middle), spread=[round(min(found)), round(max(found))])
    return middle


def say(**facts: object) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)
