"""Placements that turn out to be another person's: which they are, and how they go over."""

from __future__ import annotations

import uuid
from typing import Any

from lti_tools.programmes.models import Enrolment, PlacementEntry, Programme


def enrolment_in(programme: Programme, person_id: uuid.UUID) -> Enrolment | None:
    rows = Enrolment.objects.filter(programme=programme, person_id=person_id)
    return rows.select_related("programme__area", "person").first()


def placements_through(identity_id: uuid.UUID, *, enrolment: Enrolment) -> list[PlacementEntry]:
    """What the diagnosis through one LMS account led to, oldest first."""
    return list(enrolment.placements.filter(identity_id=identity_id).order_by("at"))


def placed_through(identity_id: uuid.UUID) -> set[uuid.UUID]:
    """Ids of the people with a diagnosis that came through this LMS account."""
    rows = PlacementEntry.objects.filter(identity_id=identity_id)
    return set(rows.values_list("enrolment__person_id", flat=True))


def take_placement(entry: PlacementEntry, *, to: Enrolment, placed: Any) -> None:
    """The answers and the skill they showed go over as they are; tier, age band and reasons are those of `to`
    (`placed`), because age is part of them. The caller settles both enrolments afterwards.
    """
    PlacementEntry.objects.filter(id=entry.id).update(
        enrolment=to,
        tier=placed.tier,
        age_band=placed.age_band,
        reasons=[reason.stored() for reason in placed.reasons],
    )


def settle(enrolment: Enrolment) -> None:
    """Present tier, skill and age band are those of the newest placement that is left; without one, none."""
    newest = enrolment.placements.order_by("-at").first()
    enrolment.tier = newest.tier if newest else ""
    enrolment.skill = newest.skill if newest else ""
    enrolment.age_band = newest.age_band if newest else ""
    enrolment.save(update_fields=["tier", "skill", "age_band"])
