from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Certificate", "StatusEntry"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Certificate(models.Model):
    """What was certified, frozen as canonical evidence with its digest; the paper follows.

    One per enrolment, but for those that gave way: revoked because the results were somebody else's, so that the
    person may still earn one. Other revocations bar the enrolment from a second certificate.
    """

    id = _id()
    number = models.CharField(max_length=23, unique=True)
    secret = models.CharField(max_length=32, unique=True)
    enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT)
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    evidence = models.TextField()
    evidence_digest = models.CharField(max_length=64)
    issued_on = models.DateField()
    valid_to = models.DateField()
    paper = models.CharField(max_length=200, blank=True)
    paper_digest = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    gave_way_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=models.Q(gave_way_at__isnull=True),
                name="one_certificate_an_enrolment",
            )
        ]


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
