"""`python bench/audit.py [events]`: what the trail costs to write, and how fast it proves itself.

On SQLite, or on the database SHIJIE_DATABASE_URL names (an empty one of its own). The mix of events is that of a
term: one in ten gives a reason, one in fifty is about twenty people. Times of proving are one process on one core;
with PostgreSQL the server works on another.
"""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from support.service import rate, say, service

BATCH = 2000
COMMITS = 120


def mixed(number: int) -> Any:
    from lti_tools.audit import api as audit

    return audit.NewEvent(
        "reading.committed",
        actor=str(uuid.uuid4()),
        subject=str(uuid.uuid4()),
        reason="因产假缓训一年，学校已盖章" if number % 10 == 0 else "",
        detail={"seal": "a" * 64, "n": number},
        mentions=tuple(str(uuid.uuid4()) for _ in range(20)) if number % 50 == 0 else (),
    )


def trail(events: int) -> None:
    from django.db import connection

    from lti_tools.audit import api as audit

    rounds = 5
    batches = [[mixed(number) for number in range(BATCH)] for _ in range(max(events // BATCH // rounds, 1))]

    def batch(turn: int) -> int:
        return sum(len(audit.record_many(events)) for events in batches)

    def single(turn: int) -> int:
        for number in range(300):
            audit.record("sign-in", actor="p1", subject="p2", detail={"n": number})
        return 300

    rate(f"{connection.vendor}: audit.record_many, {BATCH} events a batch", batch, rounds=rounds)
    rate(f"{connection.vendor}: audit.record, a transaction each", single, rounds=rounds)
    total = len(batches) * BATCH * rounds + 300 * rounds

    def prove(turn: int) -> int:
        assert audit.verify() is None
        return total

    proved("audit.verify", prove, total)


def proved(name: str, prove: Callable[[int], int], total: int) -> None:
    """By the clock, and by the processor time of this process: on a machine that others use too only the second
    says what a core does.
    """
    from django.db import connection

    wall = rate(f"{connection.vendor}: {name}, {total} rows", prove)
    cores = []
    for turn in range(5):
        since = time.process_time()
        prove(turn)
        cores.append(total / (time.process_time() - since))
    middle = statistics.median(cores)
    say(way=name, rows_per_s=round(wall), rows_per_s_of_one_core=round(middle), aim=100_000)


def ledger(rows: int) -> None:
    """The other chain: two salted digests a row more."""
    from django.db import transaction
    from support.readings import enrolments

    from lti_tools.definitions import api as definitions
    from lti_tools.results import api as results

    of, judged = enrolments(1)[0], definitions.get("rubric", "basic-operation")
    value = {"lesson": str(uuid.uuid4()), "title": "二十以内的加法", "total": "80", "band": "pass"}
    with transaction.atomic():
        for number in range(rows):
            results.record("lesson", enrolment=of, definition=judged, value=value, key=f"k-{number}")

    def prove(turn: int) -> int:
        assert results.verify() is None
        return rows

    proved("results.verify", prove, rows)


def commits() -> None:
    """journey.commit_reading with the trail and without, in turn, so that a busy moment meets both alike."""
    from support.readings import readings

    from lti_tools import journey
    from lti_tools.ratings import deciding

    kept, seconds = deciding.audit, {"with": [], "without": []}

    class Silent:
        """The trail that is not there."""

        def __getattr__(self, name: str) -> Any:
            return getattr(kept, name)

        def record(self, *_args: object, **_values: object) -> None:
            return None

    for number, (actor, reading_id) in enumerate(readings(COMMITS * 2)):
        # Two readings decide a lesson: whole lessons alternate.
        way = "without" if number // 2 % 2 else "with"
        deciding.audit = Silent() if way == "without" else kept
        since = time.perf_counter()
        journey.commit_reading(actor, reading_id)
        seconds[way].append(time.perf_counter() - since)
    deciding.audit = kept
    with_it, without = (
        statistics.fmean(sorted(seconds[way])[: -COMMITS // 10]) for way in ("with", "without")
    )
    say(
        commit_reading_ms=round(with_it * 1000, 2),
        without_the_trail_ms=round(without * 1000, 2),
        share_of_the_trail=round(1 - without / with_it, 3),
        aim=0.1,
    )


def main(events: int) -> None:
    commits()
    ledger(5000)
    trail(events)


if __name__ == "__main__":
    with service():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
