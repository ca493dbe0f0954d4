"""`python bench/ledger.py [rows]`: entries appended and proved a second, against plain rows of the same columns.

Both on the same SQLite file in the same run, a transaction an entry. The peers write and read the same model rows
without chain, salt, digests and key: what an ordinary table of results would cost.
"""

from __future__ import annotations

import sys
import uuid
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from support.service import rate, say, service

JUDGED = SimpleNamespace(key="basic-operation", version=1, hash="a" * 64)
VALUE = {"lesson": str(uuid.uuid4()), "title": "二十以内的加法", "total": "80", "band": "pass"}


def enrolment() -> Any:
    from lti_tools.people.api import Affiliation, Area, Person, School
    from lti_tools.programmes.api import Enrolment, Programme

    area = Area.objects.create(code="990101", level="county", name="青石县")
    school = School.objects.create(area=area, code="9900000001", name="石桥小学", location="village")
    person = Person.objects.create(name="欧阳春兰")
    Affiliation.objects.create(person=person, school=school, since=date(2020, 1, 1))
    dates = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "reference_date": date(2026, 8, 31)}
    programme = Programme.objects.create(area=area, title="2026", **dates)
    return Enrolment.objects.create(programme=programme, person=person)


def main(rows: int) -> None:
    from django.db import connection, models, transaction
    from django.utils import timezone

    from lti_tools.audit import api as audit
    from lti_tools.results import api as results

    class PlainResult(models.Model):
        at = models.DateTimeField()
        kind = models.CharField(max_length=12)
        enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT)
        school_name = models.CharField(max_length=120)
        definition_hash = models.CharField(max_length=64)
        value = models.JSONField()

        class Meta:
            app_label = "shijie"

    with connection.schema_editor() as editor:
        editor.create_model(PlainResult)
    of = enrolment()

    def plain(turn: int) -> int:
        for _ in range(rows):
            with transaction.atomic():
                PlainResult.objects.create(
                    at=timezone.now(),
                    kind="lesson",
                    enrolment=of,
                    school_name="石桥小学",
                    definition_hash=JUDGED.hash,
                    value=VALUE,
                )
        return rows

    def append(turn: int) -> int:
        for number in range(rows):
            with transaction.atomic():
                results.record("lesson", enrolment=of, definition=JUDGED, value=VALUE, key=f"{turn}-{number}")
        return rows

    def event(turn: int) -> int:
        for _ in range(rows):
            audit.record("bench", actor="p1", subject="p2", detail={"n": 1})
        return rows

    def read(turn: int) -> int:
        return sum(1 for row in PlainResult.objects.order_by("id").iterator(chunk_size=2000) if row.value)

    def prove(turn: int) -> int:
        assert results.verify() is None
        return rows * 5

    peer = rate("plain INSERT through the model", plain)
    ledger = rate("results.record", append)
    trail = rate("audit.record", event)
    reading = rate("plain SELECT through the model", read)
    proof = rate("results.verify", prove)
    say(
        record_vs_plain_insert=round(peer / ledger, 2),
        event_vs_plain_insert=round(peer / trail, 2),
        verify_vs_plain_select=round(reading / proof, 2),
        unit="times the peer's time a row",
    )


if __name__ == "__main__":
    with service():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
