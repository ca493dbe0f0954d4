"""Who owes the training, who owes it later, who not at all: proposed by one, decided by another, and never for ever
unless it says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, Affiliation, areas_of, may, require, require_other
from lti_tools.programmes.models import Enrolment, ParticipationEntry, Programme
from lti_tools.programmes.terms import NOTHING_CHANGED, require_open

PROPOSE, DECIDE = "participation.propose", "participation.decide"
DUE, DEFERRED, EXEMPT = Enrolment.Participation
State = ParticipationEntry.State
# Which codes of the table `participation_reason` a person may give for what. The others are written by the house.
REASONS: dict[str, tuple[str, ...]] = {
    DUE: ("returned", "other"),
    DEFERRED: ("leave", "maternity", "secondment", "support-teaching", "other"),
    EXEMPT: ("near-retirement", "other"),
}
BY_ROSTER, ENDED, CARRIED = "roster", "ended", "carried"


def may_propose(actor: Actor, enrolment: Enrolment) -> bool:
    return _may(actor, PROPOSE, enrolment)


def _may(actor: Actor, action: str, enrolment: Enrolment) -> bool:
    """Within the own school or area, where the person works now, or as one responsible for the whole programme."""
    return may(actor, action, person_id=enrolment.person_id) or may(
        actor, action, area=enrolment.programme.area
    )


def propose(
    actor: Actor,
    enrolment: Enrolment,
    *,
    participation: str,
    reason: str,
    note: str = "",
    since: date,
    until: date | None,
) -> ParticipationEntry:
    """Asks for a leave, an exemption, or its end; nothing changes until somebody else has approved it.

    `until` is the first day on which it no longer holds. Refuses reasons that do not belong to it, a leave without
    an end or beyond the programme, days that do not follow one another, a second proposal while one is open, and a
    closed programme.
    """
    if not may_propose(actor, enrolment):
        raise Denied(PROPOSE)
    require_open(enrolment.programme)
    _check(enrolment, participation, reason=reason, since=since, until=until)
    entry = ParticipationEntry(
        enrolment=enrolment,
        participation=participation,
        reason=reason,
        note=note,
        since=since,
        until=None if participation == DUE else until,
        proposed_by_id=actor.person_id,
    )
    with transaction.atomic():
        _store(entry)
        _audit("participation.proposed", actor.pseudonym, entry, reason=note)
    return entry


def _store(entry: ParticipationEntry) -> None:
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as problem:
        raise _refused(
            "participation.already_proposed",
            _("Something was proposed for this person before and still waits for a decision."),
            _("Wait for the decision, or ask the officer of your area."),
            status=409,
        ) from problem


def _check(enrolment: Enrolment, participation: str, *, reason: str, since: date, until: date | None) -> None:
    if reason not in REASONS.get(participation, ()):
        raise _refused(
            "participation.reason", _("This reason does not belong to it."), _("Choose another reason.")
        )
    if since > timezone.localdate():
        raise _refused(
            "participation.not_yet",
            _("The first day lies in the future."),
            _("Propose it on the first day or after it; until then the person owes the training."),
        )
    if participation == DEFERRED and until is None:
        raise _refused(
            "participation.end_missing",
            _("A leave needs the day on which the person is back."),
            _("Give the day as it is expected; it can be changed later."),
        )
    if participation != DUE and until is not None and until <= max(since, timezone.localdate()):
        raise _refused(
            "participation.over", _("The day of return must lie in the future."), _("Correct the days.")
        )
    if participation == DEFERRED and until and until > enrolment.programme.ends:
        raise _refused(
            "participation.beyond_programme",
            _("The leave ends after the programme does."),
            _("Give %(day)s at most; what is left then is carried over when the programme closes.")
            % {"day": enrolment.programme.ends.isoformat()},
        )


def _refused(code: str, message: Any, todo: Any, *, status: int = 400) -> Refused:
    return Refused(code, message, kept=NOTHING_CHANGED, todo=todo, status=status)


def decide(actor: Actor, entry: ParticipationEntry, *, approve: bool, note: str = "") -> ParticipationEntry:
    """Approves or declines a proposal. Refuses whoever proposed it, the person concerned, a second decision, and
    approving what is over already.
    """
    _require_decider(actor, entry.enrolment)
    require_other(actor, entry.proposed_by_id, entry.enrolment.person_id)
    require_open(entry.enrolment.programme)
    if approve and entry.until is not None and entry.until <= timezone.localdate():
        raise _refused(
            "participation.over_meanwhile",
            _("The day of return has come while this waited, so there is nothing left to approve."),
            _("Decline it. If the person is still away, a new day can be proposed."),
            status=409,
        )
    state = State.APPROVED if approve else State.DECLINED
    with transaction.atomic():
        waiting = ParticipationEntry.objects.filter(id=entry.id, state=State.PROPOSED)
        decided = {"decided_by_id": actor.person_id, "decided_at": timezone.now(), "answer": note[:200]}
        if not waiting.update(state=state, **decided):
            raise _refused(
                "participation.already_decided",
                _("This was decided before, by you or by somebody else."),
                _("Look at the person's card to see how."),
                status=409,
            )
        entry.refresh_from_db()
        if approve:
            _set(entry.enrolment, entry.participation, entry.until)
        _audit(f"participation.{state}", actor.pseudonym, entry, reason=note)
    return entry


def _require_decider(actor: Actor, enrolment: Enrolment) -> None:
    if not _may(actor, DECIDE, enrolment):
        raise Denied(DECIDE)


def _set(enrolment: Enrolment, participation: str, until: date | None) -> None:
    enrolment.participation, enrolment.participation_until = participation, until
    enrolment.save(update_fields=["participation", "participation_until"])


def _audit(kind: str, who: str, entry: ParticipationEntry, *, reason: str = "") -> None:
    audit.record(
        kind,
        actor=who,
        subject=str(entry.enrolment.person_id),
        reason=reason,
        detail={
            "participation": str(entry.participation),
            "reason": entry.reason,
            "programme": str(entry.enrolment.programme_id),
        },
    )


def entry_for(actor: Actor, entry_id: uuid.UUID) -> ParticipationEntry:
    """The entry, for those who may decide it; `Denied` for everybody else and for a wrong id."""
    rows = ParticipationEntry.objects.select_related("enrolment__programme__area", "enrolment__person")
    found = rows.filter(id=entry_id).first()
    if found is None:
        raise Denied(DECIDE)
    _require_decider(actor, found.enrolment)
    return found


def proposals_for(actor: Actor) -> QuerySet[ParticipationEntry]:
    """What waits for a decision in the actor's areas, the oldest first; also what the actor may not decide alone."""
    areas = areas_of(actor, DECIDE)
    working = Affiliation.objects.filter(until__isnull=True, school__area__in=areas).values("person_id")
    rows = ParticipationEntry.objects.filter(state=State.PROPOSED, enrolment__programme__closed_at=None)
    own = rows.filter(enrolment__person_id__in=working) | rows.filter(enrolment__programme__area__in=areas)
    return own.select_related("enrolment__programme", "enrolment__person", "proposed_by").order_by(
        "proposed_at"
    )


