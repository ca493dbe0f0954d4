"""The whole story in a browser: from an officer's roster and three launches to gradebook, certificate and report set.

Each function is one step, done through the pages that people use. `play` runs them all against a running demo and
leaves the documents in a folder; it breaks at the first step that does not work.
"""

from __future__ import annotations

import json
import time
import urllib.request
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from lti_tools.demo import bureau
from lti_tools.demo.acts import (
    FIXTURES,
    Story,
    answers,
    desk,
    hand_in,
    people,
    plays,
    rate,
    state,
    upload_roster,
    verify,
)
from lti_tools.demo.browser import launch, save, wait_until, window

# What each rater of a lesson gives, in the order in which they come to it: on the first criterion, on all others.
# Whoever comes after the last one listed (a third rater called by lot) agrees with the last.
LEVELS = {"senior": ((3, 3), (4, 3)), "middle": ((4, 4), (2, 2), (3, 4)), "young": ((4, 4), (3, 4))}
# What the panel makes of it: the mean of two or of the two closest of three; by lot a third may have agreed with one.
SCORES = {"senior": {82, 84}, "middle": {Decimal("98.5")}, "young": {98, 99}}
TITLES = {"senior": "二十以内的加法", "middle": "观察一片叶子", "young": "智慧作业讲评"}
CLIPS = {"senior": "lesson-jia.mp4", "middle": "lesson-yi.mp4", "young": "lesson-bing.mp4"}


def play(story: Story) -> None:
    (story.folder / "pictures").mkdir(parents=True, exist_ok=True)
    for step in STEPS:
        began = time.monotonic()
        assert step.__doc__
        story.say(f"· {step.__doc__.splitlines()[0]}")
        step(story)
        story.seconds[step.__name__] = time.monotonic() - began


def officer_opens_a_programme_and_imports_the_roster(story: Story) -> None:
    """市局干部开设项目并导入花名册 / an officer opens a programme and imports the roster."""
    with desk(story, "officer-city") as page:
        page.goto(f"{story.service}/office/programmes/new")
        page.fill('[name="title"]', story.programme)
        page.fill('[name="starts"]', "2026-09-01")
        page.fill('[name="ends"]', "2029-07-31")
        page.fill('[name="reference_date"]', "2026-09-01")
        page.fill('[name="shortest_minutes"]', "0")
        story.picture(page, "programme-open")
        page.click("main form button.button")
        page.wait_for_url("**/office/programmes/*")
        programme = story.facts["programme"] = page.url
        _wrong_rows_come_back(story, page, programme)
        upload_roster(page, programme, "roster.xlsx")
        page.click('main form[action$="/apply"] button[value="all"]')
        page.wait_for_selector(".notice.good", timeout=60_000)
        story.picture(page, "roster-result")
        upload_roster(page, programme, "roster.csv")
        page.goto(programme)
        story.picture(page, "programme")
        assert "60" in page.inner_text("main")


def _wrong_rows_come_back(story: Story, page: Page, programme: str) -> None:
    upload_roster(page, programme, "roster-with-errors.xlsx")
    story.picture(page, "roster-problems")
    shown = page.inner_text("main")
    expected = json.loads((FIXTURES / "roster-with-errors.expected.json").read_text(encoding="utf-8"))
    for problem in expected:
        assert problem["column"] in shown, problem
        assert str(problem["row"]) in shown, problem


def teachers_are_diagnosed_and_see_their_tier(story: Story) -> None:
    """三位老师进入课程，诊断，看到层级与理由 / three teachers launch, are diagnosed, see tier and reason."""
    for role, person in people().items():
        with window(story.browser, phone=True) as page:
            tool = launch(page, story.lms, person["sub"])
            story.picture(tool, f"path-start-{role}")
            tool.goto(f"{story.service}/diagnosis")
            answers(story, tool, person["skill"], role)
            tool.wait_for_url("**/path")
            story.picture(tool, f"path-{role}")
            shown = tool.inner_text("main")
            story.facts[f"tier-{role}"] = shown
            assert {"senior": "基础操作层", "middle": "融合应用层", "young": "智能创新层"}[role] in shown
            assert {"senior": "58", "middle": "42", "young": "28"}[role] in shown


