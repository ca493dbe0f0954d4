"""A roster comes in and goes out: uploaded, mapped, read in the background, decided, taken over; exported.

The pages only note what an officer wants; a worker reads and takes over, so that a hundred thousand rows keep
nobody waiting before a blank page.
"""

from __future__ import annotations

import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Actor, Affiliation, Area, Person, actor_for, may, require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters import api as rosters
from lti_tools.rosters.api import Line, RosterImport, Taken

PORTION = 1_000
MOST_LINES_OF_A_WORKBOOK = 20_000

# What an officer does --------------------------------------------------------------------------------------------


def receive(actor: Actor, programme: Programme, file: BinaryIO, *, file_name: str) -> RosterImport:
    """Keeps an uploaded roster and orders its reading. Refuses a closed programme and what is no roster at all."""
    programmes.require_open(programme)
    with transaction.atomic():
        roster = rosters.receive(actor, programme, file, file_name=file_name)
        _order_reading(roster)
    return roster


def choose_mapping(
    actor: Actor,
    import_id: uuid.UUID,
    *,
    chosen: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
) -> None:
    """The officer says what each column and each unknown word is; the area remembers it, the file is read again."""
    with transaction.atomic():
        roster = rosters.roster_for(actor, import_id)
        rosters.choose_mapping(actor, roster, chosen=chosen, words=words)
        _order_reading(roster)


def decide(
    actor: Actor, import_id: uuid.UUID, *, good_rows_only: bool = False, absent_left: bool = False
) -> None:
    """All rows or, by choice, the good ones; those missing from the file stay, unless marked as left by choice."""
    with transaction.atomic():
        roster = rosters.roster_for(actor, import_id)
        programmes.require_open(roster.programme)
        rosters.decide(actor, roster, good_rows_only=good_rows_only, absent_left=absent_left)
        outbox.put("apply_roster", key=f"{roster.id}:{roster.reading}", payload={"roster": str(roster.id)})


def discard(actor: Actor, import_id: uuid.UUID) -> RosterImport:
    with transaction.atomic():
        roster = rosters.roster_for(actor, import_id)
        rosters.discard_roster(actor, roster)
    return roster


def standstill(roster: RosterImport) -> bool:
    """Whether the work on an import has stopped for good, so that waiting does not help."""
    key = f"{roster.id}:{roster.reading}"
    kind = {"reading": "read_roster", "applying": "apply_roster"}.get(roster.state)
    return kind is not None and outbox.state_of(kind, key=key) in ("failed", "cancelled")


def _order_reading(roster: RosterImport) -> None:
    payload = {"roster": str(roster.id), "reading": roster.reading}
    outbox.put("read_roster", key=f"{roster.id}:{roster.reading}", payload=payload)


# What the worker does ----------------------------------------------------------------------------------------------


def read_roster(row: outbox.Row) -> outbox.Again | None:
    """Background: one bounded step of reading; the last one lays the roster before the officer.

    A refusal of the file is kept for its page. A reading that was overtaken by another does nothing.
    """
    roster = _loaded(row.payload, state=RosterImport.State.READING)
    if roster is None or roster.reading != row.payload["reading"]:
        return None
    try:
        progress = rosters.read_step(roster, batches=_batch_titles(roster.programme))
    except Refused as problem:
        with transaction.atomic():
            rosters.fail(roster, problem)
        return None
    if progress.more:
        return outbox.Again(dict(row.payload))
    if not progress.stopped:
        _lay_before_the_officer(roster)
    return None


def _lay_before_the_officer(roster: RosterImport) -> None:
    with transaction.atomic():
        rosters.stage_absent(roster, _working_in(roster.area, roster.programme))
        if rosters.finish(roster):
            counts = {**roster.summary["expected"], "wrong": roster.summary["wrong"]}
            audit.record(
                "roster.staged", actor=str(roster.uploaded_by_id), subject=str(roster.id), detail=counts
            )
        else:
            # Put aside in this very moment: whoever was staged as missing goes too.
            transaction.set_rollback(True)


