"""One of each thing somebody might try to reach: all of them county A's, most of them 王守田's ("senior")."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from lti_tools import journey
from lti_tools.certificates import api as certificates
from lti_tools.certificates.models import Certificate
from lti_tools.definitions import api as definitions
from lti_tools.identities import api as identities
from lti_tools.identities.models import Identity, SlipScan
from lti_tools.launch.api import Platform, register_platform
from lti_tools.lessons import api as lessons
from lti_tools.lessons.models import Lesson, Rendition, Take, Upload
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import actor_for
from lti_tools.privacy.models import Correction, ErasureOrder
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Batch, ParticipationEntry
from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import MarkDraft, SpanDraft
from lti_tools.ratings.models import Reading
from lti_tools.reporting.api import dossier
from lti_tools.reporting.models import Dossier, ReportRun
from lti_tools.rosters.models import RosterImport
from reports.evidence import Hours, Words

RUBRIC, OTHER_RUBRIC = "basic-operation", "standard-lesson"
FAKE_PAPER = b"%PDF-1.7 the paper of a test"


@dataclass
class OneOfEach:
    """The decided lesson, the lesson still being rated (by rater1 and rater2), and what hangs on them."""

    cast: Any
    enrolment: Any
    decided: Lesson
    open: Lesson
    reading: Reading
    upload: Upload
    media: str
    certificate: Certificate
    run: ReportRun
    roster: RosterImport
    identity: Identity
    rejected: Identity
    linked: Identity
    slip: str
    scan: SlipScan
    problem: OutboxRow
    batch: Batch
    leave: ParticipationEntry
    correction: Correction
    erasure: ErasureOrder
    dossier: Dossier


def make(cast: Any) -> OneOfEach:
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={"reasons": [], "flags": [], "answers": {"D01": "c"}})
    for rubric in (RUBRIC, OTHER_RUBRIC):
        ratings.ensure_round(
            cast.programme, definitions.get("rubric", rubric).hash, rules={"random_share": "0"}
        )
    people = cast.people
    decided = lesson(enrolment)
    decide(cast, decided, pool=[people.rater2, people.rater3])
    waiting = lesson(enrolment, rubric=OTHER_RUBRIC)
    ratings.open_case(waiting, raters_pool=[people.rater1, people.rater2])
    slip, scan = _slip(cast)
    return OneOfEach(
        cast=cast,
        enrolment=enrolment,
        decided=decided,
        open=waiting,
        reading=Reading.objects.get(case__lesson=waiting, rater=people.rater1),
        upload=lessons.new_upload(enrolment.person_id, length=9, metadata={}),
        media=_media(waiting),
        certificate=certificate(enrolment),
        run=_finished_run(cast),
        roster=_roster(cast),
        identity=_identity(cast),
        rejected=_identity(cast, rejected_at=timezone.now()),
        linked=_identity(cast, person=cast.people.senior),
        slip=slip,
        scan=scan,
        problem=_problem(),
        batch=programmes.open_batch(
            cast.programme, title="第一批", starts=date(2026, 9, 1), ends=date(2027, 8, 31)
        ),
        leave=_leave(cast, enrolment),
        correction=_correction(cast),
        erasure=_erasure(cast),
        dossier=_dossier(cast, enrolment),
    )


def _leave(cast: Any, enrolment: Any) -> ParticipationEntry:
    """A leave that waits for a decision, entered by somebody who is officer and reviewer at once."""
    today = timezone.localdate()
    return programmes.propose(
        cast.actor("reviewer_own"),
        enrolment,
        participation="deferred",
        reason="leave",
        since=today,
        until=today + timedelta(days=30),
    )


def lesson(enrolment: Any, *, attempt: int = 1, title: str = "认识分数", rubric: str = RUBRIC) -> Lesson:
    """A lesson with a playable recording of a minute, as the check and the renderer would leave it."""
    made = Lesson.objects.create(
        enrolment=enrolment,
        title=title,
        subject="数学",
        stage="primary",
        rubric_key=rubric,
        rubric_hash=definitions.get("rubric", rubric).hash,
        attempt=attempt,
        state="ready",
        submitted_by=enrolment.person,
    )
    upload = Upload.objects.create(
        owner=enrolment.person, length=9, state="used", expires_at=timezone.now() + timedelta(days=1)
    )
    take = Take.objects.create(
        lesson=made, upload=upload, source="x", bytes=9, duration_ms=60_000, state="ready"
    )
    for kind in ("360p", "poster"):
        stored = default_storage.save(f"lessons/{take.id.hex}/{kind}", ContentFile(b"recording"))
        Rendition.objects.create(take=take, kind=kind, path=stored, bytes=9, duration_ms=60_000)
    return made


def marks(*, level: int = 3, rubric: str = RUBRIC, **levels: int) -> dict[str, MarkDraft]:
    return {
        criterion.id: MarkDraft(
            level=levels.get(criterion.id, level),
            note="看得清楚",
            spans=(SpanDraft("0:05", "0:12", "这里"),),
        )
        for criterion in definitions.get("rubric", rubric).criteria
    }


def decide(cast: Any, made: Lesson, *, rubric: str = RUBRIC, pool: Any = None, **how: int) -> None:
    """Opens the case and lets everybody who is called commit the same marks, through the story's own steps."""
    case = ratings.open_case(made, raters_pool=pool)
    for row in Reading.objects.filter(case=case).select_related("rater").order_by("ordinal"):
        actor = actor_for(row.rater, via="sign-in")
        ratings.save_draft(actor, row.id, marks(rubric=rubric, **how))
        journey.commit_reading(actor, row.id)


