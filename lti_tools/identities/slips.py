"""Printed slips: a QR code per teacher without an LMS, and the telephones that may open the path with it.

A slip alone opens nothing: who scans it answers a question about the holder, and a specialist confirms the
telephone. Secrets of slips and telephones are kept as hashes only. A slip never carries a staff right, and stops
working on the day its holder is given one.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.identities.models import Slip, SlipScan
from lti_tools.keys.api import digest
from lti_tools.people.api import Actor, Person, in_force

# How long a slip works at most, and how long a telephone waits for the specialist.
LIFETIME = timedelta(days=400)
WAITING = timedelta(days=14)
# Wrong answers a slip bears, and telephones that may wait with it at the same time.
MOST_MISSES = 5
MOST_WAITING = 3
# 144 and 256 bits: neither is found by trying. The slip's is short, so that its code is coarse and reads well.
SLIP_BYTES = 18
DEVICE_BYTES = 32


@dataclass(frozen=True)
class Answered:
    """What an answer brought: the secret the telephone keeps when it was right, else the tries that are left."""

    device: str = ""
    tries_left: int = 0


# What is asked -------------------------------------------------------------------------------------------------


def question_for(person: Person) -> str:
    """What the telephone is asked: "last4" of the ID number or, where the roster has none, "birth_month"; or ""."""
    if person.id_last4:
        return "last4"
    return "birth_month" if person.birth_month else ""


def plain_answer(question: str, typed: str) -> str:
    """The answer as it is compared (1234, 123X, 1968-03), or "" when it cannot be one: that costs no try."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed)).upper()
    if question == "last4":
        return text if re.fullmatch(r"[0-9]{3}[0-9X]", text) else ""
    found = re.fullmatch(r"([0-9]{4})[-/.年]?(0?[1-9]|1[0-2])月?", text)
    return f"{found[1]}-{int(found[2]):02}" if found else ""


def _right(person: Person, answer: str) -> bool:
    question = question_for(person)
    known = person.id_last4.upper() if question == "last4" else person.birth_month
    return bool(known) and hmac.compare_digest(known.encode(), answer.encode())


# Printing and ending -------------------------------------------------------------------------------------------


def refusal_for(person: Person) -> Refused | None:
    """Why this person gets no slip; None when nothing stands against it."""
    if not _teacher(person):
        return _not_printed(
            "slip.staff",
            _("A person with a staff role in force gets no slip: slips are for teachers only."),
            _("People with a staff role sign in here with their own account."),
        )
    if not question_for(person):
        return _not_printed(
            "slip.nothing_to_ask",
            _("The roster knows neither the ID number nor the month of birth of this teacher."),
            _("Have the ID number added to the roster and imported again. Then print the slip."),
        )
    return None


def _teacher(person: Person) -> bool:
    return person.erased_at is None and not in_force(person.grants.all()).exists()


@transaction.atomic
def issue(person: Person, *, by: Actor, until: date | None = None) -> tuple[Slip, str]:
    """A new slip and its secret, which nobody can read again afterwards. It ends with `until` or after `LIFETIME`.

    The slip before it is revoked, and its telephones lose access at once. Refuses people with a staff role in
    force, and people about whom nothing is known that could be asked.
    """
    Person.objects.select_for_update().get(id=person.id)  # two prints at once: one after the other
    refusal = refusal_for(person)
    if refusal:
        raise refusal
    for earlier in Slip.objects.filter(person=person, revoked_at__isnull=True):
        revoke(earlier, by=by, why="printed_again")
    secret = secrets.token_urlsafe(SLIP_BYTES)
    slip = Slip.objects.create(
        person=person, secret_hash=digest(secret), issued_by_id=by.person_id, expires_at=_end(until)
    )
    _record("slip.issued", slip, by=by)
    return slip, secret


def _end(until: date | None) -> datetime:
    latest = timezone.now() + LIFETIME
    if until is None:
        return latest
    return min(latest, timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min)))


@transaction.atomic
def revoke(slip: Slip, *, by: Actor, why: str = "revoked") -> bool:
    """From now on the slip and its telephones open nothing. False when it was revoked before."""
    ended = Slip.objects.filter(id=slip.id, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by_id=by.person_id
    )
    if ended:
        _record("slip.revoked", slip, by=by, why=why)
    return bool(ended)


# Scanning ------------------------------------------------------------------------------------------------------


def find_slip(secret: str) -> Slip | None:
    """The slip that has this secret and still works. A dead one is found too: its telephones go on working."""
    slip = _working().filter(secret_hash=digest(secret)).first()
    return slip if slip and _teacher(slip.person) else None


def _working() -> QuerySet[Slip]:
    found = Slip.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
    return found.select_related("person")


def slip_by_id(slip_id: uuid.UUID) -> Slip:
    return Slip.objects.select_related("person").get(id=slip_id)


def is_dead(slip: Slip) -> bool:
    return slip.misses >= MOST_MISSES


