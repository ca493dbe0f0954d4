from __future__ import annotations

from django.db import models

from lti_tools.audit.fields import CanonicalJSON

__all__ = ["AuditEvent", "AuditMention", "ChainHead", "SignedHead"]


class ChainHead(models.Model):
    """Where a chain ends now. One row a chain; it moves by conditional update only.

    `mark` runs along with the chain as a keyed hash under a master key of the environment (`key_version`), which
    the database does not hold.
    """

    name = models.CharField(max_length=40, primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    key_version = models.PositiveSmallIntegerField()
    mark = models.CharField(max_length=64)


class AuditEvent(models.Model):
    """Something a person did to or with somebody's data. Appended, never changed."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60, db_index=True)
    actor = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=64, db_index=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    detail = CanonicalJSON(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    reason_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class AuditMention(models.Model):
    """Whom an event was about, when it was about many: a list looked at, a roster exported.

    The event's detail holds a digest of its mentions, so the chain covers them.
    """

    event = models.ForeignKey(AuditEvent, on_delete=models.CASCADE, related_name="mentions")
    subject = models.CharField(max_length=64, db_index=True)


class SignedHead(models.Model):
    """Where a chain ended on a day, signed: whoever kept a copy of the file can hold us to it."""

    chain = models.CharField(max_length=40)
    day = models.DateField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "day"], name="one_head_a_day")]
