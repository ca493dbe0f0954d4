from __future__ import annotations

from django.db import models

__all__ = ["OutboxRow"]


class OutboxRow(models.Model):
    """Something that must leave the process, written in the transaction of its cause.

    The database is the queue; Celery only wakes up. A row is worked under a lease, and a lease that runs out
    (the worker was killed) makes the row due again. The payload is fixed when written, so a repeated delivery
    carries identical bytes.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    queue = models.CharField(max_length=20, default="default")
    payload = models.JSONField()
    supersedes = models.CharField(max_length=200, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    lease = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_detail = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="outbox_once")]
        indexes = [models.Index(fields=["state", "queue", "not_before"], name="outbox_due")]
