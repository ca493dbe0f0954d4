"""The reporting door: freeze a snapshot, set its documents step by step, hand the files to those whose area it is."""

from __future__ import annotations

import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.errors import Denied
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Actor, Area, Person, areas_of, require
from lti_tools.programmes.api import Programme
from lti_tools.reporting import dossier
from lti_tools.reporting.dossier import forget_candidate, runs_naming
from lti_tools.reporting.models import Dossier, ReportRun
from lti_tools.reporting.sheet import write_sheet
from lti_tools.reporting.snapshot import appraisal_set, people_in
from reports import evidence as frozen
from reports.documents import appraisal

__all__ = [
    "FILES",
    "Dossier",
    "ReportRun",
    "advance",
    "dossier",
    "download",
    "forget_candidate",
    "progress",
    "run_for",
    "runs_for",
    "runs_naming",
    "start",
]

# Documents set in one step: about five seconds, well inside a lease.
STEP = 12
FILES = {"archive": "zip", "sheet": "xlsx"}


def start(actor: Actor, *, programme: Programme, area: Area) -> ReportRun:
    """Freezes the snapshot now and puts the work into the outbox; the caller owns the transaction."""
    require(actor, "report.run", area=area)
    snapshot = appraisal_set(programme, area)
    run = ReportRun.objects.create(
        area=area,
        programme=programme,
        requested_by=Person.objects.get(id=actor.person_id),
        total=len(snapshot.teachers),
        snapshot=frozen.to_json(snapshot),
        digest=frozen.digest(snapshot),
    )
    audit.record(
        "report.requested",
        actor=actor.pseudonym,
        subject=str(area.id),
        detail={"run": str(run.id), "digest": run.digest, "people": run.total},
    )
    outbox.put("advance_report_run", key=str(run.id), payload={"run": str(run.id), "next": 0})
    return run


def advance(payload: dict[str, object]) -> outbox.Again | None:
    """Sets the next dozen documents, or packs the set when all are there. Repeating a step replaces its files."""
    run = ReportRun.objects.select_related("area").get(id=payload["run"])
    if run.state == ReportRun.State.DONE:
        return None
    snapshot: frozen.AppraisalSet = frozen.from_json(run.snapshot)
    first = int(str(payload["next"]))
    part = snapshot.teachers[first : first + STEP]
    if part:
        return _set_part(run, part, first)
    _pack(run, snapshot)
    return None


def _set_part(run: ReportRun, part: tuple[frozen.TeacherEvidence, ...], first: int) -> outbox.Again:
    stamp = _stamp(run)
    for place, (name, pdf) in enumerate(appraisal.render_many(part, stamp), start=first):
        _replace(_part_name(run, place), ContentFile(pdf))
        _replace(_part_name(run, place) + ".name", ContentFile(name.encode()))
        ReportRun.objects.filter(id=run.id).update(done=place + 1)
    return outbox.Again({"run": str(run.id), "next": first + len(part)})


def _stamp(run: ReportRun) -> frozen.RunStamp:
    return frozen.RunStamp(
        run=str(run.id)[:8].upper(),
        digest=run.digest,
        generated_at=timezone.localtime(run.created_at),
        verify_url=f"{settings.BASE_URL}/verify",
    )


def _part_name(run: ReportRun, place: int) -> str:
    return f"reports/{run.id}/parts/{place:05d}.pdf"


def _replace(name: str, content: File) -> str:  # type: ignore[type-arg]
    default_storage.delete(name)
    return str(default_storage.save(name, content))


def _pack(run: ReportRun, snapshot: frozen.AppraisalSet) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "set.zip"
        sheet = Path(folder) / "roster.xlsx"
        write_sheet(snapshot, _stamp(run), sheet)
        _zip(run, snapshot, archive, sheet)
        with archive.open("rb") as packed, sheet.open("rb") as table:
            packed_name = _replace(f"reports/{run.id}/set.zip", File(packed))
            table_name = _replace(f"reports/{run.id}/roster.xlsx", File(table))
    ReportRun.objects.filter(id=run.id).update(
        state=ReportRun.State.DONE,
        done=run.total,
        archive=packed_name,
        sheet=table_name,
        finished_at=timezone.now(),
    )
    for place in range(run.total):
        default_storage.delete(_part_name(run, place))
        default_storage.delete(_part_name(run, place) + ".name")


def _zip(run: ReportRun, snapshot: frozen.AppraisalSet, archive: Path, sheet: Path) -> None:
    """The papers, the roster and the snapshot they were made from; PDFs are packed already, so stored as they are."""
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_STORED) as packed:
        for place in range(len(snapshot.teachers)):
            with default_storage.open(_part_name(run, place) + ".name") as name:
                inside = name.read().decode()
            with default_storage.open(_part_name(run, place)) as pdf:
                packed.writestr(inside, pdf.read())
        packed.write(sheet, "roster.xlsx")
        packed.writestr("snapshot.json", run.snapshot, compress_type=zipfile.ZIP_DEFLATED)
        packed.writestr("snapshot.sha256", f"{run.digest}  snapshot.json\n")


def runs_for(actor: Actor) -> QuerySet[ReportRun]:
    """Runs of the actor's areas, newest first."""
    areas = areas_of(actor, "report.run")
    return (
        ReportRun.objects.filter(area__in=areas).select_related("area", "programme").order_by("-created_at")
    )


def run_for(actor: Actor, run_id: uuid.UUID) -> ReportRun:
    """One run, or `Denied` when its area is not the actor's; an unknown one looks the same outside."""
    run = ReportRun.objects.select_related("area", "programme").filter(id=run_id).first()
    if run is None:
        raise Denied("report.run")
    require(actor, "report.run", area=run.area)
    return run


def progress(run: ReportRun) -> str:
    """waiting, done or failed: whether the background work goes on."""
    return (
        "done"
        if run.state == ReportRun.State.DONE
        else (outbox.state_of("advance_report_run", key=str(run.id)) or "")
    )


def download(actor: Actor, run_id: uuid.UUID, which: str) -> tuple[str, BinaryIO]:
    """A finished file with the name it should have on disk; every download is on the audit trail."""
    run = run_for(actor, run_id)
    require(actor, "report.download", area=run.area)
    stored = {"archive": run.archive, "sheet": run.sheet}.get(which)
    if not stored:
        raise Denied("report.download")
    audit.record(
        "report.downloaded",
        actor=actor.pseudonym,
        subject=str(run.area_id),
        detail={"run": str(run.id), "file": which},
        mentions=people_in(run.snapshot),
    )
    day = timezone.localdate(run.created_at)
    return f"appraisal-{run.area.code}-{day:%Y%m%d}-{str(run.id)[:8]}.{FILES[which]}", default_storage.open(
        stored
    )
