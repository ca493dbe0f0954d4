"""The trail pages in a real browser, on a phone and a desktop: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as service
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright
from signing_in import sign_in

from lti_tools.audit import api as audit
from lti_tools.office import watch
from lti_tools.results import api as results

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (390, 1200)
SHOTS = os.environ.get("SHIJIE_SHOTS", "")


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    settings.SHIJIE_HEADS_ROOT = tmp_path / "heads"


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def faults(page: Page) -> list[str]:
    axe = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]] + (
        ["sticks out"] if wide else []
    )


def cookies(cast: Any, who: str, address: str) -> list[Any]:
    client = sign_in(Client(), getattr(cast.accounts, who))
    name = service.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value, "url": address}]


def test_the_trail_pages_are_readable_for_everybody(
    cast: Any, each: Any, live_server: Any, chromium: Browser
) -> None:
    person = each.enrolment.person_id
    for actor in ("specialist", "officer_city"):
        audit.record(
            "tasks.signed_off",
            actor=str(getattr(cast.people, actor).id),
            subject=str(person),
            reason="在三年级教室看过，设备由本人连接",
            detail={"tasks": "devices"},
        )
    watch.sign_heads()
    watch.prove_all()
    entry = results.lessons_of(each.enrolment.id)[0]
    pages = [
        ("officer", reverse("trail-person", args=[person])),
        ("officer", reverse("trail-result", args=[entry.id])),
        ("administrator", reverse("audit-heads")),
    ]
    found = {}
    for who, address in pages:
        for width in WIDTHS:
            context = chromium.new_context(viewport={"width": width, "height": 900})
            context.add_cookies(cookies(cast, who, live_server.url))
            page = context.new_page()
            page.goto(live_server.url + address)
            assert page.locator("h1").count() == 1, address
            found[address, width] = faults(page)
            if SHOTS:
                name = address.strip("/").replace("/", "-")
                page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
            context.close()
    assert {key: value for key, value in found.items() if value} == {}
