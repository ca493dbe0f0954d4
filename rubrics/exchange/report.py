"""What a reading or writing says besides its result: every kind of loss, filling or change exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field

from rubrics.exchange.sheet import Sheet
from rubrics.nouns.base import Reason, Value

#: Places named in one entry; ``count`` says how many there are.
MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Read:
    """A sheet and what was left behind, filled in or understood in another way than written."""

    sheet: Sheet
    report: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A text in some format and what it could not carry, or had to be filled in or changed."""

    text: str
    report: tuple[Reason, ...]


@dataclass(slots=True)
class Report:
    """Collects entries: the same code with the same values is one entry with all its places."""

    _places: dict[tuple[str, tuple[tuple[str, Value], ...]], list[str]] = field(default_factory=dict)

    def add(self, code: str, **values: Value) -> None:
        """An entry about the rubric as a whole."""
        self._places.setdefault((code, tuple(values.items())), [])

    def at(self, code: str, part: str, where: str) -> None:
        """An entry about one of many: ``part`` is rubric, criterion, level, row or package."""
        self._places.setdefault((code, (("part", part),)), []).append(where)

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(code, dict(values) | _counted(places)) for (code, values), places in self._places.items()
        )


def _counted(places: list[str]) -> dict[str, Value]:
    if not places:
        return {}
    more = ", ..." if len(places) > MOST_PLACES else ""
    return {"count": len(places), "where": ", ".join(places[:MOST_PLACES]) + more}
