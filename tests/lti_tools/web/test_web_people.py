"""The people of one's area on screen: found, looked at (which is on record), changed from a day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.people import api as people
from lti_tools.people.models import Affiliation

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Any]
WHEN = {"day": "2026-09-01", "reason": "调令"}


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], str]]:
    seen: list[tuple[str, list[str], str]] = []
    monkeypatch.setattr(
        audit, "viewed", lambda *, actor, subjects, what: seen.append((actor, list(subjects), what))
    )
    return seen


def address(name: str, cast: Any, who: str = "senior") -> str:
    return reverse(name, args=[getattr(cast.people, who).id])


def shown(answer: Any) -> Any:
    return lxml.html.fromstring(answer.content.decode())


def names(answer: Any) -> set[str]:
    return {link.text_content() for link in shown(answer).xpath("//tbody//th/a")}


def test_an_officer_finds_the_people_of_the_own_area(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    assert "王守田" in names(client.get("/office/people"))
    assert "赵外县" not in names(client.get("/office/people"))
    assert names(client.get("/office/people", {"text": "T001"})) == {"王守田"}
    assert names(client.get("/office/people", {"text": "赵外县"})) == set()


def test_looking_at_a_card_is_on_record(cast: Any, browse_as: Browse, views: list[Any]) -> None:
    assert browse_as("reviewer").get(address("person", cast)).status_code == 200
    assert views == [(str(cast.people.reviewer.id), [str(cast.people.senior.id)], "person.card")]


def test_a_list_of_people_is_on_record_with_everybody_on_it(
    cast: Any, browse_as: Browse, views: list[Any]
) -> None:
    browse_as("officer").get("/office/people", {"text": "王守田"})
    assert views == [(str(cast.people.officer.id), [str(cast.people.senior.id)], "person.list")]


def test_the_card_shows_the_years_the_programmes_and_no_id_number(cast: Any, browse_as: Browse) -> None:
    people_row = cast.people.senior
    people_row.id_hash, people_row.id_key_version, people_row.id_last4 = "a" * 64, 1, "002X"
    people_row.save()
    text = shown(browse_as("officer").get(address("person", cast))).text_content()
    assert "甲县村小" in text
    assert "2020-09-01" in text
    assert cast.programme.title in text
    assert "002X" in text
    assert "a" * 64 not in text


def test_a_reviewer_sees_the_card_and_no_button_to_change_it(cast: Any, browse_as: Browse) -> None:
    page = shown(browse_as("reviewer").get(address("person", cast)))
    assert not page.xpath(f"//a[@href='{address('person-facts', cast)}']")
    assert browse_as("reviewer").get(address("person-facts", cast)).status_code == 404


def test_facts_are_changed_from_a_day_on_and_several_subjects_kept(cast: Any, browse_as: Browse) -> None:
    form = {"title": "senior", "subjects": "数学、科学，数学", "stage": "primary", "title_date": "2026-08"}
    answer = browse_as("officer").post(address("person-facts", cast), form | WHEN)
    assert answer.headers["Location"] == address("person", cast)
    present = people.present_affiliation(cast.people.senior)
    assert present is not None
    assert (present.title, present.subjects, present.since) == ("senior", ["数学", "科学"], date(2026, 9, 1))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "2019-01-01"}, "day"),
        ({"day": "2099-01-01"}, "day"),
        ({"day": ""}, "day"),
        ({"reason": ""}, "reason"),
        ({"title": "king"}, "title"),
        ({"title_date": "2026-13"}, "title_date"),
        ({"post_level": "14"}, "post_level"),
    ],
)
def test_a_wrong_field_changes_nothing_is_marked_and_what_was_typed_is_kept(
    cast: Any, browse_as: Browse, wrong: dict[str, str], field: str
) -> None:
    form = {"title": "senior", "personnel_unit": "甲县教研室"} | WHEN | wrong
    answer = browse_as("officer").post(address("person-facts", cast), form)
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id(f"id_{field}_error") is not None
    assert shown(answer).get_element_by_id("id_personnel_unit").get("value") == "甲县教研室"
    assert Affiliation.objects.filter(person=cast.people.senior).count() == 1


def test_a_transfer_within_the_area_and_one_out_of_it(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    answer = client.post(address("person-transfer", cast), WHEN | {"school": cast.school_b.code})
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id("id_school_error") is not None
    answer = client.post(address("person-transfer", cast), WHEN | {"school": "0000000000"})
    assert answer.status_code == 422
    # Typed full width, as Chinese input methods do.
    answer = client.post(address("person-transfer", cast), WHEN | {"school": "２１９９０１２１０２"})
    assert answer.status_code == 302
    present = people.present_affiliation(cast.people.senior)
    assert present is not None
    assert present.school == cast.school_a2


def test_who_left_is_found_among_those_who_left_and_taken_back(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    client.post(address("person-left", cast), WHEN | {"left": "retired"})
    assert "王守田" not in names(client.get("/office/people"))
    assert names(client.get("/office/people", {"status": "gone"})) == {"王守田"}
    page = shown(client.get(address("person", cast)))
    assert page.xpath(f"//a[@href='{address('person-back', cast)}']")
    back = {"day": timezone.localdate().isoformat(), "reason": "返聘", "school": cast.school_a2.code}
    assert client.post(address("person-back", cast), back | {"employment": "silver"}).status_code == 302
    present = people.present_affiliation(cast.people.senior)
    assert present is not None
    assert (present.school, present.employment) == (cast.school_a2, "silver")


def test_a_staff_status_of_leave_offers_to_propose_it_and_changes_nothing_by_itself(
    cast: Any, browse_as: Browse
) -> None:
    client, enrolment = browse_as("officer"), cast.enrolment("senior")
    propose = reverse("participation-propose", args=[enrolment.id])
    offer = f"//section[contains(@class, 'next')]//a[@href='{propose}']"
    assert not shown(client.get(address("person", cast))).xpath(offer)
    client.post(address("person-facts", cast), WHEN | {"staff_status": "sick-leave"})
    assert shown(client.get(address("person", cast))).xpath(offer)
    assert cast.enrolment("senior").participation == "due"
