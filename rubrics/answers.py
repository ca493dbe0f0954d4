"""What a person answered, checked against the bank, as grounds: what each speaks for, against, and how firmly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.errors import AnswersError
from rubrics.model import DiagnosisBank, Item, Option, OutsideTest

#: Question to the chosen option, to several where the item allows it, or in a screen task to all steps in order.
Answers = Mapping[str, str | Sequence[str]]

#: Outside test to the points reached in it.
Outside = Mapping[str, Decimal | int]

#: What an answer rests on, firmest first: somebody saw it done, a test of somebody else, an answered question, or what
#: the teacher says. Steps put in order on the screen are an answered question: knowing them is not doing them.
BASES = ("hands_on", "outside", "answered", "said")


@dataclass(frozen=True, slots=True)
class Ground:
    """One answered question or one outside result. ``watched``: a specialist saw it.

    ``evidence`` is indicator to value; over several chosen options the sum, at most 1.
    """

    id: str
    basis: str
    watched: bool
    shows: frozenset[str]
    lacks: frozenset[str]
    evidence: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was chosen."""

    item: Item
    options: tuple[Option, ...]


def read(bank: DiagnosisBank, answers: Answers) -> list[Answered]:
    """The answers in the bank's order. Refuses questions, options and steps the bank does not have, and numbers of
    them the question does not allow."""
    for item_id in answers:
        if bank.item(item_id) is None:
            raise AnswersError("answers.unknown_question", question=item_id)
    return [Answered(item, _chosen(item, answers[item.id])) for item in bank.items if item.id in answers]


def _chosen(item: Item, answer: str | Sequence[str]) -> tuple[Option, ...]:
    ids = [answer] if isinstance(answer, str) else list(answer)
    if item.check == "screen":
        return (_reached(item, ids),)
    options: list[Option] = []
    for option_id in dict.fromkeys(ids):
        option = item.option(option_id)
        if option is None:
            raise AnswersError("answers.unknown_option", question=item.id, option=str(option_id))
        options.append(option)
    _check_number(item, options)
    return tuple(options)


def _check_number(item: Item, options: Sequence[Option]) -> None:
    if not options:
        raise AnswersError("answers.empty", question=item.id)
    if len(options) > 1 and not item.multiple:
        raise AnswersError("answers.one_only", question=item.id)
    if len(options) > 1 and any(option.alone for option in options):
        raise AnswersError("answers.none_beside_some", question=item.id)


def _reached(item: Item, order: Sequence[str]) -> Option:
    """The option of a screen task: the first one for which enough steps stand in their right place."""
    right = [step.id for step in item.steps]
    for step in order:
        if step not in right:
            raise AnswersError("answers.unknown_step", question=item.id, step=str(step))
    if sorted(order) != sorted(right):
        raise AnswersError("answers.each_step_once", question=item.id)
    in_place = sum(given == wanted for given, wanted in zip(order, right, strict=True))
    return next(option for option in item.options if in_place >= (option.right_least or 0))


def grounds(bank: DiagnosisBank, answered: Sequence[Answered], *, outside: Outside) -> list[Ground]:
    """Every answer in the bank's order, then every outside result in the bank's order."""
    tests = [test for test in bank.outside if test.id in outside]
    _check_known(bank, outside)
    return [*map(_said, answered), *(_from_outside(test, outside[test.id]) for test in tests)]


def basis_of(item: Item) -> str:
    """What any answer to this question rests on, one of :data:`BASES`."""
    if item.check == "specialist":
        return "hands_on"
    return "said" if item.kind == "self_report" else "answered"


def _said(one: Answered) -> Ground:
    return Ground(
        id=one.item.id,
        basis=basis_of(one.item),
        watched=one.item.check == "specialist",
        shows=frozenset(name for option in one.options for name in option.shows),
        lacks=frozenset(name for option in one.options for name in option.lacks),
        evidence=_added_up(one.options),
    )


def _added_up(options: Sequence[Option]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for option in options:
        for indicator, value in option.evidence.items():
            values[indicator] = min(values.get(indicator, Decimal(0)) + value, Decimal(1))
    return values


def _check_known(bank: DiagnosisBank, outside: Collection[str]) -> None:
    known = {test.id for test in bank.outside}
    for test_id in outside:
        if test_id not in known:
            raise AnswersError("answers.unknown_outside_test", test=test_id)


def _from_outside(test: OutsideTest, points: Decimal | int) -> Ground:
    reached = Decimal(points)
    if not reached.is_finite() or not 0 <= reached <= test.most:
        raise AnswersError("answers.outside_points", test=test.id, points=reached, most=test.most)
    band = next(band for band in test.bands if reached >= band.least)
    return Ground(
        id=test.id,
        basis="outside",
        watched=False,
        shows=frozenset(band.shows),
        lacks=frozenset(),
        evidence=band.evidence,
    )
