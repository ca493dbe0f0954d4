"""What messages that are done or given up still say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from lti_tools.outbox.models import OutboxRow

ENDED = (OutboxRow.State.DONE, OutboxRow.State.CANCELLED)


def forget_payloads(before: datetime, *, dry_run: bool = False) -> int:
    """Blanks the contents of rows ended before that moment; that they were worked off stays on record."""
    rows = OutboxRow.objects.filter(state__in=ENDED, done_at__lt=before).exclude(payload={})
    return rows.count() if dry_run else rows.update(payload={}, error_detail="")


def forget_scores(subs: Iterable[str]) -> int:
    """Blanks the scores of LMS users who were erased; those not yet sent never will be."""
    rows = OutboxRow.objects.filter(kind="publish_grade", payload__score__userId__in=list(subs))
    waiting = rows.exclude(state__in=ENDED)
    ids = list(rows.values_list("id", flat=True))
    waiting.update(state=OutboxRow.State.CANCELLED, done_at=timezone.now(), lease_until=None)
    return OutboxRow.objects.filter(id__in=ids).update(payload={}, error_detail="")
