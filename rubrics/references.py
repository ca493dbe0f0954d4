"""What definitions say about one another: checked over a set, because each is parsed alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rubrics.errors import DefinitionError
from rubrics.model import AnyDefinition, AwardRules, DiagnosisBank, Rubric, TierPolicy

#: Where a definition names something of another, and the name: (key, name).
Named = Iterator[tuple[str, str]]


def newest(definitions: Iterable[AnyDefinition]) -> list[AnyDefinition]:
    """Of every kind and key the one with the highest version."""
    ordered = sorted(definitions, key=lambda one: one.version)
    return list({(one.kind, one.key): one for one in ordered}.values())


def check_together(definitions: Iterable[AnyDefinition]) -> None:
    """Refuses the first rubric, criterion, task, tier or skill level that is named but that none of them
    defines.

    Give it everything a programme uses: rubrics, one tier policy, award rules and the diagnosis bank.
    """
    known = list(definitions)
    policies = [one for one in known if isinstance(one, TierPolicy)]
    rubrics = [one for one in known if isinstance(one, Rubric)]
    tasks = {task.id for policy in policies for task in policy.tasks}
    tiers = {tier.id for policy in policies for tier in policy.tiers}
    skills = {skill.id for policy in policies for skill in policy.skills}
    keys = {rubric.key for rubric in rubrics}
    criteria = {f"{rubric.key}#{criterion.id}" for rubric in rubrics for criterion in rubric.criteria}
    for one in known:
        _check(one, _tasks_named(one), tasks)
        _check(one, _tiers_named(one), tiers)
        _check(one, _skills_named(one), skills)
        _check(one, _rubrics_named(one), keys)
        _check(one, _criteria_named(one), criteria)


def _check(definition: AnyDefinition, named: Named, known: Collection[str]) -> None:
    for key, name in named:
        if name not in known:
            raise DefinitionError(
                "definition.unknown_reference",
                source=f"{definition.kind} {definition.key} v{definition.version}",
                key=key,
                expected=f"one of {', '.join(sorted(known)) or 'nothing'}",
                found=name,
            )


def _tasks_named(one: AnyDefinition) -> Named:
    if isinstance(one, Rubric):
        yield from ((f"prerequisites[{need.task}]", need.task) for need in one.prerequisites)
    if isinstance(one, AwardRules):
        yield from (("validity.renewal.tasks", task) for task in one.validity.renewal.tasks)
    if isinstance(one, DiagnosisBank):
        yield from _advice_named(one)


def _advice_named(bank: DiagnosisBank) -> Named:
    for ability in bank.abilities:
        yield from ((f"abilities[{ability.id}].advice", task) for task in ability.advice)
    for item in bank.items:
        for option in item.options:
            path = f"items[{item.id}].options[{option.id}].advice"
            yield from ((path, task) for task in option.advice)


def _tiers_named(one: AnyDefinition) -> Named:
    if isinstance(one, Rubric):
        yield "audience.tier", one.audience_tier


def _skills_named(one: AnyDefinition) -> Named:
    if isinstance(one, DiagnosisBank):
        yield from ((f"skills[{rule.id}]", rule.id) for rule in one.skills)


def _rubrics_named(one: AnyDefinition) -> Named:
    if isinstance(one, TierPolicy):
        for tier in one.tiers:
            for slot in tier.lesson_rubrics:
                yield from ((f"tiers[{tier.id}].lesson_slots", key) for key in slot)


def _criteria_named(one: AnyDefinition) -> Named:
    if isinstance(one, TierPolicy):
        yield from ((f"tasks[{task.id}].criterion", task.criterion) for task in one.tasks if task.criterion)
