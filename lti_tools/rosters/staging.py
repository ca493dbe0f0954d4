"""A roster comes in two moves, staged and applied; before the second nothing enters the tables of people.

Wrong rows never enter. With problems left, applying needs the officer's choice of the good rows only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, Area, Person, School, areas_of, require
from lti_tools.rosters import columns, files, match
from lti_tools.rosters.apply import carry_out
from lti_tools.rosters.match import Step
from lti_tools.rosters.models import RosterImport
from lti_tools.rosters.problems import Problem, from_json, problem
from lti_tools.rosters.rows import GoodRow, KnownSchool, RowReader, Schools
from lti_tools.rosters.sheet import NOTHING_CHANGED, Sheet, refused

ACTION = "roster.import"


class Target(Protocol):
    """The programme a roster is for, as far as this room needs to know it."""

    pk: Any
    area: Area


def stage_roster(actor: Actor, programme: Target, file: BinaryIO, *, file_name: str) -> RosterImport:
    """Reads and judges a file; keeps good rows (ID numbers hashed) and problems for the preview.

    Refuses actors without `roster.import` for the programme's area, and with `Refused` a file that cannot be
    read at all (files). Rows with problems are data of the answer, not an error.
    """
    require(actor, ACTION, area=programme.area)
    _require_id_keys()
    content = files.content_of(file)
    sheet = files.read(content, file_name=file_name)
    reader, ignored = _reader(sheet, programme.area)
    good, problems = _judged(reader, sheet)
    steps = match.plan(good, area=programme.area)
    problems += [_as_problem(step, reader) for step in steps if step.problem]
    return _staged(
        actor,
        programme,
        steps=[step for step in steps if not step.problem],
        problems=sorted(problems, key=lambda found: found.row),
        file_name=file_name[:200],
        file_digest=files.digest(content),
        summary={"sheet": sheet.name, "other_sheets": list(sheet.others), "ignored": ignored},
    )


def _require_id_keys() -> None:
    """With a key gone its people match nobody, and the next roster would enter them a second time."""
    hashed = Person.objects.exclude(id_hash="")
    if hashed.exclude(id_key_version__in=list(settings.SHIJIE_ID_KEYS)).exists():
        raise refused(
            "roster.id_key_missing",
            _("The key with which ID numbers are compared is missing on the server, so no roster is read."),
            _("Tell your administrator: SHIJIE_ID_KEYS lacks a version that is in use."),
        )


def _reader(sheet: Sheet, area: Area) -> tuple[RowReader, list[str]]:
    """Finds the columns, refuses doubled and missing ones; the second value lists headings not stored."""
    headings = [heading for heading in sheet.header if heading]
    found = {heading: columns.heading(heading) for heading in headings}
    keys = [column.key if column else heading for heading, column in found.items()]
    doubled = [heading for heading, count in Counter(headings).items() if count > 1]
    doubled += [heading for heading, key in zip(found, keys, strict=True) if keys.count(key) > 1]
    if doubled:
        raise _doubled_headings(dict.fromkeys(doubled))
    places = {column.key: sheet.header.index(heading) for heading, column in found.items() if column}
    _require_columns(places)
    reader = RowReader(
        places=places,
        headings={column.key: heading for heading, column in found.items() if column},
        schools=_schools(area),
        today=timezone.localdate(),
        language=get_language() or "zh-hans",
    )
    return reader, [heading for heading, column in found.items() if not column or not column.kept]


def _doubled_headings(doubled: Iterable[str]) -> Refused:
    names = ", ".join(doubled)
    return refused(
        "roster.doubled_headings",
        _("Two columns have the same heading or the same meaning: %(names)s.") % {"names": names},
        _("Keep the one that is right, delete the other, and upload the file again."),
        names=names,
    )


def _require_columns(places: dict[str, int]) -> None:
    missing = [column for column in columns.columns() if column.required and column.key not in places]
    names = [column.zh for column in missing]
    if "birth_month" not in places and "id_number" not in places:
        names.append("身份证号 / 出生年月")
    if names:
        raise refused(
            "roster.missing_columns",
            _("These columns are missing: %(names)s.") % {"names": ", ".join(names)},
            _("Add them with exactly these headings. The sample sheet has them all."),
            names=", ".join(names),
        )


def _schools(area: Area) -> Schools:
    words = {found.path: {found.name, found.code} for found in Area.objects.all()}
    rows = School.objects.select_related("area")
    return Schools(by_code={row.code: _known(row, area, words) for row in rows}, area=area.name)


def _known(school: School, area: Area, words: dict[str, set[str]]) -> KnownSchool:
    path = school.area.path
    above = (found for start, found in words.items() if path.startswith(start))
    return KnownSchool(
        id=str(school.id),
        code=school.code,
        name=school.name,
        area=school.area.name,
        area_words=frozenset().union(*above),
        in_scope=path.startswith(area.path),
    )


def _judged(reader: RowReader, sheet: Sheet) -> tuple[list[GoodRow], list[Problem]]:
    good: list[GoodRow] = []
    problems: list[Problem] = []
    for number, cells in sheet.rows:
        row, wrong = reader.read(number, cells)
        problems += wrong
        if row is not None:
            good.append(row)
    if not good and not problems:
        raise refused(
            "roster.no_rows",
            _("There are headings, but no rows below them."),
            _("Fill in the people and upload the file again."),
        )
    return good, problems


def _as_problem(step: Step, reader: RowReader) -> Problem:
    key, code = step.problem or ("", "")
    value = f"****{step.row['id_last4']}" if key == "id_number" else step.row[key]
    return problem(step.row["row"], reader.headings[key], value, code, step.values)


@transaction.atomic
def _staged(
    actor: Actor, programme: Target, *, steps: Sequence[Step], problems: Sequence[Problem], **fields: Any
) -> RosterImport:
    summary = fields["summary"]
    summary["rows"] = len(steps) + len({found.row for found in problems})
    summary["expected"] = dict(Counter(step.kind for step in steps))
    applied = RosterImport.objects.filter(
        programme_id=programme.pk, file_digest=fields["file_digest"], state=RosterImport.State.APPLIED
    )
    summary["applied_before"] = applied.exists()
    roster_import = RosterImport.objects.create(
        area=programme.area,
        programme_id=programme.pk,
        uploaded_by_id=actor.person_id,
        rows=[step.row for step in steps],
        problems=[found.as_json() for found in problems],
        **fields,
    )
    audit.record(
        "roster.staged",
        actor=actor.pseudonym,
        subject=str(roster_import.id),
        detail={"good": len(steps), "problems": len(problems), "file": fields["file_digest"]},
    )
    return roster_import


def roster_for(actor: Actor, import_id: object) -> RosterImport:
    """The import, for officers of its area; `Denied` for everybody else and for a wrong id."""
    found = RosterImport.objects.select_related("area", "programme").filter(id=import_id).first()
    if found is None:
        raise Denied(ACTION)
    require(actor, ACTION, area=found.area)
    return found


def rosters_of(actor: Actor, programme: Target) -> QuerySet[RosterImport]:
    """The imports of one programme, newest first, for those who may import into it."""
    require(actor, ACTION, area=programme.area)
    rows = RosterImport.objects.filter(programme_id=programme.pk).order_by("-created_at")
    return rows.select_related("uploaded_by")


def rosters_to_decide(actor: Actor) -> QuerySet[RosterImport]:
    """Staged and neither applied nor discarded, in the actor's areas."""
    rows = RosterImport.objects.filter(area__in=areas_of(actor, ACTION), state=RosterImport.State.CHECKED)
    return rows.select_related("programme").order_by("-created_at")


