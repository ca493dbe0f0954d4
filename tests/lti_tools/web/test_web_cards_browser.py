"""The questions and the double click, in a real browser on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from lti_tools.definitions.models import Definition
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import PlacementEntry, Programme
from rubrics import library
from rubrics.model import DiagnosisBank
from tests.rubrics.diagnosis_texts import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
NEXT = ".actions .button:not(.quiet):visible"


@pytest.fixture
def phone(browse_as: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A phone for one of the cast."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def of(who: str, address: str) -> Page:
            session = browse_as(who).cookies["shijie_session"].value
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
            context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + address)
            return page

        yield of
        browser.close()


def answer(page: Page) -> None:
    page.locator(".question:visible input[type=radio], .question:visible input[type=checkbox]").first.check()
    page.click(NEXT)


def test_leaving_an_answer_out_says_so_and_stays_at_the_question(phone: Any) -> None:
    page = phone("senior", "/diagnosis")
    page.click(NEXT)
    expect(page.get_by_text("请先选一个答案")).to_be_visible()
    expect(page.get_by_text("第 1 题")).to_be_visible()
    answer(page)
    expect(page.get_by_text("请先选一个答案")).to_be_hidden()
    expect(page.get_by_text("第 2 题")).to_be_visible()


def test_after_a_reload_the_questions_go_on_where_they_stopped(phone: Any) -> None:
    page = phone("senior", "/diagnosis")
    answer(page)
    answer(page)
    page.reload()
    expect(page.get_by_text("第 3 题")).to_be_visible()
    page.get_by_role("button", name="上一题").click()
    expect(page.locator(".question:visible input:checked")).to_have_count(1)


def test_pressing_twice_at_the_end_places_once(phone: Any) -> None:
    page = phone("senior", "/diagnosis")
    while page.locator("form[data-cards] .finish").is_hidden():
        answer(page)
    page.locator(".question:visible input").first.check()
    page.locator("form[data-cards] .finish button").dblclick()
    page.wait_for_url("**/path")
    assert PlacementEntry.objects.count() == 1


def test_pressing_twice_opens_one_programme(phone: Any) -> None:
    page = phone("officer_city", "/office/programmes/new")
    before = Programme.objects.count()
    page.fill('[name="title"]', "按了两次")
    page.locator("main form button.button").dblclick()
    page.wait_for_url("**/office/programmes/*-*")
    assert Programme.objects.count() == before + 1


def test_steps_are_put_in_order_by_keyboard_and_kept_until_they_are_sent(phone: Any, cast: Any) -> None:
    enrolment = cast.enrolment("senior")
    text = TEXT.replace('"diagnosis-entry"', '"diagnosis-checked"', 1)
    read = library.parse(text)
    assert isinstance(read, DiagnosisBank)
    Definition.objects.create(kind=read.kind, key=read.key, version=read.version, hash=read.hash, text=text)
    Programme.objects.filter(id=enrolment.programme_id).update(diagnosis_hash=read.hash)
    everything_else = {item.id: item.options[0].id for item in read.items if not item.check}
    programmes.place(enrolment, skill="S1", diagnosis={"answers": everything_else})
    page = phone("senior", "/diagnosis/further")
    places = page.locator(".question:visible select")
    for number in range(places.count()):
        places.nth(number).focus()
        page.keyboard.type(str(number + 1))
    page.reload()
    assert [places.nth(number).input_value() for number in range(4)] == ["1", "2", "3", "4"]
    page.get_by_role("button", name="先到这里").click()
    page.wait_for_url("**/path")
    kept = programmes.kept_answers(enrolment)
    assert sorted(kept.answers["P01"]) == ["go", "place", "try", "watch"]
    assert page.evaluate("() => Object.keys(localStorage).length") == 0
