"""What :mod:`rubrics.awards` is asked about and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rubrics.nouns.base import Reason


@dataclass(frozen=True, slots=True)
class LessonResult:
    """The result that counts for one demo lesson (of several attempts, the one kept); only a renewal asks for its
    day."""

    rubric_key: str
    total: Decimal
    band: str
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """``level`` is ``excellent`` or ``pass`` when met, else None. ``missing`` is empty exactly when met."""

    met: bool
    level: str | None
    missing: tuple[Reason, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RenewalStanding:
    """Where a renewal stands in its window, both days included. ``valid_to`` is the new last day once it is met, else
    None; ``missing`` is empty exactly then."""

    opens: date
    closes: date
    valid_to: date | None
    missing: tuple[Reason, ...]
    reasons: tuple[Reason, ...]

    @property
    def met(self) -> bool:
        return not self.missing
