"""What the platform must remember. Secrets and single-use values are stored as digests only."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Tool(models.Model):
    """A registered tool: one client, one deployment. Switched off, it can neither launch nor call us."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    deployment_id = models.CharField(max_length=255)
    login_url = models.CharField(max_length=2000)
    redirect_uris = models.JSONField(default=list)
    jwks_url = models.CharField(max_length=2000, blank=True)
    jwks = models.JSONField(null=True, blank=True)
    scopes = models.JSONField(default=list)
    share = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The tool's published keys as last fetched; a bad answer never lands here.
    cached_keys = models.JSONField(null=True, blank=True, editable=False)
    keys_fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    keys_asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name


class SigningKey(models.Model):
    """A key of ours. The newest not retired signs; a retired one is published until tools have moved on."""

    kid = models.CharField(max_length=64, primary_key=True)
    public_jwk = models.JSONField()
    sealed_private_pem = models.TextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    published_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.kid


class ResourceLink(models.Model):
    """One placement of a tool in a course: what lets the tool call that course's services."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="links")
    link_id = models.CharField(max_length=255)
    context_id = models.CharField(max_length=255, db_index=True)
    title = models.CharField(max_length=255, blank=True)
    target_link_uri = models.CharField(max_length=2000)
    custom = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tool", "link_id"], name="shijie_lms_one_link_per_tool")
        ]

    def __str__(self) -> str:
        return self.link_id


class LaunchHint(models.Model):
    """A launch somebody began. `used_at` is set by one conditional update: the first answer wins."""

    digest = models.CharField(max_length=64, primary_key=True)
    link = models.ForeignKey(ResourceLink, on_delete=models.CASCADE, related_name="+")
    sub = models.CharField(max_length=255)
    login_hint = models.CharField(max_length=64)
    target_link_uri = models.CharField(max_length=2000)
    document_target = models.CharField(max_length=16)
    return_url = models.CharField(max_length=2000, blank=True)
    locale = models.CharField(max_length=35, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest[:12]


class UsedValue(models.Model):
    """A nonce or jti that was seen. The unique insert is the check, so it holds across processes."""

    kind = models.CharField(max_length=16)
    client_id = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "client_id", "digest"], name="shijie_lms_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class AccessToken(models.Model):
    digest = models.CharField(max_length=64, primary_key=True)
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]


class LineItem(models.Model):
    """A gradebook column. A tool sees its own only, and may remove only what it made itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="line_items")
    link = models.ForeignKey(ResourceLink, null=True, on_delete=models.CASCADE, related_name="line_items")
    context_id = models.CharField(max_length=255, db_index=True)
    label = models.CharField(max_length=255)
    score_maximum = models.DecimalField(max_digits=15, decimal_places=6)
    resource_id = models.CharField(max_length=255, blank=True)
    tag = models.CharField(max_length=255, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    made_by_tool = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # Removed columns keep their scores: a mistaken DELETE by a tool must not destroy grades.
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class Score(models.Model):
    """Every score message, append-only.

    The grade is the row with the newest time stamp of its person and column: a property of the data, so no
    order of arrival and no race can make an older one win.
    """

    line_item = models.ForeignKey(LineItem, on_delete=models.CASCADE, related_name="scores")
    sub = models.CharField(max_length=255)
    timestamp = models.DateTimeField()
    score_given = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    score_maximum = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    activity_progress = models.CharField(max_length=16)
    grading_progress = models.CharField(max_length=16)
    comment = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)
    # Whether it was the newest when it came; informative only.
    applied = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line_item", "sub", "timestamp"], name="shijie_lms_one_score")
        ]

    def __str__(self) -> str:
        return f"{self.line_item_id} {self.timestamp:%F %T}"
