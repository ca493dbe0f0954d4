"""The rating sheet in Chromium: times from the recording, a network that goes away, a keyboard, a phone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import panel_cast as cast
import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright
from signing_in import sign_in

from lti_tools.lessons.models import Rendition, Take
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Reading

# Playwright keeps an event loop in this thread; Django would refuse its ordinary queries there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = Path(os.environ["SHIJIE_SHOTS"]) if os.environ.get("SHIJIE_SHOTS") else None


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("clip") / "lesson.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=duration=20:size=320x180:rate=10"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=20"]
    made = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart", "-shortest"]
    subprocess.run(["ffmpeg", "-v", "error", *picture, *sound, *made, str(target)], check=True)
    return target


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def town():
    return cast.build()


@pytest.fixture
def first(town, clip):
    case = ratings.open_case(cast.lesson(town, duration_ms=20_000))
    for rendition in Rendition.objects.filter(kind="360p"):
        place = Path(settings.DATA_DIR) / "media" / rendition.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(clip.read_bytes())
    Take.objects.update(duration_ms=20_000)
    return cast.readings(case)[0]


@pytest.fixture
def page(town, first, chromium: Browser, live_server, client):
    sign_in(client, cast.account(town, town.name_of(first.rater.id)))
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.broken = []
    page.on(
        "console",
        lambda said: page.broken.append(said.text) if "Content Security Policy" in said.text else None,
    )
    page.on("pageerror", lambda problem: page.broken.append(str(problem)))
    yield page
    assert page.broken == []
    context.close()


def go(page: Page, live_server, first, name: str = "rating-sheet") -> None:
    page.goto(live_server.url + reverse(name, args=[first.id] if name != "rating-desk" else []))


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def state(page: Page):
    return page.locator("[data-state]")


def at(page: Page, seconds: float) -> None:
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.evaluate("(to) => { document.querySelector('video').currentTime = to }", seconds)


def test_a_rater_takes_times_from_the_recording_plays_them_and_hands_in(page, live_server, first):
    go(page, live_server, first)
    row = page.locator("[data-criterion=BO1] [data-moment]").first
    at(page, 4.2)
    row.get_by_role("button", name="取时间").first.click()
    at(page, 9.8)
    row.get_by_role("button", name="取时间").nth(1).click()
    assert row.locator("input").nth(0).input_value() == "0:04"
    assert row.locator("input").nth(1).input_value() == "0:09"
    row.get_by_role("button", name="播放这一段").click()
    page.wait_for_function(
        "document.querySelector('video').currentTime < 6 && !document.querySelector('video').paused"
    )
    page.evaluate("document.querySelector('video').pause()")
    page.get_by_role("button", name="再加一处片段").first.click()
    assert page.evaluate("document.activeElement.id") == "start-BO1-1"
    page.keyboard.type("0:12")
    page.keyboard.press("Enter")
    assert page.url.endswith(str(first.id))
    page.locator("#end-BO1-1").fill("0:15")
    page.locator("#level-BO1-3").check()
    expect(state(page)).to_contain_text("已保存")
    expect(page.locator("[data-count]")).to_contain_text("已评 1 项，共 8 项")
    kept = ratings.reading(first.actor, first.id).marks["BO1"]
    assert [(span.start, span.end) for span in kept.spans] == [("0:04", "0:09"), ("0:12", "0:15")]

    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("[data-problems]")).to_be_focused()
    shoot(page, "rating-problems-1280")
    page.locator("[data-problems] a").first.click()
    assert page.evaluate("document.activeElement.id || location.hash").endswith("level-BO2-4")

    ratings.save_draft(first.actor, first.id, cast.marks(3))
    go(page, live_server, first)
    shoot(page, "rating-sheet-1280")
    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("h1")).to_contain_text("要提交")
    shoot(page, "rating-confirm-1280")
    page.get_by_role("button", name="提交并密封").click()
    expect(page.locator(".messages")).to_contain_text("已提交并密封")
    shoot(page, "rating-desk-done-1280")
    assert Reading.objects.get(id=first.id).state == "committed"


def test_the_keyboard_alone_is_enough(page, live_server, first):
    go(page, live_server, first)
    page.locator("#level-BO1-4").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#level-BO1-3").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("0:01")
    expect(state(page)).to_contain_text("已保存")
    assert ratings.reading(first.actor, first.id).marks["BO1"].level == 3


def test_a_network_that_goes_away_loses_nothing_and_catches_up_by_itself(page, live_server, first):
    go(page, live_server, first)
    page.context.set_offline(True)
    page.locator("#note-BO1").fill("断网时写的话")
    expect(state(page)).to_contain_text("还没保存")
    shoot(page, "rating-offline-1280")
    assert ratings.reading(first.actor, first.id).marks == {}
    page.context.set_offline(False)
    expect(state(page)).to_contain_text("已保存", timeout=10_000)
    assert ratings.reading(first.actor, first.id).marks["BO1"].note == "断网时写的话"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_page_closed_while_offline_comes_back_with_everything(page, live_server, first):
    go(page, live_server, first)
    page.context.set_offline(True)
    page.get_by_role("button", name="再加一处片段").first.click()
    page.locator("#start-BO1-1").fill("0:03")
    page.locator("#text-BO1-1").fill("第二处")
    page.locator("#level-BO2-2").check()
    expect(state(page)).to_contain_text("还没保存")
    page.goto("about:blank")
    page.context.set_offline(False)
    go(page, live_server, first)
    expect(state(page)).to_contain_text(re.compile("恢复|已保存"))
    assert (
        page.locator("#text-BO1-1, #text-BO1-0").evaluate_all("all => all.map(one => one.value).join('')")
        == "第二处"
    )
    assert page.locator("#level-BO2-2").is_checked()
    expect(state(page)).to_contain_text("已保存")
    assert ratings.reading(first.actor, first.id).marks["BO2"].level == 2


def test_entries_older_than_the_servers_are_offered_and_never_put_in_place_unasked(page, live_server, first):
    go(page, live_server, first)
    copy = {"revision": 0, "fields": [["note-BO1", "旧设备上的话"]]}
    page.evaluate(
        "([id, copy]) => localStorage.setItem(`shijie-reading-${id}`, copy)",
        [str(first.id), json.dumps(copy)],
    )
    ratings.save_draft(first.actor, first.id, {"BO1": cast.MarkDraft(4, "另一台设备上的话")})
    go(page, live_server, first)
    expect(page.locator("[data-older]")).to_be_visible()
    assert page.locator("#note-BO1").input_value() == "另一台设备上的话"
    page.get_by_role("button", name="用这台设备上的内容").click()
    expect(state(page)).to_contain_text("已保存")
    assert ratings.reading(first.actor, first.id).marks["BO1"].note == "旧设备上的话"


def test_signed_out_meanwhile_the_page_says_so_and_keeps_the_entries(page, live_server, first):
    go(page, live_server, first)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#note-BO1").fill("登录过期时写的话")
    expect(state(page)).to_contain_text("登录已失效")
    page.context.add_cookies(cookies)
    go(page, live_server, first)
    expect(state(page)).to_contain_text(re.compile("恢复|已保存"))
    assert page.locator("#note-BO1").input_value() == "登录过期时写的话"


def test_pressing_the_button_while_a_save_is_under_way_is_no_conflict(page, live_server, first):
    ratings.save_draft(first.actor, first.id, cast.marks(3))
    go(page, live_server, first)
    page.route("**/draft", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.locator("#note-BO1").fill("改了一句")
    expect(state(page)).to_contain_text("正在保存")
    page.locator("#note-BO2").fill("又改了一句")
    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("h1")).to_contain_text("要提交", timeout=10_000)
    kept = ratings.reading(first.actor, first.id).marks
    assert (kept["BO1"].note, kept["BO2"].note) == ("改了一句", "又改了一句")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_sideways_and_every_button_is_large_enough(page, live_server, first, width):
    page.set_viewport_size({"width": width, "height": 844})
    for name in ("rating-desk", "rating-sheet"):
        go(page, live_server, first, name)
        shoot(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        small = page.locator(
            "main button:visible, main .choice:visible, main input:visible:not([type=radio])"
        )
        heights = small.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        assert [height for height in heights if height < 44] == []


def test_on_a_phone_the_recording_stays_in_sight_while_the_criteria_scroll(page, live_server, first):
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, live_server, first)
    page.locator("#note-BO5").scroll_into_view_if_needed()
    box = page.locator("video").bounding_box()
    assert 0 <= box["y"] < 200
    if SHOTS:
        page.screenshot(path=SHOTS / "rating-sheet-390-scrolled.png")
