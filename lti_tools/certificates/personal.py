"""Certificates of one person, and what is left of them after an erasure. Callers have asked `require`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from lti_tools.certificates.models import Certificate, StatusEntry
from reports import evidence as frozen

ERASED = "***"


def certificates_held(person_id: object) -> list[dict[str, Any]]:
    """Number, frozen contents and every status, oldest first."""
    rows = Certificate.objects.filter(person_id=person_id).order_by("created_at")
    return [
        {
            "id": str(row.id),
            "number": row.number,
            "issued_on": row.issued_on.isoformat(),
            "valid_to": row.valid_to.isoformat(),
            "evidence": row.evidence,
            "statuses": [
                {"status": entry.status, "at": entry.at.isoformat(), "reason": entry.reason}
                for entry in row.statuses.order_by("at", "id")
            ],
        }
        for row in rows
    ]


def papers_of(person_id: object) -> list[tuple[str, bytes]]:
    """File name and PDF of every certificate whose paper is set."""
    found = []
    for row in Certificate.objects.filter(person_id=person_id).exclude(paper="").order_by("created_at"):
        with default_storage.open(row.paper) as paper:
            found.append((f"certificate-{row.number}.pdf", paper.read()))
    return found


def erase_person(person_id: object) -> int:
    """The paper, name and school go; the number stays with the status “erased”, so a check gets an honest answer.

    Returns how many certificates. The digest of the old contents goes too: with the name at hand it could be tried.
    """
    rows = list(Certificate.objects.filter(person_id=person_id).exclude(statuses__status="erased"))
    for row in rows:
        if row.paper:
            default_storage.delete(row.paper)
        _empty(row)
    return len(rows)


@transaction.atomic
def _empty(row: Certificate) -> None:
    left = replace(frozen.from_json(row.evidence), name=ERASED, school=ERASED)
    Certificate.objects.filter(id=row.id).update(
        evidence=frozen.to_json(left), evidence_digest=frozen.digest(left), paper=""
    )
    StatusEntry.objects.filter(certificate=row).update(reason="")
    StatusEntry.objects.create(certificate=row, status=StatusEntry.Status.ERASED)