def a_fake_video_is_refused_with_a_reason(story: Story) -> None:
    """假视频被退回并说明原因 / a fake video is refused with a reason."""
    with window(story.browser, phone=True) as page:
        tool = launch(page, story.lms, people()["senior"]["sub"])
        hand_in(tool, story, "fake-picture.mp4", "一张图片")
        wait_until(
            tool, lambda: "一张图片" in tool.inner_text("main") and state(tool) == "bad", what="the refusal"
        )
        story.picture(tool, "lesson-refused")


def teachers_hand_in_their_lessons(story: Story) -> None:
    """三位老师上传公开课并可播放 / each hands in a recorded lesson; it becomes playable."""
    for role, person in people().items():
        with window(story.browser, phone=True) as page:
            tool = launch(page, story.lms, person["sub"])
            hand_in(tool, story, CLIPS[role], TITLES[role], role=role)
            wait_until(tool, lambda page=tool: state(page) == "good", what="a playable lesson")
            plays(tool)
            story.picture(tool, f"lesson-ready-{role}")


def the_specialist_signs_off_the_tasks(story: Story) -> None:
    """村小专员签核实操任务 / the village school's specialist signs off the practice tasks."""
    for account, role in (("specialist-3", "senior"),):
        with desk(story, account) as page:
            page.goto(f"{story.service}/school")
            story.picture(page, "specialist-desk")
            page.click(f'.list a:has-text("{people()[role]["name"]}")')
            page.wait_for_selector('input[name="tasks"]')
            for box in page.query_selector_all('input[name="tasks"]'):
                box.check()
            page.fill("#id_note", "在柳沟村小学教室当面看过")
            story.picture(page, "specialist-teacher")
            page.click("main form button.button")
            # The page that was left is loaded already: only the answer shows that the form was sent.
            page.wait_for_selector(".messages")


def raters_rate_blind_and_one_lesson_needs_a_third(story: Story) -> None:
    """评审盲评；有一节需要第三位评审 / raters rate blind; one lesson needs a third rater."""
    given = dict.fromkeys(LEVELS, 0)
    raters = [name for name in story.accounts if name.startswith("rater")]
    for _round in range(10):
        before = dict(given)
        for rater in raters:
            with desk(story, rater) as page:
                _rate_all(story, page, given)
        enough = all(given[role] >= len(levels) for role, levels in LEVELS.items())
        if enough and given == before:
            return
        _pause(story)
    raise AssertionError(f"not everything was rated: {given}")


def _pause(story: Story) -> None:
    with window(story.browser) as page:
        page.wait_for_timeout(2000)


def _rate_all(story: Story, page: Page, given: dict[str, int]) -> None:
    """Everything on this rater's desk that belongs to the story."""
    while True:
        page.goto(f"{story.service}/rating")
        shown = page.inner_text("main")
        link = page.query_selector('main .card.next a.button[href*="/rating/"]')
        role = next((role for role, title in TITLES.items() if title in shown), None)
        if link is None or role is None:
            return
        for person in people().values():
            assert person["name"] not in page.content(), "the desk is not blind"
            assert person["school_name"] not in page.content(), "the desk is not blind"
        link.click()
        page.wait_for_selector("[data-criterion]")
        role = next(role for role, title in TITLES.items() if title in page.inner_text("h1"))
        rate(story, page, role, LEVELS[role][min(given[role], len(LEVELS[role]) - 1)])
        given[role] += 1


def the_score_arrives_in_the_gradebook(story: Story) -> None:
    """分数经 AGS 到达演示平台成绩册 / the score arrives in the gradebook of the LMS."""
    with window(story.browser) as page:
        page.goto(f"{story.lms}/gradebook/")
        for role, person in people().items():
            cell = f'tr[data-sub="{person["sub"]}"] td.score'

            def arrived(cell: str = cell, scores: set[Any] = SCORES[role]) -> bool:
                found = page.query_selector(cell)
                return bool(found) and Decimal(found.inner_text().strip() or 0) in scores

            wait_until(page, arrived, what=f"the score of {role} in the gradebook")
        story.picture(page, "gradebook")


