from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Enrolment", "PlacementEntry", "Programme"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Programme(models.Model):
    """A training programme of an area: period, reference date and, by hash, the policy and award rules it uses.

    `shortest_minutes` replaces the least minutes a rubric asks of a recording; None leaves it to the rubric.
    """

    id = _id()
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    title = models.CharField(max_length=120)
    starts = models.DateField()
    ends = models.DateField()
    reference_date = models.DateField()
    tier_policy_hash = models.CharField(max_length=64)
    award_rules_hash = models.CharField(max_length=64)
    diagnosis_hash = models.CharField(max_length=64)
    shortest_minutes = models.PositiveSmallIntegerField(null=True)
    opened_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """A person in a programme, with the present placement. Coverage counts `due` only."""

    class Participation(models.TextChoices):
        DUE = "due", _("Required")
        DEFERRED = "deferred", _("Deferred")
        EXEMPT = "exempt", _("Exempt")

    id = _id()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    participation = models.CharField(max_length=10, choices=Participation.choices, default=Participation.DUE)
    tier = models.CharField(max_length=40, blank=True)
    skill = models.CharField(max_length=4, blank=True)
    age_band = models.CharField(max_length=20, blank=True)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "person"], name="enrolled_once")]


class PlacementEntry(models.Model):
    """Every placement ever made, with its reasons: the diagnosis that led to it, or the override and its approver."""

    id = _id()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="placements")
    tier = models.CharField(max_length=40)
    skill = models.CharField(max_length=4)
    age_band = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    diagnosis = models.JSONField(default=dict)
    approver = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
