"""The outbox door: put a row, work due rows, look at what failed."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from lti_tools.errors import ShijieError
from lti_tools.outbox.models import OutboxRow
from lti_tools.outbox.retention import forget_payloads, forget_scores

__all__ = [
    "Again",
    "Handler",
    "Row",
    "cancel",
    "forget_payloads",
    "forget_scores",
    "problems",
    "put",
    "retry",
    "state_of",
    "waiting",
    "work",
]

log = logging.getLogger("shijie.outbox")
MAX_ATTEMPTS = 12
WAKE = {"default": "shijie.work", "media": "shijie.work_media"}
# A worker's task takes no further row after this, so that it ends well before its limit of five minutes.
TAKING_SECONDS = 60
# Asking a broker that is away costs seconds; after one vain try nobody waits for it again for a while.
SILENT_SECONDS = 60


@dataclass(frozen=True)
class Row:
    """What a handler sees: the fixed payload and how often it was tried before (0 at first)."""

    id: int
    kind: str
    key: str
    payload: dict[str, object]
    attempts: int


@dataclass(frozen=True)
class Again:
    """A handler's answer when the work goes on in another bounded step, with a new payload."""

    payload: dict[str, object]
    after_seconds: int = 0


Handler = Callable[[Row], "Again | None"]


def put(
    kind: str,
    *,
    key: str,
    payload: Mapping[str, object],
    not_before: datetime | None = None,
    supersedes: str = "",
    queue: str = "default",
) -> bool:
    """Writes a row in the running transaction; False when (kind, key) is there already.

    `supersedes` names a line of rows of which only the newest matters: older waiting ones are cancelled.
    Refuses to run outside a transaction: a row without its cause, or a cause without its row, must not exist.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("outbox.put runs in the transaction of its cause")
    try:
        with transaction.atomic():
            row = OutboxRow.objects.create(
                kind=kind,
                key=key,
                payload=dict(payload),
                not_before=not_before or timezone.now(),
                supersedes=supersedes,
                queue=queue,
            )
    except IntegrityError:
        return False
    if supersedes:
        older = OutboxRow.objects.filter(
            kind=kind, supersedes=supersedes, id__lt=row.id, state=OutboxRow.State.WAITING
        )
        older.update(state=OutboxRow.State.CANCELLED, done_at=timezone.now())
    transaction.on_commit(lambda: _wake(queue), robust=True)
    return True


class _Broker:
    """When this process may next spend time on a wake-up."""

    silent_until = 0.0


def _wake(queue: str) -> None:
    """Best effort: a broker that is down loses a wake-up, the sweep finds the row."""
    from celery import current_app

    if time.monotonic() < _Broker.silent_until:
        return
    try:
        current_app.send_task(WAKE[queue], queue=queue, retry=False)
    except Exception as problem:
        _Broker.silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("wake-up lost, the sweep will find the row", extra={"error": type(problem).__name__})


def work(handlers: Mapping[str, Handler], *, queue: str = "default", limit: int = 20) -> int:
    """Works off due rows of one queue, at most `limit`, for about a minute; returns how many were taken.

    When it stops with rows left it wakes a successor: a long line does not wait for the sweep.
    """
    taken, until = 0, time.monotonic() + TAKING_SECONDS
    while taken < limit and time.monotonic() < until:
        row = _lease(queue, handlers.keys())
        if row is None:
            return taken
        taken += 1
        _run(row, handlers[row.kind])
    if OutboxRow.objects.filter(_due(queue), kind__in=list(handlers)).exists():
        _wake(queue)
    return taken


def _due(queue: str) -> Q:
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return Q(state=OutboxRow.State.WAITING, queue=queue, not_before__lte=now) & free


def _lease(queue: str, kinds: object) -> OutboxRow | None:
    """Takes the oldest due row by a conditional update: of two workers exactly one succeeds."""
    while True:
        row = OutboxRow.objects.filter(_due(queue), kind__in=list(kinds)).order_by("not_before", "id").first()  # type: ignore[call-overload]
        if row is None:
            return None
        lease = str(uuid.uuid4())
        until = timezone.now() + timedelta(seconds=settings.SHIJIE_LEASE_SECONDS)
        mine = OutboxRow.objects.filter(_due(queue), id=row.id, lease=row.lease)
        if mine.update(lease=lease, lease_until=until, attempts=F("attempts") + 1):
            row.lease, row.attempts = lease, row.attempts + 1
            return row


def _run(row: OutboxRow, handler: Handler) -> None:
    if row.attempts > MAX_ATTEMPTS:
        # Nobody noted why the last tries ended: each time the worker itself was lost over this row.
        _note_failure(row, code="outbox.worker_lost", detail="", permanent=True)
        return
    seen = Row(id=row.id, kind=row.kind, key=row.key, payload=row.payload, attempts=row.attempts - 1)
    try:
        outcome = handler(seen)
    except ShijieError as problem:
        _note_failure(row, code=problem.code, detail=str(problem), permanent=problem.permanent)
    except Exception as problem:
        log.exception("outbox handler broke", extra={"kind": row.kind, "row": row.id})
        _note_failure(row, code="outbox.unexpected", detail=type(problem).__name__, permanent=False)
    else:
        _note_success(row, outcome)


def _mine(row: OutboxRow):  # type: ignore[no-untyped-def]
    """Only while the lease is still ours: a row taken over by another worker is that worker's to close."""
    return OutboxRow.objects.filter(id=row.id, lease=row.lease, state=OutboxRow.State.WAITING)


