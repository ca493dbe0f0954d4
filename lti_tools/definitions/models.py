from __future__ import annotations

from django.db import models

from lti_tools.errors import ShijieError

__all__ = ["Definition"]


class Definition(models.Model):
    """A published rubric, policy, award rule or item bank: canonical text plus hash, immutable."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    hash = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "version"], name="definition_version")]

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise ShijieError("definition.published_never_changes", key=self.key, version=self.version)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
