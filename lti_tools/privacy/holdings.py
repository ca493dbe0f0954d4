"""Everything held about one person, for that person: gathered from the room that keeps each part.

Nobody else is inside: raters are codes, whoever decided or looked appears by role and unit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.identities import api as identities
from lti_tools.lessons import api as lessons
from lti_tools.people import api as people
from lti_tools.people.api import Actor, require
from lti_tools.privacy.models import Correction
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks

FORMAT, VERSION = "shijie.own-data", 1
SIGHTS_SHOWN = 200


@dataclass(frozen=True)
class Sight:
    """Somebody looked at or exported data of a person: when, what (a code), in which roles and units."""

    at: datetime
    kind: str
    what: str
    own: bool
    roles: tuple[tuple[str, str], ...]


def holdings(actor: Actor) -> dict[str, Any]:
    """The actor's own data as plain values: every key is explained in `keys.toml`."""
    require(actor, "own_data.see", person_id=actor.person_id)
    person_id = actor.person_id
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": timezone.now().isoformat(),
        "person": people.person_held(person_id),
        "affiliations": people.affiliations_held(person_id),
        "programmes": [_programme(actor, row) for row in programmes.enrolments_of_person(person_id)],
        "certificates": [_certificate(row) for row in certificates.certificates_held(person_id)],
        "accounts": identities.accounts_held(person_id),
        "telephones": identities.telephones_held(person_id),
        "uploads": lessons.uploads_held(person_id),
        "corrections": [_correction(row) for row in Correction.objects.filter(person_id=person_id)],
        "sights": [_sight(row) for row in sights(actor)],
    }


def _programme(actor: Actor, enrolment: Any) -> dict[str, Any]:
    policy, language = programmes.policy(enrolment.programme), get_language() or "zh-hans"
    tier = policy.tier(enrolment.tier)
    return {
        **programmes.enrolment_held(enrolment),
        "tier_name": tier.label.text(language) if tier else "",
        "tasks": [_task(policy, row, language) for row in tasks.tasks_held(enrolment)],
        "lessons": [_lesson(actor, row) for row in lessons.lessons_held(enrolment)],
        "results": [_result(entry) for entry in results.of_enrolment(enrolment.id)],
    }


def _task(policy: Any, held: dict[str, Any], language: str) -> dict[str, Any]:
    task = policy.task(held["task"])
    return {**held, "task_name": task.label.text(language) if task else held["task"]}


def _lesson(actor: Actor, held: dict[str, Any]) -> dict[str, Any]:
    """With the decision once there is one, and the page on which the recording plays."""
    rating = ratings.ratings_held(actor, lessons.lesson(held["id"]))
    page = reverse("lesson-result", args=[held["id"]]) if rating else reverse("lesson")
    kept = any(recording["kept"] for recording in held["recordings"])
    return {**held, "play_at": settings.BASE_URL + page if kept else "", "rating": rating}


def _result(entry: results.Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "school": entry.school_name,
        "definition": f"{entry.definition_key} v{entry.definition_version}",
        "definition_hash": entry.definition_hash,
        "value": dict(entry.value),
        "hash": entry.hash,
    }


def _certificate(held: dict[str, Any]) -> dict[str, Any]:
    return {**held, "evidence": json.loads(held["evidence"])}


def _correction(row: Correction) -> dict[str, Any]:
    return {
        "field": row.field,
        "held": row.held,
        "wanted": row.wanted,
        "reason": row.reason,
        "state": row.state,
        "asked_at": row.asked_at.isoformat(),
        "decided_at": row.decided_at.isoformat() if row.decided_at else "",
        "answer": row.answer,
    }


def sights(actor: Actor) -> list[Sight]:
    """Who looked at, exported or changed the actor's own data, the newest first; bounded."""
    require(actor, "own_data.see", person_id=actor.person_id)
    own = actor.pseudonym
    return [_seen(event, own) for event in audit.about(own, limit=SIGHTS_SHOWN)]


def _seen(event: Any, own: str) -> Sight:
    return Sight(
        at=event.at,
        kind=event.kind,
        what=str(event.detail.get("what", "")),
        own=event.actor == own,
        roles=() if event.actor == own else _shown_roles(event),
    )


def _shown_roles(event: Any) -> tuple[tuple[str, str], ...]:
    """Without the rater's: raters see lessons and no data, and nobody learns here who else rates."""
    held = people.roles_at(event.actor, timezone.localdate(event.at))
    return tuple((role, unit) for role, unit in held if role != "rater")


def _sight(row: Sight) -> dict[str, Any]:
    by = [{"role": role, "unit": unit} for role, unit in row.roles]
    return {"at": row.at.isoformat(), "kind": row.kind, "what": row.what, "own": row.own, "by": by}
