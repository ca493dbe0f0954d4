"""The roster sheet of a set: the same frozen values as the papers, one row a teacher."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from reports import evidence as frozen
from reports import tables


def columns() -> list[tuple[str, str]]:
    """Keys and headings, in the order of the district's roster (shared column names of appraisal_data)."""
    return [
        ("seq", _("No.")),
        ("name", _("Name")),
        ("staff_no", _("Teacher no.")),
        ("school", _("School")),
        ("subject", _("Subject")),
        ("title", _("Professional title")),
        ("tier", _("Training tier")),
        ("participation", _("Participation")),
        ("hours_online", _("Online hours")),
        ("hours_practice", _("Practice hours")),
        ("hours_offline", _("Face-to-face hours")),
        ("hours_total", _("Total hours")),
        ("lesson_title", _("Lesson")),
        ("lesson_score", _("Lesson score")),
        ("lesson2_title", _("Second lesson")),
        ("lesson2_score", _("Second lesson score")),
        ("rubric_version", _("Rubric and version")),
        ("result", _("Result")),
        ("cert_no", _("Certificate no.")),
        ("valid_to", _("Valid to")),
        ("status", _("Status")),
    ]


def row(number: int, teacher: frozen.TeacherEvidence, lang: str) -> dict[str, object]:
    hours = teacher.hours_of_tasks
    lessons = [*teacher.lessons, None, None]
    first, second = lessons[0], lessons[1]
    certificate = teacher.certificate
    return {
        "seq": number,
        "name": teacher.name,
        "staff_no": teacher.staff_no,
        "school": teacher.school,
        "subject": "、".join(teacher.subjects),
        "title": teacher.title,
        "tier": teacher.tier.text(lang),
        "participation": _participation(teacher.participation),
        "hours_online": hours.online,
        "hours_practice": hours.practice,
        "hours_offline": hours.offline,
        "hours_total": hours.total,
        "lesson_title": first.title if first else "",
        "lesson_score": first.score if first else "",
        "lesson2_title": second.title if second else "",
        "lesson2_score": second.score if second else "",
        "rubric_version": "；".join(
            dict.fromkeys(f"{line.rubric.text(lang)} v{line.rubric_version}" for line in teacher.lessons)
        ),
        "result": _level(teacher.level),
        "cert_no": certificate.number if certificate else "",
        "valid_to": certificate.valid_to if certificate else "",
        "status": _status(certificate.status) if certificate else "",
    }


def _participation(code: str) -> str:
    return {"due": _("Required"), "deferred": _("Deferred"), "exempt": _("Exempt")}[code]


def _level(code: str | None) -> str:
    return {"excellent": _("Excellent"), "pass": _("Pass"), None: _("Not finished")}[code]


def _status(code: str) -> str:
    return {
        "valid": _("Valid"),
        "suspended": _("Suspended"),
        "revoked": _("Revoked"),
        "expired": _("Expired"),
    }[code]


def write_sheet(
    snapshot: frozen.AppraisalSet, stamp: frozen.RunStamp, path: Path, *, lang: str = "zh-Hans"
) -> int:
    """Writes the sheet and returns its number of rows, as read back."""
    rows = [row(number, teacher, lang) for number, teacher in enumerate(snapshot.teachers, start=1)]
    return tables.write_xlsx(
        columns(),
        rows,
        sheet=_("Roster"),
        path=path,
        title=f"{snapshot.area} {snapshot.programme}",
        footer=f"{stamp.run} {stamp.digest[:16]}",
    )
