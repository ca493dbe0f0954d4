"""The pages about LMS accounts in a real browser on a phone, looked at by axe-core, and what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import one_of_each
import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright

from lti_tools.identities.models import Identity
from lti_tools.lessons.models import Lesson

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def phone(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A phone that carries the session of a test client."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def of(client: Client, address: str) -> Page:
            session = client.cookies["shijie_session"].value
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
            context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + address)
            return page

        yield of
        browser.close()


def sound(page: Page) -> None:
    """Nothing for axe to find, one heading, nothing that scrolls sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == [], page.url
    assert page.locator("h1").count() == 1
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0, page.url


def test_somebody_who_waits_says_who_they_are_and_corrects_it(cast: Any, phone: Any) -> None:
    account = Identity.objects.create(platform=one_of_each.platform(), sub="user-7")
    client = Client()
    session = client.session
    session["launched_identity"] = str(account.id)
    session.save()
    page = phone(client, reverse("lti-waiting"))
    sound(page)
    page.click("form.stack button")
    assert page.locator("#id_name_error").is_visible()
    sound(page)
    page.fill("#id_name", "王守田")
    page.fill("#id_school", "甲县村小")
    page.fill("#id_last4", "12")
    page.click("form.stack button")
    assert page.input_value("#id_name") == "王守田"
    page.fill("#id_last4", "123x")
    page.click("form.stack button")
    page.wait_for_url(f"**{reverse('lti-waiting')}")
    sound(page)
    account.refresh_from_db()
    assert (account.claimed_school, account.claimed_last4) == ("甲县村小", "123X")


def test_an_officer_links_rejects_reopens_and_splits_on_a_phone(
    cast: Any, browse_as: Any, phone: Any
) -> None:
    each = one_of_each.make(cast)
    Identity.objects.filter(id=each.linked.id).update(claimed_staff_no="T004")
    Lesson.objects.filter(id=each.decided.id).update(identity=each.linked)
    page = phone(browse_as("officer"), reverse("identity-queue"))
    sound(page)
    for address in (
        reverse("identity", args=[each.identity.id]),
        reverse("identity-rejected"),
        reverse("identity-linked"),
        reverse("identity-split", args=[each.linked.id]),
    ):
        page.goto(page.url.split("/office")[0] + address)
        sound(page)
    page.click("button.danger")
    sound(page)
    page.check('input[value="queue"]')
    page.fill("#id_reason", "编号写错了")
    page.click("button.danger")
    page.wait_for_url(f"**{reverse('identity-queue')}")
    each.linked.refresh_from_db()
    assert each.linked.person is None
