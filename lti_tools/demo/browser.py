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
# A code lives for half a minute; five looks, eight seconds apart, see the next one.
CODE_TRIES = 5
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
def window(browser: Browser, *, phone: bool = False, signed_in: Any = None) -> Iterator[Page]:
    """A window of one person's own, with the cookies of an earlier one when given.

    Breaks when a page raises a script error or breaks its security policy.
    """
    size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(
        viewport=size, accept_downloads=True, locale="zh-CN", storage_state=signed_in
    )
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


def sign_in(page: Page, service: str, lms: str, account: dict[str, str]) -> None:
    """With name and password, and where the role asks for it with the code that the first page of the LMS shows."""
    page.goto(f"{service}/sign-in")
    page.fill("#id_username", account["username"])
    page.fill("#id_password", account["password"])
    page.click("main button.button")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    for _try in range(CODE_TRIES):
        if "/sign-in/code" not in page.url:
            return
        page.fill("#id_code", _code_shown(page, lms, account["username"]))
        with page.expect_navigation():
            page.click("main section button.button")
        if "/sign-in/code" in page.url:
            # Used already for an earlier window: each code is good once, so the next one is waited for.
            page.wait_for_timeout(8000)
    assert "/sign-in" not in page.url, f"no code of {account['username']} was taken"


def _code_shown(page: Page, lms: str, username: str) -> str:
    """Looks at the list of accounts in another tab, as a person would at the telephone."""
    telephone = page.context.new_page()
    telephone.goto(lms)
    code = telephone.inner_text(f'tr[data-account="{username}"] .otp')
    telephone.close()
    return code


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
