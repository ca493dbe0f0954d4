"""What the page of an import shows in each of its states."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools.errors import Denied
from lti_tools.office import rosters as office
from lti_tools.people.api import code_label
from lti_tools.rosters import api as rosters
from lti_tools.rosters.api import RosterImport

ROWS_ON_A_PAGE = 50
State = RosterImport.State
WORKING = (State.READING, State.APPLYING)
KINDS: dict[str, Any] = {
    "new": gettext_lazy("new people"),
    "changed": gettext_lazy("people whose details change"),
    "transferred": gettext_lazy("people who move to another school"),
    "unchanged": gettext_lazy("people who stay as they are"),
    "absent": gettext_lazy("people in the programme who are missing from the file"),
    "left": gettext_lazy("people missing from the file, marked as left"),
}
# What can be looked at person by person before the decision.
SHOWN = ("new", "changed", "transferred", "absent")


def working(roster: RosterImport) -> bool:
    return roster.state in WORKING and not office.standstill(roster)


def page(roster: RosterImport, *, page: str) -> tuple[str, dict[str, Any]]:
    """The name of the template and what it says."""
    if roster.state in WORKING:
        return "roster_waiting", progress(roster)
    if roster.state == State.FAILED:
        return "roster_failed", {"roster": roster, "refused": _failure(roster)}
    summary = roster.summary
    context = {
        "roster": roster,
        "good": sum(summary.get("expected", {}).values()),
        "wrong_rows": summary.get("wrong", 0),
        "absent": summary.get("absent", 0),
        "problems": _problems(roster, page),
        "counts": _counts(roster),
        "nothing_new": set(summary.get("expected", {})) == {"unchanged"},
        "nothing_changed": set(summary.get("outcome", {})) == {"unchanged"},
    }
    return "roster_preview" if roster.state == State.CHECKED else "roster_result", context


def progress(roster: RosterImport) -> dict[str, Any]:
    return {
        "roster": roster,
        "working": working(roster),
        "stopped": roster.state in WORKING and office.standstill(roster),
        "share": min(roster.done, roster.total) if roster.total else None,
    }


def rows(roster: RosterImport, kind: str, *, page: str) -> dict[str, Any]:
    """Refuses kinds that are not shown, and imports that are decided, like a page that does not exist."""
    if kind not in SHOWN or roster.state != State.CHECKED:
        raise Denied("roster.import")
    found = Paginator(rosters.rows_of(roster, kind), ROWS_ON_A_PAGE).get_page(page)
    lines = [(row, [_difference(line) for line in row.changes]) for row in found.object_list]
    return {"roster": roster, "kind": kind, "title": KINDS[kind], "page": found, "lines": lines}


def _problems(roster: RosterImport, page: str) -> Page[Any]:
    """The page of wrong rows; each has its problems beside it."""
    found = Paginator(rosters.rows_of(roster, "wrong"), ROWS_ON_A_PAGE).get_page(page)
    found.lines = [problem for row in found.object_list for problem in rosters.problems_in(row)]
    return found


def _counts(roster: RosterImport) -> list[tuple[int, Any, str]]:
    """Number, what it counts and, before the decision, the kind under which its people are listed."""
    summary = roster.summary
    decided = roster.state != State.CHECKED
    found = (
        summary.get("outcome")
        if decided
        else {**summary.get("expected", {}), "absent": summary.get("absent")}
    )
    return [
        (found[kind], text, kind if not decided and kind in SHOWN else "")
        for kind, text in KINDS.items()
        if found and found.get(kind)
    ]


def _difference(line: dict[str, Any]) -> dict[str, Any]:
    """One field as it was and as it would be, in words."""
    name = line["field"]
    return {"name": _column_name(name), "old": _shown(name, line["old"]), "new": _shown(name, line["new"])}


def _column_name(key: str) -> str:
    wanted = "subject" if key == "subjects" else key
    language = get_language() or "zh-hans"
    return next((column.text(language) for column in rosters.columns() if column.key == wanted), key)


def _shown(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value)
    if key in rosters.TABLES and value:
        return code_label(key, value, language=get_language() or "zh-hans")
    return str(value or "")


def _failure(roster: RosterImport) -> dict[str, str]:
    """The refusal in the reader's language; an import from before a language was added speaks Chinese."""
    found = roster.failure
    texts = found.get(get_language() or "zh-hans") or found.get("zh-hans") or {}
    return {"message": _("The file could not be read."), **texts}
