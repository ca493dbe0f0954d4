"""What is still missing before a reading can be handed in, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools.errors import Refused
from lti_tools.ratings.drafts import (
    LEFT_OUT,
    Draft,
    MarkDraft,
    SpanDraft,
    clock,
    left_out,
    milliseconds,
    points,
)
from rubrics import marks as judged
from rubrics.errors import MarksError
from rubrics.model import Mark

WORDS = {
    "not_begun": gettext_lazy("%(label)s: not rated yet."),
    "level_missing": gettext_lazy("%(label)s: no level chosen yet."),
    "span_missing": gettext_lazy("%(label)s: needs at least one moment of the recording that shows it."),
    "note_missing": gettext_lazy("%(label)s: is judged over the whole lesson; say in a note what you saw."),
    "attachment_missing": gettext_lazy(
        "%(label)s: say in a note which file, and which place in it, shows it."
    ),
    "evidence_missing": gettext_lazy("%(label)s: needs a moment of the recording or a note that shows it."),
    "left_out_unexplained": gettext_lazy("%(label)s: say in the note why it does not apply to this lesson."),
    "points_unreadable": gettext_lazy("%(label)s: the points cannot be read. Write a number, like 12.5."),
    "points_outside": gettext_lazy(
        "%(label)s: this level has %(least)s to %(most)s points, from %(least)s on in steps of %(step)s."
    ),
    "points_not_asked": gettext_lazy("%(label)s: this level has fixed points. Leave the field empty."),
    "time_unreadable": gettext_lazy("%(label)s: a time cannot be read. Write minutes:seconds, like 3:05."),
    "span_backwards": gettext_lazy("%(label)s: the moment %(start)s to %(end)s ends before it begins."),
    "span_beyond_end": gettext_lazy("%(label)s: %(end)s lies after the end of the recording (%(duration)s)."),
}
ALONE = {"span": "span_missing", "whole_lesson": "note_missing", "attachment": "attachment_missing"}


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `field` is the id of the form field it belongs to."""

    code: str
    criterion: str
    field: str
    text: str


class Incomplete(Refused):
    """A reading that cannot be handed in yet; `problems` names every field."""

    def __init__(self, problems: tuple[Problem, ...]):
        super().__init__(
            "ratings.incomplete",
            _("This rating cannot be handed in yet: %(problems)s")
            % {"problems": " ".join(problem.text for problem in problems)},
            kept=_("Everything you entered is saved."),
            todo=_("Go back to the rating, complete the places listed, and hand it in again."),
        )
        self.problems = problems


def problems(rubric: Any, draft: Draft, *, duration_ms: int) -> tuple[Problem, ...]:
    """Empty when the reading may be handed in. Any one kind of the evidence a criterion lists is enough."""
    found: list[Problem] = []
    for criterion in rubric.criteria:
        mark = draft.get(criterion.id, MarkDraft())
        found += _of_criterion(criterion, mark, duration_ms=duration_ms)
    # How far the points of a level reach depends on which criteria were left out: asked once the rest is whole.
    return tuple(found) or tuple(_of_ranges(rubric, draft))


def _of_criterion(criterion: Any, mark: MarkDraft, *, duration_ms: int) -> Iterator[Problem]:
    if criterion.feedback_only:
        # May stay empty; what was entered must be readable all the same.
        yield from _of_spans(criterion, mark, duration_ms=duration_ms)
        return
    if mark.level == LEFT_OUT:
        if not mark.note.strip():
            yield _problem("left_out_unexplained", criterion, field=f"note-{criterion.id}")
        return
    if mark == MarkDraft():
        # One line is enough for what was not begun; the page says beside it what evidence it wants.
        yield _problem("not_begun", criterion, field=f"level-{criterion.id}-{max(criterion.levels)}")
        return
    if mark.level is None:
        yield _problem("level_missing", criterion, field=f"level-{criterion.id}-{max(criterion.levels)}")
    if mark.points.strip() and points(mark.points) is None:
        yield _problem("points_unreadable", criterion, field=f"points-{criterion.id}")
    yield from _of_spans(criterion, mark, duration_ms=duration_ms)
    spans = any(not span.blank for span in mark.spans)
    shown = ("span" in criterion.evidence and spans) or (_note_counts(criterion) and mark.note.strip())
    if criterion.evidence and not shown:
        yield _evidence_problem(criterion)


def _of_ranges(rubric: Any, draft: Draft) -> Iterator[Problem]:
    extra = judged.extra_weight(rubric, left_out(draft))
    for criterion in rubric.criteria:
        mark = draft.get(criterion.id, MarkDraft())
        given = points(mark.points)
        if given is None or not mark.level:
            continue
        more = extra.get(criterion.id, ())
        try:
            judged.earned(rubric, criterion, Mark(mark.level, given), extra=more, rater="")
        except MarksError:
            possible = judged.earnable(rubric, criterion, extra=more).get(mark.level)
            yield _outside(rubric, criterion, possible)


def _outside(rubric: Any, criterion: Any, possible: Any) -> Problem:
    """Points beside the level's range or between two steps; or where the level has one number of points only."""
    field = f"points-{criterion.id}"
    if possible is None or possible.least == possible.most:
        return _problem("points_not_asked", criterion, field=field)
    ends = {"least": str(possible.least), "most": str(possible.most), "step": str(rubric.step)}
    return _problem("points_outside", criterion, field=field, **ends)


def _of_spans(criterion: Any, mark: MarkDraft, *, duration_ms: int) -> Iterator[Problem]:
    for place, span in enumerate(mark.spans):
        if not span.blank:
            yield from _of_span(criterion, span, place=place, duration_ms=duration_ms)


def _note_counts(criterion: Any) -> bool:
    return bool({"whole_lesson", "attachment"} & set(criterion.evidence))


def _evidence_problem(criterion: Any) -> Problem:
    kinds = criterion.evidence
    code = ALONE[kinds[0]] if len(kinds) == 1 else "evidence_missing"
    if "span" not in kinds and len(kinds) > 1:
        code = "note_missing"
    field = f"start-{criterion.id}-0" if "span" in kinds else f"note-{criterion.id}"
    return _problem(code, criterion, field=field)


def _of_span(criterion: Any, span: SpanDraft, *, place: int, duration_ms: int) -> Iterator[Problem]:
    start, end = milliseconds(span.start), milliseconds(span.end)
    where = f"{criterion.id}-{place}"
    if start is None or end is None:
        yield _problem("time_unreadable", criterion, field=f"{'start' if start is None else 'end'}-{where}")
    elif end <= start:
        yield _problem("span_backwards", criterion, field=f"end-{where}", start=clock(start), end=clock(end))
    elif end >= duration_ms + 1000:
        # Times are typed in whole seconds: the second in which the recording ends is still inside it.
        yield _problem(
            "span_beyond_end", criterion, field=f"end-{where}", end=clock(end), duration=clock(duration_ms)
        )


def _problem(code: str, criterion: Any, *, field: str, **values: str) -> Problem:
    label = criterion.label.text(get_language() or "zh")
    return Problem(code, criterion.id, field, WORDS[code] % {"label": label, **values})