def _media(made: Lesson) -> str:
    rendition = Rendition.objects.get(take__lesson=made, kind="360p")
    return lessons.media_url(rendition, viewer="a-pseudonym").rsplit("/", 1)[1]


def certificate(
    enrolment: Any, *, valid_to: date = date(2099, 12, 31), paper: bytes = FAKE_PAPER
) -> Certificate:
    """A certificate whose paper is already stored; setting a real one takes a second."""
    made = certificates.reserve(
        enrolment,
        school="甲县村小",
        tier=Words("基础操作层", "Basic operation"),
        level="pass",
        hours=Hours(Decimal("5.5"), Decimal("20.5")),
        valid_to=valid_to,
    )
    assert made is not None
    made.paper = default_storage.save(f"certificates/{made.id}.pdf", ContentFile(paper))
    made.paper_digest = hashlib.sha256(paper).hexdigest()
    made.save()
    return made


def _finished_run(cast: Any) -> ReportRun:
    run = journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    run.archive = default_storage.save(f"reports/{run.id}/set.zip", ContentFile(b"PK"))
    run.sheet = default_storage.save(f"reports/{run.id}/roster.xlsx", ContentFile(b"PK"))
    run.state, run.done = ReportRun.State.DONE, run.total
    run.save()
    return run


def _roster(cast: Any) -> RosterImport:
    return RosterImport.objects.create(
        area=cast.city,
        programme=cast.programme,
        uploaded_by=cast.people.officer_city,
        file_name="roster.xlsx",
        file_digest="0" * 64,
        summary={"rows": 0, "expected": {}, "sheet": "1", "other_sheets": [], "ignored": []},
        state=RosterImport.State.CHECKED,
    )


def platform(issuer: str = "https://lms.example") -> Platform:
    return register_platform(
        issuer=issuer,
        client_id="client-1",
        name="县学习平台",
        auth_login_url=f"{issuer}/auth",
        token_url=f"{issuer}/token",
        jwks_url=f"{issuer}/jwks",
        deployment_ids=["deployment-1"],
    )


def _identity(cast: Any, **how: Any) -> Identity:
    """Claims the staff number of a teacher of county A."""
    return Identity.objects.create(
        platform=platform(), sub=uuid.uuid4().hex, claimed_name="王守田", claimed_staff_no="T001", **how
    )


def _slip(cast: Any) -> tuple[str, SlipScan]:
    """The secret of a slip, and a telephone that waits for its confirmation."""
    slip, secret = identities.issue(cast.people.senior, by=cast.actor("specialist"))
    device = identities.scan(slip, cast.people.senior.birth_month).device
    return secret, SlipScan.objects.get(id=identities.telephone(slip, device).id)  # type: ignore[union-attr]


def _correction(cast: Any) -> Correction:
    return Correction.objects.create(
        person=cast.people.senior, field="title", held="grade-1", wanted="senior", reason="聘书"
    )


def _erasure(cast: Any) -> ErasureOrder:
    """Of a colleague, ordered by somebody who is a reviewer too and must not approve it."""
    return ErasureOrder.objects.create(
        person=cast.people.colleague, reason="本人申请", asked_by=cast.people.reviewer_own
    )


def _dossier(cast: Any, enrolment: Any) -> Dossier:
    """The dossier the committee of the cast was let into, with one candidate inside."""
    made = dossier.make(
        cast.actor("officer"),
        programme=cast.programme,
        area=cast.county_a,
        title="x",
        until=timezone.localdate(),
        enrolment_ids=[enrolment.id],
    )
    cast.dossier.snapshot, cast.dossier.digest = made.snapshot, made.digest
    cast.dossier.save()
    made.delete()
    return cast.dossier  # type: ignore[no-any-return]


def _problem() -> OutboxRow:
    return OutboxRow.objects.create(
        kind="publish_grade",
        key="a-grade",
        payload={"target": str(uuid.uuid4()), "score": {}},
        state=OutboxRow.State.FAILED,
        attempts=12,
        not_before=timezone.now(),
        error_code="grade.refused",
    )
