from __future__ import annotations

from django.db import models

__all__ = ["AuditEvent", "ChainHead"]


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
    detail = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    reason_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
