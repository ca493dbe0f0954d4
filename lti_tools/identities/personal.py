"""Accounts, slips and telephones of one person, and how they are taken away. Callers have asked `require`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from lti_tools.identities.models import Identity, Slip, SlipScan

CLAIMS = (
    "claimed_name",
    "claimed_staff_no",
    "claimed_school",
    "claimed_last4",
    "lms_name",
    "lms_staff_no",
    "matched_by",
)
NO_CLAIMS = dict.fromkeys(CLAIMS, "")


def accounts_held(person_id: object) -> list[dict[str, Any]]:
    rows = Identity.objects.filter(person_id=person_id).select_related("platform").order_by("seen_at")
    return [
        {
            "platform": row.platform.name,
            "issuer": row.platform.issuer,
            "sub": row.sub,
            "lms_name": row.lms_name,
            "lms_staff_no": row.lms_staff_no,
            "claimed_name": row.claimed_name,
            "claimed_staff_no": row.claimed_staff_no,
            "claimed_school": row.claimed_school,
            "linked_at": row.linked_at.isoformat() if row.linked_at else "",
            "seen_at": row.seen_at.isoformat(),
        }
        for row in rows
    ]


def telephones_held(person_id: object) -> list[dict[str, Any]]:
    rows = SlipScan.objects.filter(slip__person_id=person_id).order_by("scanned_at")
    return [
        {
            "scanned_at": row.scanned_at.isoformat(),
            "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else "",
            "used_at": row.used_at.isoformat() if row.used_at else "",
        }
        for row in rows
    ]


def erase_person(person_id: object, *, staff_no: str = "") -> list[tuple[object, str]]:
    """Slips and scans go; accounts lose person and claims. Returns (platform id, sub) of what was linked.

    The bare account stays where a result names it, rejected: it opens nothing and is matched with nobody. Accounts
    never linked that claim the staff number lose what they claim.
    """
    own = Identity.objects.filter(person_id=person_id)
    subs = list(own.values_list("platform_id", "sub"))
    with transaction.atomic():
        Slip.objects.filter(person_id=person_id).delete()
        for row in own:
            _empty(row)
        if staff_no:
            says_so = Q(claimed_staff_no=staff_no) | Q(lms_staff_no=staff_no)
            Identity.objects.filter(says_so, person__isnull=True).update(**NO_CLAIMS)
    return subs


def _empty(row: Identity) -> None:
    """The sub names a person inside the LMS: it goes too, so a new arrival begins at the queue like anybody's."""
    for field in CLAIMS:
        setattr(row, field, "")
    row.person, row.sub, row.linked_at = None, f"erased:{row.id.hex}", None
    row.rejected_at = row.rejected_at or row.seen_at
    row.save()
