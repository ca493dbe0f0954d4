"""The programmes door: who owes what, under which policy, placed in which tier and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.people.api import Actor, Area, Person, areas_of, present_affiliation, require
from lti_tools.programmes.answers import Kept, hold, kept_answers, kept_through
from lti_tools.programmes.carrying import (
    Left,
    already_there,
    carried_on,
    enrol_carried,
    everybody,
    find_programme,
    follow,
    left,
    newly_enrolled,
    successors_for,
    unfinished,
)
from lti_tools.programmes.coverage import (
    BatchCount,
    Coverage,
    batch_counts,
    coverage,
    part_of,
    programme_for,
    programmes_in_sight,
)
from lti_tools.programmes.lists import check_list, current_of, list_checks, on_list
from lti_tools.programmes.models import (
    Batch,
    CarryOver,
    Enrolment,
    ListCheck,
    ParticipationEntry,
    PlacementEntry,
    Programme,
)
from lti_tools.programmes.moving import (
    enrolment_in,
    placed_through,
    placements_through,
    settle,
    take_placement,
)
from lti_tools.programmes.participation import (
    REASONS,
    decide,
    end_leaves,
    entry_for,
    history,
    may_propose,
    participation_from_roster,
    proposals_for,
    propose,
)
from lti_tools.programmes.personal import enrolment_held, enrolments_of_person, erase_person
from lti_tools.programmes.terms import (
    Year,
    batch_for,
    batches_of,
    change_batch,
    close,
    open_batch,
    require_open,
    set_batch,
    year_begin,
    years_of,
)
from rubrics import awards, hours, tiers
from rubrics.errors import PlacementError

__all__ = [
    "REASONS",
    "Batch",
    "BatchCount",
    "CarryOver",
    "Coverage",
    "Enrolment",
    "Kept",
    "Left",
    "ListCheck",
    "ParticipationEntry",
    "Programme",
    "Year",
    "already_there",
    "attempts_allowed",
    "award_rules",
    "batch_counts",
    "batch_for",
    "batches_of",
    "carried_on",
    "change_batch",
    "check_list",
    "close",
    "coverage",
    "current_enrolment",
    "current_of",
    "decide",
    "diagnosis_bank",
    "end_leaves",
    "enrol",
    "enrol_carried",
    "enrolment_held",
    "enrolment_in",
    "enrolments_of",
    "enrolments_of_person",
    "entry_for",
    "erase_person",
    "everybody",
    "find_enrolment",
    "find_programme",
    "follow",
    "history",
    "hold",
    "hours_rules",
    "kept_answers",
    "kept_through",
    "latest_placement",
    "left",
    "list_checks",
    "may_propose",
    "newly_enrolled",
    "on_list",
    "open_batch",
    "open_programme",
    "part_of",
    "participation_from_roster",
    "place",
    "placed_through",
    "placement",
    "placements_through",
    "policy",
    "programme_for",
    "programmes_covering",
    "programmes_for",
    "programmes_in_sight",
    "proposals_for",
    "propose",
    "recording_minutes",
    "require_open",
    "retake",
    "set_batch",
    "settle",
    "successors_for",
    "take_placement",
    "task_ids",
    "unfinished",
    "year_begin",
    "years_of",
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
    hours_key: str = "hours-rules-default",
    bank_key: str = "diagnosis-entry",
    shortest_minutes: int | None = None,
    year_begins: str = "01-01",
) -> Programme:
    """Opens a programme on the newest published definitions; from then on it holds them by hash.

    Refuses a title the area has used already, also when two open it at the same moment.
    """
    month, day = year_begin(year_begins)
    try:
        with transaction.atomic():
            return Programme.objects.create(
                area=area,
                title=title,
                starts=starts,
                ends=ends,
                reference_date=reference_date,
                opened_by=opened_by,
                tier_policy_hash=definitions.get("tier_policy", policy_key).hash,
                award_rules_hash=definitions.get("award_rules", rules_key).hash,
                hours_rules_hash=definitions.get("hours_rules", hours_key).hash,
                diagnosis_hash=definitions.get("diagnosis_bank", bank_key).hash,
                shortest_minutes=shortest_minutes,
                year_begins=f"{month:02}-{day:02}",
            )
    except IntegrityError as problem:
        raise Refused(
            "programme.title_taken",
            _("There is a programme of this name in this area already."),
            kept=_("Nothing was opened, and what you typed is kept."),
            todo=_("Choose another name, for example with the year in it."),
            status=409,
        ) from problem


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


def retake(programme: Programme, rubric: Any) -> Any:
    """How often a lesson by this rubric may be handed in, and whether to new raters (rubrics.model.Retake)."""
    return awards.retake_of(award_rules(programme), rubric)


def attempts_allowed(enrolment: Enrolment, rubric: Any) -> int:
    """How many recordings by this rubric the tier allows: so many for each lesson it asks for."""
    tier = policy(enrolment.programme).tier(enrolment.tier)
    return awards.allowed(retake(enrolment.programme, rubric), tier, rubric=rubric.key)


def hours_rules(programme: Programme) -> Any:
    """How the programme's hours count; one opened on award rules that still carry their own goes on by those."""
    return hours.rules_of(definitions.by_hash(programme.hours_rules_hash), award_rules(programme))