def _working_in(area: Area, programme: Programme) -> Iterator[tuple[uuid.UUID, str, str, str]]:
    """Everybody enrolled whose present school lies in the area: id, name, staff number, school."""
    rows = Affiliation.objects.filter(
        until__isnull=True,
        school__area__path__startswith=area.path,
        person__enrolment__programme=programme,
    ).order_by("school__code", "person__name")
    fields = ("person_id", "person__name", "person__staff_no", "school__name")
    yield from rows.values_list(*fields).iterator(PORTION)


def _batch_titles(programme: Programme) -> frozenset[str]:
    return frozenset(programmes.batches_of(programme).values_list("title", flat=True))


def apply_roster(row: outbox.Row) -> None:
    """Background: takes over what was decided, all of it or nothing, in the name of whoever decided it.

    When the register has changed since the preview the file is read once more, and the officer decides anew.
    When whoever decided may not do so any more, the roster waits for somebody else's decision.
    """
    roster = _loaded(row.payload, state=RosterImport.State.APPLYING)
    if roster is not None:
        try:
            _take_over(roster)
        except (rosters.RegisterChanged, IntegrityError):
            _read_once_more(roster)
        except Refused as problem:
            with transaction.atomic():
                rosters.fail(roster, problem)
    rosters.forget_taken_over(row.payload["roster"])


def _take_over(roster: RosterImport) -> None:
    """Prepared while others write, then written at once; a closed programme and a lost right are looked for last."""
    entry = _Entry(roster.programme)
    prepared = rosters.prepare(roster, enrolments=entry.ready)
    with rosters.wide_page_cache(), transaction.atomic():
        actor = _decider(roster)
        if not may(actor, "roster.import", area=roster.area):
            rosters.undecide(roster)
            return
        programmes.require_open(programmes.find_programme(roster.programme_id))
        if rosters.carry_out(prepared, enrol=entry.enrol) is not None:
            entry.finish(actor)


def _loaded(payload: Mapping[str, object], *, state: str) -> RosterImport | None:
    rows = RosterImport.objects.select_related("area", "programme__area", "mapping")
    return rows.filter(id=payload["roster"], state=state).first()


def _decider(roster: RosterImport) -> Actor:
    """Whoever decided, with the rights they hold now: they signed in with a second factor when they decided."""
    person = Person.objects.get(id=roster.choices["by"])
    return actor_for(person, via="sign-in", second_factor=True)


def _read_once_more(roster: RosterImport) -> None:
    with transaction.atomic():
        rosters.begin_again(roster, summary=roster.summary | {"register_changed": True}, choices={})
        _order_reading(roster)


class _Entry:
    """Enrols portion by portion; what the roster says of those who are new follows at the end."""

    def __init__(self, programme: Programme):
        self.programme = programme
        self.known = {batch.title: batch for batch in programmes.batches_of(programme)}
        self.participation: dict[Enrolment, str] = {}
        self.batches: dict[str, list[Enrolment]] = defaultdict(list)

    def ready(self, taken: Sequence[Taken]) -> dict[uuid.UUID, Enrolment]:
        """New people who owe the training: entered with their batch, with nothing more to follow."""
        return {
            one.person_id: Enrolment(
                programme_id=self.programme.id, person_id=one.person_id, batch=self.known.get(one.batch)
            )
            for one in taken
            if one.participation in ("", "due")
        }

    def enrol(self, taken: Sequence[Taken]) -> None:
        mine = Enrolment.objects.filter(programme=self.programme)
        people = [one.person_id for one in taken]
        there = (
            set(mine.filter(person_id__in=people).values_list("person_id", flat=True)) if people else set()
        )
        new = {one.person_id: one for one in taken if one.person_id not in there}
        if not new:
            return
        consequences.enrol(self.programme, [Person(id=person_id) for person_id in new])
        for enrolment in mine.filter(person_id__in=list(new)).select_related("programme__area"):
            self._note(enrolment, new[enrolment.person_id])

    def _note(self, enrolment: Enrolment, found: Taken) -> None:
        if found.participation:
            self.participation[enrolment] = found.participation
        if found.batch in self.known:
            self.batches[found.batch].append(enrolment)

    def finish(self, actor: Actor) -> None:
        programmes.participation_from_roster(self.participation, actor)
        for title, enrolments in self.batches.items():
            programmes.set_batch(enrolments, self.known[title])


