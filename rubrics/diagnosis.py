"""From answers to a skill level, a five-axis portrait and the next tasks, each with the evidence it rests on.

* An ability counts as shown when at least one answer speaks for it and none against it. A contradiction is
flagged
  and never resolved in anyone's favour: a hands-on check settles it.
* The skill level is the highest whose rule is met; the bank's rules are those of the tier policy.
* An indicator's value within one question is the sum over the chosen options, at most 1; over several
questions it
  is their mean. An axis is the mean of its indicators that have evidence, times 100, to one decimal. Without
  any evidence the value is None: not knowing is not zero.
* Haste and straight-lining are flagged and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import to_tenth
from rubrics.errors import AnswersError
from rubrics.library import framework
from rubrics.model import DiagnosisBank, Item, Label, Option, Reason

Answers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the five dimensions, 0 to 100 or None without evidence.

    ``evidence`` are the questions it rests on; ``indicators`` of ``indicators_of`` had any, which says how
    far to trust it.
    """

    id: str
    label: Label
    value: Decimal | None
    evidence: tuple[str, ...]
    indicators: int
    indicators_of: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``skill`` is a level of the tier policy; ``advice`` are tasks, the most basic gap first."""

    skill: str
    reasons: tuple[Reason, ...]
    axes: tuple[Axis, ...]
    flags: tuple[Reason, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answered:
    item: Item
    options: tuple[Option, ...]


def short_form(bank: DiagnosisBank) -> tuple[Item, ...]:
    """The questions for one short sitting, in the order one would ask them."""
    return tuple(item for item in map(bank.item, bank.short_form) if item is not None)


def assess(bank: DiagnosisBank, answers: Answers, *, seconds: Mapping[str, int] | None = None) -> Diagnosis:
    """What these answers say. Questions may be left out; what they would have shown then counts as not shown.

    ``seconds`` per question are used for the flag on haste only. Refuses no answers at all, unknown
    questions and options, several answers where one is asked for, and "none of these" beside another answer.
    """
    answered = _read(bank, answers)
    shown = {ability.id: _speaking(answered, ability.id) for ability in bank.abilities}
    held = {ability for ability, (speaks_for, against) in shown.items() if speaks_for and not against}
    skill = _skill(bank, held)
    return Diagnosis(
        skill=skill,
        reasons=tuple(_reasons(bank, skill=skill, held=held, shown=shown)),
        axes=_axes(bank, answered),
        flags=(*_ability_flags(answered, shown), *_pace_flags(bank, answered, seconds=seconds or {})),
        advice=_advice(bank, answered, held=held),
    )


def _read(bank: DiagnosisBank, answers: Answers) -> list[_Answered]:
    for item_id in answers:
        if bank.item(item_id) is None:
            raise AnswersError("answers.unknown_question", question=item_id)
    if not answers:
        raise AnswersError("answers.none")
    return [_Answered(item, _chosen(item, answers[item.id])) for item in bank.items if item.id in answers]


def _chosen(item: Item, answer: str | Sequence[str]) -> tuple[Option, ...]:
    ids = [answer] if isinstance(answer, str) else list(dict.fromkeys(answer))
    options: list[Option] = []
    for option_id in ids:
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


def _speaking(answered: Sequence[_Answered], ability: str) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The questions whose answer speaks for the ability, and those that speak against it."""
    speaks_for = (one.item for one in answered if any(ability in option.shows for option in one.options))
    against = (one.item for one in answered if any(ability in option.lacks for option in one.options))
    return tuple(speaks_for), tuple(against)


def _skill(bank: DiagnosisBank, held: set[str]) -> str:
    reached = (
        rule.id for rule in bank.skills if not rule.any_of or any(held >= set(way.all) for way in rule.any_of)
    )
    return next(reached)


Shown = Mapping[str, tuple[tuple[Item, ...], tuple[Item, ...]]]


