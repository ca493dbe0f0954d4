from __future__ import annotations

import uuid

from django.db import models

__all__ = [
    "AccessToken",
    "Deployment",
    "GradeTarget",
    "JwksCache",
    "PendingLogin",
    "Platform",
    "SeenLaunch",
    "ToolKey",
    "UsedJti",
]


def _id() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Platform(models.Model):
    """An LMS as one client of ours: the same issuer may be registered several times with other client ids.

    `authoritative_area` is set where an officer vouched that this LMS knows the staff numbers of that area;
    only then may a launch be matched with a person without a human looking at it.
    """

    id = _id()
    issuer = models.CharField(max_length=255)
    client_id = models.CharField(max_length=255)
    name = models.CharField(max_length=120)
    auth_login_url = models.CharField(max_length=500)
    token_url = models.CharField(max_length=500)
    auth_audience = models.CharField(max_length=500, blank=True)
    jwks_url = models.CharField(max_length=500)
    # Origins whose pages may frame ours besides those of the issuer and of its login page.
    frame_origins = models.JSONField(default=list)
    authoritative_area = models.ForeignKey(
        "shijie.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "client_id"], name="one_platform_per_client")
        ]

    def __str__(self) -> str:
        return self.name


class Deployment(models.Model):
    """A place inside a platform from which launches are accepted (LTI Core 1.3 section 3.1.3)."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="deployments")
    deployment_id = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "deployment_id"], name="one_deployment")]

    def __str__(self) -> str:
        return self.deployment_id


class ToolKey(models.Model):
    """A key pair of ours. The private half is sealed under a master key of the environment, named by its
    version.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"

    kid = models.CharField(max_length=64, primary_key=True)
    public_jwk = models.JSONField()
    sealed_private_pem = models.TextField()
    key_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kid


class PendingLogin(models.Model):
    """A launch we sent to a platform and wait for. Only hashes are kept: a leaked table opens nothing.

    It binds state, nonce, platform (issuer and client) and browser together and is used once, by a
    conditional update that holds across processes.
    """

    state_hash = models.CharField(max_length=64, primary_key=True)
    nonce_hash = models.CharField(max_length=64)
    binding_hash = models.CharField(max_length=64)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.state_hash[:8]


class JwksCache(models.Model):
    """A platform's last good key set. `tried_at` also counts failures, so that nobody makes us hammer a
    platform.
    """

    platform = models.OneToOneField(Platform, primary_key=True, on_delete=models.CASCADE)
    keys = models.JSONField(default=list)
    fetched_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{len(self.keys)} keys"


class AccessToken(models.Model):
    """A platform's bearer token, sealed. One row per platform, therefore per client id, and set of scopes."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE)
    scopes_key = models.CharField(max_length=64)
    sealed_token = models.TextField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "scopes_key"], name="one_token_per_scopes")
        ]

    def __str__(self) -> str:
        return self.scopes_key[:8]


class UsedJti(models.Model):
    """A service token that was used. The unique row is what makes it single use."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE)
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "jti_hash"], name="jti_once")]

    def __str__(self) -> str:
        return self.jti_hash[:8]


class GradeTarget(models.Model):
    """A link in a course that takes scores. `finding_until` keeps two workers from both creating its line
    item.
    """

    id = _id()
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT)
    deployment_id = models.CharField(max_length=255)
    context_id = models.CharField(max_length=255, blank=True)
    context_title = models.CharField(max_length=255, blank=True)
    resource_link_id = models.CharField(max_length=255)
    resource_title = models.CharField(max_length=255, blank=True)
    lineitem_url = models.CharField(max_length=1000, blank=True)
    lineitems_url = models.CharField(max_length=1000, blank=True)
    scopes = models.JSONField(default=list)
    finding_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "deployment_id", "resource_link_id"], name="one_target_per_resource_link"
            )
        ]

    def __str__(self) -> str:
        return self.resource_title or self.resource_link_id


class SeenLaunch(models.Model):
    """Which user of the platform opened which link: where that person's grade may go."""

    target = models.ForeignKey(GradeTarget, on_delete=models.CASCADE)
    sub = models.CharField(max_length=255)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "sub"], name="one_sight_per_sub")]

    def __str__(self) -> str:
        return f"target {self.target_id}"