# What goes out -----------------------------------------------------------------------------------------------------


def export_errors(actor: Actor, import_id: uuid.UUID) -> bytes:
    """The wrong rows as a workbook with their reasons, while the import is not decided."""
    roster = rosters.roster_for(actor, import_id)
    if roster.state != RosterImport.State.CHECKED or not roster.summary.get("wrong"):
        raise _nothing_to_write()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        count = rosters.write_errors(roster, path)
        audit.record(
            "roster.errors_exported", actor=actor.pseudonym, subject=str(roster.id), detail={"rows": count}
        )
        return path.read_bytes()


def export_roster(
    actor: Actor, programme: Programme, area: Area, *, kind: str, language: str, folder: Path
) -> Path:
    """Everybody enrolled who works in the area now, as XLSX or CSV; it can be imported again as it is.

    Everybody in it is mentioned on the audit trail. Refuses a workbook of more than 20,000 people.
    """
    require(actor, "roster.export", area=area)
    rows = _lines_of(programme, area)
    if kind == "xlsx" and rows.count() > MOST_LINES_OF_A_WORKBOOK:
        raise Refused(
            "roster.export_too_long",
            _("A workbook of more than 20,000 people would take too long to write."),
            kept=_("Nothing was exported, and nothing has changed."),
            todo=_("Choose CSV, or export county by county."),
        )
    people: list[str] = []
    path = folder / f"roster-{area.code}.{kind}"
    lines = _noted(_lines(rows, programme), people)
    rosters.write_roster(lines, path, title=f"{area.name} {programme.title}", language=language)
    audit.record(
        "roster.exported",
        actor=actor.pseudonym,
        subject=str(programme.id),
        detail={"area": area.code, "kind": kind, "people": len(people)},
        mentions=people,
    )
    return path


def _noted(lines: Iterator[Line], people: list[str]) -> Iterator[Line]:
    for line in lines:
        people.append(str(line.person.id))
        yield line


def _lines_of(programme: Programme, area: Area) -> Any:
    rows = Affiliation.objects.filter(
        until__isnull=True, school__area__path__startswith=area.path, person__enrolment__programme=programme
    )
    return rows.select_related("person", "school__area").order_by("school__code", "person__name", "person_id")


def _lines(rows: Any, programme: Programme) -> Iterator[Line]:
    """Read in portions: enrolments are asked for a thousand people at a time."""
    portion: list[Affiliation] = []
    for row in rows.iterator(PORTION):
        portion.append(row)
        if len(portion) == PORTION:
            yield from _with_enrolments(portion, programme)
            portion = []
    yield from _with_enrolments(portion, programme)


def _with_enrolments(portion: Sequence[Affiliation], programme: Programme) -> Iterator[Line]:
    people = [row.person_id for row in portion]
    enrolments = Enrolment.objects.filter(programme=programme, person_id__in=people).select_related("batch")
    by_person = {row.person_id: row for row in enrolments}
    for row in portion:
        enrolment = by_person[row.person_id]
        title = enrolment.batch.title if enrolment.batch else ""
        yield Line(row.person, row, participation=enrolment.participation, batch=title)


def _nothing_to_write() -> Refused:
    return Refused(
        "roster.no_errors",
        _("There is no list of wrong rows for this file any more."),
        kept=_("The problems stay on the page of the import."),
        todo=_("Correct the rows in your own file and upload it again."),
        status=409,
    )
