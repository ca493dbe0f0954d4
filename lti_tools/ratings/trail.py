"""How a lesson came to its decision, for the trail of a result: when, by how many, and never by whom."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from lti_tools.ratings.models import Case, Decision


@dataclass(frozen=True)
class ReadingTrail:
    """`ordinal` is 1, 2 or 3 and leads to nobody."""

    id: uuid.UUID
    ordinal: int
    committed_at: datetime | None


@dataclass(frozen=True)
class CaseTrail:
    id: uuid.UUID
    blind_code: str
    opened_at: datetime
    decided_at: datetime | None
    readings: tuple[ReadingTrail, ...]


def trail_of(lesson_id: object) -> list[CaseTrail]:
    """The cases of a lesson, oldest first. Callers have asked `audit.see` for the person whose lesson it is."""
    cases = Case.objects.filter(lesson_id=lesson_id).prefetch_related("readings").order_by("opened_at")
    decided = dict(Decision.objects.filter(case__in=cases).values_list("case_id", "decided_at"))
    return [_trail(case, decided.get(case.id)) for case in cases]


def _trail(case: Case, decided_at: datetime | None) -> CaseTrail:
    readings = sorted(case.readings.all(), key=lambda reading: reading.ordinal)
    return CaseTrail(
        id=case.id,
        blind_code=case.blind_code,
        opened_at=case.opened_at,
        decided_at=decided_at,
        readings=tuple(ReadingTrail(row.id, row.ordinal, row.committed_at) for row in readings),
    )
