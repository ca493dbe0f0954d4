from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Certificate", "StatusEntry"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Certificate(models.Model):
    """What was certified, frozen as canonical evidence with its digest. One per enrolment; the paper follows."""

    id = _id()
    number = models.CharField(max_length=23, unique=True)
    secret = models.CharField(max_length=32, unique=True)
    enrolment = models.OneToOneField("shijie.Enrolment", on_delete=models.PROTECT)
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    evidence = models.TextField()
    evidence_digest = models.CharField(max_length=64)
    issued_on = models.DateField()
    valid_to = models.DateField()
    paper = models.CharField(max_length=200, blank=True)
    paper_digest = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)


class StatusEntry(models.Model):
    """What became of a certificate, appended: the newest entry is the present status."""

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")
        # The person was erased: number and status are all that is left.
        ERASED = "erased", _("Erased")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
