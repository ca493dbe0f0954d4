"""Steps on the LMS's side: what its gradebook says."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from xblocks.lms_app import api


def grades(sub: str) -> list[dict[str, Any]]:
    """Every cell of one learner: its score, and all messages that ever arrived for it."""
    book = api.gradebook(settings.COURSE_ID)
    return [
        {"score": float(cell.score) if cell.score is not None else None, "history": _history(column, sub)}
        for (column, learner), cell in book.cells.items()
        if learner == sub
    ]


def _history(column: Any, sub: str) -> list[dict[str, Any]]:
    return [
        {
            "score": float(entry.message.score_given or 0),
            "applied": entry.applied,
            "at": entry.message.timestamp.isoformat(),
        }
        for entry in api.history(column, sub)
    ]
