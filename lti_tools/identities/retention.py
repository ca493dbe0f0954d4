"""Accounts and slips whose time has run out. Each answer is how many there are, or were until now."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q, QuerySet

from lti_tools.identities.models import Identity, Slip


def forget_waiting(before: datetime, *, dry_run: bool = False) -> int:
    """Accounts never linked with a person and not seen since `before`; those that results name stay."""
    late = Identity.objects.filter(person__isnull=True, rejected_at__isnull=True, seen_at__lt=before)
    return _gone(_unused(late), dry_run=dry_run)


def forget_rejected(before: datetime, *, dry_run: bool = False) -> int:
    late = Identity.objects.filter(person__isnull=True, rejected_at__lt=before)
    return _gone(_unused(late), dry_run=dry_run)


def forget_slips(before: datetime, *, dry_run: bool = False) -> int:
    """Slips revoked or run out before that moment, with the telephones that scanned them."""
    late = Slip.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))
    return _gone(late, dry_run=dry_run)


def _gone(rows: QuerySet[models.Model], *, dry_run: bool) -> int:
    found = rows.count()
    if not dry_run:
        rows.delete()
    return found


def _unused(rows: QuerySet[Identity]) -> QuerySet[Identity]:
    """Without those that something still names: a lesson handed in through an account that was split off."""
    for relation in Identity._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            name = relation.field.name  # type: ignore[union-attr]
            naming = relation.related_model._base_manager.filter(**{f"{name}__isnull": False})  # type: ignore[union-attr]
            rows = rows.exclude(id__in=naming.values(name))
    return rows
