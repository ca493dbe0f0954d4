"""The pages of schools and areas in a real browser, on a phone and a desktop: axe finds nothing, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from lti_tools.organisations import api as organisations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (390, 1280)


@pytest.fixture
def window(browse_as: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def of(who: str) -> Page:
            session = browse_as(who).cookies["shijie_session"].value
            context = browser.new_context(base_url=live_server.url, locale="zh-CN")
            context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
            return context.new_page()

        yield of
        browser.close()


def look(page: Page, address: str) -> None:
    axe = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if address:
            page.goto(address)
        page.evaluate(axe)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert [
            f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
        ] == []
        assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0, address
        assert page.locator("h1").count() == 1, address


def test_the_pages_of_an_officer(cast: Any, window: Any) -> None:
    point = organisations.open_teaching_point(
        cast.school_a, code="2199012190", name="山口教学点", location="village", since=date(2019, 9, 1)
    )
    organisations.rename(cast.school_a, code="2199012101", name="甲县希望小学", since=date(2021, 9, 1))
    organisations.merge(cast.school_a2, into=cast.school_b, since=date(2026, 9, 1), by=None)
    page = window("officer_city")
    school = f"/office/schools/{cast.school_a.id}"
    for address in (
        "/office/schools",
        "/office/schools?area=990121",
        "/office/schools?q=甲县",
        "/office/schools?q=没有",
        "/office/schools/new",
        "/office/schools/list",
        school,
        f"/office/schools/{point.id}",
        f"/office/schools/{cast.school_a2.id}",
        *(f"{school}/{which}" for which in ("rename", "move", "kind", "close", "merge", "withdraw")),
    ):
        look(page, address)


def test_a_merger_that_waits_for_its_confirmation(cast: Any, window: Any) -> None:
    page = window("officer")
    page.goto(f"/office/schools/{cast.school_a.id}/merge")
    page.fill("[name=into]", cast.school_a2.code)
    page.fill("[name=reason]", "撤点并校")
    page.click("main button.danger")
    assert cast.school_a2.name in page.inner_text("main [role=alert]")
    look(page, "")


def test_a_form_with_problems(cast: Any, window: Any) -> None:
    page = window("officer")
    page.goto(f"/office/schools/{cast.school_a.id}/close")
    page.fill("[name=reason]", "撤点并校")
    page.click("main button.danger")
    assert page.locator("main [role=alert] .errorlist").count() == 1
    look(page, "")


def test_the_pages_of_an_administrator(cast: Any, window: Any) -> None:
    page = window("administrator")
    for address in ("/office/areas", f"/office/areas/{cast.county_a.id}"):
        look(page, address)
