from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

__all__ = ["Lesson", "Rendition", "Take", "Upload"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Upload(models.Model):
    """A file on its way in. How many bytes have arrived is the size of the file and is stored nowhere else.

    `length` is None while the sender does not know it yet (a recording under way).
    """

    class State(models.TextChoices):
        OPEN = "open"
        USED = "used"  # belongs to a take: no longer the uploader's to continue or to delete
        GONE = "gone"  # deleted by its owner, or expired

    id = _id()
    owner = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="+")
    length = models.BigIntegerField(null=True)
    metadata = models.JSONField(default=dict)
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Lesson(models.Model):
    """A demo lesson handed in under one rubric, named by key and hash. `attempt` counts from 1 per rubric.

    A lesson whose recording was refused is `returned` and does not use up an attempt.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        RETURNED = "returned"
        READY = "ready"
        DECIDED = "decided"

    id = _id()
    enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT, related_name="lessons")
    title = models.CharField(max_length=120)
    subject = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    rubric_key = models.CharField(max_length=80)
    rubric_hash = models.CharField(max_length=64)
    attempt = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    consented_at = models.DateTimeField(null=True)
    # The LMS account it was handed in through, should that account turn out to be somebody else's.
    identity = models.ForeignKey("shijie.Identity", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "rubric_key", "attempt"],
                condition=~Q(state="returned"),
                name="one_lesson_per_attempt",
            )
        ]


class Take(models.Model):
    """One recording of a lesson and what the check found in it. `progress` is percent of its processing."""

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKING = "checking"
        RENDERING = "rendering"
        READY = "ready"
        REFUSED = "refused"

    id = _id()
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="takes")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="take")
    source = models.CharField(max_length=200)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    duration_ms = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    frame_rate = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    refusal = models.CharField(max_length=40, blank=True)
    refusal_values = models.JSONField(default=dict)
    progress = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)


class Rendition(models.Model):
    """What is shown of a take. A row exists only for a finished file."""

    class Kind(models.TextChoices):
        VIDEO_360P = "360p"
        POSTER = "poster"

    id = _id()
    take = models.ForeignKey(Take, on_delete=models.PROTECT, related_name="renditions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    path = models.CharField(max_length=200)
    bytes = models.BigIntegerField()
    duration_ms = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["take", "kind"], name="one_rendition_per_kind")]
