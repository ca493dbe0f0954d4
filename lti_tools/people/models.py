from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = [
    "Account",
    "Affiliation",
    "Area",
    "Identity",
    "Person",
    "RoleGrant",
    "RosterImport",
    "School",
]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Area(models.Model):
    """Province, prefecture or county. `code` is GB/T 2260; `path` lists the codes from the root, for subtrees."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        PREFECTURE = "prefecture", _("Prefecture")
        COUNTY = "county", _("County")

    id = _id()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    level = models.CharField(max_length=12, choices=Level.choices)
    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=80, db_index=True)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class School(models.Model):
    """A school, or a teaching point belonging to one. `code` is the ten-digit school code."""

    class Location(models.TextChoices):
        URBAN = "urban", _("Urban")
        TOWNSHIP = "township", _("Township")
        VILLAGE = "village", _("Village")

    id = _id()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    location = models.CharField(max_length=10, choices=Location.choices)
    remote = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def teaching_point(self) -> bool:
        return self.parent_id is not None


class Person(models.Model):
    """A human being of the district. Identity papers are kept as a keyed hash with key version and the last four."""

    id = _id()
    name = models.CharField(max_length=80)
    sex = models.CharField(max_length=1, blank=True)
    staff_no = models.CharField(max_length=40, blank=True, db_index=True)
    birth_month = models.CharField(max_length=7, blank=True)
    id_hash = models.CharField(max_length=64, blank=True)
    id_key_version = models.PositiveSmallIntegerField(default=0)
    id_last4 = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_key_version", "id_hash"],
                condition=~models.Q(id_hash=""),
                name="one_person_per_id_hash",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """Where a person works from when to when, and as what. The open one (no end) is the present one."""

    id = _id()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="affiliations")
    school = models.ForeignKey(School, on_delete=models.PROTECT)
    personnel_unit = models.CharField(max_length=120, blank=True)
    employment = models.CharField(max_length=20, blank=True)
    staff_status = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    subjects = models.JSONField(default=list)
    title = models.CharField(max_length=20, blank=True)
    title_date = models.CharField(max_length=7, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until__isnull=True), name="one_present_affiliation"
            )
        ]


class Account(AbstractUser):
    """Our own sign-in, for people whose rights must not depend on what an LMS says."""

    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT)


class RoleGrant(models.Model):
    """A right with scope, begin, end and reason. At most one of area and school is set; neither means everywhere."""

    class Role(models.TextChoices):
        RATER = "rater", _("Rater")
        CHAIR = "chair", _("Chair")
        SPECIALIST = "specialist", _("Specialist")
        OFFICER = "officer", _("Officer")
        ADMINISTRATOR = "administrator", _("Administrator")

    id = _id()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT)
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT)
    since = models.DateField()
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")


class Identity(models.Model):
    """One person as one LMS knows them (issuer + sub). Without `person` it waits in the confirm queue."""

    id = _id()
    platform = models.ForeignKey("shijie.Platform", on_delete=models.PROTECT)
    sub = models.CharField(max_length=255)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="identities")
    claimed_name = models.CharField(max_length=120, blank=True)
    claimed_staff_no = models.CharField(max_length=40, blank=True)
    matched_by = models.CharField(max_length=40, blank=True)
    # An officer said that this is nobody of ours: it leaves the queue and is no longer matched.
    rejected_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "sub"], name="one_identity_per_sub")]


class RosterImport(models.Model):
    """An uploaded roster: what was read, what is wrong with it, and whether it was applied. Wrong rows never enter."""

    class State(models.TextChoices):
        CHECKED = "checked"
        APPLIED = "applied"
        DISCARDED = "discarded"

    id = _id()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    programme = models.ForeignKey("shijie.Programme", on_delete=models.PROTECT)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    # Counts, headings not stored, sheets not read; after applying, what became of the rows.
    summary = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKED)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