def history(enrolment: Enrolment) -> QuerySet[ParticipationEntry]:
    """Every change and every proposal, newest first; the caller has asked for the person."""
    rows = enrolment.participations.select_related("proposed_by", "decided_by")
    return rows.order_by("-proposed_at", "-id")


def participation_from_roster(values: Mapping[Enrolment, str], actor: Actor) -> int:
    """What the bureau's roster says (due, deferred, exempt) holds at once; returns how many it changed. What it says
    of the actor themselves becomes a proposal, which somebody else decides.

    A leave without a day ends with the programme. The caller holds the transaction. Refuses actors who may not
    import for the programme, unknown values and closed programmes.
    """
    changed = [(row, value) for row, value in values.items() if row.participation != value]
    for programme in {row.programme_id: row.programme for row, _value in changed}.values():
        require(actor, "roster.import", area=programme.area)
        require_open(programme)
    for row, value in [pair for pair in changed if pair[0].person_id == actor.person_id]:
        _ask_for_oneself(row, value, actor)
        changed.remove((row, value))
    entries = [_from_roster(row, value, actor) for row, value in changed]
    ParticipationEntry.objects.bulk_create(entries, batch_size=500)
    fields = ["participation", "participation_until"]
    Enrolment.objects.bulk_update([row for row, _value in changed], fields, batch_size=500)
    for (programme_id, value), people in _by_outcome(changed).items():
        audit.record(
            "participation.from_roster",
            actor=actor.pseudonym,
            subject=programme_id,
            detail={"participation": value},
            mentions=people,
        )
    return len(changed)


def _ask_for_oneself(row: Enrolment, value: str, actor: Actor) -> None:
    """One that waits already goes on waiting."""
    if row.participations.filter(state=State.PROPOSED).exists():
        return
    entry = ParticipationEntry(
        enrolment=row,
        participation=Enrolment.Participation(value),
        reason=BY_ROSTER,
        since=timezone.localdate(),
        until=row.programme.ends if value == DEFERRED else None,
        proposed_by_id=actor.person_id,
    )
    _store(entry)
    _audit("participation.proposed", actor.pseudonym, entry)


def _by_outcome(changed: Sequence[tuple[Enrolment, str]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row, value in changed:
        found.setdefault((str(row.programme_id), str(value)), []).append(str(row.person_id))
    return found


def _from_roster(row: Enrolment, value: str, actor: Actor) -> ParticipationEntry:
    row.participation = Enrolment.Participation(value)
    row.participation_until = row.programme.ends if value == DEFERRED else None
    return _entered(row, reason=BY_ROSTER, by=actor.person_id)


def _entered(row: Enrolment, *, reason: str, by: uuid.UUID | None = None) -> ParticipationEntry:
    """An entry that needs no decision: it states what the enrolment says now."""
    return ParticipationEntry(
        enrolment=row,
        participation=row.participation,
        reason=reason,
        since=timezone.localdate(),
        until=row.participation_until,
        state=State.APPROVED,
        proposed_by_id=by,
        decided_by_id=by,
        decided_at=timezone.now(),
    )


def carried_entry(row: Enrolment) -> ParticipationEntry:
    """States in the new programme what was approved in the old one."""
    return _entered(row, reason=CARRIED)


def end_leaves(today: date, *, programme: Programme | None = None) -> int:
    """Whoever's leave or exemption has ended owes the training again; returns how many.

    Doing it again changes nothing. Closed programmes stay as they are; `programme` narrows it to one.
    """
    over = Enrolment.objects.filter(participation_until__lte=today, programme__closed_at__isnull=True)
    if programme is not None:
        over = over.filter(programme=programme)
    ids = list(over.exclude(participation=DUE).values_list("id", flat=True))
    return sum(_ended(enrolment_id, today) for enrolment_id in ids)


@transaction.atomic
def _ended(enrolment_id: uuid.UUID, today: date) -> bool:
    rows = Enrolment.objects.filter(id=enrolment_id, participation_until__lte=today).exclude(
        participation=DUE
    )
    if not rows.update(participation=DUE, participation_until=None):
        return False
    row = Enrolment.objects.get(id=enrolment_id)
    entry = _entered(row, reason=ENDED)
    entry.save(force_insert=True)
    _audit("participation.ended", "system", entry)
    return True
