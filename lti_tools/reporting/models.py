from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Dossier", "ReportRun"]


class ReportRun(models.Model):
    """A set of documents of one area: a frozen snapshot with digest, set step by step in the background."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, default="annual_appraisal")
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    requested_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
    archive = models.CharField(max_length=200, blank=True)
    sheet = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)


class Dossier(models.Model):
    """What a title committee may read, and nothing else: frozen evidence of named candidates, until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    title = models.CharField(max_length=120)
    made_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    made_at = models.DateTimeField(auto_now_add=True)
    # The last day on which it can be read.
    until = models.DateField()
    closed_at = models.DateTimeField(null=True)
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
