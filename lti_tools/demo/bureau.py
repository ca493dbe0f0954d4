"""The part of the story about records and rights: a county's own sheet, a leave, a slip, the trail, a role."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import openpyxl
from playwright.sync_api import Page

from lti_tools.demo import qr
from lti_tools.demo.acts import DECIDE, FIXTURES, Story, desk, people, upload_roster
from lti_tools.demo.browser import launch, save, wait_until, window

OWN_SHEET = "roster-own-words"
COLUMNS = 'main form[action$="/columns"]'
ON_LEAVE, WITHOUT_LMS, NEW_ROLE = "谢芬", "丁玉龙", "周雅琴"
LEAVE_DAYS = 60


def the_countys_own_sheet_is_read_after_one_question(story: Story) -> None:
    """县里自己的表头：问一次，看差异，收下好的行 / a county's own sheet: asked once, compared, taken over."""
    expected = json.loads((FIXTURES / f"{OWN_SHEET}.expected.json").read_text(encoding="utf-8"))
    with desk(story, "officer-city") as page:
        upload_roster(page, story.facts["programme"], f"{OWN_SHEET}.csv", until=f"{COLUMNS}, {DECIDE}")
        while page.query_selector(COLUMNS):
            _say_what_it_means(story, page, expected)
        shown = page.inner_text("main")
        for wrong in expected["wrong"]:
            assert wrong["value"] in shown, wrong
        story.picture(page, "roster-preview")
        _see_who_changes(story, page, expected["changed"])
        _take_the_reasons_along(story, page, expected["wrong"])
        page.click('main button[value="good-rows"]')
        page.wait_for_selector(".notice.good", timeout=60_000)
        story.picture(page, "roster-good-rows")


def _say_what_it_means(story: Story, page: Page, expected: dict[str, Any]) -> None:
    """Chooses for each heading and each word what the county means by it."""
    meant = expected["columns"] | expected["words"]
    for label in page.query_selector_all(f"{COLUMNS} .field label"):
        said = label.inner_text().split("×")[0].strip()
        if said in meant:
            page.select_option(f"#{label.get_attribute('for')}", label=meant[said])
    kind = "words" if page.query_selector(f"{COLUMNS} select[name^=word-]") else "columns"
    story.picture(page, f"roster-mapping-{kind}")
    with page.expect_navigation():
        page.click(f"{COLUMNS} button.button")
    page.wait_for_selector(f"{COLUMNS}, {DECIDE}", timeout=60_000)


def _see_who_changes(story: Story, page: Page, changed: dict[str, str]) -> None:
    page.click('main a[href$="/rows/changed"]')
    page.wait_for_selector("main table")
    rows = page.inner_text("main table")
    for name, title in changed.items():
        assert name in rows, name
        assert title in rows, title
    story.picture(page, "roster-differences")
    page.go_back()
    page.wait_for_selector(DECIDE)


def _take_the_reasons_along(story: Story, page: Page, wrong: list[dict[str, Any]]) -> None:
    file = save(page, lambda: page.click('a[href$="/errors.xlsx"]'), story.folder)
    book = openpyxl.load_workbook(file, read_only=True)
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell]
    book.close()
    assert all(any(one["value"] in cell for cell in cells) for one in wrong), cells


def the_school_asks_for_a_leave_and_the_reviewer_decides(story: Story) -> None:
    """学校提出缓训，复核人决定 / the school office proposes a leave, the reviewer of the county decides."""
    with desk(story, "school-office-3") as page:
        page.goto(f"{story.service}/school-office")
        story.picture(page, "school-office")
        _own_list(story, page).locator(f'tr:has-text("{ON_LEAVE}") a').click()
        page.select_option("#id_what", value="deferred:secondment")
        page.fill("#id_until", f"{datetime.now() + timedelta(days=LEAVE_DAYS):%Y-%m-%d}")
        page.fill("#id_note", "借调函在学校档案")
        story.picture(page, "leave-proposed")
        page.click("main form.card button.button")
        page.wait_for_selector(".messages")
    with desk(story, "reviewer-a") as page:
        page.goto(f"{story.service}/office/participation")
        story.picture(page, "leave-to-decide")
        card = page.locator("section.card", has_text=ON_LEAVE).filter(has_text=story.programme)
        card.locator('button[value="approve"]').click()
        page.wait_for_selector(".messages")
    with desk(story, "school-office-3") as page:
        page.goto(f"{story.service}/school-office")
        assert "缓训" in _own_list(story, page).locator(f'tr:has-text("{ON_LEAVE}")').inner_text()


