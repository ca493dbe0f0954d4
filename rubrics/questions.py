"""Which questions to ask: the short sitting, what a specialist checks, and what would tell most beyond that."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from rubrics.answers import Answers, basis_of, grounds, read
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
    that takes most doubt from the others, because it rests on firmer ground; of equals the one about most indicators
    known from a single source; of equals the first in the bank. What was taken counts as known for the next.
    Specialists' checks are not among them. Empty when all is answered. The same answers give the same questions, in
    whatever order they were given. Refuses what :func:`rubrics.answers.read` refuses.
    """
    known = _doubts(bank, answers)
    left = [item for item in bank.items if item.id not in answers and item.check != "specialist"]
    found: list[Item] = []
    while left and len(found) < limit:
        # The first of equals: max keeps it.
        best = max(left, key=lambda item: _told(bank, item, known))
        left.remove(best)
        found.append(best)
        for indicator in _indicators(best):
            known[indicator].append(_doubt(bank, basis_of(best)))
    return tuple(found)


#: Indicator to the doubt of each source it is known from.
_Doubts = dict[str, list[Decimal]]


def _doubts(bank: DiagnosisBank, answers: Answers) -> _Doubts:
    known: _Doubts = defaultdict(list)
    for one in grounds(bank, read(bank, answers), outside={}):
        for indicator in one.evidence:
            known[indicator].append(_doubt(bank, one.basis))
    return known


def _doubt(bank: DiagnosisBank, basis: str) -> Decimal:
    return Decimal(getattr(bank.doubt, basis))


def _told(bank: DiagnosisBank, item: Item, known: _Doubts) -> tuple[int, Decimal, int]:
    """How many indicators it may be the first evidence of, how much doubt it takes from the others, and how many of
    them have a single source."""
    own = _doubt(bank, basis_of(item))
    others = [known[indicator] for indicator in _indicators(item) if known[indicator]]
    taken = sum((max(min(doubts) - own, Decimal(0)) for doubts in others), Decimal(0))
    new = len(_indicators(item)) - len(others)
    return new, taken, sum(len(doubts) == 1 for doubts in others)


def _indicators(item: Item) -> set[str]:
    return {indicator for option in item.options for indicator in option.evidence}
