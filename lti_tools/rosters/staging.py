"""A roster on its way: received, read in the background, looked at, decided.

Until it is applied nothing of it enters the tables of people, and wrong rows never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, Area, Person, areas_of, require
from lti_tools.rosters import files, mapping
from lti_tools.rosters.models import RosterImport, RosterRow
from lti_tools.rosters.problems import Problem, from_json
from lti_tools.rosters.reading import ABSENT, WRONG
from lti_tools.rosters.sheet import refused

ACTION = "roster.import"
State = RosterImport.State
# Files of one area that may lie on disk at once: more than any bureau works on, too few to fill a disk.
MOST_WAITING = 20
OPEN = (State.MAPPING, State.READING, State.CHECKED, State.FAILED)


class Target(Protocol):
    """The programme a roster is for, as far as this room needs to know it."""

    pk: Any
    area: Area


def receive(actor: Actor, programme: Target, file: BinaryIO, *, file_name: str) -> RosterImport:
    """Keeps an uploaded file for the background reading; the caller owns the transaction and orders it.

    Refuses actors without `roster.import` for the programme's area, and with `Refused` a file that is empty, too
    large or of another kind: that can be seen without reading it; and one more than may wait in an area.
    """
    require(actor, ACTION, area=programme.area)
    require_room(programme.area)
    require_id_keys()
    digest = files.measured(file)
    files.require_kind(file, file_name=file_name)
    made = RosterImport(
        area=programme.area,
        programme_id=programme.pk,
        uploaded_by_id=actor.person_id,
        file_name=file_name[-200:],
        file_digest=digest,
        reading=1,
    )
    made.stored = files.keep(file, name=f"rosters/{made.id.hex}")
    made.save()
    audit.record("roster.received", actor=actor.pseudonym, subject=str(made.id), detail={"file": digest})
    return made


def require_room(area: Area) -> None:
    if RosterImport.objects.filter(area=area).exclude(stored="").count() >= MOST_WAITING:
        raise refused(
            "roster.too_many_waiting",
            _("So many rosters of your area wait for a decision that no further file is kept."),
            _("Take over the files that wait or put them aside, then upload this one again."),
        )


def require_id_keys() -> None:
    """With a key gone its people match nobody, and the next roster would enter them a second time."""
    hashed = Person.objects.exclude(id_hash="")
    if hashed.exclude(id_key_version__in=list(settings.SHIJIE_ID_KEYS)).exists():
        raise refused(
            "roster.id_key_missing",
            _("The key with which ID numbers are compared is missing on the server, so no roster is read."),
            _("Tell your administrator: SHIJIE_ID_KEYS lacks a version that is in use."),
        )


def roster_for(actor: Actor, import_id: object) -> RosterImport:
    """The import, for officers of its area; `Denied` for everybody else and for a wrong id."""
    rows = RosterImport.objects.select_related("area", "programme__area", "mapping")
    found = rows.filter(id=import_id).first()
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
    """Those that wait for an officer of the actor's areas: to confirm the columns, or to decide."""
    waiting = (State.MAPPING, State.CHECKED)
    rows = RosterImport.objects.filter(area__in=areas_of(actor, ACTION), state__in=waiting)
    return rows.select_related("programme").order_by("-created_at")


def rows_of(roster: RosterImport, kind: str) -> QuerySet[RosterRow]:
    """Staged rows of one kind (new, changed, transferred, unchanged, wrong, absent), in the order of the sheet."""
    return RosterRow.objects.filter(roster=roster, kind=kind).order_by("number")


def problems_in(row: RosterRow) -> list[Problem]:
    return [from_json(stored) for stored in row.problems]


def problems_of(roster: RosterImport) -> Iterator[Problem]:
    """Every problem, row by row."""
    for row in rows_of(roster, WRONG).iterator(1_000):
        yield from problems_in(row)


