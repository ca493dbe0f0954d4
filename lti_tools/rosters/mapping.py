"""Which column of a sheet means what: guessed by its headings, or said by an officer and remembered.

A mapping is kept for one area and one row of headings, so the same sheet next month needs no question.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.people.api import Area, codes
from lti_tools.rosters import columns
from lti_tools.rosters.models import ColumnMapping, RosterImport
from lti_tools.rosters.problems import TABLES
from lti_tools.rosters.sheet import refused

NOT_STORED = ""
# So many unknown words of a table are asked about; a column with more of them is the wrong column.
MOST_WORDS = 40


@dataclass(frozen=True)
class Layout:
    """How one sheet is read: the place of each column, its heading as written, and words of code tables."""

    places: Mapping[str, int]
    headings: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def digest(header: Sequence[str]) -> str:
    """Of the headings as they are compared: width, spaces and remarks in brackets do not matter."""
    return hashlib.sha256("\x1f".join(codes.plain(heading) for heading in header).encode()).hexdigest()


def guessed(header: Sequence[str]) -> dict[str, str]:
    """Heading -> column key, empty for one we do not know."""
    found = {heading: columns.heading(heading) for heading in header if heading}
    return {heading: column.key if column else NOT_STORED for heading, column in found.items()}


def remembered(area: Area, header: Sequence[str]) -> ColumnMapping | None:
    return ColumnMapping.objects.filter(area=area, headings=digest(header)).first()


def clear(header: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Whether nothing needs to be asked: every heading is known and none is claimed by two."""
    return all(chosen.values()) and not doubled(chosen)


def doubled(chosen: Mapping[str, str]) -> dict[str, str]:
    """Heading -> the heading that has its column already."""
    first: dict[str, str] = {}
    found = {}
    for heading, key in chosen.items():
        if key and first.setdefault(key, heading) != heading:
            found[heading] = first[key]
    return found


def missing(chosen: Mapping[str, str]) -> list[str]:
    """Columns every roster needs and nothing is mapped to, by name."""
    keys = set(chosen.values())
    names = [column.zh for column in columns.columns() if column.required and column.key not in keys]
    return names if keys & {"birth_month", "id_number"} else [*names, "身份证号 / 出生年月"]


def require_single(header: Sequence[str]) -> None:
    """Refuses a sheet in which the very same heading stands twice: no choice could tell the two apart."""
    counts = Counter(codes.plain(heading) for heading in header if heading)
    twice = [heading for heading in header if heading and counts[codes.plain(heading)] > 1]
    known = [heading for heading in twice if columns.heading(heading)]
    if known:
        names = ", ".join(dict.fromkeys(known))
        raise refused(
            "roster.doubled_headings",
            _("Two columns have the same heading: %(names)s.") % {"names": names},
            _("Keep the one that is right, delete the other, and upload the file again."),
            names=names,
        )


def require_complete(chosen: Mapping[str, str]) -> None:
    """Refuses a sheet whose headings are all understood and among which a required one is missing."""
    names = ", ".join(missing(chosen))
    if names:
        raise refused(
            "roster.missing_columns",
            _("These columns are missing: %(names)s.") % {"names": names},
            _("Add them with exactly these headings. The sample sheet has them all."),
            names=names,
        )


def layout(
    header: Sequence[str], chosen: Mapping[str, str], words: Mapping[str, Mapping[str, str]] | None = None
) -> Layout:
    taken = {key: heading for heading, key in chosen.items() if key and heading in header}
    kept = {column.key for column in columns.columns() if column.kept}
    return Layout(
        places={key: header.index(heading) for key, heading in taken.items()},
        headings=taken,
        # In the order of the sheet: a mapping that was stored has lost its own.
        ignored=tuple(heading for heading in header if heading and chosen.get(heading) not in kept),
        words=words or {},
    )


class Problems(Refused):
    """A mapping that cannot be: `fields` says what is wrong at which field."""

    def __init__(self, fields: Mapping[str, Any]):
        super().__init__(
            "roster.mapping",
            _("Some columns are not chosen yet, or chosen twice."),
            kept=_("The file is kept, and your choices stay on this page."),
            todo=_("Correct the marked fields and read the file again."),
            status=422,
        )
        self.fields = dict(fields)


def remember(
    roster: RosterImport,
    *,
    chosen: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    made_by: Any,
) -> ColumnMapping:
    """Keeps an officer's choices for the area of the import. Refuses with `Problems`.

    Two headings on one column, a required column nobody stands for, and a key or code that does not exist.
    """
    header = roster.summary.get("header", [])
    known = {column.key for column in columns.columns()}
    chosen = {heading: chosen.get(heading, NOT_STORED) for heading in header if heading}
    wrong: dict[str, Any] = {
        heading: _("“%(other)s” has this column already.") % {"other": other}
        for heading, other in doubled(chosen).items()
    }
    wrong |= {
        heading: _("There is no such column.") for heading, key in chosen.items() if key not in {*known, ""}
    }
    if names := ", ".join(missing(chosen)):
        wrong[""] = _("No heading stands for: %(names)s.") % {"names": names}
    if wrong:
        raise Problems(wrong)
    before = remembered(roster.area, header)
    kept = _right_words(before.codes if before else {}, words)
    made, _new = ColumnMapping.objects.update_or_create(
        area=roster.area,
        headings=digest(header),
        defaults={"columns": chosen, "codes": kept, "made_by_id": made_by},
    )
    return made


def _right_words(
    before: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Word, as it is compared -> code; an empty code leaves rows with the word wrong."""
    found: dict[str, dict[str, str]] = {table: dict(entries) for table, entries in before.items()}
    for table in TABLES:
        known = {entry.code for entry in codes.known(table)} | {""}
        given = {codes.plain(word): code for word, code in words.get(table, {}).items() if code in known}
        found[table] = found.get(table, {}) | given
    return found
