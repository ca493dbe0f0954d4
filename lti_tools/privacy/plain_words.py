"""What is held about a person, in plain words by class, each with why and for how long (`retention.toml`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.people.api import code_label
from lti_tools.privacy.facts import FIELDS, shown
from lti_tools.privacy.rules import rules

Pair = tuple[str, str]


@dataclass(frozen=True)
class Term:
    """Why a class is held and for how long. `days` is None where it stays as long as the results do."""

    covers: str
    why: str
    days: int | None
    since: str
    happens: str


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    empty: str
    pairs: tuple[Pair, ...]
    terms: tuple[Term, ...]


def sections(data: dict[str, Any]) -> tuple[Section, ...]:
    """In the order in which somebody asks: who am I here, what have I done, what came of it."""
    programmes = data["programmes"]
    lessons = [lesson for row in programmes for lesson in row["lessons"]]
    results = [entry for row in programmes for entry in row["results"]]
    return (
        _section("person", _("Who you are"), "", _person(data["person"])),
        _section(
            "affiliation", _("Where you work"), _("No school."), map(_affiliation, data["affiliations"])
        ),
        _section("programme", _("Programmes, tier, tasks and hours"), _("None."), _programmes(programmes)),
        _section("lessons", _("Lessons and the ratings you received"), _("None."), map(_lesson, lessons)),
        _section("results", _("Results"), _("None."), map(_result, results)),
        _section("certificates", _("Certificates"), _("None."), map(_certificate, data["certificates"])),
        _section("accounts", _("Linked accounts and telephones"), _("None."), _accounts(data)),
    )


def _section(code: str, title: str, empty: str, pairs: Iterable[Pair]) -> Section:
    return Section(code=code, title=title, empty=empty, pairs=tuple(pairs), terms=terms(code))


def terms(kind: str) -> tuple[Term, ...]:
    """The rules that stand under one part of the page."""
    language = get_language() or "zh-hans"
    return tuple(
        Term(
            covers=rule.covers.text(language),
            why=rule.basis.text(language),
            days=rule.days,
            since=rule.since.text(language),
            happens=rule.happens.text(language),
        )
        for rule in rules()
        if rule.kind == kind
    )


def _word(table: str, code: str) -> str:
    return code_label(table, code, language=get_language() or "zh-hans") if code else ""


def _moment(text: str) -> str:
    found = parse_datetime(text) if text else None
    return date_format(localtime(found), "Y-m-d H:i") if found else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _person(held: dict[str, Any]) -> list[Pair]:
    last4 = held["id_last4"]
    kept = _("only a keyed hash and the last four: %(last4)s") % {"last4": last4} if last4 else ""
    pairs = [
        (_("Name"), held["name"]),
        (_("Sex"), _word("sex", held["sex"])),
        (_("Staff number"), held["staff_no"]),
        (_("Month of birth"), held["birth_month"]),
        (_("ID number"), kept),
        (_("Own sign-in"), held["account"]),
    ]
    return [(label, value or "–") for label, value in pairs]


def _affiliation(held: dict[str, Any]) -> Pair:
    codes = [_word(table, held[table]) for table in ("stage", "title", "employment", "staff_status")]
    period = f"{held['since']} – {held['until']}".strip()
    return held["school"], _joined("、".join(held["subjects"]), *codes, held["personnel_unit"], period)


def _programmes(rows: list[dict[str, Any]]) -> list[Pair]:
    pairs: list[Pair] = []
    for row in rows:
        tier = row["tier_name"] or _("not placed yet")
        pairs.append((row["programme"], _joined(tier, f"{row['starts']} – {row['ends']}")))
        pairs += [_task(task) for task in row["tasks"]]
    return pairs


def _task(held: dict[str, Any]) -> Pair:
    total = sum((Decimal(held[way]) for way in ("online", "practice", "offline")), Decimal())
    hours = _("%(total)s h") % {"total": f"{total.normalize():f}"}
    # Only a specialist's note is for reading; the others are ids of what proved the task.
    note = held["note"] if held["evidence"] == "sign_off" else ""
    return held["task_name"], _joined(hours, _moment(held["passed_at"]), note)


def _lesson(held: dict[str, Any]) -> Pair:
    rating = held["rating"]
    score = f"{rating['total']} / {rating['out_of']}" if rating else _("not decided")
    words = sum(len(one["remarks"]) for one in rating["criteria"]) if rating else 0
    remarks = _("%(count)s remarks of the raters (1, 2, 3)") % {"count": words} if words else ""
    kept = any(recording["kept"] for recording in held["recordings"])
    video = _("the recording is kept") if kept else _("no recording is kept")
    return held["title"], _joined(score, remarks, video, _moment(held["submitted_at"]))


def _result(held: dict[str, Any]) -> Pair:
    kinds = {
        "diagnosis": _("Diagnosis"),
        "task": _("Task"),
        "lesson": _("Lesson"),
        "award": _("Award"),
    }
    said = held["value"].get("title") or held["value"].get("task") or held["value"].get("certificate") or ""
    return (
        kinds.get(held["kind"], held["kind"]),
        _joined(str(said), held["definition"], held["school"], _moment(held["at"])),
    )


def _certificate(held: dict[str, Any]) -> Pair:
    return held["number"], f"{held['issued_on']} – {held['valid_to']}"


def _accounts(data: dict[str, Any]) -> list[Pair]:
    linked = [
        (row["platform"], _joined(row["claimed_name"], _moment(row["seen_at"]))) for row in data["accounts"]
    ]
    return linked + [(_("Telephone"), _moment(row["scanned_at"])) for row in data["telephones"]]


def asked(held: Any) -> dict[str, Any]:
    """A request for correction with its values in words."""
    return {
        "id": held.id,
        "row": held,
        "field": FIELDS.get(held.field, held.field),
        "held": shown(held.field, held.held),
        "wanted": shown(held.field, held.wanted),
    }