def scan(slip: Slip, answer: str) -> Answered:
    """Takes a plain answer. A right one makes the telephone wait for its confirmation; `MOST_MISSES` wrong ones kill
    the slip.

    Refuses when `MOST_WAITING` telephones wait already.
    """
    with transaction.atomic():
        # Counted before it is judged: answers that arrive together buy no extra try.
        if not Slip.objects.filter(id=slip.id, misses__lt=MOST_MISSES).update(misses=F("misses") + 1):
            return Answered()
        if _right(slip.person, answer):
            return Answered(device=_remember(slip))
        slip.refresh_from_db(fields=["misses"])
        if is_dead(slip):
            audit.record(
                "slip.dead", actor="anonymous", subject=str(slip.person_id), detail={"slip": str(slip.id)}
            )
    return Answered(tries_left=MOST_MISSES - slip.misses)


def _remember(slip: Slip) -> str:
    if _undecided(slip.scans.all()).count() >= MOST_WAITING:
        raise Refused(
            "slip.too_many_waiting",
            _("Your answer is right, but several telephones wait for confirmation with this slip already."),
            kept=_("The telephones that wait go on waiting. This one was not added."),
            todo=_("Ask the specialist of your school to confirm or decline them, then scan again."),
            status=409,
        )
    device = secrets.token_urlsafe(DEVICE_BYTES)
    Slip.objects.filter(id=slip.id).update(misses=0)
    SlipScan.objects.create(slip=slip, device_hash=digest(device))
    return device


def telephone(slip: Slip, device: str) -> SlipScan | None:
    """What is known of a telephone that says it scanned this slip before."""
    return slip.scans.filter(device_hash=digest(device)).first() if device else None


def check_number(scan_id: uuid.UUID) -> str:
    """Four digits shown on the telephone and on the specialist's desk, so that the right one is confirmed."""
    return f"{int(digest(f'check:{scan_id}')[:8], 16) % 10_000:04}"


# Confirming ----------------------------------------------------------------------------------------------------


def _undecided(scans: QuerySet[SlipScan]) -> QuerySet[SlipScan]:
    since = timezone.now() - WAITING
    return scans.filter(confirmed_at__isnull=True, declined_at__isnull=True, scanned_at__gt=since)


def waiting_scans(people: QuerySet[Person]) -> QuerySet[SlipScan]:
    """Telephones that wait for their confirmation with slips of these people, the longest waiting first."""
    found = _undecided(SlipScan.objects.filter(slip__person__in=people, slip__in=_working()))
    return found.select_related("slip__person").order_by("scanned_at")


@transaction.atomic
def confirm(scan_id: uuid.UUID, *, by: Actor) -> None:
    """From now on this telephone opens the path. Refuses when it waits no longer, or its slip has ended."""
    found = _undecided(SlipScan.objects.filter(id=scan_id, slip__in=_working()))
    decided = found.update(confirmed_at=timezone.now(), confirmed_by_id=by.person_id)
    _decided(decided, "slip.confirmed", scan_id, by=by)


@transaction.atomic
def decline(scan_id: uuid.UUID, *, by: Actor) -> None:
    """This telephone opens nothing. Refuses when it waits no longer."""
    found = _undecided(SlipScan.objects.filter(id=scan_id))
    _decided(found.update(declined_at=timezone.now()), "slip.declined", scan_id, by=by)


@transaction.atomic
def end_telephone(scan_id: uuid.UUID, *, by: Actor) -> None:
    """A telephone that was confirmed opens nothing any more; the slip goes on working for others."""
    found = SlipScan.objects.filter(id=scan_id, confirmed_at__isnull=False, declined_at__isnull=True)
    _decided(found.update(declined_at=timezone.now()), "slip.telephone_ended", scan_id, by=by)


def _decided(changed: int, kind: str, scan_id: uuid.UUID, *, by: Actor) -> None:
    if not changed:
        raise Refused(
            "slip.already_decided",
            _("This telephone does not wait any more: somebody decided about it, or its slip has ended."),
            kept=_("What was decided stands."),
            todo=_("Go back to the list."),
            status=409,
        )
    _record(kind, find_scan(scan_id).slip, by=by, telephone=str(scan_id))


# Using ---------------------------------------------------------------------------------------------------------


def find_scan(scan_id: uuid.UUID) -> SlipScan:
    return SlipScan.objects.select_related("slip__person").get(id=scan_id)


def person_for(scan_id: str) -> Person | None:
    """Whose path a confirmed telephone opens now; asked anew with every request, so that ending it ends it at once."""
    row = _confirmed().filter(id=scan_id).first()
    return row.slip.person if row and _teacher(row.slip.person) else None


def _confirmed() -> QuerySet[SlipScan]:
    rows = SlipScan.objects.filter(confirmed_at__isnull=False, declined_at__isnull=True, slip__in=_working())
    return rows.select_related("slip__person")


def note_use(scan_id: uuid.UUID) -> None:
    SlipScan.objects.filter(id=scan_id).update(used_at=timezone.now())


def _record(kind: str, slip: Slip, *, by: Actor, **detail: str) -> None:
    audit.record(
        kind, actor=by.pseudonym, subject=str(slip.person_id), detail={"slip": str(slip.id), **detail}
    )


def _not_printed(code: str, message: object, todo: object) -> Refused:
    kept = _("No slip was printed, and no earlier one was ended.")
    return Refused(code, message, kept=kept, todo=todo, status=409)
