from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Case", "Decision", "Mark", "Reading", "Round", "Span"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Round(models.Model):
    """How the lessons of one programme under one rubric are judged.

    `rules` is a copy of the rubric's panel rules plus the days a rater has and the years for which colleagues
    stay colleagues, so that a bureau may change them for one round: {"criterion_gap": 2, "total_gap": "10",
    "straddling": true, "random_share": "0.1", "days": 7, "colleague_years": 3}. Shares and points are text.
    """

    id = _id()
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    rubric_key = models.CharField(max_length=80)
    rubric_hash = models.CharField(max_length=64)
    rules = models.JSONField(default=dict)
    title = models.CharField(max_length=120)
    opens = models.DateField()
    closes = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "rubric_hash"], name="one_round_per_rubric")
        ]

    def __str__(self) -> str:
        return self.title


class Case(models.Model):
    """One take of a lesson before the panel. Raters know it by `blind_code` only.

    `lot` says whether a third reading was drawn; it is drawn when the case opens, before anybody could know a
    score. `turn` is counted up by every commit, which makes two commits at the same moment follow each other.
    """

    class State(models.TextChoices):
        RATING = "rating", _("Being rated")
        THIRD = "third", _("Third rating")
        DECIDED = "decided", _("Decided")

    id = _id()
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cases")
    take = models.OneToOneField("shijie.Take", on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey("shijie.Lesson", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("shijie.Enrolment", on_delete=models.PROTECT, related_name="+")
    blind_code = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RATING)
    lot = models.BooleanField(default=False)
    third_reasons = models.JSONField(default=list)
    turn = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "blind_code"], name="blind_code_once")]

    def __str__(self) -> str:
        return self.blind_code


class Reading(models.Model):
    """One rater's sealed look at one case.

    `draft` holds what the rater typed, as typed, until the commit turns it into marks; `revision` counts
    saves so that an older page cannot overwrite a newer one. `seal` is SHA-256 over salt and canonical marks.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Still to do")
        COMMITTED = "committed", _("Handed in")

    id = _id()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    rater = models.ForeignKey("shijie.Person", on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due = models.DateField()
    draft = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    salt = models.CharField(max_length=32)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "ordinal"], name="reading_ordinal"),
            models.UniqueConstraint(fields=["case", "rater"], name="one_reading_per_rater"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ordinal}"


class Mark(models.Model):
    """A committed level for one criterion. Written at the commit, never changed.

    Without a level the criterion does not apply to this lesson, or is one that is only answered in words. `points`
    are given inside the level where the rubric has range scoring.
    """

    id = _id()
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="marks")
    criterion = models.CharField(max_length=40)
    level = models.SmallIntegerField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "criterion"], name="mark_once")]

    def __str__(self) -> str:
        return self.criterion


class Span(models.Model):
    """A stretch of the recording, in milliseconds from its start, that shows why the level was given."""

    id = _id()
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="spans")
    position = models.PositiveSmallIntegerField()
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.start_ms}-{self.end_ms}"


class Decision(models.Model):
    """What the panel decided about a case: exactly one, made of the sealed readings named in `used`.

    `reasons` are codes with values (rubrics.codes); whoever shows them words them.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    total = models.DecimalField(max_digits=12, decimal_places=6)
    band = models.CharField(max_length=20)
    levels = models.JSONField(default=dict)
    used = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.band}"
