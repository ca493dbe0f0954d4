"""The programmes door: who owes what, under which policy, placed in which tier and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lti_tools.definitions import api as definitions
from lti_tools.people.api import Actor, Area, Person, areas_of, present_affiliation, require
from lti_tools.programmes.coverage import Coverage, coverage, part_of, programme_for, programmes_in_sight
from lti_tools.programmes.models import Enrolment, PlacementEntry, Programme
from rubrics import tiers

__all__ = [
    "Coverage",
    "Enrolment",
    "Programme",
    "award_rules",
    "coverage",
    "current_enrolment",
    "diagnosis_bank",
    "enrol",
    "enrolments_of",
    "find_enrolment",
    "latest_placement",
    "open_programme",
    "part_of",
    "place",
    "placement",
    "policy",
    "programme_for",
    "programmes_covering",
    "programmes_for",
    "programmes_in_sight",
    "recording_minutes",
    "task_ids",
]


def open_programme(
    area: Area,
    *,
    title: str,
    starts: date,
    ends: date,
    reference_date: date,
    opened_by: Person | None,
    policy_key: str = "tier-policy-default",
    rules_key: str = "award-rules-default",
    bank_key: str = "diagnosis-entry",
    shortest_minutes: int | None = None,
) -> Programme:
    """Opens a programme on the newest published definitions; from then on it holds them by hash."""
    return Programme.objects.create(
        area=area,
        title=title,
        starts=starts,
        ends=ends,
        reference_date=reference_date,
        opened_by=opened_by,
        tier_policy_hash=definitions.get("tier_policy", policy_key).hash,
        award_rules_hash=definitions.get("award_rules", rules_key).hash,
        diagnosis_hash=definitions.get("diagnosis_bank", bank_key).hash,
        shortest_minutes=shortest_minutes,
    )


def recording_minutes(programme: Programme, rubric: Any, *, stage: str) -> tuple[int, int]:
    """Least and most minutes a recording may last at a school stage: the rubric's, unless the programme asks less."""
    least, most = rubric.video.minutes[stage]
    shortest = programme.shortest_minutes
    return (least if shortest is None else min(shortest, most)), most


def policy(programme: Programme) -> Any:
    return definitions.by_hash(programme.tier_policy_hash)


def task_ids(enrolment: Enrolment, category: str) -> list[str]:
    """The policy's tasks of one category (diagnosis, lesson, basic, ...), in its order."""
    return [task.id for task in policy(enrolment.programme).tasks if task.category == category]


def award_rules(programme: Programme) -> Any:
    return definitions.by_hash(programme.award_rules_hash)


def diagnosis_bank(programme: Programme) -> Any:
    return definitions.by_hash(programme.diagnosis_hash)


def enrol(programme: Programme, people: Iterable[Person]) -> int:
    """Enrols everybody not yet enrolled; returns how many are new."""
    known = set(Enrolment.objects.filter(programme=programme).values_list("person_id", flat=True))
    new = [Enrolment(programme=programme, person=person) for person in people if person.id not in known]
    Enrolment.objects.bulk_create(new, batch_size=500)
    return len(new)


def current_enrolment(person: Person) -> Enrolment | None:
    """The person's enrolment in the programme opened last among those running today."""
    today = timezone.localdate()
    rows = Enrolment.objects.filter(person=person, programme__starts__lte=today, programme__ends__gte=today)
    return rows.select_related("programme__area", "person").order_by("-programme__opened_at").first()


def find_enrolment(enrolment_id: object) -> Enrolment:
    return Enrolment.objects.select_related("programme__area", "person").get(id=enrolment_id)


def programmes_for(actor: Actor) -> QuerySet[Programme]:
    """Programmes of the areas where the actor may see programmes, newest first."""
    areas = areas_of(actor, "programme.see")
    return Programme.objects.filter(area__in=areas).select_related("area").order_by("-opened_at")


def programmes_covering(actor: Actor) -> QuerySet[Programme]:
    """Programmes of the actor's areas and of the areas above them: a county reports on a prefecture's programme."""
    codes = {code for area in areas_of(actor, "report.run") for code in area.path.strip("/").split("/")}
    return Programme.objects.filter(area__code__in=codes).select_related("area").order_by("-opened_at")


def enrolments_of(actor: Actor, programme: Programme) -> QuerySet[Enrolment]:
    """Everybody in a programme, for those who may see it."""
    require(actor, "programme.see", area=programme.area)
    return Enrolment.objects.filter(programme=programme).select_related("person").order_by("person__name")


def placement(enrolment: Enrolment, *, skill: str, chosen: str | None = None) -> Any:
    """The placement the programme's policy gives this person for a skill level, with reasons (rubrics.tiers)."""
    year, month = (int(part) for part in enrolment.person.birth_month.split("-"))
    affiliation = present_affiliation(enrolment.person)
    school = affiliation.school if affiliation else None
    return tiers.place(
        policy(enrolment.programme),
        birth=(year, month),
        on=enrolment.programme.reference_date,
        skill=skill,
        remote=bool(school and (school.remote or school.teaching_point)),
        chosen=chosen,
    )


def place(enrolment: Enrolment, *, skill: str, diagnosis: Mapping[str, object]) -> Any:
    """Places a person after a diagnosis and keeps the placement with its reasons; returns the placement."""
    placed = placement(enrolment, skill=skill)
    PlacementEntry.objects.create(
        enrolment=enrolment,
        tier=placed.tier,
        skill=placed.skill,
        age_band=placed.age_band,
        reasons=[reason.stored() for reason in placed.reasons],
        diagnosis=dict(diagnosis),
    )
    enrolment.tier, enrolment.skill, enrolment.age_band = placed.tier, placed.skill, placed.age_band
    enrolment.save(update_fields=["tier", "skill", "age_band"])
    return placed


def latest_placement(enrolment: Enrolment) -> PlacementEntry | None:
    return enrolment.placements.order_by("-at").first()
