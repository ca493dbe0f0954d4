"""Two counties, their schools, one teacher and everybody who might want to look at her lesson."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

from django.utils import timezone

from lti_tools.definitions import api as definitions
from lti_tools.lessons.models import Lesson, Rendition, Take, Upload
from lti_tools.people.api import Account, Actor, Affiliation, Area, Person, RoleGrant, School, actor_for
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import MarkDraft, SpanDraft
from lti_tools.ratings.models import Case, Reading

BORN = date(2020, 1, 1)
NO_LOT = {"random_share": "0"}


@dataclass
class Town:
    """Everything a test needs, by name: `town.people["rater-1"]`, `town.actor("rater-1")`."""

    areas: dict[str, Area] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    programme: Programme | None = None

    def actor(self, name: str) -> Actor:
        return actor_for(self.people[name], via="sign-in", second_factor=True)

    def name_of(self, person_id: object) -> str:
        return next(name for name, person in self.people.items() if person.id == person_id)


def build() -> Town:
    definitions.seed()
    town = Town()
    _places(town)
    _people(town)
    town.programme = Programme.objects.create(
        area=town.areas["county-a"],
        title="Training 2026",
        starts=date(2026, 1, 1),
        ends=date(2027, 12, 31),
        reference_date=date(2026, 8, 31),
        tier_policy_hash="",
        award_rules_hash=definitions.get("award_rules", "award-rules-default").hash,
        diagnosis_hash="",
    )
    ratings.ensure_round(town.programme, rubric().hash, rules=NO_LOT)
    return town


def rubric(key: str = "basic-operation"):
    return definitions.get("rubric", key)


def _places(town: Town) -> None:
    province = Area.objects.create(level="province", code="990000", name="青云省")
    town.areas["province"] = province
    for name, code in (("county-a", "990101"), ("county-b", "990102")):
        town.areas[name] = Area.objects.create(level="county", code=code, name=name, parent=province)
    for name, area in (("a1", "county-a"), ("a2", "county-a"), ("a3", "county-a"), ("b1", "county-b")):
        _school(town, name, area=area)
    _school(town, "a1-point", area="county-a", parent=town.schools["a1"])


def _school(town: Town, name: str, *, area: str, parent: School | None = None) -> None:
    code = f"{9900000000 + len(town.schools)}"
    town.schools[name] = School.objects.create(
        area=town.areas[area], code=code, name=f"石桥小学-{name}", location="village", parent=parent
    )


def _people(town: Town) -> None:
    add(town, "teacher", school="a1", name="欧阳春兰", staff_no="T-7001")
    add(town, "colleague", school="a1", role="rater")
    add(town, "colleague-at-point", school="a1-point", role="rater")
    add(town, "rater-1", school="a2", role="rater", area="province")
    add(town, "rater-2", school="a3", role="rater", area="county-a")
    add(town, "rater-3", school="b1", role="rater")
    add(town, "rater-elsewhere", school="b1", role="rater", area="county-b")
    add(town, "rater-retired", school="a2", role="rater", until=timezone.localdate() - timedelta(days=1))
    add(town, "rater-of-college", school="", role="rater")
    add(town, "chair", school="a2", role="chair", area="county-a")
    add(town, "officer", school="a2", role="officer", area="county-a")
    add(town, "officer-elsewhere", school="b1", role="officer", area="county-b")
    add(town, "specialist", school="a1", role="specialist", at_school="a1")
    add(town, "administrator", school="a2", role="administrator")
    add(town, "outsider", school="b1")


def add(
    town: Town,
    name: str,
    /,
    *,
    school: str,
    role: str = "",
    area: str = "",
    at_school: str = "",
    until: date | None = None,
    **facts: str,
) -> Person:
    person = Person.objects.create(name=facts.pop("name", name), **facts)
    town.people[name] = person
    if school:
        Affiliation.objects.create(person=person, school=town.schools[school], since=BORN)
    if role:
        RoleGrant.objects.create(
            person=person,
            role=role,
            area=town.areas[area] if area else None,
            school=town.schools[at_school] if at_school else None,
            since=BORN,
            until=until,
            reason="appointed",
        )
    return person


def account(town: Town, name: str) -> Account:
    return Account.objects.create_user(username=name, password="long enough 1", person=town.people[name])


def lesson(
    town: Town,
    *,
    teacher: str = "teacher",
    title: str = "认识分数",
    attempt: int = 1,
    duration_ms: int = 61_500,
    key: str = "basic-operation",
    ready: bool = True,
) -> Lesson:
    enrolment, _ = Enrolment.objects.get_or_create(programme=town.programme, person=town.people[teacher])
    made = Lesson.objects.create(
        enrolment=enrolment,
        title=title,
        subject="数学",
        stage="primary",
        rubric_key=key,
        rubric_hash=rubric(key).hash,
        attempt=attempt,
        state="ready" if ready else "submitted",
        submitted_by=town.people[teacher],
    )
    _take(made, duration_ms=duration_ms, ready=ready)
    return made


def _take(made: Lesson, *, duration_ms: int, ready: bool) -> None:
    upload = Upload.objects.create(
        owner=made.submitted_by, length=9, state="used", expires_at=timezone.now() + timedelta(days=1)
    )
    take = Take.objects.create(
        lesson=made,
        upload=upload,
        source=f"lessons/{uuid.uuid4().hex}/source",
        bytes=9,
        duration_ms=duration_ms,
        state="ready" if ready else "rendering",
    )
    if ready:
        for kind in ("360p", "poster"):
            path = f"lessons/{take.id.hex}/{kind}"
            Rendition.objects.create(take=take, kind=kind, path=path, bytes=9, duration_ms=duration_ms)


def marks(level: int = 3, *, key: str = "basic-operation", **levels: int) -> dict[str, MarkDraft]:
    """Complete marks with one moment and a note each; single criteria may be given another level."""
    return {
        criterion.id: MarkDraft(
            level=levels.get(criterion.id, level),
            note=f"看见了 {criterion.id}",
            spans=(SpanDraft("0:05", "0:12", f"这里可见 {criterion.id}"),),
        )
        for criterion in rubric(key).criteria
    }


def readings(case: Case) -> list[SimpleNamespace]:
    """The called readings in order, each with its id and the actor it belongs to."""
    rows = Reading.objects.filter(case=case).select_related("rater").order_by("ordinal")
    return [
        SimpleNamespace(
            id=row.id, actor=actor_for(row.rater, via="sign-in", second_factor=True), rater=row.rater, row=row
        )
        for row in rows
    ]


def hand_in(reading: SimpleNamespace, entered: dict[str, MarkDraft]) -> ratings.CommitOutcome:
    ratings.save_draft(reading.actor, reading.id, entered)
    return ratings.commit(reading.actor, reading.id)