def problems_of(roster_import: RosterImport) -> list[Problem]:
    return [from_json(stored) for stored in roster_import.problems]


def apply_roster(actor: Actor, roster_import: RosterImport, *, good_rows_only: bool = False) -> list[Person]:
    """Takes the good rows over and returns their people in order; the caller owns the transaction.

    Refuses: problems without the explicit choice `good_rows_only`, an import already applied or discarded,
    and a register that changed since the preview so that a row would now be wrong. The same file again
    changes nothing.
    """
    require(actor, ACTION, area=roster_import.area)
    if roster_import.problems and not good_rows_only:
        raise Refused(
            "roster.has_problems",
            _("Some rows have problems, so the roster was not taken over."),
            kept=NOTHING_CHANGED,
            todo=_("Correct the rows and upload the file again, or choose to take over the good rows only."),
        )
    _claim(roster_import)
    steps = match.plan(roster_import.rows, area=roster_import.area)
    if any(step.problem for step in steps):
        raise _register_changed()
    people = carry_out(steps, actor=actor.pseudonym)
    _finish(roster_import, steps, actor.pseudonym)
    return people


def _claim(roster_import: RosterImport) -> None:
    """One apply at a time: the state moves conditionally, and imports of one province follow each other."""
    root = roster_import.area.path.split("/")[1]
    Area.objects.select_for_update().filter(code=root).first()
    waiting = RosterImport.objects.filter(id=roster_import.id, state=RosterImport.State.CHECKED)
    if not waiting.update(state=RosterImport.State.APPLIED, applied_at=timezone.now()):
        raise Refused(
            "roster.already_decided",
            _("This roster was already taken over or discarded."),
            kept=_("What was taken over then is still there."),
            todo=_("To bring in a newer roster, upload its file."),
            status=409,
        )


def _register_changed() -> Refused:
    return Refused(
        "roster.register_changed",
        _("The people in the system have changed since this preview, and a row would now be wrong."),
        kept=NOTHING_CHANGED,
        todo=_("Upload the file once more to see which row it is."),
        status=409,
    )


def _finish(roster_import: RosterImport, steps: Sequence[Step], who: str) -> None:
    """What was staged about people is not kept longer than it is needed; the counts are."""
    outcome = dict(Counter(step.kind for step in steps))
    roster_import.refresh_from_db()
    roster_import.summary = roster_import.summary | {"outcome": outcome, "expected": {}}
    roster_import.rows = []
    roster_import.save(update_fields=["summary", "rows"])
    audit.record(
        "roster.applied", actor=who, subject=str(roster_import.id), detail={**outcome, "rows": len(steps)}
    )


@transaction.atomic
def discard_roster(actor: Actor, roster_import: RosterImport) -> None:
    """Drops a staged import; an applied one stays as it is."""
    require(actor, ACTION, area=roster_import.area)
    waiting = RosterImport.objects.filter(id=roster_import.id, state=RosterImport.State.CHECKED)
    if waiting.update(state=RosterImport.State.DISCARDED, rows=[], problems=[]):
        audit.record("roster.discarded", actor=actor.pseudonym, subject=str(roster_import.id))
