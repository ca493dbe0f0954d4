"""The certificates door: reserve a number with its frozen evidence, put the paper to it, show it to anyone who asks."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.certificates import numbers
from lti_tools.certificates.models import Certificate, StatusEntry
from lti_tools.certificates.personal import certificates_held, erase_person, papers_of
from lti_tools.certificates.standing import CountedLesson, award, award_without, lessons
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, Person, require
from lti_tools.programmes.api import Enrolment
from reports import evidence as frozen
from reports.documents import certificate as document

__all__ = [
    "Certificate",
    "CountedLesson",
    "PublicCertificate",
    "award",
    "award_without",
    "by_paper",
    "by_secret",
    "certificate_line",
    "certificates_held",
    "certified",
    "certified_level",
    "check_address",
    "erase_person",
    "holders",
    "lessons",
    "mark_certified",
    "number_is_wrong",
    "of_enrolment",
    "own_paper",
    "papers_of",
    "public",
    "reserve",
    "revoke",
    "shown",
    "write_paper",
]
shown = numbers.shown


@dataclass(frozen=True)
class PublicCertificate:
    """Door 3: every value the paper states, so that an altered copy shows; no id number, birth date or age band."""

    number: str
    evidence: frozen.CertificateEvidence
    status: str
    status_since: date
    evidence_digest: str
    paper_digest: str


def reserve(
    enrolment: Enrolment, *, school: str, tier: frozen.Words, level: str, hours: frozen.Hours, valid_to: date
) -> Certificate | None:
    """Freezes what is certified under a fresh number; None when this enrolment has its certificate already.

    One that gave way (`revoke`) stands in nobody's way.
    """
    if Certificate.objects.filter(enrolment=enrolment, gave_way_at__isnull=True).exists():
        return None
    today = timezone.localdate()
    secret = secrets.token_urlsafe(18)
    number = numbers.new(
        issuer=settings.SHIJIE_ISSUER_CODE, year=today.year, area_code=enrolment.programme.area.code
    )
    evidence = frozen.CertificateEvidence(
        number=number,
        name=enrolment.person.name,
        school=school,
        programme=enrolment.programme.title,
        tier=tier,
        level=level,
        hours=hours,
        issuer=settings.SHIJIE_ISSUER_NAME or enrolment.programme.area.name,
        issued_on=today,
        valid_to=valid_to,
        verify_url=settings.BASE_URL + reverse("verify-secret", args=[secret]),
    )
    return _store(enrolment, evidence, secret)


def _store(enrolment: Enrolment, evidence: frozen.CertificateEvidence, secret: str) -> Certificate | None:
    try:
        with transaction.atomic():
            row = Certificate.objects.create(
                number=evidence.number,
                secret=secret,
                enrolment=enrolment,
                person=enrolment.person,
                area=enrolment.programme.area,
                evidence=frozen.to_json(evidence),
                evidence_digest=frozen.digest(evidence),
                issued_on=evidence.issued_on,
                valid_to=evidence.valid_to,
            )
            StatusEntry.objects.create(certificate=row, status=StatusEntry.Status.VALID)
    except IntegrityError:
        return None
    audit.record(
        "certificate.issued",
        actor="system",
        subject=str(row.person_id),
        detail={"number": row.number, "digest": row.evidence_digest},
    )
    return row


def write_paper(certificate_id: object) -> None:
    """Sets the paper from the frozen evidence and stores it; doing it again after a kill replaces the same file."""
    row = Certificate.objects.get(id=certificate_id)
    if row.paper_digest or _status(row)[0] == StatusEntry.Status.ERASED:
        return
    pdf = document.render(frozen.from_json(row.evidence))
    name = f"certificates/{row.id}.pdf"
    default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(pdf))
    Certificate.objects.filter(id=row.id).update(paper=stored, paper_digest=hashlib.sha256(pdf).hexdigest())


def of_enrolment(enrolment: Enrolment) -> Certificate | None:
    """The newest, whatever became of it."""
    return Certificate.objects.filter(enrolment=enrolment).order_by("-created_at").first()


def own_paper(actor: Actor, certificate_id: object) -> tuple[str, BinaryIO]:
    """The file name and the paper, for its holder."""
    row = Certificate.objects.get(id=certificate_id)
    if actor.person_id != row.person_id:
        raise Denied("certificate.own")
    if not row.paper:
        raise Refused(
            "certificate.paper_not_ready",
            _("Your certificate is still being made."),
            kept=_("It has its number already, and nothing of it can get lost."),
            todo=_("Look again in a minute."),
            status=409,
        )
    return f"certificate-{row.number}.pdf", default_storage.open(row.paper)


def revoke(actor: Actor, number: str, *, reason: str, gives_way: bool = False) -> Certificate:
    """Appends the revocation with its reason; the paper stays, the public page says revoked.

    No further certificate is given in the same enrolment, unless this one `gives_way`.
    """
    row = Certificate.objects.select_related("area").get(number=number)
    require(actor, "certificate.revoke", area=row.area)
    by = Person.objects.get(id=actor.person_id)
    if gives_way:
        row.gave_way_at = timezone.now()
        row.save(update_fields=["gave_way_at"])
    StatusEntry.objects.create(certificate=row, status=StatusEntry.Status.REVOKED, reason=reason, by=by)
    audit.record(
        "certificate.revoked",
        actor=actor.pseudonym,
        subject=str(row.person_id),
        reason=reason,
        detail={"number": row.number},
    )
    return row


def number_is_wrong(typed: str) -> bool:
    """True when it cannot be a certificate number at all (length, letters or check character)."""
    return not numbers.valid(numbers.normal(typed))


def public(typed: str, *, name: str) -> PublicCertificate | None:
    """By number and name. An unknown number and a wrong name give the same None, so nobody can list holders.

    One that was erased has no name any more and answers to every name: with its status, and with nothing else.
    """
    row = Certificate.objects.filter(number=numbers.normal(typed)).select_related("person").first()
    if row and _status(row)[0] == StatusEntry.Status.ERASED:
        return _public(row)
    known = frozen.from_json(row.evidence).name if row else ""
    same = hmac.compare_digest(_folded(known).encode(), _folded(name).encode())
    return _public(row) if row and same else None


def by_secret(secret: str) -> PublicCertificate | None:
    """By the secret inside the QR code."""
    row = Certificate.objects.filter(secret=secret).first()
    return _public(row) if row else None


def by_paper(pdf: bytes) -> PublicCertificate | None:
    """By the PDF itself: only the exact bytes we issued are recognised."""
    row = Certificate.objects.filter(paper_digest=hashlib.sha256(pdf).hexdigest()).first()
    return _public(row) if row else None


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).replace("•", "·").split())


def _public(row: Certificate) -> PublicCertificate:
    status, since = _status(row)
    return PublicCertificate(
        number=row.number,
        evidence=frozen.from_json(row.evidence),
        status=status,
        status_since=since,
        evidence_digest=row.evidence_digest,
        paper_digest=row.paper_digest,
    )


def _status(row: Certificate) -> tuple[str, date]:
    newest = row.statuses.order_by("-at", "-id").first()
    if newest and newest.status != StatusEntry.Status.VALID:
        return newest.status, timezone.localdate(newest.at)
    if row.valid_to < timezone.localdate():
        return "expired", row.valid_to
    return "valid", row.issued_on


def holders(enrolments: QuerySet[Enrolment]) -> int:
    """How many of them hold a certificate that was not revoked."""
    rows = Certificate.objects.filter(enrolment__in=enrolments)
    return rows.exclude(statuses__status__in=[StatusEntry.Status.REVOKED, StatusEntry.Status.ERASED]).count()


def certified(
    enrolments: QuerySet[Enrolment] | Sequence[Enrolment | None],
) -> QuerySet[Certificate, uuid.UUID]:
    """The ids of those among them whose certificate is in force today, as a query."""
    rows = Certificate.objects.filter(enrolment__in=enrolments, valid_to__gte=timezone.localdate())
    in_force = rows.exclude(statuses__status__in=[StatusEntry.Status.REVOKED, StatusEntry.Status.ERASED])
    return in_force.values_list("enrolment_id", flat=True)


def mark_certified(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """The same rows, each with `certified`: whether it holds a certificate neither revoked nor erased."""
    ended = [StatusEntry.Status.REVOKED, StatusEntry.Status.ERASED]
    rows = Certificate.objects.filter(enrolment=OuterRef("pk")).exclude(statuses__status__in=ended)
    return enrolments.annotate(certified=Exists(rows))


def certified_level(enrolment: Enrolment) -> str | None:
    """ "excellent" or "pass" as frozen on the certificate; None without one, and for one that was erased."""
    row = of_enrolment(enrolment)
    erased = row is not None and _status(row)[0] == StatusEntry.Status.ERASED
    return None if row is None or erased else str(frozen.from_json(row.evidence).level)


def check_address(number: str) -> str:
    """Where anybody can check this certificate now, as its QR code says; empty when it is unknown or erased."""
    row = Certificate.objects.filter(number=number).first()
    if row is None or _status(row)[0] == StatusEntry.Status.ERASED:
        return ""
    return str(frozen.from_json(row.evidence).verify_url)


def certificate_line(enrolment: Enrolment) -> frozen.CertificateLine | None:
    row = of_enrolment(enrolment)
    if row is None:
        return None
    status, _since = _status(row)
    if status == StatusEntry.Status.ERASED:
        return None
    return frozen.CertificateLine(
        number=row.number, status=status, issued_on=row.issued_on, valid_to=row.valid_to
    )
