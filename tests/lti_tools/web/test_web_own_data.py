"""A teacher's own data: everything held, nobody else inside, and wrong facts put right by somebody else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import one_of_each
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.office import privacy as office
from lti_tools.people.api import Person, RoleGrant, present_affiliation, roles_at
from lti_tools.privacy import api as privacy
from lti_tools.privacy.models import Correction
from lti_tools.privacy.package import keys
from lti_tools.programmes.api import Enrolment

# Values below these keys are kept as they were recorded, with keys of their own.
AS_RECORDED = {"value", "diagnosis", "reasons", "metadata", "evidence", "keys"}


@pytest.fixture
def packed(each: Any, browse_as: Callable[[str], Any]) -> zipfile.ZipFile:
    answer = browse_as("senior").post(reverse("own-data-download"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


def data_of(packed: zipfile.ZipFile) -> dict[str, Any]:
    return json.loads(packed.read("data.json"))  # type: ignore[no-any-return]


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in AS_RECORDED:
                yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def test_the_page_says_what_is_held_and_for_how_long(each: Any, browse_as: Callable[[str], Any]) -> None:
    page = browse_as("senior").get(reverse("own-data")).content.decode()
    for held in ("王守田", "T001", "1968-03", "甲县村小", each.certificate.number, "认识分数"):
        assert held in page, held
    assert privacy.rule("recordings").covers.zh in page
    assert "730" in page


def test_a_teacher_sees_nobody_elses_data_there(each: Any, browse_as: Callable[[str], Any]) -> None:
    page = browse_as("colleague").get(reverse("own-data")).content.decode()
    assert "王守田" not in page
    assert "张同事" in page


def test_the_package_holds_the_papers_and_every_result(each: Any, packed: zipfile.ZipFile) -> None:
    data = data_of(packed)
    (programme,) = data["programmes"]
    assert packed.read(f"certificates/certificate-{each.certificate.number}.pdf") == one_of_each.FAKE_PAPER
    assert data["person"]["name"] == "王守田"
    assert {lesson["title"] for lesson in programme["lessons"]} == {"认识分数"}
    assert next(entry["kind"] for entry in programme["results"]) == "lesson"
    rated = next(lesson for lesson in programme["lessons"] if lesson["rating"])
    assert {said["rater"] for one in rated["rating"]["criteria"] for said in one["remarks"]} == {1, 2}
    assert rated["play_at"].endswith(reverse("lesson-result", args=[each.decided.id]))
    page = packed.read("index.html").decode()
    assert rated["play_at"] in page
    assert f'href="certificates/certificate-{each.certificate.number}.pdf"' in page


def test_every_key_of_the_package_is_explained_in_it(packed: zipfile.ZipFile) -> None:
    data = data_of(packed)
    assert set(keys_in(data)) - set(data["keys"]) == set()
    assert data["keys"] == keys()


def test_nobody_else_is_inside_the_package(cast: Any, each: Any, packed: zipfile.ZipFile) -> None:
    said = packed.read("data.json").decode() + packed.read("index.html").decode()
    # The committee member of the cast is called what every rater is called.
    mine = (cast.people.senior.id, cast.people.committee.id)
    others = list(Person.objects.exclude(id__in=mine))
    assert others
    assert {person.name for person in others if person.name in said} == set()
    assert {str(person.id) for person in others if str(person.id) in said} == set()
    assert not {str(row.id) for row in Enrolment.objects.exclude(person=cast.people.senior)} & set(
        re.findall(r"[0-9a-f-]{36}", said)
    )


def test_a_download_is_on_the_trail_and_the_page_shows_who_looked(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    own = str(cast.people.senior.id)
    audit.record("viewed", actor=str(cast.people.officer.id), subject=own, detail={"what": "correction"})
    client = browse_as("senior")
    b"".join(client.post(reverse("own-data-download")))
    downloaded = audit.last_of("own_data.downloaded")
    assert downloaded
    assert (downloaded.actor, downloaded.subject) == (own, own)
    rows = privacy.sights(cast.actor("senior"))
    (seen,) = [row for row in rows if row.kind == "viewed"]
    assert seen.roles == (("officer", "甲县"),)
    assert not seen.own
    page = client.get(reverse("own-data")).content.decode()
    assert "甲县" in page
    assert "甲县干部" not in page


def ask(client: Any, field: str, wanted: str, reason: str = "见聘书") -> Any:
    return client.post(reverse("correction-ask"), {"field": field, "wanted": wanted, "reason": reason})


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("birth_month", "1968-13"),
        ("birth_month", "2020-01"),
        ("staff_no", "11010519491231002X"),
        ("title", "教授级飞行员"),
        ("name", "王123"),
        ("employment", ""),
        ("id_hash", "x"),
    ],
)
def test_what_could_never_be_entered_is_refused_at_the_field(
    cast: Any, browse_as: Callable[[str], Any], field: str, wanted: str
) -> None:
    answer = ask(browse_as("senior"), field, wanted)
    assert answer.status_code == 422
    assert not Correction.objects.exists()
    assert "见聘书" in answer.content.decode()


def test_a_second_request_for_the_same_fact_waits_for_the_first(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("senior")
    assert ask(client, "title", "高级教师").status_code == 302
    assert ask(client, "title", "正高级教师").status_code == 409
    client.post(reverse("correction-withdraw", args=[Correction.objects.get().id]))
    assert ask(client, "title", "正高级教师").status_code == 302


@pytest.mark.parametrize(
    ("field", "wanted", "kept"),
    [
        ("name", "王守天", "王守天"),
        ("birth_month", "1969年3月", "1969-03"),
        ("staff_no", "Ｔ９０１", "T901"),
        ("title", "高级教师", "senior"),
        ("subjects", "数学、语文", "数学、语文"),
        ("employment", "在编", "established"),
        ("staff_status", "借调", "seconded"),
    ],
)
def test_an_approved_correction_changes_the_fact_and_the_teacher_reads_the_answer(
    cast: Any, browse_as: Callable[[str], Any], field: str, wanted: str, kept: str
) -> None:
    teacher, officer = browse_as("senior"), browse_as("officer")
    assert ask(teacher, field, wanted).status_code == 302
    row = Correction.objects.get()
    assert row.held == privacy.facts.held(cast.people.senior.id, field) != kept
    assert reverse("correction", args=[row.id]) in officer.get(reverse("corrections")).content.decode()
    officer.post(reverse("correction", args=[row.id]), {"decision": "approve", "answer": "已核对聘书"})
    assert privacy.facts.held(cast.people.senior.id, field) == kept
    assert "已核对聘书" in teacher.get(reverse("own-data")).content.decode()
    assert audit.last_of("correction.approved").subject == str(cast.people.senior.id)  # type: ignore[union-attr]


def test_the_month_of_birth_leaves_the_placement_alone_and_says_so(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    enrolment = Enrolment.objects.get(id=each.enrolment.id)
    made = office.ask_correction(cast.actor("senior"), field="birth_month", wanted="1990-03", reason="户口")
    page = browse_as("officer").get(reverse("correction", args=[made.id])).content.decode()
    assert 'class="notice warn"' in page
    office.decide_correction(cast.actor("officer"), made.id, approve=True, answer="")
    after = Enrolment.objects.get(id=enrolment.id)
    assert (after.tier, after.age_band) == (enrolment.tier, enrolment.age_band)


def test_a_request_is_not_declined_in_silence(cast: Any, browse_as: Callable[[str], Any]) -> None:
    made = office.ask_correction(cast.actor("senior"), field="title", wanted="高级教师", reason="聘书")
    address = reverse("correction", args=[made.id])
    client = browse_as("reviewer")
    assert client.post(address, {"decision": "decline", "answer": " "}).status_code == 422
    assert client.post(address, {"decision": "decline", "answer": "聘书未到"}).status_code == 302
    assert present_affiliation(cast.people.senior).title == "grade-1"  # type: ignore[union-attr]
    with pytest.raises(Refused, match="decided"):
        office.decide_correction(cast.actor("officer"), made.id, approve=True, answer="")


def test_a_staff_number_somebody_else_has_is_not_given_twice(cast: Any) -> None:
    made = office.ask_correction(cast.actor("senior"), field="staff_no", wanted="T002", reason="聘书")
    with pytest.raises(Refused, match="staff_no_taken"):
        office.decide_correction(cast.actor("officer"), made.id, approve=True, answer="")
    assert Correction.objects.get().state == "asked"
    assert privacy.facts.held(cast.people.senior.id, "staff_no") == "T001"


@pytest.mark.parametrize(
    "who", ["officer_b", "specialist", "senior", "colleague", "administrator", "committee"]
)
def test_only_the_offices_of_the_area_decide(cast: Any, who: str) -> None:
    made = office.ask_correction(cast.actor("senior"), field="title", wanted="高级教师", reason="聘书")
    with pytest.raises(Denied):
        office.decide_correction(cast.actor(who), made.id, approve=True, answer="")


def test_nobody_decides_about_themselves(cast: Any) -> None:
    """The reviewer of county A works at a school there."""
    reviewer = cast.actor("reviewer")
    made = office.ask_correction(reviewer, field="title", wanted="高级教师", reason="聘书")
    with pytest.raises(Denied):
        office.decide_correction(reviewer, made.id, approve=True, answer="")
    assert made not in privacy.corrections.waiting_for(reviewer)
    office.decide_correction(cast.actor("officer"), made.id, approve=True, answer="")
    assert present_affiliation(cast.people.reviewer).title == "senior"  # type: ignore[union-attr]


def test_a_look_at_a_request_is_noted_for_its_person(
    cast: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        audit, "viewed", lambda *, actor, subjects, what: noted.append((what, list(subjects)))
    )
    made = office.ask_correction(cast.actor("senior"), field="title", wanted="高级教师", reason="聘书")
    browse_as("officer").get(reverse("correction", args=[made.id]))
    assert ("correction", [str(cast.people.senior.id)]) in noted


def test_the_rules_of_retention_are_an_administrators_page(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    privacy.run()
    page = browse_as("administrator").get(reverse("retention")).content.decode()
    assert all(rule.covers.zh in page for rule in privacy.rules())


def test_whoever_looked_is_not_told_to_be_a_rater_as_well(cast: Any) -> None:
    RoleGrant.objects.create(
        person=cast.people.officer, role="rater", area=cast.city, since=date(2026, 1, 1), reason="test"
    )
    audit.record("viewed", actor=cast.actor("officer").pseudonym, subject=str(cast.people.senior.id))
    (sight,) = privacy.sights(cast.actor("senior"))
    assert sight.roles == (("officer", "甲县"),)


def test_somebody_is_named_after_what_they_were_that_day_and_not_before_or_after(cast: Any) -> None:
    today = timezone.localdate()
    grant = cast.people.officer.grants.get()
    officer = cast.actor("officer").pseudonym
    assert roles_at(officer, today) == (("officer", "甲县"),)
    assert roles_at(officer, today - timedelta(days=1)) == (), "given today, whatever first day it names"
    given, ended = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=2)
    RoleGrant.objects.filter(id=grant.id).update(granted_at=given, revoked_at=ended)
    assert roles_at(officer, today) == ()
    assert roles_at(officer, today - timedelta(days=2)) == (("officer", "甲县"),)