def _reasons(bank: DiagnosisBank, *, skill: str, held: set[str], shown: Shown) -> Iterator[Reason]:
    yield Reason("diagnosis.skill", {"skill": skill})
    for ability in bank.abilities:
        if ability.id in held:
            items = shown[ability.id][0]
            questions = ", ".join(item.id for item in items)
            yield Reason(
                "diagnosis.ability_shown",
                {"ability": ability.id, "basis": _basis(items), "questions": questions},
            )
    yield from _next_level(bank, skill=skill, held=held)


def _basis(items: Sequence[Item]) -> str:
    """The firmest ground: someone watched, a question was answered, or the teacher says so."""
    kinds = {item.kind for item in items}
    if "hands_on" in kinds:
        return "hands_on"
    return "said" if kinds == {"self_report"} else "answered"


def _next_level(bank: DiagnosisBank, *, skill: str, held: set[str]) -> Iterator[Reason]:
    """What the next level still needs, by the way to it that needs least."""
    at = [rule.id for rule in bank.skills].index(skill)
    if at == 0:
        return
    rule = bank.skills[at - 1]
    gaps = [[ability for ability in way.all if ability not in held] for way in rule.any_of]
    for ability in min(gaps, key=len):
        yield Reason("diagnosis.next_level_needs", {"skill": rule.id, "ability": ability})


def _axes(bank: DiagnosisBank, answered: Sequence[_Answered]) -> tuple[Axis, ...]:
    values: dict[str, dict[str, Decimal]] = {}
    for one in answered:
        for indicator in {name for option in one.options for name in option.evidence}:
            found = sum((option.evidence.get(indicator, Decimal(0)) for option in one.options), Decimal(0))
            values.setdefault(indicator, {})[one.item.id] = min(found, Decimal(1))
    known = framework(bank.framework)
    return tuple(
        _axis(axis.id, axis.label, values, of=[item.id for item in known.at_level(3)])
        for axis in known.at_level(1)
    )


def _axis(axis: str, label: Label, values: Mapping[str, Mapping[str, Decimal]], *, of: Sequence[str]) -> Axis:
    own = [indicator for indicator in of if indicator.split(".")[0] == axis]
    means = [_mean(list(values[indicator].values())) for indicator in own if indicator in values]
    return Axis(
        id=axis,
        label=label,
        value=to_tenth(_mean(means) * 100) if means else None,
        evidence=tuple(sorted({item for indicator in own for item in values.get(indicator, ())})),
        indicators=len(means),
        indicators_of=len(own),
    )


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0)) / len(numbers)


def _ability_flags(answered: Sequence[_Answered], shown: Shown) -> Iterator[Reason]:
    asked = {ability for one in answered for option in one.item.options for ability in option.shows}
    for ability, (speaks_for, against) in shown.items():
        if ability not in asked:
            yield Reason("diagnosis.not_asked", {"ability": ability})
        if speaks_for and against:
            questions = ", ".join(item.id for item in (*speaks_for, *against))
            yield Reason("diagnosis.contradiction", {"ability": ability, "questions": questions})


def _pace_flags(
    bank: DiagnosisBank, answered: Sequence[_Answered], *, seconds: Mapping[str, int]
) -> Iterator[Reason]:
    timed = [seconds[one.item.id] for one in answered if one.item.id in seconds]
    fast = [taken for taken in timed if taken < bank.pace.fast_seconds]
    if timed and len(fast) >= bank.pace.fast_share * len(timed):
        yield Reason(
            "diagnosis.too_fast", {"fast": len(fast), "timed": len(timed), "seconds": bank.pace.fast_seconds}
        )
    single = [one for one in answered if not one.item.multiple]
    places = {one.item.options.index(one.options[0]) for one in single}
    if len(single) >= bank.pace.straight_line and len(places) == 1:
        yield Reason("diagnosis.straight_line", {"questions": len(single), "place": places.pop() + 1})


def _advice(bank: DiagnosisBank, answered: Sequence[_Answered], *, held: set[str]) -> tuple[str, ...]:
    """Tasks for abilities not shown, then those that answers suggest; each once."""
    gaps = [task for ability in bank.abilities if ability.id not in held for task in ability.advice]
    suggested = [task for one in answered for option in one.options for task in option.advice]
    return tuple(dict.fromkeys((*gaps, *suggested)))
