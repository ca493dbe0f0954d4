from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Correction", "ErasureOrder"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class State(models.TextChoices):
    ASKED = "asked", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Correction(models.Model):
    """A person says that a fact held about them is wrong, and what is right. Somebody else decides."""

    id = _id()
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    field = models.CharField(max_length=40)
    held = models.CharField(max_length=200, blank=True)
    wanted = models.CharField(max_length=200)
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "field"], condition=models.Q(state="asked"), name="one_open_correction"
            )
        ]


class ErasureOrder(models.Model):
    """Ordered by one, approved by another, carried out in the background. Keeps no name."""

    id = _id()
    person = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="asked"), name="one_open_erasure"
            )
        ]