def choose_mapping(
    actor: Actor, roster: RosterImport, *, chosen: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> None:
    """Remembers an officer's choices for the area and begins a new reading by them; the caller owns the
    transaction and orders it. Refuses with `mapping.Problems`, and an import that is decided already.
    """
    made = mapping.remember(roster, chosen=chosen, words=words, made_by=actor.person_id)
    begin_again(roster, mapping=made, summary=roster.summary)
    audit.record(
        "roster.mapped", actor=actor.pseudonym, subject=str(roster.id), detail={"mapping": str(made.id)}
    )


def begin_again(roster: RosterImport, **fields: Any) -> None:
    """Forgets what was staged: the file is read once more, from its beginning."""
    keep = {"sheet", "other_sheets", "header", "asked", "register_changed"}
    summary = {key: value for key, value in fields.pop("summary").items() if key in keep}
    waiting = RosterImport.objects.filter(
        id=roster.id, state__in=(*OPEN, State.APPLYING), reading=roster.reading
    )
    fresh = {"state": State.READING, "reading": roster.reading + 1, "done": 0, "total": 0, "failure": {}}
    if not roster.stored or not waiting.update(**fresh, **fields, summary=summary):
        raise already_decided()
    RosterRow.objects.filter(roster=roster).delete()
    roster.refresh_from_db()


def stage_absent(roster: RosterImport, people: Iterator[tuple[Any, str, str, str]]) -> int:
    """Stages who is enrolled, works in the area and is missing from the file; returns how many they are.

    `people` yields id, name, staff number and school name. Whoever stands in a wrong row is not missing.
    """
    named = RosterRow.objects.filter(roster=roster)
    here = set(named.filter(person__isnull=False).values_list("person", flat=True).iterator(1_000))
    wrong = {value for row in rows_of(roster, WRONG).iterator(1_000) for value in _marks(row.cells)}
    missing = (one for one in people if one[0] not in here and not wrong & {one[1], one[2]})
    count = 0
    portion: list[RosterRow] = []
    for count, (person, name, staff_no, school) in enumerate(missing, start=1):
        cells = {"name": name, "staff_no": staff_no, "school_name": school}
        number = RosterRow.FIRST_ABSENT + count
        portion.append(RosterRow(roster=roster, number=number, kind=ABSENT, cells=cells, person=person))
        if len(portion) == 1_000:
            RosterRow.objects.bulk_create(portion)
            portion = []
    RosterRow.objects.bulk_create(portion)
    return count


def _marks(cells: Mapping[str, Any]) -> set[str]:
    return {str(cells[key]) for key in ("name", "staff_no") if cells.get(key)}


def fail(roster: RosterImport, problem: Refused) -> None:
    """The refusal is shown in the place of the preview, in the language of whoever reads it.

    Nothing of the file is kept; the caller owns the transaction.
    """
    failure: dict[str, Any] = {"code": problem.code}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts = {"message": str(problem.message), "kept": str(problem.kept), "todo": str(problem.todo)}
        failure[language] = texts
    waiting = RosterImport.objects.filter(id=roster.id, state__in=(State.READING, State.APPLYING))
    if waiting.update(state=State.FAILED, failure=failure, stored=""):
        _clear(roster)
        audit.record("roster.failed", actor="system", subject=str(roster.id), detail={"code": problem.code})


def _clear(roster: RosterImport) -> None:
    stored = roster.stored
    RosterRow.objects.filter(roster=roster).delete()
    transaction.on_commit(lambda: files.forget(stored))


def already_decided() -> Refused:
    return Refused(
        "roster.already_decided",
        _("This roster was already taken over or put aside, or is being taken over."),
        kept=_("What was taken over then is still there."),
        todo=_("To bring in a newer roster, upload its file."),
        status=409,
    )


def discard_roster(actor: Actor, roster: RosterImport) -> None:
    """Drops an import that is not decided; an applied one stays as it is. The caller owns the transaction."""
    require(actor, ACTION, area=roster.area)
    waiting = RosterImport.objects.filter(id=roster.id, state__in=OPEN)
    if waiting.update(state=State.DISCARDED, stored=""):
        _clear(roster)
        audit.record("roster.discarded", actor=actor.pseudonym, subject=str(roster.id))


def remembered_for(roster: RosterImport) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What the mapping page begins with: columns by heading, and codes by word as it is compared."""
    header = roster.summary.get("header", [])
    made = roster.mapping or mapping.remembered(roster.area, header)
    if made:
        return dict(made.columns), {table: dict(words) for table, words in made.codes.items()}
    return mapping.guessed(header), {}
