"""Reads an uploaded roster in the background: every row judged, compared with the register and staged, in portions.

Nothing is held for longer than a portion but whom the file has named. A step that is killed goes on behind what it
has staged; one that takes long hands over to the next in good time.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.people.api import Area, School, enter_many
from lti_tools.rosters import files, mapping, match
from lti_tools.rosters.collecting import seldom_collecting
from lti_tools.rosters.mapping import MOST_WORDS, Layout
from lti_tools.rosters.models import RosterImport, RosterRow
from lti_tools.rosters.problems import Problem, problem
from lti_tools.rosters.rows import GoodRow, KnownSchool, RowReader, Schools
from lti_tools.rosters.sheet import Row, Sheet, refused, roster_heading

PORTION = 1_000
# A worker's task ends within five minutes; what is left goes into another step.
STEP_SECONDS = 120
WRONG, ABSENT = "wrong", "absent"
State = RosterImport.State


@dataclass(frozen=True)
class Progress:
    """`more` asks for another step; `stopped` means that an officer is asked first, or has put the import aside."""

    more: bool = False
    stopped: bool = False


@seldom_collecting()
def read_step(roster: RosterImport, *, batches: frozenset[str] = frozenset()) -> Progress:
    """One bounded step. Ends in MAPPING when an officer has to be asked, in READING with everything staged, or
    stopped when the import was put aside meanwhile. Refuses with `Refused` a file that cannot be read at all.
    """
    with files.opened(roster.stored, file_name=roster.file_name, known=_known_in(roster)) as sheet:
        layout = _layout(roster, sheet)
        if layout is None:
            return Progress(stopped=True)
        return _Step(roster, sheet, layout, batches).run()


def _known_in(roster: RosterImport) -> Any:
    """Our own headings, and those that officers of the area have mapped before."""
    own = {heading for made in roster.area.columnmapping_set.all() for heading in made.columns}
    return lambda text: text in own or roster_heading(text)


def _layout(roster: RosterImport, sheet: Sheet) -> Layout | None:
    """What was chosen for these headings before, else the guess if it leaves no question; None asks the officer."""
    mapping.require_single(sheet.header)
    made = roster.mapping or mapping.remembered(roster.area, sheet.header)
    chosen = made.columns if made else mapping.guessed(sheet.header)
    facts = {"sheet": sheet.name, "other_sheets": list(sheet.others), "header": list(sheet.header)}
    if made is None and not mapping.clear(sheet.header, chosen):
        _ask(roster, facts)
        return None
    mapping.require_complete(chosen)
    layout = mapping.layout(sheet.header, chosen, made.codes if made else {})
    roster.summary = roster.summary | facts | {"ignored": list(layout.ignored)}
    roster.mapping, roster.total = made, roster.total or sheet.expected
    roster.save(update_fields=["summary", "mapping", "total"])
    return layout


def _ask(roster: RosterImport, facts: Mapping[str, Any]) -> None:
    roster.summary = roster.summary | dict(facts)
    roster.state = State.MAPPING
    RosterImport.objects.filter(id=roster.id, state=State.READING).update(
        state=State.MAPPING, summary=roster.summary
    )


class _Step:
    def __init__(self, roster: RosterImport, sheet: Sheet, layout: Layout, batches: frozenset[str]):
        self.roster, self.sheet = roster, sheet
        self.reader = RowReader(
            layout=layout, schools=schools(roster.area), today=timezone.localdate(), batches=batches
        )
        self.staged_to = _remember_staged(roster, self.reader)
        self.reader.unknown = roster.summary.get("unknown", {})
        self.count = roster.done
        self.until = time.monotonic() + STEP_SECONDS

    def run(self) -> Progress:
        for portion in _portions(self.sheet.rows, after=self.staged_to):
            if not self._stage(portion):
                return Progress(stopped=True)
            if time.monotonic() > self.until:
                return self._handed_over()
        if not self.count:
            raise refused(
                "roster.no_rows",
                _("There are headings, but no rows below them."),
                _("Fill in the people and upload the file again."),
            )
        return self._asked_about_words()

    def _handed_over(self) -> Progress:
        """The next step knows the words that were met; whom the rows named it reads from what is staged."""
        summary = self.roster.summary | {"unknown": self.reader.unknown}
        RosterImport.objects.filter(id=self.roster.id, state=State.READING).update(summary=summary)
        return Progress(more=True)

    def _stage(self, portion: Sequence[Row]) -> bool:
        """False when the import was put aside meanwhile."""
        judged = [(number, *self.reader.read(number, cells)) for number, cells in portion]
        good = [row for _number, row, problems in judged if not problems]
        steps = match.plan(good, area=self.roster.area, seen=self.reader.seen)
        by_number = {step.row["row"]: step for step in steps}
        rows = [
            self._right(by_number[number]) if not problems else self._wrong(row, problems)
            for number, row, problems in judged
        ]
        self.count += len(rows)
        return self._written(rows)

    def _written(self, rows: list[RosterRow]) -> bool:
        with transaction.atomic():
            waiting = RosterImport.objects.filter(
                id=self.roster.id, state=State.READING, reading=self.roster.reading
            )
            if not waiting.update(done=self.count):
                return False
            enter_many(rows)
        return True

    def _right(self, step: match.Step) -> RosterRow:
        if step.problem:
            return self._wrong(step.row, [self._as_problem(step)])
        return RosterRow(
            roster=self.roster,
            number=step.row["row"],
            kind=step.kind,
            cells=step.row,
            changes=match.differences(step),
            person=step.person.id if step.person else None,
        )

    def _wrong(self, row: GoodRow, problems: Sequence[Problem]) -> RosterRow:
        """Keeps only what marks the row as somebody's, so that nobody in it is taken for absent."""
        marks = {key: row.get(key, "") for key in ("name", "staff_no", "id_hash")}
        return RosterRow(
            roster=self.roster,
            number=row["row"],
            kind=WRONG,
            cells=marks,
            problems=[found.as_json() for found in problems],
        )

    def _as_problem(self, step: match.Step) -> Problem:
        key, code = step.problem or ("", "")
        value = f"****{step.row['id_last4']}" if key == "id_number" else step.row[key]
        return problem(step.row["row"], self.reader.headings[key], value, code, step.values)

    def _asked_about_words(self) -> Progress:
        """Words of code tables nobody has decided about are asked about, once, before anything is shown."""
        unknown = {table: _most(words) for table, words in self.reader.unknown.items() if words}
        if not unknown or self.roster.summary.get("asked"):
            return Progress()
        _ask(self.roster, {"asked": unknown})
        return Progress(stopped=True)


