"""Which questions to ask: the short sitting, what a specialist checks, and what would tell most beyond that."""

from __future__ import annotations

from collections import Counter

from rubrics.answers import Answers, grounds, read
from rubrics.model import DiagnosisBank, Item


def short_form(bank: DiagnosisBank) -> tuple[Item, ...]:
    """The questions for one short sitting, in the order one would ask them."""
    return tuple(item for item in map(bank.item, bank.short_form) if item is not None)


def specialist_checks(bank: DiagnosisBank) -> tuple[Item, ...]:
    """The checks somebody watches, in the bank's order; no teacher answers them alone."""
    return tuple(item for item in bank.items if item.check == "specialist")


def further_questions(bank: DiagnosisBank, answers: Answers, *, limit: int) -> tuple[Item, ...]:
    """At most ``limit`` questions not answered yet, those first that would tell most about what is known least.

    Each time the question is taken that may be evidence of most indicators nothing is known about; of equals the one
    that may be evidence of most indicators known from a single source, and so on; of equals the first in the bank.
    What was taken counts as known for the next. Specialists' checks are not among them. Empty when all is answered.
    The same answers give the same questions, in whatever order they were given. Refuses what
    :func:`rubrics.answers.read` refuses.
    """
    known = _sources(bank, answers)
    left = [item for item in bank.items if item.id not in answers and item.check != "specialist"]
    found: list[Item] = []
    while left and len(found) < limit:
        # The first of equals: max keeps it.
        best = max(left, key=lambda item: _told(item, known))
        left.remove(best)
        found.append(best)
        known.update(_indicators(best))
    return tuple(found)


def _sources(bank: DiagnosisBank, answers: Answers) -> Counter[str]:
    """How many answers are evidence of each indicator."""
    found = grounds(bank, read(bank, answers), outside={})
    return Counter(indicator for one in found for indicator in one.evidence)


def _told(item: Item, known: Counter[str]) -> list[int]:
    """How many indicators with no source yet, with one, with two and more this question may be evidence of."""
    sources = [min(known[indicator], 2) for indicator in _indicators(item)]
    return [sources.count(number) for number in range(3)]


def _indicators(item: Item) -> set[str]:
    return {indicator for option in item.options for indicator in option.evidence}
