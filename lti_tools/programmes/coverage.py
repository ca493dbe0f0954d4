"""How far a programme has come, counted for the part of it that an officer may see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied
from lti_tools.people.api import Actor, Affiliation, areas_of, may
from lti_tools.programmes.models import Batch, Enrolment, Programme

ACTION = "programme.see"


@dataclass(frozen=True)
class TierCount:
    """How many of those who owe the training were placed in a tier."""

    tier: str
    label: Any
    people: int


@dataclass(frozen=True)
class Coverage:
    """Counts only people who owe the training (`due`); deferred and exempt are stated beside them."""

    due: int
    deferred: int
    exempt: int
    tiers: tuple[TierCount, ...]

    @property
    def placed(self) -> int:
        return sum(count.people for count in self.tiers)

    @property
    def not_placed(self) -> int:
        return self.due - self.placed


def programmes_in_sight(actor: Actor) -> QuerySet[Programme]:
    """Programmes of the actor's areas and of areas above, in which only the own people are seen."""
    codes = {code for area in areas_of(actor, ACTION) for code in area.path.strip("/").split("/")}
    return Programme.objects.filter(area__code__in=codes).select_related("area").order_by("-opened_at")


def programme_for(actor: Actor, programme_id: uuid.UUID) -> Programme:
    """Refuses with `Denied` what is not in sight, whether it exists or not."""
    found = programmes_in_sight(actor).filter(id=programme_id).first()
    if found is None:
        raise Denied(ACTION)
    return found


def part_of(actor: Actor, programme: Programme) -> QuerySet[Enrolment]:
    """The people of the programme whom the actor may see, by name, with their present affiliation.

    Whoever is responsible for the whole area of the programme also sees people who have left it since.
    """
    present = Affiliation.objects.filter(until__isnull=True).select_related("school")
    rows = Enrolment.objects.filter(programme=programme).select_related("person")
    if not may(actor, ACTION, area=programme.area):
        rows = rows.filter(_works_in(areas_of(actor, ACTION)))
    return rows.order_by("person__name", "person__staff_no").prefetch_related(
        Prefetch("person__affiliations", queryset=present, to_attr="present")
    )


def _works_in(areas: QuerySet[Any]) -> Q:
    working = Affiliation.objects.filter(until__isnull=True, school__area__in=areas)
    return Q(person__in=working.values("person_id"))


def coverage(enrolments: QuerySet[Enrolment], programme: Programme) -> Coverage:
    by_participation = _counts(enrolments, "participation")
    due = enrolments.filter(participation=Enrolment.Participation.DUE)
    by_tier = _counts(due.exclude(tier=""), "tier")
    return Coverage(
        due=by_participation.get(Enrolment.Participation.DUE, 0),
        deferred=by_participation.get(Enrolment.Participation.DEFERRED, 0),
        exempt=by_participation.get(Enrolment.Participation.EXEMPT, 0),
        tiers=_tiers(by_tier, programme),
    )


@dataclass(frozen=True)
class BatchCount:
    """How far one batch has come; without `batch`, those who are in none. Deferred and exempt are not in `due`."""

    batch: Batch | None
    due: int
    placed: int
    deferred: int
    exempt: int


def batch_counts(enrolments: QuerySet[Enrolment], programme: Programme) -> tuple[BatchCount, ...]:
    """One line a batch in the order of their days, batches without anybody included; none without batches."""
    batches: list[Batch | None] = list(programme.batches.order_by("starts", "title"))
    if not batches:
        return ()
    kinds = Enrolment.Participation
    counted = {
        key: Count("id", filter=Q(participation=kind))
        for key, kind in (("due", kinds.DUE), ("deferred", kinds.DEFERRED), ("exempt", kinds.EXEMPT))
    }
    placed = Count("id", filter=Q(participation=kinds.DUE) & ~Q(tier=""))
    rows = enrolments.order_by().values("batch_id").annotate(placed=placed, **counted)
    found = {row.pop("batch_id"): row for row in rows}
    nobody = {"due": 0, "placed": 0, "deferred": 0, "exempt": 0}
    shown = [*batches, None] if None in found else batches
    return tuple(BatchCount(batch, **found.get(batch.id if batch else None, nobody)) for batch in shown)


def _counts(rows: QuerySet[Enrolment], column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("id")))


def _tiers(found: Mapping[str, int], programme: Programme) -> tuple[TierCount, ...]:
    """In the order of the policy, tiers without anybody included."""
    policy = definitions.by_hash(programme.tier_policy_hash)
    return tuple(TierCount(tier.id, tier.label, found.get(tier.id, 0)) for tier in policy.tiers)
