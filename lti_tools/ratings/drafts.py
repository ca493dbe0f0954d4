"""What a rater has typed so far, exactly as typed: a half-filled time is kept, not corrected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused

NOTE_MAX, TEXT_MAX, TIME_MAX, POINTS_MAX, SPANS_MAX = 2000, 500, 12, 12, 40
#: The choice "does not apply" among the levels of a criterion; the levels of a scale begin with 1.
LEFT_OUT = 0
POINTS = re.compile(r"\d{1,4}(\.\d{1,4})?", re.ASCII)
TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d)")


@dataclass(frozen=True)
class SpanDraft:
    """A stretch as typed: times as `minutes:seconds` or `hours:minutes:seconds`."""

    start: str = ""
    end: str = ""
    text: str = ""

    @property
    def blank(self) -> bool:
        return not (self.start.strip() or self.end.strip() or self.text.strip())


@dataclass(frozen=True)
class MarkDraft:
    """`level` is :data:`LEFT_OUT` where the rater finds that the criterion does not apply; `points` are as typed."""

    level: int | None = None
    note: str = ""
    spans: tuple[SpanDraft, ...] = ()
    points: str = ""


Draft = Mapping[str, MarkDraft]


def left_out(draft: Draft) -> set[str]:
    """The criteria the rater finds not to apply."""
    return {criterion for criterion, mark in draft.items() if mark.level == LEFT_OUT}


def milliseconds(text: str) -> int | None:
    """Milliseconds of a typed time, full-width digits and colons included; None when it cannot be read."""
    found = TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def points(text: str) -> Decimal | None:
    """Points as typed, full-width digits and a decimal comma included; None when they cannot be read."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", ".")
    return Decimal(plain) if POINTS.fullmatch(plain) else None


def clock(ms: int) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on: the form `milliseconds` reads back."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def stored(draft: Draft) -> dict[str, Any]:
    """The JSON kept on the reading. Wholly empty criteria and empty rows are left out."""
    return {key: _stored(mark) for key, mark in draft.items() if mark != MarkDraft() and _stored(mark)}


def _stored(mark: MarkDraft) -> dict[str, Any]:
    rows = [{"start": s.start, "end": s.end, "text": s.text} for s in mark.spans if not s.blank]
    if mark.level is None and not mark.note and not rows and not mark.points:
        return {}
    points_typed = {"points": mark.points} if mark.points else {}
    return {"level": mark.level, "note": mark.note, "spans": rows, **points_typed}


def loaded(value: Mapping[str, Any]) -> dict[str, MarkDraft]:
    return {key: _loaded(mark) for key, mark in value.items()}


def _loaded(mark: Mapping[str, Any]) -> MarkDraft:
    spans = tuple(SpanDraft(**row) for row in mark["spans"])
    return MarkDraft(level=mark["level"], note=mark["note"], spans=spans, points=mark.get("points", ""))


def refuse_foreign(rubric: Any, draft: Draft) -> None:
    """Refuses criteria and levels the rubric does not have, and text longer than the fields allow."""
    levels = {criterion.id: _choices(criterion) for criterion in rubric.criteria}
    for key, mark in draft.items():
        if key not in levels:
            raise _foreign("ratings.unknown_criterion", criterion=key)
        if mark.level is not None and mark.level not in levels[key]:
            raise _foreign("ratings.unknown_level", criterion=key, level=mark.level)
        _refuse_long(key, mark)


def _choices(criterion: Any) -> set[int]:
    return {*criterion.levels, *([LEFT_OUT] if criterion.not_applicable else [])}


def _foreign(code: str, **values: object) -> Refused:
    return Refused(
        code,
        _("The page sent a criterion or a level this rubric does not have."),
        kept=_("What you saved before is kept. What you sent just now was not."),
        todo=_("Load the page again. If it happens again, tell the person who runs this service."),
        **values,
    )


def _refuse_long(key: str, mark: MarkDraft) -> None:
    texts_fit = len(mark.note) <= NOTE_MAX and all(len(span.text) <= TEXT_MAX for span in mark.spans)
    times_fit = all(len(span.start) <= TIME_MAX and len(span.end) <= TIME_MAX for span in mark.spans)
    points_fit = len(mark.points) <= POINTS_MAX
    if texts_fit and times_fit and points_fit and len(mark.spans) <= SPANS_MAX:
        return
    raise Refused(
        "ratings.too_long",
        _("A note or a comment is longer than the field can hold."),
        kept=_("What you saved before is kept, and the long text stays in the field on this page."),
        todo=_("Shorten it and save again."),
        criterion=key,
    )
