"""Headless Chromium, one private window per person, and the few things people do with pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

WAIT = 60_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Debian's Chromium, or the one SHIJIE_CHROMIUM names."""
    found = os.environ.get("SHIJIE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise SystemExit("Chromium was not found: apt-get install chromium, or set SHIJIE_CHROMIUM")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, *, phone: bool = False) -> Iterator[Page]:
    """A window of one person's own; breaks when a page raises a script error or breaks its security policy."""
    size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(viewport=size, accept_downloads=True, locale="zh-CN")
    context.set_default_timeout(WAIT)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    try:
        yield context.new_page()
        if faults:
            raise AssertionError(f"script errors on the way: {faults[:5]}")
    finally:
        context.close()


def _is_fault(message: Any) -> bool:
    return message.type == "error" and "Content Security Policy" in message.text


def sign_in(page: Page, service: str, account: dict[str, str]) -> None:
    page.goto(f"{service}/sign-in")
    page.fill("#id_username", account["username"])
    page.fill("#id_password", account["password"])
    page.click("main button.button")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def launch(page: Page, lms: str, sub: str) -> Page:
    """Acts as a person of the demo LMS and opens the training from the course, in the new tab it opens."""
    page.goto(lms)
    _open_details(page)
    page.click(f'button[name="sub"][value="{sub}"]')
    with page.context.expect_page() as opened:
        page.click('form[target="_blank"] button')
    tool = opened.value
    tool.wait_for_load_state()
    return tool


def _open_details(page: Page) -> None:
    for details in page.query_selector_all("details:not([open]) > summary"):
        details.click()


def save(page: Page, click: Callable[[], None], folder: Path, name: str = "") -> Path:
    """What a click downloads, under its suggested or the given name."""
    with page.expect_download() as download:
        click()
    target = folder / (name or download.value.suggested_filename)
    download.value.save_as(target)
    return target


def wait_until(page: Page, ready: Callable[[], bool], *, what: str, seconds: int = 90) -> None:
    """Loads the page again, as a person would, until something has happened."""
    for _ in range(seconds):
        if ready():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"waited {seconds} s in vain for: {what}")
