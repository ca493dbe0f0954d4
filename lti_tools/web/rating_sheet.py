"""The rating sheet as a form: what the page shows of a rubric, and what it sends back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import LEFT_OUT, MarkDraft, Problem, Sheet, SpanDraft
from rubrics import marks as judged

FIELDS = ("level-", "points-", "note-", "start-", "end-", "text-")
NO_LEVEL = -1


@dataclass(frozen=True)
class LevelChoice:
    level: int
    label: str
    text: str
    chosen: bool
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class SpanRow:
    place: int
    start: str
    end: str
    text: str
    bad: frozenset[str]


@dataclass(frozen=True)
class CriterionForm:
    """One criterion on the page. `rows` ends with an empty row, so that the page works without a script."""

    id: str
    label: str
    weight: Decimal
    gate: str
    evidence: str
    wants_span: bool
    levels: tuple[LevelChoice, ...]
    points: str
    step: Decimal | None
    feedback_only: bool
    note: str
    rows: tuple[SpanRow, ...]
    problems: tuple[Problem, ...]

    @property
    def chosen(self) -> LevelChoice | None:
        return next((choice for choice in self.levels if choice.chosen), None)

    @property
    def moments(self) -> tuple[SpanRow, ...]:
        return self.rows[:-1]


def criteria(sheet: Sheet, *, marks: Any = None, problems: Iterable[Problem] = ()) -> list[CriterionForm]:
    """The criteria in the rubric's order, filled with `marks` or, without them, with what was saved."""
    entered, found = sheet.marks if marks is None else marks, tuple(problems)
    # Who takes over the points of a criterion left out has a wider range in this lesson.
    extra = judged.extra_weight(sheet.rubric, ratings.left_out(entered))
    return [
        _criterion(
            sheet.rubric,
            criterion,
            extra=extra.get(criterion.id, ()),
            mark=entered.get(criterion.id, MarkDraft()),
            problems=tuple(problem for problem in found if problem.criterion == criterion.id),
        )
        for criterion in sheet.rubric.criteria
    ]


def _criterion(
    rubric: Any, criterion: Any, *, extra: judged.Extra, mark: MarkDraft, problems: tuple[Problem, ...]
) -> CriterionForm:
    language = get_language() or "zh-hans"
    names = {step.level: step.label.text(language) for step in rubric.scale}
    return CriterionForm(
        id=criterion.id,
        label=criterion.label.text(language),
        weight=judged.weight_with(criterion, extra),
        gate=names[criterion.gate] if criterion.gate is not None else "",
        evidence=evidence_hint(criterion.evidence),
        wants_span="span" in criterion.evidence,
        levels=tuple(_choices(rubric, criterion, extra=extra, chosen=mark.level, names=names)),
        points=mark.points,
        step=rubric.step if _has_range(criterion) else None,
        feedback_only=criterion.feedback_only,
        note=mark.note,
        rows=_rows(criterion.id, mark, problems),
        problems=problems,
    )


def _choices(
    rubric: Any, criterion: Any, *, extra: judged.Extra, chosen: int | None, names: dict[int, str]
) -> Iterator[LevelChoice]:
    """The levels from the best down, and after them that the criterion does not apply, where it may not."""
    language = get_language() or "zh-hans"
    points = judged.earnable(rubric, criterion, extra=extra)
    ranged = rubric.step is not None and _has_range(criterion)
    for level, text in sorted(criterion.levels.items(), reverse=True):
        earned = points.get(level)
        ends = (earned.least, earned.most) if ranged and earned else (None, None)
        yield LevelChoice(level, names[level], text.text(language), level == chosen, *ends)
    if criterion.not_applicable:
        when = criterion.not_applicable.when.text(language)
        yield LevelChoice(LEFT_OUT, _("Does not apply"), when, chosen == LEFT_OUT)


def _has_range(criterion: Any) -> bool:
    return any(earned.least != earned.most for earned in criterion.points.values())


def _rows(criterion: str, mark: MarkDraft, problems: tuple[Problem, ...]) -> tuple[SpanRow, ...]:
    bad = {problem.field for problem in problems}
    filled = [span for span in mark.spans if not span.blank]
    return tuple(
        SpanRow(
            place=place,
            start=span.start,
            end=span.end,
            text=span.text,
            bad=frozenset(name for name in ("start", "end") if f"{name}-{criterion}-{place}" in bad),
        )
        for place, span in enumerate([*filled, SpanDraft()])
    )


def evidence_hint(kinds: tuple[str, ...]) -> str:
    if kinds == ("span",):
        return _("Show at least one moment of the recording.")
    if kinds == ("whole_lesson",):
        return _("Judged over the whole lesson: say in the note what you saw.")
    if kinds == ("attachment",):
        return _("Say in the note which file, and which place in it, shows it.")
    if "span" in kinds:
        return _("Show a moment of the recording, or say in the note what shows it.")
    return _("Say in the note what shows it.") if kinds else ""


def entered(data: QueryDict) -> dict[str, MarkDraft]:
    """What the page sent, criterion by criterion. Whether the rubric knows them is the door's question."""
    names = dict.fromkeys(key.removeprefix(head) for key in data for head in FIELDS if key.startswith(head))
    return {name: _mark(data, name) for name in names}


def _mark(data: QueryDict, name: str) -> MarkDraft:
    columns = ([_plain(text) for text in data.getlist(f"{part}-{name}")] for part in ("start", "end", "text"))
    rows = zip_longest(*columns, fillvalue="")
    spans = tuple(SpanDraft(start=start, end=end, text=text) for start, end, text in rows)
    return MarkDraft(
        level=_whole(data.get(f"level-{name}", "")),
        note=_plain(data.get(f"note-{name}", "")).replace("\r\n", "\n"),
        points=_plain(data.get(f"points-{name}", "")),
        spans=tuple(span for span in spans if not span.blank),
    )


def _plain(text: str) -> str:
    """Without NUL, which nobody types and PostgreSQL cannot store."""
    return text.replace("\x00", "")


def _whole(text: str) -> int | None:
    if not text:
        return None
    # Anything but a small number is a level no rubric has, which the door refuses.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else NO_LEVEL


def revision(data: QueryDict) -> int:
    """The revision the page started from; without a readable one nothing newer may be overwritten."""
    text = data.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_LEVEL


def length(duration_ms: int) -> str:
    return ratings.clock(duration_ms)