def diagnosis_bank(programme: Programme) -> Any:
    return definitions.by_hash(programme.diagnosis_hash)


def enrol(programme: Programme, people: Iterable[Person]) -> int:
    """Enrols everybody not yet enrolled; returns how many are new. What they passed elsewhere stays there."""
    return len(newly_enrolled(programme, people))


def current_enrolment(person: Person) -> Enrolment | None:
    """The person's enrolment among the programmes running today: one that is open before one that was closed, the
    one it was carried on to before the one it came from, then the programme opened last.
    """
    today = timezone.localdate()
    rows = Enrolment.objects.filter(person=person, programme__starts__lte=today, programme__ends__gte=today)
    carried = Exists(Enrolment.objects.filter(carried_from=OuterRef("pk")))
    return (
        rows.select_related("programme__area", "person")
        .annotate(carried=carried)
        .order_by(F("programme__closed_at").asc(nulls_first=True), "carried", "-programme__opened_at")
        .first()
    )


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


def place(
    enrolment: Enrolment,
    *,
    skill: str,
    diagnosis: Mapping[str, object],
    identity_id: uuid.UUID | None = None,
) -> Any:
    """Places a person after a diagnosis and keeps the placement with its reasons; returns the placement.

    `identity_id` names the LMS account through which the questions were answered, where there was one. Refuses a
    month of birth that cannot be: without an age there is no tier.
    """
    try:
        placed = placement(enrolment, skill=skill)
    except PlacementError as problem:
        raise _birth_month_wrong() from problem
    PlacementEntry.objects.create(
        enrolment=enrolment,
        tier=placed.tier,
        skill=placed.skill,
        age_band=placed.age_band,
        reasons=[reason.stored() for reason in placed.reasons],
        diagnosis=dict(diagnosis),
        identity_id=identity_id,
    )
    enrolment.tier, enrolment.skill, enrolment.age_band = placed.tier, placed.skill, placed.age_band
    enrolment.save(update_fields=["tier", "skill", "age_band"])
    return placed


def _birth_month_wrong() -> Refused:
    return Refused(
        "diagnosis.birth_month_impossible",
        _(
            "Your tier also depends on your age, and the month of birth on the list we were given cannot be right."
        ),
        kept=_("Your answers stay in this browser."),
        todo=_("Ask your school office to correct it on the list, then send your answers again."),
        status=409,
    )


def latest_placement(enrolment: Enrolment) -> PlacementEntry | None:
    return enrolment.placements.order_by("-at").first()
