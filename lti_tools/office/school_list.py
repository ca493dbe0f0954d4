"""The schools of an area as one table, out and in: all of a list is taken over or nothing, with every problem said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.office import organisations as office
from lti_tools.office.school_sheet import COLUMNS, ListProblem, Row, read
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Actor, Area, School, areas_of, code_label, codes, require
from reports import tables


@dataclass(frozen=True)
class Taken:
    """What a list did or, with problems, what keeps it from doing anything."""

    opened: int = 0
    changed: int = 0
    same: int = 0
    problems: tuple[ListProblem, ...] = ()


def write_list(actor: Actor, area: Area, path: Path, *, language: str) -> int:
    """The open schools of an area and below, as XLSX or CSV by the name of the path; it can be read in again."""
    require(actor, "organisation.see", area=area)
    seen = organisations.schools_seen(actor).filter(area__path__startswith=area.path, closed_on__isnull=True)
    heads = [(column.key, column.text(language)) for column in COLUMNS]
    lines = [_line(school, language) for school in seen]
    audit.record(
        "schools.exported", actor=actor.pseudonym, subject=str(area.id), detail={"schools": len(lines)}
    )
    if path.suffix == ".csv":
        return tables.write_csv(heads, lines, path=path)
    return tables.write_xlsx(
        heads, lines, sheet=gettext("Schools"), path=path, title=f"{area.name} {area.code}"
    )


def _line(school: School, language: str) -> dict[str, tables.Cell]:
    return {
        "code": school.code,
        "name": school.name,
        "area": school.area.code,
        "location": code_label("location", school.location, language=language),
        "remote": code_label("yes_no", "yes" if school.remote else "no", language=language),
        "parent": school.parent.code if school.parent else "",
    }


def take_over(actor: Actor, file: Any, *, file_name: str, since: date, reason: str) -> Taken:
    """New codes open schools, other facts of known ones change, from that day on; nobody is closed by absence.

    All rows or none. Refuses with `Refused` a file that cannot be read as a list of schools at all.
    """
    require(actor, office.CHANGE)
    headings, rows = read(file, file_name)
    with transaction.atomic():
        taken = _Intake(actor, headings, since=since, reason=reason).take(rows)
        if taken.problems:
            transaction.set_rollback(True)
    return taken


class _Intake:
    """One list being taken over, inside the caller's transaction: every row is tried, so that all problems show."""

    def __init__(self, actor: Actor, headings: Mapping[str, str], *, since: date, reason: str):
        self.actor, self.headings = actor, headings
        self.day = {"since": since, "reason": reason}
        self.areas = {area.code: area for area in areas_of(actor, office.CHANGE)}
        self.schools = {school.code: school for school in organisations.schools_seen(actor, office.CHANGE)}
        self.first: dict[str, int] = {}
        self.counts = {"opened": 0, "changed": 0, "same": 0}

    def take(self, rows: list[Row]) -> Taken:
        """Schools before teaching points, which may belong to a school of the same list."""
        for row in sorted(rows, key=lambda row: bool(row.values["parent"])):
            if facts := self._facts(row):
                self._tried(row, facts)
        problems = sorted((found for row in rows for found in row.problems), key=lambda found: found.row)
        return Taken(**self.counts, problems=tuple(problems))

    def _facts(self, row: Row) -> dict[str, Any] | None:
        """What the row says of its school, or None when something in it is wrong."""
        said = row.values
        bad = {problem.column for problem in row.problems}
        for column in COLUMNS:
            if column.required and not said[column.key] and self.headings[column.key] not in bad:
                self._problem(row, column.key, _("This cell is empty, but every row needs it."))
        if said["code"] and self.first.setdefault(said["code"], row.number) != row.number:
            self._problem(
                row,
                "code",
                _("The same code already stands in row %(first)s.") % {"first": self.first[said["code"]]},
            )
        facts = {
            "area": self._found(row, "area", self.areas.get, _("No area of yours has this code.")),
            "location": self._coded(row, "location"),
            "remote": self._coded(row, "yes_no", key="remote") == "yes",
            "parent": self._found(row, "parent", self._open, _("No open school of your area has this code.")),
        }
        return None if row.problems else {"code": said["code"], "name": said["name"], **facts}

    def _open(self, code: str) -> School | None:
        found = self.schools.get(code)
        return found if found and found.closed_on is None else None

    def _found(self, row: Row, key: str, find: Callable[[str], Any], reason: Any) -> Any:
        said = row.values[key]
        found = find(said) if said else None
        if said and found is None:
            self._problem(row, key, reason)
        return found

    def _coded(self, row: Row, table: str, *, key: str = "") -> str:
        said = row.values[key or table]
        code = codes.find(table, said) if said else None
        if said and code is None:
            words = ", ".join(entry.zh for entry in codes.known(table))
            reason = _("This word is not in the code table. Use: %(known)s.") % {"known": words}
            self._problem(row, key or table, reason)
        return code.code if code else ""

    def _tried(self, row: Row, facts: dict[str, Any]) -> None:
        """Does it in a savepoint of its own, so that the next row can be tried after a refusal."""
        parent = facts["parent"]
        if parent is not None and parent.area_id != facts["area"].id:
            reason = _("The school with this code lies in %(area)s.") % {"area": parent.area.name}
            return self._problem(row, "parent", reason)
        try:
            with transaction.atomic():
                self.counts[self._done(facts)] += 1
        except Refused as problem:
            key = str(problem.values.get("field", ""))
            self._problem(row, key, f"{problem.message} {problem.todo}")

    def _done(self, facts: dict[str, Any]) -> str:
        known = self.schools.get(facts["code"])
        if known is None:
            self.schools[facts["code"]] = office.open_school(self.actor, **facts, **self.day)
            return "opened"
        return "changed" if self._changed(known, facts) else "same"

    def _changed(self, known: School, facts: dict[str, Any]) -> bool:
        """True when the row says something else than what is known."""
        parent_id = facts["parent"].id if facts["parent"] else None
        named = known.name != facts["name"]
        moved = (known.area_id, known.parent_id) != (facts["area"].id, parent_id)
        kind = (known.location, known.remote) != (facts["location"], facts["remote"])
        if named:
            named = self._news(office.rename, known, code=known.code, name=facts["name"])
        if moved:
            moved = self._news(office.move, known, area=facts["area"], parent=facts["parent"])
            self._again(known)
        if kind:
            told = {key: facts[key] for key in ("location", "remote")}
            kind = self._news(office.change_kind, known, **told)
        return named or moved or kind

    def _news(self, change: Callable[..., Any], known: School, **facts: Any) -> bool:
        """False when just this is planned already: the same list may come twice before its day."""
        try:
            change(self.actor, known.id, **facts, **self.day)
        except Refused as problem:
            if problem.code == "organisation.nothing_new":
                return False
            raise
        return True

    def _again(self, moved: School) -> None:
        """Teaching points have moved along with their school."""
        ids = [moved.id, *(point.id for point in organisations.points_of(moved))]
        seen = organisations.schools_seen(self.actor, office.CHANGE).filter(id__in=ids)
        self.schools |= {school.code: school for school in seen}

    def _problem(self, row: Row, key: str, reason: Any) -> None:
        heading = self.headings.get(key, "")
        row.problems.append(ListProblem(row.number, heading, row.values.get(key, ""), str(reason)))


def columns(language: str) -> list[tuple[str, bool]]:
    """The headings of a list in the reader's language, with whether they must be there."""
    return [(column.text(language), column.required) for column in COLUMNS]


def file_name(area: Area, kind: str) -> str:
    return f"schools-{area.code}-{timezone.localdate():%Y%m%d}.{kind}"
