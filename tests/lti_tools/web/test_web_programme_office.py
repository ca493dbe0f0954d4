"""Opening, dividing and closing a programme on screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Batch, Enrolment, Programme

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Any]
BATCH = {"title": "第一批", "starts": "2026-09-01", "ends": "2027-01-31"}


def shown(answer: Any) -> Any:
    return lxml.html.fromstring(answer.content.decode())


def address(name: str, cast: Any) -> str:
    return reverse(name, args=[cast.programme.id])


def form_of(cast: Any, **other: str) -> dict[str, str]:
    return {
        "title": "2027 年培训",
        "area": str(cast.city.id),
        "starts": "2026-09-01",
        "ends": "2028-08-31",
        "reference_date": "2026-09-01",
        "policy_key": "tier-policy-default",
        "rules_key": "award-rules-default",
        "hours_key": "hours-rules-default",
    } | other


def test_a_programme_is_opened_with_the_day_its_years_begin(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    assert client.post(reverse("programme-open"), form_of(cast, year_begins="09-01")).status_code == 302
    opened = Programme.objects.get(title="2027 年培训")
    assert [year.label for year in programmes.years_of(opened)] == ["2026–2027", "2027–2028"]
    assert "2026–2027" in client.get(reverse("programme", args=[opened.id])).content.decode()


def test_a_title_that_is_taken_is_said_at_the_field_and_the_rest_is_kept(
    cast: Any, browse_as: Browse
) -> None:
    answer = browse_as("officer_city").post(
        reverse("programme-open"), form_of(cast, title=cast.programme.title)
    )
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id("id_title_error") is not None
    assert shown(answer).get_element_by_id("id_ends").get("value") == "2028-08-31"
    assert Programme.objects.count() == 1


def test_a_batch_is_made_and_filled_by_school_and_by_person(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    answer = client.post(address("programme-batches", cast), BATCH)
    batch = Batch.objects.get()
    page = reverse("programme-batch", args=[batch.id])
    assert answer.headers["Location"] == page
    fill = reverse("programme-batch-assign", args=[batch.id])
    client.post(fill, {"school": cast.school_a.code, "everybody": "1"})
    assert set(batch.enrolment_set.values_list("person__name", flat=True)) == {"王守田", "张同事"}
    client.post(fill, {"enrolment": [str(cast.enrolment("young").id), "no-id"]})
    assert batch.enrolment_set.count() == 3
    listed = shown(client.get(page, {"school": cast.school_a.code})).xpath("//input[@name='enrolment']")
    assert len(listed) == 2
    assert "第一批" in client.get(address("programme", cast)).content.decode()


def test_everybody_without_a_school_puts_nobody_in(cast: Any, browse_as: Browse) -> None:
    batch = programmes.open_batch(
        cast.programme, title="一", starts=cast.programme.starts, ends=cast.programme.ends
    )
    fill = reverse("programme-batch-assign", args=[batch.id])
    browse_as("officer_city").post(fill, {"everybody": "1"})
    assert not Enrolment.objects.filter(batch=batch).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"title": ""}, "title"), ({"ends": "2035-01-01"}, "ends"), ({"starts": "x"}, "starts")],
)
def test_a_wrong_batch_is_said_at_the_field(
    cast: Any, browse_as: Browse, wrong: dict[str, str], field: str
) -> None:
    answer = browse_as("officer_city").post(address("programme-batches", cast), BATCH | wrong)
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id(f"id_{field}_error") is not None
    assert not Batch.objects.exists()


def test_a_batch_is_changed(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    client.post(address("programme-batches", cast), BATCH)
    client.post(address("programme-batches", cast), BATCH | {"title": "第二批"})
    second = reverse("programme-batch", args=[Batch.objects.get(title="第二批").id])
    assert client.post(second, BATCH).status_code == 422
    assert client.post(second, BATCH | {"title": "第三批"}).status_code == 302
    assert set(Batch.objects.values_list("title", flat=True)) == {"第一批", "第三批"}


def test_closing_shows_first_what_it_would_do_and_asks_for_a_reason(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    figures = shown(client.get(address("programme-close", cast))).xpath(
        "//ul[@class='figures']//strong/text()"
    )
    assert figures == ["0", "5", "0", "0"]
    for wrong in ({}, {"carry_over": "nothing", "reason": "期满"}, {"carry_over": "people", "certain": "on"}):
        assert client.post(address("programme-close", cast), wrong).status_code == 422
    assert Programme.objects.get().closed_at is None


def test_a_closed_programme_says_so_and_is_not_closed_again(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    form = {"carry_over": "nothing", "reason": "期满", "certain": "on"}
    assert client.post(address("programme-close", cast), form).status_code == 302
    page = shown(client.get(address("programme", cast)))
    assert page.xpath("//p[contains(@class, 'notice') and contains(@class, 'warn')]")
    assert not page.xpath(f"//a[@href='{address('programme-close', cast)}']")
    assert client.get(address("programme-close", cast)).status_code == 409
    assert client.post(address("programme-batches", cast), BATCH).status_code == 409


def test_the_teacher_reads_that_the_programme_was_closed(cast: Any, browse_as: Browse) -> None:
    form = {"carry_over": "nothing", "reason": "期满", "certain": "on"}
    browse_as("officer_city").post(address("programme-close", cast), form)
    closed = Programme.objects.get().closed_at
    assert closed is not None
    assert timezone.localdate(closed).isoformat() in browse_as("senior").get("/path").content.decode()


def test_in_a_closed_programme_nobody_is_asked_to_record_or_to_answer(cast: Any, browse_as: Browse) -> None:
    programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    form = {"carry_over": "nothing", "reason": "期满", "certain": "on"}
    browse_as("officer_city").post(address("programme-close", cast), form)
    client = browse_as("senior")
    page = shown(client.get("/lesson"))
    assert not page.xpath("//form[@id='lesson-form']")
    assert len(page.xpath("//h1")) == 1
    assert client.get("/diagnosis").status_code == 409
    assert not shown(client.get("/path")).xpath("//section[contains(@class, 'next')]//a")


def test_whose_names_stand_on_the_page_is_on_record(
    cast: Any, browse_as: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(
        audit, "viewed", lambda *, actor, subjects, what: seen.append((what, len(list(subjects))))
    )
    browse_as("officer").get(address("programme", cast))
    assert seen == [("programme.people", 4)]


def test_diagnosis_with_a_month_of_birth_that_cannot_be_is_refused_with_words(
    cast: Any, browse_as: Browse
) -> None:
    from rubrics.diagnosis import short_form

    person = cast.people.senior
    person.birth_month = "2026-10"
    person.save()
    items = short_form(programmes.diagnosis_bank(cast.programme))
    answers = {item.id: [item.options[0].id] if item.multiple else item.options[0].id for item in items}
    answer = browse_as("senior").post("/diagnosis", answers)
    assert answer.status_code == 409
    assert "birth_month_impossible" in answer.content.decode()
