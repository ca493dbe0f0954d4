"""Slips in a real browser, on a phone and a desktop: axe finds nothing, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from slip_steps import RIGHT, WRONG, address

from lti_tools.identities import api as identities
from lti_tools.identities.models import SlipScan
from lti_tools.office import slips as office
from lti_tools.people.api import Affiliation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (390, 1280)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def opened(browser: Browser, live_server: Any, session: str = "", *, scripts: bool = True) -> Page:
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=scripts)
    if session:
        context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def look(page: Page) -> None:
    axe = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(axe)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert [
            f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
        ] == []
        assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0, page.url
        assert page.locator("h1").count() == 1, page.url
    page.set_viewport_size({"width": 390, "height": 844})


def secret_of(cast: Any) -> str:
    cast.people.senior.id_last4 = RIGHT
    cast.people.senior.save()
    return identities.issue(cast.people.senior, by=cast.actor("specialist"))[1]


def test_a_teacher_comes_to_the_path_by_keyboard(cast: Any, browser: Browser, live_server: Any) -> None:
    assert settings.SESSION_COOKIE_NAME == "shijie_session"
    secret = secret_of(cast)
    page = opened(browser, live_server)
    page.goto(address(secret))
    look(page)
    page.focus("#id_answer")
    page.keyboard.type(WRONG)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.fill("#id_answer", RIGHT.lower())
    page.keyboard.press("Enter")
    page.wait_for_selector(".slip-number")
    look(page)
    office.confirm_telephone(cast.actor("specialist"), SlipScan.objects.get().id)
    page.wait_for_url("**/path", timeout=15_000)


def test_a_teacher_comes_to_the_path_without_scripts(cast: Any, browser: Browser, live_server: Any) -> None:
    secret = secret_of(cast)
    page = opened(browser, live_server, scripts=False)
    page.goto(address(secret))
    page.fill("#id_answer", RIGHT)
    page.click("main form button")
    page.wait_for_selector(".slip-number")
    office.confirm_telephone(cast.actor("specialist"), SlipScan.objects.get().id)
    page.click("main .actions a")
    page.wait_for_url("**/path")


def test_the_desks_that_print_and_confirm(
    cast: Any, browser: Browser, live_server: Any, browse_as: Any
) -> None:
    secret = secret_of(cast)
    found = identities.find_slip(secret)
    assert found
    identities.scan(found, RIGHT)
    page = opened(browser, live_server, browse_as("specialist").cookies["shijie_session"].value)
    page.goto(reverse("specialist-desk"))
    assert page.locator("#telephones form").count() == 2
    look(page)
    page.goto(f"/slips/schools/{cast.school_a.id}")
    look(page)
    identities.issue(cast.people.colleague, by=cast.actor("specialist"))
    Affiliation.objects.filter(person=cast.people.colleague).update(
        until=timezone.localdate(), left="retired"
    )
    page.goto(f"/slips/schools/{cast.school_a.id}")
    assert page.locator("#former form").count() == 1
    look(page)
    page.check("input[name=person]")
    page.click("button[value=chosen]")
    page.wait_for_selector(".slip-sheet")
    look(page)


def test_the_pages_of_a_slip_that_opens_nothing(cast: Any, browser: Browser, live_server: Any) -> None:
    page = opened(browser, live_server)
    page.goto(address("nothing-of-ours"))
    look(page)
