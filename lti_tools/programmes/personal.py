"""Programmes, placements and leaves of one person, and how they are taken away. Callers have asked `require`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lti_tools.programmes.models import Enrolment, ParticipationEntry, PlacementEntry


def enrolments_of_person(person_id: object) -> list[Enrolment]:
    """Every programme the person is or was in, the newest first."""
    rows = Enrolment.objects.filter(person_id=person_id).select_related("programme__area", "person")
    return list(rows.order_by("-enrolled_at"))


def enrolment_held(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "programme": enrolment.programme.title,
        "area": enrolment.programme.area.name,
        "starts": enrolment.programme.starts.isoformat(),
        "ends": enrolment.programme.ends.isoformat(),
        "participation": enrolment.participation,
        "tier": enrolment.tier,
        "skill": enrolment.skill,
        "age_band": enrolment.age_band,
        "placements": [_placement(row) for row in enrolment.placements.order_by("at")],
        "leaves": [_leave(row) for row in enrolment.participations.order_by("proposed_at")],
    }


def _placement(row: PlacementEntry) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "tier": row.tier,
        "skill": row.skill,
        "age_band": row.age_band,
        "reasons": row.reasons,
        "diagnosis": row.diagnosis,
    }


def _leave(row: ParticipationEntry) -> dict[str, Any]:
    return {
        "participation": row.participation,
        "reason": row.reason,
        "note": row.note,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else "",
        "state": row.state,
    }


@transaction.atomic
def erase_person(person_id: object) -> None:
    """Tier, age band, answers and notes go; that somebody was enrolled stays, about nobody."""
    nothing = {"tier": "", "skill": "", "age_band": ""}
    Enrolment.objects.filter(person_id=person_id).update(**nothing)
    PlacementEntry.objects.filter(enrolment__person_id=person_id).update(
        **nothing, reasons=[], diagnosis={}, identity=None
    )
    ParticipationEntry.objects.filter(enrolment__person_id=person_id).update(note="", reason="", answer="")
