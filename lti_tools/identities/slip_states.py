"""How slips stand, for the lists of those who print them and confirm telephones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
from django.utils import timezone

from lti_tools.identities.models import Slip, SlipScan
from lti_tools.identities.slips import WAITING, check_number, is_dead
from lti_tools.people.api import Person

TelephoneState = Literal["waiting", "confirmed", "declined", "ended", "lapsed"]
State = Literal["none", "unused", "waiting", "bound", "dead", "expired", "revoked"]


@dataclass(frozen=True)
class Telephone:
    """One telephone that scanned a slip and answered right. `check` is the number both sides compare."""

    id: uuid.UUID
    state: TelephoneState
    check: str
    scanned_at: datetime
    confirmed_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class SlipState:
    """The latest slip of a person. `since` is the day of the state: printed, bound, or ended."""

    code: State = "none"
    slip_id: uuid.UUID | None = None
    since: datetime | None = None
    telephones: tuple[Telephone, ...] = ()

    @property
    def works(self) -> bool:
        return self.code in {"unused", "waiting", "bound"}

    @property
    def revocable(self) -> bool:
        return self.works or self.code == "dead"

    @property
    def bound(self) -> tuple[Telephone, ...]:
        return tuple(one for one in self.telephones if one.state == "confirmed")


def states_of(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, SlipState]:
    """The state of the latest slip of each of these people who ever had one."""
    slips = Slip.objects.filter(person_id__in=list(people)).prefetch_related("scans").order_by("issued_at")
    return {slip.person_id: _state(slip) for slip in slips}


def with_slip(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of them who have a slip that was neither ended nor has run out."""
    alive = Slip.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
    return people.filter(id__in=alive.values("person_id"))


def telephone_state(scan: SlipScan) -> TelephoneState:
    if scan.declined_at:
        return "ended" if scan.confirmed_at else "declined"
    if scan.confirmed_at:
        return "confirmed"
    return "waiting" if scan.scanned_at > timezone.now() - WAITING else "lapsed"


def telephone_of(scan: SlipScan) -> Telephone:
    return Telephone(
        id=scan.id,
        state=telephone_state(scan),
        check=check_number(scan.id),
        scanned_at=scan.scanned_at,
        confirmed_at=scan.confirmed_at,
        used_at=scan.used_at,
    )


def _state(slip: Slip) -> SlipState:
    telephones = tuple(
        telephone_of(scan) for scan in sorted(slip.scans.all(), key=lambda one: one.scanned_at)
    )
    code, since = _code(slip, telephones)
    return SlipState(code=code, slip_id=slip.id, since=since, telephones=telephones)


def _code(slip: Slip, telephones: tuple[Telephone, ...]) -> tuple[State, datetime | None]:
    if slip.revoked_at:
        return "revoked", slip.revoked_at
    if slip.expires_at <= timezone.now():
        return "expired", slip.expires_at
    if is_dead(slip):
        return "dead", slip.issued_at
    bound = [one.confirmed_at for one in telephones if one.state == "confirmed"]
    if bound:
        return "bound", bound[0]
    waiting = [one.scanned_at for one in telephones if one.state == "waiting"]
    return ("waiting", waiting[0]) if waiting else ("unused", slip.issued_at)
