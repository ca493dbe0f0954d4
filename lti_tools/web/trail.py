"""The trail of one person or one result, for those who may see it; and where the chains were signed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from lti_tools.audit import api as audit
from lti_tools.audit.api import Happened
from lti_tools.errors import Denied
from lti_tools.people.api import RoleGrant, card_of, names_of, require, roles_at
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.web import trail_words, wording
from lti_tools.web.screen import PageRequest, screen

ON_A_PAGE = 50
RESULTS_SHOWN = 50
# What raters do is shown without their names, wherever it turns up.
BLIND = ("reading.", "rating.")


@dataclass(frozen=True)
class Line:
    """One event as a row of the table: what, who, as what, why."""

    seq: int
    at: datetime
    what: str
    among: str
    who: str
    roles: tuple[str, ...]
    reason: str


class _Names:
    """Who acted and what they were that day, each looked up once."""

    def __init__(self, events: Iterable[Happened], codes: Mapping[str, str] | None = None):
        events = tuple(events)
        self._codes = codes or {}
        self._names = names_of(event.actor for event in events if not _blind(event))
        self._roles: dict[tuple[str, date], tuple[str, ...]] = {}

    def line(self, event: Happened) -> Line:
        blind = _blind(event)
        return Line(
            seq=event.seq,
            at=event.at,
            what=trail_words.sentence(event),
            among=trail_words.among(event),
            who=self._codes.get(event.subject, _("A rater")) if blind else self._name(event.actor),
            roles=() if blind else self._roles_of(event),
            reason=event.reason,
        )

    def _name(self, actor: str) -> str:
        return trail_words.system_name(actor) or self._names.get(actor) or _("Somebody who was erased")

    def _roles_of(self, event: Happened) -> tuple[str, ...]:
        key = event.actor, timezone.localdate(event.at)
        if key not in self._roles:
            self._roles[key] = tuple(
                f"{RoleGrant.Role(role).label} · {unit}" if unit else str(RoleGrant.Role(role).label)
                for role, unit in roles_at(*key)
            )
        return self._roles[key]


def _blind(event: Happened) -> bool:
    return event.kind.startswith(BLIND) or str(event.detail.get("what", "")).startswith(BLIND)


@screen("audit.see")
def person(request: PageRequest, person_id: uuid.UUID) -> HttpResponse:
    """Newest first, fifty at a time: what was done with and seen of one person's data.

    Of somebody who works nowhere now it is the bureau that had them last that sees it.
    """
    shown = card_of(request.actor, "audit.see", person_id)
    part = audit.part_about([person_id], before=_before(request), limit=ON_A_PAGE)
    names = _Names(part.events)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(person_id)], what="audit.person")
    context = {
        "name": shown.name,
        "lines": [names.line(event) for event in part.events],
        "older": part.older,
        "first": not _before(request),
        "results": [
            (entry, trail_words.ledger_sentence(entry.kind, entry.value))
            for entry in results.of_person(person_id)[:RESULTS_SHOWN]
        ],
    }
    return render(request, "shijie/trail.html", context)


def _before(request: PageRequest) -> int:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


@screen("audit.see")
def result(request: PageRequest, entry_id: uuid.UUID) -> HttpResponse:
    """One entry of the ledger: by what it was judged, when it was rated and decided, and what became of it."""
    entry = results.entry(entry_id)
    if entry is None or entry.person_id is None:
        raise Denied("audit.see")
    shown = card_of(request.actor, "audit.see", entry.person_id)
    lesson = entry.value.get("lesson") if entry.kind == "lesson" else None
    cases = ratings.trail_of(lesson) if lesson else []
    codes = {str(row.id): wording.rater(row.ordinal) for case in cases for row in case.readings}
    part = audit.part_about([entry.id, *([lesson] if lesson else []), *codes], limit=200)
    names = _Names(part.events, codes)
    audit.viewed(actor=request.actor.pseudonym, subjects=[str(entry.person_id)], what="audit.result")
    context = {
        "entry": entry,
        "title": trail_words.ledger_sentence(entry.kind, entry.value),
        "name": shown.name,
        "cases": [
            (case, [(codes[str(row.id)], row.committed_at) for row in case.readings]) for case in cases
        ],
        "followed": _followed(entry),
        "lines": [names.line(event) for event in part.events],
    }
    return render(request, "shijie/trail_result.html", context)


def _followed(entry: results.Entry) -> list[tuple[results.Entry, str]]:
    """Entries about the same thing: corrections that void it, and others about the same lesson."""
    lesson = entry.value.get("lesson")
    return [
        (other, trail_words.ledger_sentence(other.kind, other.value))
        for other in results.history_of(entry.enrolment_id)
        if other.seq != entry.seq
        and (other.value.get("voids") == entry.seq or (lesson and other.value.get("lesson") == lesson))
    ]


@screen("audit.heads")
def heads(request: PageRequest) -> HttpResponse:
    """Where the chains ended on the last days, signed, and when they were last proved."""
    require(request.actor, "audit.heads")
    newest = audit.newest_heads()
    late = not newest or newest[0].day < timezone.localdate() - timedelta(days=1)
    context = {"heads": newest, "late": late, "proved": audit.last_of("chains.proved")}
    return render(request, "shijie/trail_heads.html", context)


@screen("audit.keys")
def keys(request: PageRequest) -> HttpResponse:
    """The public halves of the keys that sign heads, for whoever keeps copies."""
    return JsonResponse(audit.public_keys())


urlpatterns = [
    path("office/trail/<uuid:person_id>", person, name="trail-person"),
    path("office/trail/results/<uuid:entry_id>", result, name="trail-result"),
    path("audit/heads", heads, name="audit-heads"),
    path("audit/keys", keys, name="audit-keys"),
]
