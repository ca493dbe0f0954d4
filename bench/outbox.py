"""`python bench/outbox.py [rows]`: rows put and worked a second, against a plain INSERT and UPDATE loop.

Both on the same SQLite file in the same run, a transaction a row as in life. The peer does what a queue table
cannot do less of: one INSERT for a row that is put, one SELECT and one UPDATE for a row that is worked. The outbox
adds the check for a row known before, the line it supersedes, the wake-up, the lease and the mark.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))

from support.service import rate, say, service

PAYLOAD = {"target": "5174b720-e76c-4857-8eb8-eb79aa749e1e", "score": {"userId": "u-1", "scoreGiven": 80.0}}
TABLE = (
    "CREATE TABLE plain (id INTEGER PRIMARY KEY, kind TEXT, key TEXT, payload TEXT, done INTEGER DEFAULT 0)"
)


def main(rows: int) -> None:
    from django.db import connection, transaction

    from lti_tools.outbox import api as outbox

    def plain_put(turn: int) -> int:
        for number in range(rows):
            with transaction.atomic(), connection.cursor() as cursor:
                values = ["bench", f"{turn}-{number}", json.dumps(PAYLOAD)]
                cursor.execute("INSERT INTO plain (kind, key, payload) VALUES (%s, %s, %s)", values)
        return rows

    def plain_work(turn: int) -> int:
        worked = 0
        with connection.cursor() as cursor:
            while worked < rows:
                cursor.execute("SELECT id, payload FROM plain WHERE done = 0 ORDER BY id LIMIT 1")
                cursor.execute("UPDATE plain SET done = 1 WHERE id = %s", [cursor.fetchone()[0]])
                worked += 1
        return worked

    def put(turn: int) -> int:
        for number in range(rows):
            with transaction.atomic():
                outbox.put("bench", key=f"{turn}-{number}", payload=PAYLOAD)
        return rows

    def put_with_wake_up(turn: int) -> int:
        for number in range(rows):
            with transaction.atomic():
                outbox.put("idle", key=f"{turn}-{number}", payload=PAYLOAD)
        return rows

    def work(turn: int) -> int:
        return outbox.work({"bench": lambda row: None}, limit=rows)

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("CREATE INDEX plain_due ON plain (done, id)")
    peer_put = rate("plain INSERT", plain_put)
    peer_work = rate("plain SELECT and UPDATE", plain_work)
    with patch.object(outbox, "_wake"):
        ours_put = rate("outbox.put", put)
        ours_work = rate("outbox.work", work)
    woken = rate("outbox.put with its wake-up through the folder", put_with_wake_up)
    say(
        put_vs_plain_insert=round(peer_put / ours_put, 2),
        put_with_wake_up_vs_plain_insert=round(peer_put / woken, 2),
        work_vs_plain_select_and_update=round(peer_work / ours_work, 2),
        unit="times the peer's time a row",
    )


if __name__ == "__main__":
    with service():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
