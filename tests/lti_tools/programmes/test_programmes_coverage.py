"""What an officer sees of a programme: figures with definitions, the people of the own area, nothing of
the others.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from roster_district import DEMO, District, import_roster, stage_roster

from lti_tools import journey
from lti_tools.audit.models import AuditEvent
from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied
from lti_tools.people.api import Affiliation, Person
from lti_tools.programmes.api import (
    Enrolment,
    Programme,
    coverage,
    part_of,
    programme_for,
    programmes_in_sight,
)

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]
FORM = {
    "title": "2026 年数字素养提升",
    "starts": "2026-09-01",
    "ends": "2027-07-31",
    "reference_date": "2026-09-01",
    "policy_key": "tier-policy-default",
    "rules_key": "award-rules-default",
    "hours_key": "hours-rules-default",
}


@pytest.fixture
def programme(district: District) -> Programme:
    """The programme of the city with the sixty teachers of the demo roster."""
    opened = district.programme()
    roster = io.BytesIO((DEMO / "roster.xlsx").read_bytes())
    staged = stage_roster(district.officer, opened, roster, file_name="roster.xlsx")
    import_roster(district.officer, staged.id)
    return opened


def english(client: Client) -> Client:
    client.cookies["shijie_language"] = "en"
    return client


def figures_of(page: str) -> dict[str, int]:
    import re

    return {name: int(number) for number, name in re.findall(r"<li><strong>(\d+)</strong>([^<]+)<br>", page)}


def test_coverage_counts_only_those_who_owe_the_training(district: District, programme: Programme) -> None:
    rows = list(Enrolment.objects.filter(programme=programme)[:5])
    for row, participation, tier in zip(
        rows,
        ["deferred", "exempt", "due", "due", "deferred"],
        ["basic", "", "basic", "integrated", ""],
        strict=True,
    ):
        Enrolment.objects.filter(id=row.id).update(participation=participation, tier=tier)
    found = coverage(part_of(district.officer, programme), programme)
    assert (found.due, found.deferred, found.exempt) == (57, 2, 1)
    assert {count.tier: count.people for count in found.tiers if count.people} == {
        "basic": 1,
        "integrated": 1,
    }
    assert (found.placed, found.not_placed) == (2, 55)


def test_a_county_officer_sees_the_own_part_of_the_citys_programme(
    district: District, programme: Programme
) -> None:
    for officer in (district.officer_a, district.officer_b):
        part = part_of(officer, programme)
        assert part.count() == coverage(part, programme).due == 30
    areas = Affiliation.objects.filter(person__enrolment__in=part_of(district.officer_a, programme))
    assert set(areas.values_list("school__area__name", flat=True)) == {"青禾县"}


def test_a_programme_of_one_county_is_out_of_sight_of_the_other_and_of_teachers(district: District) -> None:
    opened = district.programme(district.county_a)
    assert (
        list(programmes_in_sight(district.officer_a))
        == list(programmes_in_sight(district.officer))
        == [opened]
    )
    for actor in (district.officer_b, district.teacher):
        assert not programmes_in_sight(actor).exists()
        with pytest.raises(Denied):
            programme_for(actor, opened.id)
        assert not part_of(actor, opened).exists()


def test_the_programme_page_shows_each_figure_with_its_definition(
    district: District, programme: Programme, web: Web
) -> None:
    page = english(web("city")).get(reverse("programme", args=[programme.id])).content.decode()
    assert figures_of(page)["Owe the training"] == 60
    assert figures_of(page)["Hold the certificate"] == 0
    assert "neither deferred nor exempt" in page
    assert "Issued in this programme and not revoked" in page
    assert "Page 1 of 2" in page
    assert page.count('<tr><th scope="row">') == 50


def test_the_programme_page_shows_no_birth_date_no_staff_number_and_no_id(
    district: District, programme: Programme, web: Web
) -> None:
    client = web("city")
    pages = [client.get(reverse("programme", args=[programme.id]), {"page": page}) for page in (1, 2)]
    text = "".join(page.content.decode() for page in pages)
    for person in Person.objects.exclude(staff_no=""):
        assert person.name in text
        assert person.staff_no not in text
        assert person.birth_month not in text
        # The address of the card, and nowhere else.
        assert text.count(str(person.id)) == text.count(f'href="/office/people/{person.id}"') == 1
        assert person.id_last4 not in text or person.id_last4.isdigit()


def test_lessons_and_certificates_are_counted_once_a_person(
    district: District, programme: Programme, web: Web
) -> None:
    from lti_tools.certificates.models import Certificate, StatusEntry
    from lti_tools.lessons.models import Lesson

    first, second = Enrolment.objects.filter(programme=programme)[:2]
    for attempt, enrolment, state in ((1, first, "ready"), (2, first, "submitted"), (1, second, "returned")):
        Lesson.objects.create(
            enrolment=enrolment,
            title="分数的初步认识",
            subject="数学",
            stage="primary",
            rubric_key="standard-lesson",
            rubric_hash="r" * 64,
            attempt=attempt,
            state=state,
            submitted_by=enrolment.person,
        )
    for number, enrolment in enumerate((first, second)):
        held = Certificate.objects.create(
            number=str(number),
            secret=str(number),
            enrolment=enrolment,
            person=enrolment.person,
            area=district.city,
            evidence="{}",
            evidence_digest="e" * 64,
            issued_on=timezone.localdate(),
            valid_to=date(2031, 9, 1),
        )
    StatusEntry.objects.create(certificate=held, status="revoked", reason="in error")
    page = english(web("city")).get(reverse("programme", args=[programme.id])).content.decode()
    found = figures_of(page)
    assert (found["Handed in a lesson"], found["Hold the certificate"]) == (1, 1)


def test_a_county_officer_is_told_that_the_figures_are_of_the_own_area(
    district: District, programme: Programme, web: Web
) -> None:
    page = english(web("a")).get(reverse("programme", args=[programme.id])).content.decode()
    assert figures_of(page)["Owe the training"] == 30
    assert "You see the people of your own area" in page
    # The own part may be exported; importing is for those responsible for the whole programme.
    assert f'href="{reverse("roster-upload", args=[programme.id])}"' not in page
    theirs = Person.objects.filter(affiliations__school__area=district.county_b).first()
    assert theirs is not None
    assert theirs.name not in page


@pytest.mark.parametrize("who", ["b", "teacher"])
def test_the_page_of_another_countys_programme_does_not_exist_for_the_others(
    district: District, web: Web, who: str
) -> None:
    opened = district.programme(district.county_a)
    answer = web(who).get(reverse("programme", args=[opened.id]))
    assert answer.status_code == 404
    assert opened.title not in answer.content.decode()


def test_an_officer_opens_a_programme_which_holds_on_to_its_policy_and_rules(
    district: District, web: Web
) -> None:
    definitions.seed()
    answer = web("a").post(reverse("programme-open"), FORM | {"area": str(district.county_a.id)})
    opened = Programme.objects.get()
    assert answer.headers["Location"] == reverse("programme", args=[opened.id])
    assert opened.area == district.county_a
    assert opened.opened_by_id == district.officer_a.person_id
    assert opened.tier_policy_hash == definitions.get("tier_policy", "tier-policy-default").hash
    assert opened.award_rules_hash == definitions.get("award_rules", "award-rules-default", 2).hash
    assert opened.hours_rules_hash == definitions.get("hours_rules", "hours-rules-default").hash
    event = AuditEvent.objects.get(kind="programme.opened")
    assert event.subject == str(opened.id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"ends": "2026-08-31"}, "ends"),
        ({"ends": "2099-01-01"}, "ends"),
        ({"reference_date": "2020-09-01"}, "reference_date"),
        ({"starts": "soon"}, "starts"),
        ({"policy_key": "my-own-policy"}, "policy_key"),
        ({"rules_key": ""}, "rules_key"),
        ({"hours_key": "my-own-hours"}, "hours_key"),
    ],
)
def test_a_wrong_form_opens_nothing_keeps_what_was_typed_and_marks_the_field(
    district: District, web: Web, wrong: dict[str, str], field: str
) -> None:
    definitions.seed()
    answer = web("a").post(reverse("programme-open"), FORM | {"area": str(district.county_a.id)} | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert "2027-07-31" in page or "ends" in wrong
    assert not Programme.objects.exists()


def test_an_officer_cannot_open_a_programme_for_another_area(district: District, web: Web) -> None:
    definitions.seed()
    for area in (district.county_b, district.city):
        answer = web("a").post(reverse("programme-open"), FORM | {"area": str(area.id)})
        assert answer.status_code == 422
        with pytest.raises(Denied):
            journey.open_programme(district.officer_a, area=area, title="x")
    assert not Programme.objects.exists()


def test_the_officers_first_page_shows_the_own_area_its_programmes_and_what_waits(
    district: District, programme: Programme, web: Web
) -> None:
    page = english(web("a")).get(reverse("officer-home")).content.decode()
    assert "青禾县" in page
    assert "白塬县" not in page
    assert programme.title in page
    assert "Nothing waits for a decision of yours." in page
    own = district.programme(district.county_a)
    stage_roster(
        district.officer_a, own, io.BytesIO((DEMO / "roster.csv").read_bytes()), file_name="county-a.csv"
    )
    assert "county-a.csv" in web("a").get(reverse("officer-home")).content.decode()
    assert "county-a.csv" not in web("b").get(reverse("officer-home")).content.decode()


@pytest.mark.parametrize("name", ["officer-home", "programme-open", "identity-queue", "roster-sample"])
def test_teachers_and_strangers_have_no_office(district: District, web: Web, name: str) -> None:
    assert web("teacher").get(reverse(name)).status_code == 404
    assert web("").get(reverse(name)).status_code == 302
