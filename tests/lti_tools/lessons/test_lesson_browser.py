"""A teacher in a real browser: a reload, a dead line and a second visit lose nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import recordings
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from lti_tools.lessons import files
from lti_tools.lessons.models import Lesson, Upload
from lti_tools.web import media

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"
DEAD = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
SLOW = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 400_000}
FREE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@pytest.fixture
def page(cast: Any, browse_as: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The lesson page of a placed teacher on a phone."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop beside the test
    recordings.placed(cast, "senior")
    session = browse_as("senior").cookies["shijie_session"].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.add_cookies([{"name": "shijie_session", "value": session, "url": live_server.url}])
        shown = context.new_page()
        shown.network = context.new_cdp_session(shown)  # type: ignore[attr-defined]
        problems: list[str] = []
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.on(
            "console", lambda said: problems.append(said.text) if "Content Security" in said.text else None
        )
        shown.goto(live_server.url + reverse("lesson"))
        yield shown
        assert problems == []
        browser.close()


@pytest.fixture
def recording(clips: dict[str, Path], tmp_path: Path) -> Path:
    """Ten megabytes: three parts, so that there is something between."""
    padded = tmp_path / "我的课.mp4"
    padded.write_bytes(clips["lesson-yi.mp4"].read_bytes() + bytes(9 * 1024 * 1024))
    return padded


def fill_in(page: Page) -> None:
    page.fill("#id_title", "二十以内的加法")
    page.fill("#id_subject", "数学")
    page.check("[name=consent]")
    page.check("[name=private]")


def throttle(page: Page, conditions: dict[str, object]) -> None:
    page.network.send("Network.emulateNetworkConditions", conditions)  # type: ignore[attr-defined]


def send(page: Page, recording: Path) -> None:
    page.set_input_files("#lesson-file", recording)
    page.click("#send-lesson")


def wait_for_bytes(page: Page, least: int) -> None:
    for _ in range(300):
        upload = Upload.objects.first()
        if upload and files.upload_file(upload.id).stat().st_size >= least:
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing arrives")


def test_a_lesson_is_sent_and_appears_with_its_state(page: Page, recording: Path) -> None:
    fill_in(page)
    send(page, recording)
    expect(page.get_by_text("您的课已经提交")).to_be_visible(timeout=20_000)
    lesson = Lesson.objects.get()
    assert files.upload_file(lesson.takes.get().upload_id).read_bytes() == recording.read_bytes()
    expect(page.locator(f"#lesson-{lesson.id}")).to_contain_text("正在检查")
    # What was acknowledged is forgotten: the next lesson starts with an empty page.
    expect(page.locator("#id_title")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => /lesson|^tus::/.test(key))") == []


def test_what_is_missing_is_marked_before_a_byte_is_sent(page: Page, recording: Path) -> None:
    page.click("#send-lesson")
    for name in ("title", "consent", "private", "file"):
        expect(page.locator(f'[data-error="{name}"]')).to_be_visible()
    expect(page.locator("#id_title")).to_be_focused()
    assert Upload.objects.count() == 0


def test_after_a_reload_the_words_are_there_and_sending_goes_on(page: Page, recording: Path) -> None:
    fill_in(page)
    throttle(page, SLOW)
    send(page, recording)
    wait_for_bytes(page, 4 * 1024 * 1024)
    expect(page.locator("#sending-text")).to_contain_text("MB")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#id_title")).to_have_value("二十以内的加法")
    expect(page.locator("[name=consent]")).to_be_checked()
    expect(page.locator("#draft-note")).to_contain_text("我的课.mp4")
    kept = files.upload_file(Upload.objects.get().id).stat().st_size
    offsets: list[int] = []
    page.on("request", lambda asked: offsets.append(int(asked.headers.get("upload-offset", "-1"))))
    throttle(page, FREE)
    send(page, recording)
    expect(page.get_by_text("您的课已经提交")).to_be_visible(timeout=20_000)
    assert min(offset for offset in offsets if offset >= 0) >= kept
    assert Upload.objects.count() == 1


def test_a_pause_and_a_dead_line_are_taken_calmly(page: Page, recording: Path) -> None:
    fill_in(page)
    throttle(page, SLOW)
    send(page, recording)
    wait_for_bytes(page, 4 * 1024 * 1024)
    page.click("#pause-lesson")
    expect(page.locator("#sending-text")).to_contain_text("已暂停")
    throttle(page, DEAD)
    page.click("#continue-lesson")
    expect(page.locator("#sending-text")).to_contain_text("网络不好")
    throttle(page, FREE)
    expect(page.get_by_text("您的课已经提交")).to_be_visible(timeout=30_000)
    assert Upload.objects.count() == 1


def test_the_last_step_can_be_repeated_when_only_it_failed(page: Page, recording: Path) -> None:
    fill_in(page)
    page.route("**/lesson/submit", lambda route: route.abort())
    send(page, recording)
    expect(page.locator("#lesson-problem")).to_contain_text("只差最后一步")
    page.unroute("**/lesson/submit")
    page.reload()
    expect(page.locator("#draft-note")).to_contain_text("已经全部传到")
    page.click("#send-lesson")  # without choosing the file again
    expect(page.get_by_text("您的课已经提交")).to_be_visible(timeout=20_000)
    assert (Upload.objects.count(), Lesson.objects.count()) == (1, 1)


def test_signed_out_on_the_way_nothing_is_forgotten(page: Page, recording: Path) -> None:
    fill_in(page)
    throttle(page, SLOW)
    send(page, recording)
    wait_for_bytes(page, 4 * 1024 * 1024)
    page.click("#pause-lesson")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.click("#continue-lesson")
    expect(page.locator("#lesson-problem")).to_contain_text("登录已失效")
    page.context.add_cookies(cookies)
    page.reload()
    expect(page.locator("#id_title")).to_have_value("二十以内的加法")
    throttle(page, FREE)
    send(page, recording)
    expect(page.get_by_text("您的课已经提交")).to_be_visible(timeout=20_000)
    assert Upload.objects.count() == 1


def test_the_recording_plays_and_seeks_in_the_browser(
    page: Page, cast: Any, clips: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small pieces, so that the browser has to ask again and again as in a long lesson."""
    monkeypatch.setattr(media, "OPEN_RANGE_BYTES", 30_000)
    recordings.ready(cast, "senior", clips["lesson-bing.mp4"])
    page.reload()
    video = page.locator("video")
    video.evaluate("async (video) => { video.muted = true; await video.play(); video.currentTime = 15; }")
    for _ in range(100):
        if float(video.evaluate("(video) => video.currentTime")) > 15.2:
            break
        page.wait_for_timeout(100)
    assert float(video.evaluate("(video) => video.currentTime")) > 15.2
    assert abs(float(video.evaluate("(video) => video.duration")) - 20) < 0.2


def test_the_page_fits_a_phone_and_a_desk(page: Page, cast: Any) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        fields = "main button, main select, #id_title, #id_subject, #lesson-file"
        short = page.evaluate(
            f"[...document.querySelectorAll('{fields}')]"
            ".filter((each) => each.offsetParent && each.offsetHeight < 44).map((each) => each.id)"
        )
        assert short == []
        if folder := os.environ.get("SHIJIE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/lesson-{width}.png", full_page=True)