def _note_success(row: OutboxRow, outcome: Again | None) -> None:
    if outcome is None:
        _mine(row).update(
            state=OutboxRow.State.DONE,
            done_at=timezone.now(),
            lease_until=None,
            error_code="",
            error_detail="",
        )
        return
    later = timezone.now() + timedelta(seconds=outcome.after_seconds)
    _mine(row).update(payload=outcome.payload, not_before=later, lease_until=None, attempts=0, error_code="")
    if not outcome.after_seconds:
        _wake(row.queue)


def _note_failure(row: OutboxRow, *, code: str, detail: str, permanent: bool) -> None:
    final = permanent or row.attempts >= MAX_ATTEMPTS
    wait = min(settings.SHIJIE_RETRY_SECONDS * 2 ** (row.attempts - 1), 6 * 3600)
    log.warning("outbox row failed", extra={"kind": row.kind, "row": row.id, "code": code, "final": final})
    _mine(row).update(
        state=OutboxRow.State.FAILED if final else OutboxRow.State.WAITING,
        not_before=timezone.now() + timedelta(seconds=wait),
        lease_until=None,
        error_code=code[:80],
        error_detail=detail[:400],
    )


def problems() -> list[OutboxRow]:
    """Rows that stopped for good and rows that keep failing, for the page a person sees."""
    failing = Q(state=OutboxRow.State.FAILED) | Q(state=OutboxRow.State.WAITING, attempts__gte=2)
    return list(OutboxRow.objects.filter(failing).order_by("-created_at")[:200])


def retry(row_id: int) -> bool:
    """Makes a stopped row due again, with the same bytes."""
    rows = OutboxRow.objects.filter(id=row_id, state__in=[OutboxRow.State.FAILED, OutboxRow.State.WAITING])
    found = rows.update(
        state=OutboxRow.State.WAITING, attempts=0, not_before=timezone.now(), lease_until=None, error_code=""
    )
    for row in OutboxRow.objects.filter(id=row_id):
        _wake(row.queue)
    return bool(found)


def cancel(kind: str, *, key: str) -> bool:
    """A row not yet done will not be; one under way finishes its bounded step and is not continued."""
    rows = OutboxRow.objects.filter(kind=kind, key=key, state=OutboxRow.State.WAITING)
    return bool(rows.update(state=OutboxRow.State.CANCELLED, done_at=timezone.now()))


def state_of(kind: str, *, key: str) -> str | None:
    """waiting, done, failed or cancelled; None when no such row was ever put."""
    return OutboxRow.objects.filter(kind=kind, key=key).values_list("state", flat=True).first()


def waiting(queue: str | None = None) -> int:
    rows = OutboxRow.objects.filter(state=OutboxRow.State.WAITING)
    return rows.filter(queue=queue).count() if queue else rows.count()
