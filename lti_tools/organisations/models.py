from __future__ import annotations

import uuid

from django.db import models

__all__ = ["SchoolSpell"]


class SchoolSpell(models.Model):
    """What a school was called, where it belonged and what it was, from a day until a day.

    Spells of one school follow each other without gap or overlap; the open one (no end) says what `School` says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("shijie.School", on_delete=models.PROTECT, related_name="spells")
    area = models.ForeignKey("shijie.Area", on_delete=models.PROTECT)
    parent = models.ForeignKey("shijie.School", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    location = models.CharField(max_length=10)
    remote = models.BooleanField()
    since = models.DateField()
    # The first day on which it no longer held.
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=models.Q(until__isnull=True), name="one_present_spell"
            ),
            models.UniqueConstraint(fields=["school", "since"], name="one_spell_a_day"),
        ]
