from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Batch", "Enrolment", "ListCheck", "ParticipationEntry", "PlacementEntry", "Programme"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class CarryOver(models.TextChoices):
    """What becomes of those who are not done when a programme closes."""

    NOTHING = "nothing", _("Nothing is carried over")
    PEOPLE = "people", _("People are, and begin anew")
    PASSED = "passed", _("People are, with the tasks they have passed")


class Programme(models.Model):
    """A training programme of an area: period, reference date and, by hash, the policy and the rules it uses.

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
    hours_rules_hash = models.CharField(max_length=64)
    diagnosis_hash = models.CharField(max_length=64)
    shortest_minutes = models.PositiveSmallIntegerField(null=True)
    opened_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    opened_at = models.DateTimeField(auto_now_add=True)
    # The month and day on which a year of the programme begins (MM-DD): 01-01 or 09-01 in most bureaus.
    year_begins = models.CharField(max_length=5, default="01-01")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    carry_over = models.CharField(max_length=20, choices=CarryOver.choices, default=CarryOver.NOTHING)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "title"], name="one_programme_a_title")]

    def __str__(self) -> str:
        return self.title


class Batch(models.Model):
    """A part of a programme's people who train together in one of its years."""

    id = _id()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="batches")
    title = models.CharField(max_length=80)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "title"], name="one_batch_a_title")]

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
    # The first day on which a leave or exemption no longer holds; None is open.
    participation_until = models.DateField(null=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
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
    identity = models.ForeignKey("shijie.Identity", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class ParticipationEntry(models.Model):
    """Every change of who owes the training, with reason, approver and end. Proposed by one, decided by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    id = _id()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="participations")
    participation = models.CharField(max_length=10, choices=Enrolment.Participation.choices)
    # A code of the table `participation_reason` (codes.toml).
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # What whoever decided says to whoever proposed.
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(state="proposed"), name="one_open_proposal"
            )
        ]


class ListCheck(models.Model):
    """A school office has read its school's list for a programme: it is right, or this is wrong with it.

    Appended; the newest of a school is what the officer sees. `people` is how many stood on the list.
    """

    id = _id()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="list_checks")
    school = models.ForeignKey("shijie.School", on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    # Empty: the list is right.
    mistake = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
