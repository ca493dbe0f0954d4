"""Marks as a person types or files them.

On the command line ``BO1=4``, ``BO3=3:12.5`` (points inside the level), ``BO6=-`` (does not apply). In a file: CSV
with the columns ``criterion,mark`` or one line a rater (``rater,BO1,BO2,...``) or ``rater,criterion,mark``; or TOML
with ``BO1 = 4``, one table a rater where there are several.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from gettext import gettext as _
from pathlib import Path

from rubrics.command.given import UNREADABLE, is_file, read_text, shown
from rubrics.command.phrases import phrase
from rubrics.command.refusals import Refused
from rubrics.model import Mark, Marks

#: Rater to marks; the name is empty where only one reading is given without one.
Readings = Mapping[str, Marks]

_MARK = re.compile(r"(?P<level>\d{1,3})(?::(?P<points>\d{1,6}(?:\.\d{1,6})?))?", re.ASCII)
_LEFT_OUT = ("-", "n/a", "na")


def readings_of(marks: Sequence[str], ratings: Sequence[Sequence[str]]) -> Readings:
    """Everything given, in one. Refuses marks in two ways at once, and none at all.

    A Chinese keyboard's ``＝`` and ``：`` are understood.
    """
    marks, ratings = _half_width(marks), [_half_width(words) for words in ratings]
    if bool(marks) == bool(ratings):
        happened = _("Give either the marks of one reading, or --rating for each of several, or one file.")
        raise Refused(
            happened, advice=_("For example: BO1=4 BO2=3 ...   or   --rating A: BO1=4 ... --rating B: ...")
        )
    if ratings:
        return _several(_rating(words) for words in ratings)
    if len(marks) == 1 and "=" not in marks[0]:
        return read_file(marks[0])
    return {"": _pairs(marks)}


def _half_width(words: Sequence[str]) -> list[str]:
    return [word if Path(word).is_file() else unicodedata.normalize("NFKC", word) for word in words]


def read_file(path: str) -> Readings:
    """A CSV or TOML file of one or several readings; TOML by its ending or where the first line has ``=``."""
    text = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    is_toml = path.endswith(".toml") or "=" in first or first.lstrip().startswith(("[", "#"))
    return _toml(text, shown(path)) if is_toml else _csv(text, shown(path))


def mark(text: str, *, place: str) -> int | Mark:
    """One mark. ``place`` says in a refusal where it stands."""
    said = unicodedata.normalize("NFKC", text).strip()
    if said.lower() in _LEFT_OUT:
        return Mark(None)
    if found := _MARK.fullmatch(said):
        level = int(found["level"])
        return level if found["points"] is None else Mark(level, Decimal(found["points"]))
    happened = _("%(place)s: “%(text)s” is no mark") % {"place": place, "text": text}
    advice = _(
        "A mark is a level (4), a level with points inside it (3:12.5), or - where the criterion does not apply."
    )
    raise Refused(happened, advice=advice)


def _rating(words: Sequence[str]) -> tuple[str, Marks]:
    """``A: BO1=4 ...``: the name with or without its colon, then marks or one file of them."""
    name, colon, rest = words[0].partition(":")
    first = [rest] if colon and rest else []
    marks = [*first, *words[1:]]
    if "=" in name or not name or not marks:
        happened = _("--rating %s: a name and then marks are needed") % " ".join(words)
        raise Refused(happened, advice=_("For example: --rating A: BO1=4 BO2=3 ..."))
    if len(marks) == 1 and "=" not in marks[0] and is_file(marks[0]):
        return name, _only(read_file(marks[0]), marks[0])
    return name, _pairs(marks)


def _only(found: Readings, path: str) -> Marks:
    if len(found) != 1:
        raise Refused(_("%(path)s holds %(count)s readings, not one") % {"path": path, "count": len(found)})
    return next(iter(found.values()))


def _pairs(words: Iterable[str]) -> Marks:
    return _single((_pair(word) for word in words), place=_("the marks"))


def _pair(word: str) -> tuple[str, int | Mark]:
    criterion, equals, said = word.partition("=")
    if not equals or not criterion:
        happened = _("“%s” is no mark") % word
        raise Refused(happened, advice=_("Write criterion=level, for example BO1=4."))
    return criterion, mark(said, place=criterion)


def _single(pairs: Iterable[tuple[str, int | Mark]], *, place: str) -> Marks:
    marks: dict[str, int | Mark] = {}
    for criterion, one in pairs:
        if criterion in marks:
            raise Refused(
                _("%(place)s: %(criterion)s has two marks") % {"place": place, "criterion": criterion}
            )
        marks[criterion] = one
    return marks


def _several(found: Iterable[tuple[str, Marks]]) -> Readings:
    readings: dict[str, Marks] = {}
    for rater, marks in found:
        if rater in readings:
            raise Refused(_("%s has more than one reading") % rater)
        readings[rater] = marks
    return readings


def _csv(text: str, path: str) -> Readings:
    rows = _rows(text, path)
    head = [cell.strip() for cell in rows[0]] if rows else []
    if any(len(row) != len(head) for row in rows):
        raise Refused(_("%s: not every line has as many cells as the first") % path)
    body = [[cell.strip() for cell in row] for row in rows[1:]]
    if head == ["criterion", "mark"]:
        return {"": _single(((row[0], mark(row[1], place=f"{path}: {row[0]}")) for row in body), place=path)}
    if head == ["rater", "criterion", "mark"]:
        return _long(body, path)
    if len(head) > 1 and head[0] == "rater":
        return _several((row[0], _row(head[1:], row[1:], f"{path}: {row[0]}")) for row in body)
    happened = _("%(path)s: the first line is not one of marks: %(found)s")
    advice = _(
        "It must be criterion,mark or rater,criterion,mark or rater,BO1,BO2,... with the rubric's own criteria."
    )
    raise Refused(happened % {"path": path, "found": ",".join(head) or "-"}, advice=advice)


def _rows(text: str, path: str) -> list[list[str]]:
    """Lines that say something; a file may end its lines as any system does."""
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        return [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        values = {"path": path, "line": reader.line_num, "reason": error}
        happened = _("%(path)s:%(line)s: cannot be read as CSV (%(reason)s)") % values
        raise Refused(happened, advice=_("Look for a quote that is never closed.")) from None


def _row(criteria: Sequence[str], cells: Sequence[str], place: str) -> Marks:
    pairs = zip(criteria, cells, strict=True)
    return _single(
        ((name, mark(cell, place=f"{place}: {name}")) for name, cell in pairs if cell), place=place
    )


def _long(body: Sequence[Sequence[str]], path: str) -> Readings:
    raters = list(dict.fromkeys(row[0] for row in body))
    return {
        rater: _single(
            ((row[1], mark(row[2], place=f"{path}: {rater}: {row[1]}")) for row in body if row[0] == rater),
            place=f"{path}: {rater}",
        )
        for rater in raters
    }


def _how_to_write() -> str:
    return _("Write BO1 = 4, one line for each criterion.")


def _toml(text: str, path: str) -> Readings:
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path}: {phrase(str(error))}", advice=_how_to_write()) from None
    except UNREADABLE:
        happened = _("%(path)s: brackets within brackets or a number beyond all use") % {"path": path}
        raise Refused(happened, advice=_how_to_write()) from None
    tables = {name: value for name, value in data.items() if isinstance(value, dict)}
    if tables and len(tables) != len(data):
        raise Refused(_("%s: either one reading, or one table for each rater") % path)
    if not tables:
        return {"": _table(data, path)}
    return {rater: _table(marks, f"{path}: {rater}") for rater, marks in tables.items()}


def _table(data: Mapping[str, object], place: str) -> Marks:
    return {name: mark(str(value), place=f"{place}: {name}") for name, value in data.items()}
