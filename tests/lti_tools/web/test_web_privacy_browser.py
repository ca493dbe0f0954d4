"""My data, corrections, erasures, retention and dossiers as axe-core and a narrow screen see them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import sync_playwright

from lti_tools.audit import api as audit
from lti_tools.privacy import api as privacy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def window(browse_as: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def of(who: str) -> Any:
            session = browse_as(who).cookies["shijie_session"].value
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
            context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
            return context.new_page()

        yield of
        browser.close()


def found(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:120]}" for one in result["violations"] for node in one["nodes"]]


def test_nothing_stands_in_anybodys_way(each: Any, window: Any, live_server: Any) -> None:
    person = str(each.enrolment.person_id)
    detail = {"what": "correction.queue"}
    audit.record("viewed", actor=str(each.cast.people.officer.id), subject=person, detail=detail)
    privacy.run()
    where = f"?programme={each.cast.programme.id}&area={each.cast.county_a.id}"
    pages = {
        "senior": [reverse("own-data"), reverse("correction-ask")],
        "officer": [
            reverse("officer-home"),
            reverse("corrections"),
            reverse("correction", args=[each.correction.id]),
            reverse("erasures") + "?q=%E7%8E%8B",
            reverse("erasure-order", args=[person]),
            reverse("office-dossiers"),
            reverse("office-dossier-new") + where,
            reverse("office-dossier", args=[each.dossier.id]) + "?q=%E8%AF%84%E5%AE%A1",
        ],
        "reviewer": [reverse("erasure", args=[each.erasure.id])],
        "administrator": [reverse("retention")],
        "committee": [
            reverse("dossiers"),
            reverse("dossier", args=[each.dossier.id]),
            reverse("dossier-candidate", args=[each.dossier.id, each.enrolment.id]),
        ],
    }
    for who, addresses in pages.items():
        page = window(who)
        for address in addresses:
            answer = page.goto(live_server.url + address)
            assert answer.status == 200, address
            if folder := os.environ.get("LOOK"):
                page.screenshot(path=f"{folder}/{address.replace('/', '_')[:60]}.png", full_page=True)
            assert found(page) == [], address
            wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{address} scrolls sideways"
            assert page.locator("h1").count() == 1, address