def the_certificate_is_issued_and_anyone_checks_it(story: Story) -> None:
    """达标即发证；任何人可查验 / the award is met, a certificate is issued, anyone verifies it."""
    person = people()["senior"]
    with window(story.browser, phone=True) as page:
        tool = launch(page, story.lms, person["sub"])
        paper = 'a[href^="/certificates/"]'
        wait_until(tool, lambda: tool.query_selector(paper) is not None, what="the certificate")
        story.picture(tool, "path-finished")
        number = tool.inner_text(".notice.good code").strip()
        pdf = save(tool, lambda: tool.click(paper), story.folder)
        story.facts["certificate"] = pdf
        tool.click('a[href^="/lessons/"]')
        tool.wait_for_load_state()
        story.picture(tool, "lesson-result")
    with window(story.browser) as page:
        verify(story, page, number, person["name"], pdf)


def county_a_makes_its_appraisal_set_and_county_b_sees_nothing(story: Story) -> None:
    """甲县生成年度考核材料；乙县看不到也猜不到 / county A makes its set; county B cannot see or guess it."""
    with desk(story, "officer-a") as page:
        page.goto(f"{story.service}/reports")
        page.select_option("#id_programme", label=story.programme)
        page.select_option("#id_area", label="青禾县")
        story.picture(page, "reports")
        page.click("main form button.button")
        page.wait_for_url("**/reports/*")
        run = page.url
        page.wait_for_selector("progress, .notice.good")
        story.picture(page, "report-progress")
        page.wait_for_selector('a[href$="/archive"]', timeout=240_000)
        story.picture(page, "report-ready")
        archive = save(page, lambda: page.click('a[href$="/archive"]'), story.folder)
        save(page, lambda: page.click('a[href$="/sheet"]'), story.folder)
    _papers(story, archive)
    with desk(story, "officer-b") as page:
        for address in (run, f"{run}/progress", f"{run}/archive", f"{run}/sheet"):
            answer = page.context.request.get(address)
            assert answer.status == 404, address
        page.goto(f"{story.service}/reports")
        assert "青禾县" not in page.inner_text("main")


def _papers(story: Story, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        papers = [name for name in packed.namelist() if name.endswith(".pdf")]
        assert "roster.xlsx" in packed.namelist()
        story.facts["papers"] = len(papers)
        own = [name for name in papers if people()["senior"]["name"] in name]
        assert len(own) == 1, "one paper for the teacher of the story"
        (story.folder / "appraisal-sample.pdf").write_bytes(packed.read(own[0]))
    assert papers


def the_block_shows_each_teacher_their_own_part(story: Story) -> None:
    """工作台里分层课程块因人而异 / in the workbench the tiered_path block differs by person."""
    shown = {}
    with window(story.browser) as page:
        for role in ("senior", "young"):
            page.goto(f"{story.lms}/workbench/scenario/tiered_path.0/?student={people()[role]['sub']}")
            page.wait_for_selector(".shijie-path__parts")
            shown[role] = page.locator(".shijie-path__part-title").all_inner_texts()
            story.picture(page, f"block-{role}")
    assert shown["senior"] != shown["young"]
    assert shown["senior"]
    assert shown["young"]
    story.facts["block"] = shown


def strangers_are_sent_to_sign_in(story: Story) -> None:
    """不登录的人什么也看不到 / somebody who is not signed in sees nothing."""
    for address in ("/path", "/rating", "/reports", "/office", "/school", "/problems"):
        with urllib.request.urlopen(story.service + address, timeout=20) as answer:  # noqa: S310
            assert "/sign-in" in answer.url, address


STEPS = (
    strangers_are_sent_to_sign_in,
    officer_opens_a_programme_and_imports_the_roster,
    bureau.the_countys_own_sheet_is_read_after_one_question,
    teachers_are_diagnosed_and_see_their_tier,
    a_fake_video_is_refused_with_a_reason,
    teachers_hand_in_their_lessons,
    the_specialist_signs_off_the_tasks,
    raters_rate_blind_and_one_lesson_needs_a_third,
    the_score_arrives_in_the_gradebook,
    the_certificate_is_issued_and_anyone_checks_it,
    county_a_makes_its_appraisal_set_and_county_b_sees_nothing,
    bureau.the_school_asks_for_a_leave_and_the_reviewer_decides,
    bureau.a_teacher_without_an_lms_comes_in_by_a_printed_slip,
    bureau.a_teacher_opens_my_data_and_sees_who_looked,
    bureau.the_officer_opens_the_trail_of_that_teacher,
    bureau.the_officer_hands_out_a_role_and_takes_it_back,
    the_block_shows_each_teacher_their_own_part,
)
