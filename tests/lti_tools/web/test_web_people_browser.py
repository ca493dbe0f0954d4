"""People, programmes and school lists in a real browser, on a phone and a desktop: axe finds nothing, nothing sticks
out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from lti_tools.programmes import api as programmes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (390, 1200)
SHOTS = os.environ.get("SHIJIE_SHOTS", "")


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def pages(cast: Any) -> list[tuple[str, str]]:
    """(who, address) of every page of the room, with something on each."""
    enrolment, today = cast.enrolment("senior"), timezone.localdate()
    programmes.propose(
        cast.actor("school_office"),
        enrolment,
        participation="deferred",
        reason="leave",
        note="材料在档案室",
        since=today,
        until=today + timedelta(days=60),
    )
    batch = programmes.open_batch(
        cast.programme, title="第一批", starts=cast.programme.starts, ends=cast.programme.ends
    )
    programme, person = cast.programme.id, cast.people.senior.id
    officer = [
        reverse("programme", args=[programme]),
        reverse("programme-batches", args=[programme]),
        reverse("programme-batch", args=[batch.id]),
        reverse("programme-close", args=[programme]),
        reverse("participation-queue"),
        reverse("people"),
        reverse("person", args=[person]),
        reverse("person-facts", args=[person]),
        reverse("person-transfer", args=[person]),
        reverse("person-left", args=[person]),
    ]
    office = [
        reverse("school-office"),
        reverse("school-office-paper", args=[programme]),
        reverse("participation-propose", args=[enrolment.id]),
    ]
    return [("officer_city", one) for one in officer] + [("school_office", one) for one in office]


def faults(page: Page) -> list[str]:
    axe = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]] + (
        ["sticks out"] if wide else []
    )


def test_every_page_of_the_room_can_be_used_by_everybody(
    cast: Any, browse_as: Any, live_server: Any, chromium: Browser
) -> None:
    wrong = {}
    for number, (who, address) in enumerate(pages(cast)):
        session = browse_as(who).cookies["shijie_session"].value
        for width in WIDTHS:
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, locale="zh-CN", bypass_csp=True
            )
            context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
            page = context.new_page()
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.status == 200, address
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{number:02}-{width}.png", full_page=True)
            if found := faults(page):
                wrong[address, width] = found
            context.close()
    assert wrong == {}
