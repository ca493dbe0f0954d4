"""Explanations as tests compare them: the code, then its values in the order the code promises them."""

from __future__ import annotations

from collections.abc import Iterable

from rubrics import codes
from rubrics.model import Reason


def said(reasons: Iterable[Reason]) -> list[tuple[object, ...]]:
    """Refuses values under names their code does not promise, so that a page finds what it words."""
    found = list(reasons)
    for reason in found:
        assert tuple(reason.values) == codes.REASONS[reason.code], reason
    return [(reason.code, *reason.values.values()) for reason in found]
