"""How tests read the packaged question bank: which answer is best, and whole answer sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from rubrics import library
from rubrics.model import Item, Option

BANK = library.load("diagnosis_bank", "diagnosis-entry")

#: What a teacher answers without anybody watching, one option each.
SINGLE = [one for one in BANK.items if not one.multiple and one.kind != "hands_on"]
#: Questions with an answer that is better than the others whoever the teacher is.
JUDGED = [one for one in BANK.items if one.kind in ("situation", "knowledge")]
SAID = [one for one in BANK.items if one.kind == "self_report"]
SCREEN = [one for one in BANK.items if one.check == "screen"]
WATCHED = [one for one in BANK.items if one.check == "specialist"]

Sheet = dict[str, str | Sequence[str]]


def worth(option: Option) -> Decimal:
    return sum(option.evidence.values(), Decimal(0))


def best(item: Item) -> Option:
    return max(item.options, key=worth)


def worst(item: Item) -> Option:
    """Among those that say anything: "not tried" is no bad answer."""
    return min((one for one in item.options if one.evidence), key=worth)


def sheet(items: Iterable[Item], choose: Callable[[Item], Option]) -> Sheet:
    """An answer to each; a screen task is put in its right order, or so that no step stands in its place."""
    return {item.id: _steps(item, choose) if item.check == "screen" else choose(item).id for item in items}


def _steps(item: Item, choose: Callable[[Item], Option]) -> list[str]:
    right = [step.id for step in item.steps]
    return right if choose(item) is item.options[0] else right[1:] + right[:1]


def in_place(place: int) -> Callable[[Item], Option]:
    """The option there, or the last one of a question with fewer."""
    return lambda item: item.options[min(place, len(item.options) - 1)]


def everything(item: Item) -> list[str]:
    return [one.id for one in item.options if not one.alone]
