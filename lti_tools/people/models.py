from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin

from lti_tools.keys.api import unseal
from lti_tools.people.totp import accepted_step

__all__ = ["Account", "Affiliation", "Area", "Authenticator", "Person", "RoleGrant", "School"]


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
    """A school, or a teaching point belonging to one, as it is now. `code` is the ten-digit school code.

    What it was called and where it belonged earlier is kept in `organisations` (SchoolSpell).
    """

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
    # Codes of the table `equipment` (codes.toml) -> how many, or how good.
    equipment = models.JSONField(default=dict)
    # Closed or merged: from this day on nobody works here; `successor` is the school that took its people over.
    closed_on = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

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
    id_hash = models.CharField(max_length=64, blank=True, db_index=True)
    id_key_version = models.PositiveSmallIntegerField(default=0)
    id_last4 = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Set by an erasure: nothing about the person is left but this row, which others point at.
    erased_at = models.DateTimeField(null=True)

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
    appointed_date = models.CharField(max_length=7, blank=True)
    post_level = models.PositiveSmallIntegerField(null=True)
    since = models.DateField()
    # The first day on which it no longer held; None is the present one.
    until = models.DateField(null=True)
    # Why it ended: a code of the table `left` (codes.toml).
    left = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until__isnull=True), name="one_present_affiliation"
            )
        ]


class Account(AbstractUser):
    """Our own sign-in, for people whose rights must not depend on what an LMS says."""

    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT)


class Authenticator(ThrottlingMixin, Device):
    """An authenticator app (TOTP, RFC 6238). Its key is sealed under a master key of the environment.

    `last_step` is the last time step that was accepted: a code is good once. `recovery` holds hashes of the
    codes for the day the telephone is lost.
    """

    sealed_key = models.TextField()
    last_step = models.BigIntegerField(default=-1)
    recovery = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    def get_throttle_factor(self) -> float:
        """Seconds to wait after the first wrong code; each further one doubles them."""
        return 1

    def verify_token(self, token: str) -> bool:
        """True once for a code of this moment, whichever of several requests asks first; counts a wrong one."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        step = accepted_step(unseal(self.sealed_key), token, after=self.last_step)
        mine = type(self).objects.filter(pk=self.pk)
        right = {"last_step": step, "throttling_failure_count": 0, "throttling_failure_timestamp": None}
        if step is not None and mine.filter(last_step__lt=step).update(**right):
            self.refresh_from_db()
            return True
        failed = {"throttling_failure_count": models.F("throttling_failure_count") + 1}
        mine.update(**failed, throttling_failure_timestamp=timezone.now())
        return False


class RoleGrant(models.Model):
    """A right with scope, begin, end and reason: an area with all below it, a school with its teaching points, or
    one dossier. Without any of them it holds everywhere, which only some roles may.
    """

    class Role(models.TextChoices):
        RATER = "rater", _("Rater")
        CHAIR = "chair", _("Chair")
        SPECIALIST = "specialist", _("Specialist")
        ENVOY = "envoy", _("Technical envoy")
        SCHOOL_OFFICE = "school_office", _("School office")
        OFFICER = "officer", _("Officer")
        REVIEWER = "reviewer", _("Reviewer")
        COMMITTEE = "committee", _("Title committee member")
        ADMINISTRATOR = "administrator", _("Administrator")

    EVERYWHERE = (Role.RATER, Role.ADMINISTRATOR)

    id = _id()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT)
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT)
    dossier = models.ForeignKey("shijie.Dossier", null=True, on_delete=models.PROTECT)
    since = models.DateField()
    # The last day on which it holds; None is without end.
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=("rater", "administrator"))
                | models.Q(area__isnull=False)
                | models.Q(school__isnull=False)
                | models.Q(dossier__isnull=False),
                name="scope_named_where_needed",
            )
        ]
