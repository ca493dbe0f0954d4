from __future__ import annotations

from django.db import models

__all__ = ["SigningKey"]


class SigningKey(models.Model):
    """A key pair of the house for one purpose. The private half is sealed under a master key of the environment."""

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"

    kid = models.CharField(max_length=64, primary_key=True)
    purpose = models.CharField(max_length=30, db_index=True)
    version = models.PositiveSmallIntegerField()
    public_jwk = models.JSONField()
    sealed_private_pem = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="one_key_a_version")]
