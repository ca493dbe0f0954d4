"""From answers to a skill level, a five-axis portrait and the next tasks, each with the evidence it rests on.

* An ability counts as shown when at least one ground speaks for it and none against it. A contradiction is flagged
  and never resolved in anyone's favour, but for one: what a specialist saw counts over everything that was said,
  answered or reached in a test, for and against. A screen task is evidence like a question: whoever can put steps in
  order has not been seen doing them, so it settles nothing and stands for no check.
* The skill level is the highest whose rule is met; the bank's rules are those of the tier policy. Where a rule
  demands that an ability is shown hands-on (by a specialist's check) and nobody has looked yet, the bank says what
  holds: ``until_watched = "provisional"`` gives the level and says what somebody has still to see,
  ``"lower"`` gives the level below and says that only the check is missing. Either way it is a reason, never silent.
* An outside result is one stated input: it speaks for abilities and indicators like an answer, and is named.
* The axes with their bounds: :mod:`rubrics.portrait`.
* Advice follows the bank's order of abilities: the first gap first, then what single answers suggest.
* Haste and straight-lining are flagged and change nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rubrics.answers import Answered, Answers, Ground, Outside, grounds, read
from rubrics.errors import AnswersError
from rubrics.model import DiagnosisBank, Reason, SkillRule, Way
from rubrics.portrait import Axis, axes, firmest
from rubrics.questions import further_questions, short_form, specialist_checks

__all__ = [
    "Answers",
    "Axis",
    "Diagnosis",
    "Outside",
    "assess",
    "further_questions",
    "short_form",
    "specialist_checks",
]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``skill`` is a level of the tier policy; ``advice`` are tasks, the most basic gap first, and ``advice_reasons``
    say why, one for each task in the same order."""

    skill: str
    reasons: tuple[Reason, ...]
    axes: tuple[Axis, ...]
    flags: tuple[Reason, ...]
    advice: tuple[str, ...]
    advice_reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where one ability stands. ``speaks_for`` and ``against`` are the grounds that count; ``set_aside`` those that
    a specialist's check overrules."""

    speaks_for: tuple[Ground, ...]
    against: tuple[Ground, ...]
    set_aside: tuple[Ground, ...]

    @property
    def held(self) -> bool:
        return bool(self.speaks_for) and not self.against

    @property
    def seen(self) -> bool:
        """Held, and somebody saw it done."""
        return self.held and firmest(self.speaks_for) == "hands_on"


_Standings = Mapping[str, _Standing]


def assess(
    bank: DiagnosisBank,
    answers: Answers,
    *,
    seconds: Mapping[str, int] | None = None,
    outside: Outside | None = None,
    tasks: Collection[str] | None = None,
) -> Diagnosis:
    """What these answers say. Questions may be left out; what they would have shown then counts as not shown.

    ``seconds`` per question are used for the flag on haste only. ``outside`` are points in tests the bank lists.
    With ``tasks`` only those are advised: give the policy's. A screen task is answered by its step ids in order, a
    specialist's check by the option the specialist chose; who may say which is for the caller to guard.

    Refuses no input at all, unknown questions, options, steps and tests, several answers where one is asked for,
    "none of these" beside another answer, an order that leaves a step out or names one twice, and points below 0 or
    above the test's most.
    """
    answered = read(bank, answers)
    found = grounds(bank, answered, outside=outside or {})
    if not found:
        raise AnswersError("answers.none")
    standings = {ability.id: _standing(found, ability.id) for ability in bank.abilities}
    skill = _skill(bank, standings)
    advice = _advice(bank, answered, standings=standings, tasks=tasks)
    return Diagnosis(
        skill=skill,
        reasons=tuple(_reasons(bank, skill=skill, standings=standings, outside=outside or {})),
        axes=axes(bank, found),
        flags=(
            *_ability_flags(bank, answered, standings),
            *_pace_flags(bank, answered, seconds=seconds or {}),
        ),
        advice=tuple(advice),
        advice_reasons=tuple(advice.values()),
    )


def _standing(found: Sequence[Ground], ability: str) -> _Standing:
    speaking = [one for one in found if ability in one.shows | one.lacks]
    counted = [one for one in speaking if one.watched] or speaking
    return _Standing(
        speaks_for=tuple(one for one in counted if ability in one.shows),
        against=tuple(one for one in counted if ability in one.lacks),
        set_aside=tuple(one for one in speaking if one not in counted),
    )


def _skill(bank: DiagnosisBank, standings: _Standings) -> str:
    """The last rule asks for nothing (the parser sees to it), so one is always met."""
    return next(rule.id for rule in bank.skills if not rule.any_of or _ways_met(bank, rule, standings))


def _ways_met(bank: DiagnosisBank, rule: SkillRule, standings: _Standings) -> list[Way]:
    strict = bank.until_watched == "lower"
    return [
        way
        for way in rule.any_of
        if all(standings[name].held for name in way.all) and not (strict and _unseen(way, standings))
    ]


def _unseen(way: Way, standings: _Standings) -> list[str]:
    """What this way wants shown hands-on and is so far only said, answered or reached in a test."""
    return [name for name in way.hands_on if standings[name].held and not standings[name].seen]