def _most(words: Mapping[str, int]) -> dict[str, int]:
    often = sorted(words.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_WORDS]
    return {word[:80]: count for word, count in often}


def _portions(rows: Iterator[Row], *, after: int) -> Iterator[list[Row]]:
    left = (row for row in rows if row[0] > after)
    while portion := list(islice(left, PORTION)):
        yield portion


def _remember_staged(roster: RosterImport, reader: RowReader) -> int:
    """The number of the last row staged by an earlier step; whom those rows named is remembered again."""
    last = 0
    rows = RosterRow.objects.filter(roster=roster, number__lt=RosterRow.FIRST_ABSENT).order_by("number")
    for number, cells, person in rows.values_list("number", "cells", "person").iterator(PORTION):
        for _earlier in reader.seen.marked(cells, number=number):
            pass
        if person:
            reader.seen.first_row_of(person, number=number)
        last = number
    return last


def schools(area: Area) -> Schools:
    words = {found.path: {found.name, found.code} for found in Area.objects.all()}
    above = {
        path: frozenset().union(*(named for start, named in words.items() if path.startswith(start)))
        for path in words
    }
    rows = School.objects.filter(closed_on__isnull=True).select_related("area")
    return Schools(by_code={row.code: _known(row, area, above) for row in rows}, area=area.name)


def _known(school: School, area: Area, above: Mapping[str, frozenset[str]]) -> KnownSchool:
    path = school.area.path
    return KnownSchool(
        id=str(school.id),
        code=school.code,
        name=school.name,
        area=school.area.name,
        area_words=above[path],
        in_scope=path.startswith(area.path),
    )


def finish(roster: RosterImport) -> bool:
    """Counts what is staged and lays it before the officer; False when the import was put aside meanwhile.

    The caller holds the transaction.
    """
    rows = RosterRow.objects.filter(roster=roster)
    counts = Counter(rows.values_list("kind", flat=True))
    applied = RosterImport.objects.filter(
        programme_id=roster.programme_id, file_digest=roster.file_digest, state=State.APPLIED
    )
    wrong, absent = counts.pop(WRONG, 0), counts.pop(ABSENT, 0)
    roster.summary.pop("unknown", None)
    roster.summary = roster.summary | {
        "rows": sum(counts.values()) + wrong,
        "expected": dict(counts),
        "wrong": wrong,
        "absent": absent,
        "applied_before": applied.exists(),
    }
    waiting = RosterImport.objects.filter(id=roster.id, state=State.READING, reading=roster.reading)
    roster.total = roster.summary["rows"]
    return bool(waiting.update(state=State.CHECKED, summary=roster.summary, total=roster.total))