def _own_list(story: Story, page: Page) -> Any:
    return page.locator("section.card", has=page.locator(f'h2:has-text("{story.programme}")'))


def a_teacher_without_an_lms_comes_in_by_a_printed_slip(story: Story) -> None:
    """没有平台的老师用打印的码进入 / a teacher without an LMS comes in by a printed slip."""
    teacher = next(row for row in _everybody() if row["name"] == WITHOUT_LMS)
    with desk(story, "specialist-3") as page:
        address = _printed(story, page)
        assert address.startswith(f"{story.service}/s/"), address
        with window(story.browser, phone=True) as telephone:
            telephone.goto(address)
            story.picture(telephone, "slip-question")
            telephone.fill("#id_answer", teacher["id_number"][-4:])
            telephone.click("main form button.button")
            telephone.wait_for_selector(".slip-number")
            story.picture(telephone, "slip-waiting")
            _confirmed(story, page, number=telephone.inner_text(".slip-number").strip())
            telephone.wait_for_url("**/path")
            assert WITHOUT_LMS in telephone.inner_text("body")
            story.picture(telephone, "slip-path")


def _printed(story: Story, page: Page) -> str:
    """The address behind the code on the paper, read from the picture of the code."""
    page.goto(f"{story.service}/school")
    page.click('main a[href="/slips"]')
    # With one school only its list is shown at once.
    page.check(f'tr:has-text("{WITHOUT_LMS}") input[name="person"]')
    story.picture(page, "slip-choice")
    page.click('#print button[value="chosen"]')
    page.wait_for_selector(".slip-sheet")
    story.picture(page, "slip-sheet")
    code = page.get_attribute(f'.slip:has-text("{WITHOUT_LMS}") img', "src")
    assert code
    return qr.text_of(code)


def _confirmed(story: Story, page: Page, *, number: str) -> None:
    """The specialist compares the number on the telephone with the one on the desk."""
    page.goto(f"{story.service}/school")
    waiting = page.locator("#telephones li", has_text=WITHOUT_LMS).filter(has_text=number)
    story.picture(page, "slip-to-confirm")
    waiting.locator('form[action$="/confirm"] button').click()
    page.wait_for_selector(".messages")


def a_teacher_opens_my_data_and_sees_who_looked(story: Story) -> None:
    """老师打开“我的数据”，看谁查看过 / a teacher opens My data and sees who looked."""
    with window(story.browser, phone=True) as page:
        tool = launch(page, story.lms, people()["senior"]["sub"])
        tool.goto(f"{story.service}/my-data")
        looked = tool.locator("main section.card").last
        wait_until(tool, lambda: "柳沟村小学" in looked.inner_text(), what="the specialist among who looked")
        story.picture(tool, "my-data")


def the_officer_opens_the_trail_of_that_teacher(story: Story) -> None:
    """干部查看这位老师的记录链 / the officer opens the person's card and the trail behind it."""
    name = people()["senior"]["name"]
    with desk(story, "officer-city") as page:
        page.goto(f"{story.service}/office/people")
        page.fill("#id_text", name)
        page.click("main form button.button")
        page.click(f'main table a:has-text("{name}")')
        story.picture(page, "person")
        page.click('main a[href^="/office/trail/"]')
        page.wait_for_url("**/office/trail/*")
        assert page.locator("main li").count() > 5
        story.picture(page, "trail")


def the_officer_hands_out_a_role_and_takes_it_back(story: Story) -> None:
    """干部授予角色，再收回 / the officer hands out a role and takes it back."""
    with desk(story, "officer-city") as page:
        page.goto(f"{story.service}/office/roles/find")
        page.fill("#id_q", NEW_ROLE)
        page.click("main form button.button")
        page.click(f'main .list a:has-text("{NEW_ROLE}")')
        page.select_option("#id_role", value="school_office")
        page.fill("#id_school", "青禾县实验小学")
        page.fill("#id_reason", "青教函〔2026〕12号")
        story.picture(page, "role-given")
        page.click("main form:has(#id_role) button.button")
        page.wait_for_selector(".messages")
        page.click('main a[href$="/revoke"]')
        page.fill("#id_reason", "岗位调整")
        story.picture(page, "role-taken-back")
        page.click("main form button.danger")
        page.wait_for_selector(".messages")
        assert page.locator(f'main > * tr:has-text("{NEW_ROLE}") a[href$="/revoke"]').count() == 0
        story.picture(page, "roles")


def _everybody() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FIXTURES / "people.json").read_text(encoding="utf-8"))[
        "teachers"
    ]
    return found
