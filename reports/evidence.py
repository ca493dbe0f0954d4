"""The frozen inputs of every document.

A resident ID number, a birth date and an age band have no field here, so no document can print one; an ID
number typed into another field is refused. Hours are 学时 as `Decimal`, scores are out of 100.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import checks, codec
from .errors import EvidenceError
from .quantities import NO_HOURS, Hours, HoursByYear, Period, Words, count_by_year

__all__ = [
    "BANDS",
    "LEVELS",
    "NO_HOURS",
    "PARTICIPATION",
    "STATUSES",
    "AppraisalSet",
    "CertificateEvidence",
    "CertificateLine",
    "Evidence",
    "Hours",
    "HoursByYear",
    "LessonLine",
    "Period",
    "RunStamp",
    "TaskLine",
    "TeacherEvidence",
    "Words",
    "count_by_year",
    "digest",
    "from_json",
    "to_json",
]

LEVELS = ("excellent", "pass")
BANDS = ("excellent", "pass", "fail")
PARTICIPATION = ("due", "deferred", "exempt")
STATUSES = ("valid", "suspended", "revoked", "expired")


@dataclass(frozen=True, kw_only=True)
class CertificateEvidence:
    """What one certificate states. `verify_url` is the full address behind its QR code."""

    number: str
    name: str
    school: str
    programme: str
    tier: Words
    level: str
    hours: Hours
    issuer: str
    issued_on: date
    valid_to: date
    verify_url: str

    def __post_init__(self) -> None:
        checks.reference(self.number, field="number")
        for field in ("name", "school", "programme", "issuer"):
            checks.text(getattr(self, field), field=field)
        checks.choice(self.level, LEVELS, field="level")
        checks.span(self.issued_on, self.valid_to, field="valid_to")
        checks.address(self.verify_url, field="verify_url")


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """A task and the hours it earned. Refuses hours without a passed result: attendance alone is none."""

    task: str
    label: Words
    hours: Hours = NO_HOURS
    passed_on: date | None = None
    required: bool = True

    def __post_init__(self) -> None:
        checks.text(self.task, field="task")
        if self.passed_on is None and self.hours.total:
            raise EvidenceError("evidence.hours_without_pass", field=self.task)


@dataclass(frozen=True, kw_only=True)
class LessonLine:
    """A decided lesson and the exact standard it was judged by; other standards give other scores."""

    title: str
    score: Decimal
    band: str
    rubric: Words
    rubric_version: int
    rubric_hash: str
    decided_on: date

    def __post_init__(self) -> None:
        checks.text(self.title, field="lesson.title")
        checks.score(self.score, field="lesson.score")
        checks.choice(self.band, BANDS, field="lesson.band")
        checks.hash_hex(self.rubric_hash, field="lesson.rubric_hash")
        if self.rubric_version < 1:
            raise EvidenceError("evidence.version_impossible", field="lesson.rubric_version")


@dataclass(frozen=True, kw_only=True)
class CertificateLine:
    number: str
    status: str
    issued_on: date
    valid_to: date

    def __post_init__(self) -> None:
        checks.reference(self.number, field="certificate.number")
        checks.choice(self.status, STATUSES, field="certificate.status")
        checks.span(self.issued_on, self.valid_to, field="certificate.valid_to")


@dataclass(frozen=True, kw_only=True)
class TeacherEvidence:
    """All that the annual-appraisal papers say about one teacher. `ref` is opaque and unique within a set."""

    ref: str
    name: str
    school: str
    programme: str
    period: Period
    tier: Words
    staff_no: str = ""
    title: str = ""
    subjects: tuple[str, ...] = ()
    participation: str = "due"
    participation_reason: str = ""
    tasks: tuple[TaskLine, ...] = ()
    lessons: tuple[LessonLine, ...] = ()
    hours: tuple[HoursByYear, ...] = ()
    level: str | None = None
    certificate: CertificateLine | None = None

    def __post_init__(self) -> None:
        checks.reference(self.ref, field="ref")
        for field in ("name", "school", "programme"):
            checks.text(getattr(self, field), field=field)
        for field in ("staff_no", "title", "participation_reason"):
            checks.text(getattr(self, field), field=field, optional=True)
        checks.texts(self.subjects, field="subjects")
        self._check_standing()
        checks.distinct([line.task for line in self.tasks], field="tasks")
        checks.distinct([line.year for line in self.hours], field="hours")

    def _check_standing(self) -> None:
        checks.choice(self.participation, PARTICIPATION, field="participation")
        checks.choice(self.level, (*LEVELS, None), field="level")
        if self.participation != "due" and not self.participation_reason:
            raise EvidenceError("evidence.participation_without_reason", field="participation_reason")
        if self.certificate and self.level is None:
            raise EvidenceError("evidence.certificate_without_level", field="certificate")

    @property
    def hours_of_tasks(self) -> Hours:
        return sum((line.hours for line in self.tasks), NO_HOURS)


@dataclass(frozen=True, kw_only=True)
class AppraisalSet:
    """One run's frozen snapshot. Refuses a teacher of another programme or period, or listed twice."""

    area: str
    programme: str
    period: Period
    generated_at: datetime
    teachers: tuple[TeacherEvidence, ...]

    def __post_init__(self) -> None:
        checks.text(self.area, field="area")
        checks.text(self.programme, field="programme")
        checks.moment(self.generated_at, field="generated_at")
        checks.distinct([teacher.ref for teacher in self.teachers], field="teachers.ref")
        for teacher in self.teachers:
            if (teacher.programme, teacher.period) != (self.programme, self.period):
                raise EvidenceError("evidence.foreign_teacher", field=teacher.ref)


@dataclass(frozen=True, kw_only=True)
class RunStamp:
    """Stands on every page of a set: which run, of which snapshot, when, and where to check it."""

    run: str
    digest: str
    generated_at: datetime
    verify_url: str

    def __post_init__(self) -> None:
        checks.reference(self.run, field="run")
        checks.hash_hex(self.digest, field="digest")
        checks.moment(self.generated_at, field="generated_at")
        checks.address(self.verify_url, field="verify_url")


Evidence = CertificateEvidence | TeacherEvidence | AppraisalSet | RunStamp
_KINDS: dict[str, type[Any]] = {
    "certificate": CertificateEvidence,
    "teacher": TeacherEvidence,
    "appraisal_set": AppraisalSet,
    "run_stamp": RunStamp,
}
_NAMES = {cls: kind for kind, cls in _KINDS.items()}
SCHEMA = 1


def to_json(evidence: Evidence) -> str:
    """Canonical JSON, tagged with kind and schema so that old snapshots stay readable."""
    body = {"kind": _NAMES[type(evidence)], "schema": SCHEMA, "data": codec.encode(evidence)}
    return codec.canonical(body).decode()


def from_json(text: str) -> Any:
    """The evidence again, equal to what was frozen. Refuses unknown kinds, schemas and fields."""
    try:
        body = json.loads(text)
    except ValueError:
        raise EvidenceError("evidence.not_json") from None
    if not isinstance(body, dict) or body.get("schema") != SCHEMA or body.get("kind") not in _KINDS:
        raise EvidenceError("evidence.kind_unknown")
    return codec.decode(_KINDS[body["kind"]], body.get("data"), path=body["kind"])


def digest(evidence: Evidence) -> str:
    """SHA-256 of the canonical JSON: equal evidence, equal digest."""
    return hashlib.sha256(to_json(evidence).encode()).hexdigest()
