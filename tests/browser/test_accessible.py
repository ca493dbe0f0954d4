"""Every page of every kind of person, looked at by axe-core, on a phone and a desktop, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from lti_tools.demo.acts import Story, desk, people
from lti_tools.demo.browser import launch, window

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/sign-in", "/verify", "/verify/no-such-secret")
STAFF = {
    "officer-city": (
        "/office",
        "/office/programmes/new",
        "/office/identities",
        "/reports",
        "/office/roles",
        "/office/roles/find?q=T990121001",
        "/office/roles/enter",
        "/account",
        "/account/password",
        "/sign-in/set-up",
        "/office/people?text=T990121001",
        "/office/schools",
        "/office/schools?q=小学",
        "/office/participation",
        "/office/corrections",
        "/office/erasures",
        "/office/dossiers/new",
    ),
    "rater-1": ("/rating", "/account"),
    "specialist-3": ("/school", "/slips"),
    "school-office-3": ("/school-office",),
    "admin": ("/problems", "/office/roles", "/office/areas", "/audit/heads", "/retention"),
}
LINKS = {
    "officer-city": (
        r"/office/programmes/[0-9a-f-]{36}",
        r"/reports/[0-9a-f-]{36}",
        r"/office/rosters/[0-9a-f-]{36}",
        r"/office/programmes/[0-9a-f-]{36}/roster",
        r"/office/programmes/[0-9a-f-]{36}/batches",
        r"/office/programmes/[0-9a-f-]{36}/close",
        r"/office/trail/[0-9a-f-]{36}",
        r"/office/people/[0-9a-f-]{36}",
        r"/office/schools/[0-9a-f-]{36}",
        r"/office/roles/people/[0-9a-f-]{36}",
        r"/office/roles/[0-9a-f-]{36}/revoke",
    ),
    "rater-1": (r"/rating/[0-9a-f-]{36}[^\"]*",),
    "specialist-3": (r"/school/[0-9a-f-]{36}",),
    "school-office-3": (r"/participation/[0-9a-f-]{36}", r"/school-office/[0-9a-f-]{36}"),
    "admin": (r"/office/areas/[0-9a-f-]{36}",),
}


def look(page: Any, address: str, check: Callable[[], list[str]]) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        assert check() == [], address
        wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{address} scrolls sideways at {width} px"
        assert page.locator("h1").count() == 1, address


def in_english(page: Any) -> None:
    page.click('button[name="language"][value="en"]')
    page.wait_for_load_state()


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_pages_for_everybody(told: Story, axe: str, check_page: Any, english: bool) -> None:
    with window(told.browser) as page:
        page.goto(told.service)
        if english:
            in_english(page)
        for address in PUBLIC:
            look(page, told.service + address, lambda: check_page(page, axe))


@pytest.mark.parametrize(
    ("role", "english"), [("senior", False), ("middle", False), ("young", False), ("senior", True)]
)
def test_pages_of_a_teacher(told: Story, axe: str, check_page: Any, role: str, english: bool) -> None:
    with window(told.browser, phone=True) as page:
        tool = launch(page, told.lms, people()[role]["sub"])
        if english:
            in_english(tool)
        for address in (
            "/path",
            "/diagnosis",
            "/diagnosis/further",
            "/lesson",
            "/my-data",
            "/my-data/correction",
        ):
            look(tool, told.service + address, lambda: check_page(tool, axe))
        tool.goto(f"{told.service}/path")
        result = tool.get_attribute('a[href^="/lessons/"]', "href")
        look(tool, f"{told.service}{result}", lambda: check_page(tool, axe))


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("who", sorted(STAFF))
def test_pages_of_staff_and_what_they_lead_to(
    told: Story, axe: str, check_page: Any, who: str, english: bool
) -> None:
    with desk(told, who) as page:
        page.goto(f"{told.service}/account")
        if english:
            in_english(page)
        waiting, wanted = list(STAFF[who]), set(LINKS.get(who, ()))
        for address in waiting:
            look(page, told.service + address, lambda: check_page(page, axe))
            # Of each kind of page the first that is met on the way.
            met = {pattern: re.search(f'href="({pattern})"', page.content()) for pattern in wanted}
            waiting += [found[1] for _pattern, found in sorted(met.items()) if found]
            wanted -= {pattern for pattern, found in met.items() if found}
        assert not wanted, "pages that nothing leads to"


def test_the_page_between_password_and_rights(told: Story, axe: str, check_page: Any) -> None:
    account = told.accounts["chair"]
    with window(told.browser, phone=True) as page:
        page.goto(f"{told.service}/sign-in")
        page.fill("#id_username", account["username"])
        page.fill("#id_password", account["password"])
        page.click("main button.button")
        page.wait_for_url("**/sign-in/code*")
        look(page, f"{told.service}/sign-in/code", lambda: check_page(page, axe))


def test_the_demo_lms(told: Story, axe: str, check_page: Any) -> None:
    with window(told.browser) as page:
        page.goto(told.lms)
        page.click(f'button[name="sub"][value="{people()["senior"]["sub"]}"]')
        for address in ("/", "/course/", "/gradebook/", "/workbench/"):
            look(page, told.lms + address, lambda: check_page(page, axe))
