from __future__ import annotations

import uuid

from django.db import models

__all__ = ["Identity", "Slip", "SlipScan"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Identity(models.Model):
    """One person as one LMS knows them (issuer + sub). Without `person` it waits in the confirm queue.

    The claims are what the LMS said, or what the person wrote into the short form (then `claimed_at` is set); they
    prove nothing. `lms_name` and `lms_staff_no` are the LMS's own words of the last launch, whatever was written.
    `matched_by` also remembers that a human decided once: then no launch is matched without one any more.
    """

    id = _id()
    platform = models.ForeignKey("shijie.Platform", on_delete=models.PROTECT)
    sub = models.CharField(max_length=255)
    person = models.ForeignKey(
        "shijie.Person", null=True, on_delete=models.PROTECT, related_name="identities"
    )
    lms_name = models.CharField(max_length=120, blank=True)
    lms_staff_no = models.CharField(max_length=40, blank=True)
    claimed_name = models.CharField(max_length=120, blank=True)
    claimed_staff_no = models.CharField(max_length=40, blank=True)
    claimed_school = models.CharField(max_length=120, blank=True)
    claimed_last4 = models.CharField(max_length=4, blank=True)
    claimed_at = models.DateTimeField(null=True)
    matched_by = models.CharField(max_length=40, blank=True)
    linked_at = models.DateTimeField(null=True)
    # An officer said that this is nobody of ours: it leaves the queue and is no longer matched.
    rejected_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "sub"], name="one_identity_per_sub"),
            models.UniqueConstraint(
                fields=["platform", "person"],
                condition=models.Q(person__isnull=False),
                name="one_account_per_platform",
            ),
        ]


class Slip(models.Model):
    """A printed slip with a QR code, for a teacher without an LMS. Only a hash of its secret is kept.

    At most one slip of a person is alive; a new print revokes the one before it.
    """

    id = _id()
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="slips")
    secret_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    # Wrong last-four answers so far; too many and the slip is dead.
    misses = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(revoked_at__isnull=True), name="one_live_slip"
            )
        ]


class SlipScan(models.Model):
    """A telephone that scanned a slip and knew the last four; it opens the path once a specialist confirmed it."""

    id = _id()
    slip = models.ForeignKey(Slip, on_delete=models.CASCADE, related_name="scans")
    device_hash = models.CharField(max_length=64, unique=True)
    scanned_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
