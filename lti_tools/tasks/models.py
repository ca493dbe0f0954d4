from __future__ import annotations

import uuid

from django.db import models

__all__ = ["Attempt", "HoursEntry"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Attempt(models.Model):
    """A passed task of an enrolment with what proves it. A task is passed once."""

    class Evidence(models.TextChoices):
        DIAGNOSIS = "diagnosis"
        SIGN_OFF = "sign_off"
        LESSON = "lesson"
        CARRIED = "carried"

    id = _id()
    enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT)
    task = models.CharField(max_length=40)
    evidence = models.CharField(max_length=12, choices=Evidence.choices)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    identity = models.ForeignKey("shijie.Identity", null=True, on_delete=models.PROTECT, related_name="+")
    passed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "task"], name="task_passed_once")]


class HoursEntry(models.Model):
    """Hours (学时, 45 minutes) credited for a passed task, by way of learning and calendar year."""

    id = _id()
    enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    online = models.DecimalField(max_digits=6, decimal_places=1)
    practice = models.DecimalField(max_digits=6, decimal_places=1)
    offline = models.DecimalField(max_digits=6, decimal_places=1)
