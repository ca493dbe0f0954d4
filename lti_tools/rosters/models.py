from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["ColumnMapping", "RosterImport", "RosterRow"]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class ColumnMapping(models.Model):
    """How one bureau's sheets are to be read: heading -> column key, and per code table word -> code.

    `headings` is the digest of the sheet's row of headings: the same sheet next month needs no question.
    """

    id = _id()
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    headings = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    codes = models.JSONField(default=dict)
    made_by = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "headings"], name="one_mapping_a_sheet")]


class RosterImport(models.Model):
    """An uploaded roster on its way: read, mapped, judged in the background, decided, taken over.

    Until it is applied nothing of it is in the tables of people. Wrong rows never enter.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to be confirmed")
        READING = "reading", _("Being read")
        CHECKED = "checked", _("To be decided")
        APPLYING = "applying", _("Being taken over")
        APPLIED = "applied", _("Taken over")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Could not be read")

    id = _id()
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    uploaded_by = models.ForeignKey("shijie.Person", on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    # Where the uploaded file lies until the import is decided.
    stored = models.CharField(max_length=200, blank=True)
    mapping = models.ForeignKey(ColumnMapping, null=True, on_delete=models.PROTECT)
    # How the officer decided: good rows only, mark those absent as left.
    choices = models.JSONField(default=dict)
    # Counts, headings not stored, sheets not read; after applying, what became of the rows. No personal data.
    summary = models.JSONField(default=dict)
    # Why it could not be read: the refusal's code and its texts in every language of the house.
    failure = models.JSONField(default=dict)
    # How often it was read so far: a mapping changed by the officer begins a new reading.
    reading = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)


class RosterRow(models.Model):
    """One staged row: normalised cells, what it would do (`kind`), what it would change, or what is wrong with it.

    Wrong rows keep what marks them as somebody's and every problem; all others are deleted when the import is
    applied, and all of them when it is discarded. ID numbers are here as keyed hashes already. Rows of people who
    are missing from the file (`absent`) are numbered on from `FIRST_ABSENT`.
    """

    FIRST_ABSENT = 1_000_000_000

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    cells = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    person = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="one_row_a_number")]
        indexes = [models.Index(fields=["roster", "kind", "number"], name="rows_by_kind")]
