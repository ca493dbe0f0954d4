from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from lti_tools.audit.api import CanonicalJSON
from lti_tools.errors import ShijieError

__all__ = ["LedgerEntry"]


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Reads only. Erasing destroys a salt and goes through `results.api.forget` alone."""

    def update(self, **_values: object) -> int:
        raise ShijieError("results.append_only")

    def bulk_update(self, *_args: object, **_values: object) -> int:
        raise ShijieError("results.append_only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ShijieError("results.append_only")

    def erase(self) -> int:
        """Takes away who it was and what was said; the digests stay, so the chain still proves itself."""
        nobody = {
            "salt": "",
            "person": None,
            "enrolment": None,
            "school_name": "",
            "school_code": "",
            "value": {},
        }
        return super().update(**nobody)


class LedgerEntry(models.Model):
    """One result, award, revocation or override. Appended once, never edited; a correction is a new entry.

    `school_name` and `school_code` are those of the day. `value` holds decimals as text. The chain covers
    `person_digest` and `content_digest` (both salted per row), never the plain columns.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Demo lesson")
        TASK = "task", _("Task")
        DIAGNOSIS = "diagnosis", _("Diagnosis")
        AWARD = "award", _("Award")
        REVOCATION = "revocation", _("Revocation")
        OVERRIDE = "override", _("Override")
        CORRECTION = "correction", _("Correction")

    seq = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    person = models.ForeignKey("shijie.Person", null=True, on_delete=models.PROTECT)
    enrolment = models.ForeignKey("shijie.Enrolment", null=True, on_delete=models.PROTECT)
    school_name = models.CharField(max_length=120, blank=True)
    school_code = models.CharField(max_length=10, blank=True)
    definition_key = models.CharField(max_length=80)
    definition_version = models.PositiveIntegerField()
    definition_hash = models.CharField(max_length=64)
    value = CanonicalJSON(default=dict)
    idempotency_key = models.CharField(max_length=200, unique=True)
    salt = models.CharField(max_length=32, blank=True)
    person_digest = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LedgerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise ShijieError("results.append_only", seq=self.seq)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *_args: object, **_kwargs: object) -> tuple[int, dict[str, int]]:
        raise ShijieError("results.append_only", seq=self.seq)
