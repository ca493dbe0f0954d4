"""Marks are readable by nobody but their rater until every called reading of the case is committed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lti_tools.errors import Denied, ShijieError
from lti_tools.ratings.drafts import Draft, MarkDraft, milliseconds, points
from lti_tools.ratings.models import Case, Mark, Reading, Span
from rubrics.decimals import plain


def write(reading: Reading, draft: Draft) -> str:
    """Turns a complete draft into marks; returns their seal."""
    marks = {
        criterion: Mark(
            reading=reading,
            criterion=criterion,
            level=entry.level or None,
            points=points(entry.points),
            note=entry.note.strip(),
        )
        for criterion, entry in draft.items()
    }
    Mark.objects.bulk_create(marks.values())
    Span.objects.bulk_create(span for key, mark in marks.items() for span in _spans(mark, draft[key]))
    return seal(reading.salt, _marks(reading))


def _spans(mark: Mark, entry: MarkDraft) -> Iterator[Span]:
    rows = [span for span in entry.spans if not span.blank]
    for place, span in enumerate(rows):
        start, end = milliseconds(span.start) or 0, milliseconds(span.end) or 0
        yield Span(mark=mark, position=place, start_ms=start, end_ms=end, text=span.text.strip())


def seal(salt: str, marks: Iterable[Mark]) -> str:
    """SHA-256 over salt and canonical marks: shows later that nothing was changed after the commit."""
    ordered = sorted(marks, key=lambda mark: mark.criterion)
    text = json.dumps([_plain(mark) for mark in ordered], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _plain(mark: Mark) -> list[Any]:
    spans = sorted(mark.spans.all(), key=lambda span: span.position)
    return [
        mark.criterion,
        mark.level,
        mark.note,
        [[span.start_ms, span.end_ms, span.text] for span in spans],
        # Only where the rater gave any, so that seals made before there were points stay what they are.
        *([str(plain(mark.points))] if mark.points is not None else []),
    ]


def _marks(reading: Reading) -> list[Mark]:
    return list(Mark.objects.filter(reading=reading).prefetch_related("spans"))


def own_marks(reading: Reading, *, rater_id: object) -> list[Mark]:
    """A rater may look back at what they handed in themselves."""
    if rater_id is None or reading.rater_id != rater_id:
        raise Denied("ratings.sealed")
    return _marks(reading)


def opened(case: Case) -> Mapping[Reading, list[Mark]]:
    """All marks of a case, in the order of its readings. The only way to marks across raters.

    Refuses while a called reading is open, for everybody; refuses marks that no longer fit their seal.
    """
    readings = list(Reading.objects.filter(case=case).order_by("ordinal"))
    called = 3 if case.state == Case.State.THIRD else 2
    if len(readings) < called or any(reading.state != Reading.State.COMMITTED for reading in readings):
        raise Denied("ratings.sealed")
    found = {reading: _marks(reading) for reading in readings}
    for reading, marks in found.items():
        if seal(reading.salt, marks) != reading.seal:
            raise ShijieError("ratings.seal_broken", case=str(case.id), ordinal=reading.ordinal)
    return found