def _reasons(bank: DiagnosisBank, *, skill: str, standings: _Standings, outside: Outside) -> Iterator[Reason]:
    yield Reason("diagnosis.skill", {"skill": skill})
    for test in bank.outside:
        if test.id in outside:
            yield Reason(
                "diagnosis.outside_counted", {"test": test.id, "points": outside[test.id], "most": test.most}
            )
    for ability in bank.abilities:
        yield from _ability_reasons(ability.id, standings[ability.id])
    yield from _provisional(bank, skill=skill, standings=standings)
    yield from _next_level(bank, skill=skill, standings=standings)


def _ability_reasons(ability: str, standing: _Standing) -> Iterator[Reason]:
    if standing.held:
        basis, questions = firmest(standing.speaks_for), _ids(standing.speaks_for)
        yield Reason("diagnosis.ability_shown", {"ability": ability, "basis": basis, "questions": questions})
    if _settled(ability, standing):
        yield Reason(
            "diagnosis.settled_by_check", {"ability": ability, "questions": _ids(standing.set_aside)}
        )


def _settled(ability: str, standing: _Standing) -> bool:
    """A check decided, one way, against something that was said the other way."""
    if standing.held:
        return any(ability in one.lacks for one in standing.set_aside)
    return not standing.speaks_for and any(ability in one.shows for one in standing.set_aside)


def _ids(found: Sequence[Ground]) -> str:
    return ", ".join(one.id for one in found)


def _provisional(bank: DiagnosisBank, *, skill: str, standings: _Standings) -> Iterator[Reason]:
    """What somebody has still to see for the level that is given, by the way that leaves least to see."""
    rule = next(rule for rule in bank.skills if rule.id == skill)
    unseen = [_unseen(way, standings) for way in _ways_met(bank, rule, standings)]
    for ability in min(unseen, key=len, default=[]):
        yield Reason("diagnosis.provisional", {"skill": skill, "ability": ability})


def _next_level(bank: DiagnosisBank, *, skill: str, standings: _Standings) -> Iterator[Reason]:
    """What the next level still needs, by the way to it that needs least."""
    at = [rule.id for rule in bank.skills].index(skill)
    if at == 0:
        return
    rule = bank.skills[at - 1]
    gaps, unseen = min((_open(bank, way, standings) for way in rule.any_of), key=_number_open)
    for ability in gaps:
        yield Reason("diagnosis.next_level_needs", {"skill": rule.id, "ability": ability})
    for ability in unseen:
        yield Reason("diagnosis.awaits_check", {"skill": rule.id, "ability": ability})


def _open(bank: DiagnosisBank, way: Way, standings: _Standings) -> tuple[list[str], list[str]]:
    """The abilities not shown, and those shown that only a hands-on check is missing for."""
    gaps = [ability for ability in way.all if not standings[ability].held]
    return gaps, _unseen(way, standings) if bank.until_watched == "lower" else []


def _number_open(found: tuple[list[str], list[str]]) -> tuple[int, int]:
    gaps, unseen = found
    return len(gaps), len(unseen)


def _ability_flags(
    bank: DiagnosisBank, answered: Sequence[Answered], standings: _Standings
) -> Iterator[Reason]:
    asked = {ability for one in answered for option in one.item.options for ability in option.shows}
    for ability, standing in standings.items():
        if ability not in asked:
            yield Reason("diagnosis.not_asked", {"ability": ability})
        if standing.speaks_for and standing.against:
            questions = _ids((*standing.speaks_for, *standing.against))
            yield Reason("diagnosis.contradiction", {"ability": ability, "questions": questions})


def _pace_flags(
    bank: DiagnosisBank, answered: Sequence[Answered], *, seconds: Mapping[str, int]
) -> Iterator[Reason]:
    """Only about what the teacher answered alone: a specialist's choice is no habit of the teacher's."""
    own = [one for one in answered if one.item.check != "specialist"]
    timed = [seconds[one.item.id] for one in own if one.item.id in seconds]
    fast = [taken for taken in timed if taken < bank.pace.fast_seconds]
    if timed and len(fast) >= bank.pace.fast_share * len(timed):
        yield Reason(
            "diagnosis.too_fast", {"fast": len(fast), "timed": len(timed), "seconds": bank.pace.fast_seconds}
        )
    # Of a screen task the teacher sees steps and no options, so its option has no place on the page.
    single = [one for one in own if not one.item.multiple and not one.item.check]
    places = {one.item.options.index(one.options[0]) for one in single}
    if len(single) >= bank.pace.straight_line and len(places) == 1:
        yield Reason("diagnosis.straight_line", {"questions": len(single), "place": places.pop() + 1})


def _advice(
    bank: DiagnosisBank,
    answered: Sequence[Answered],
    *,
    standings: _Standings,
    tasks: Collection[str] | None,
) -> dict[str, Reason]:
    """Tasks for abilities not shown, then those that answers suggest; each once, with the first cause of it."""
    found: dict[str, Reason] = {}
    for ability in bank.abilities:
        for task in () if standings[ability.id].held else ability.advice:
            found.setdefault(task, Reason("diagnosis.advice_gap", {"task": task, "ability": ability.id}))
    for one in answered:
        for task in (task for option in one.options for task in option.advice):
            found.setdefault(task, Reason("diagnosis.advice_answer", {"task": task, "question": one.item.id}))
    return {task: why for task, why in found.items() if tasks is None or task in tasks}
