"""Who takes part in the story, and what they do on a page: answer, hand in, rate, upload."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page

from lti_tools.demo.browser import sign_in, window
from lti_tools.demo.supervisor import ROOT
from rubrics import library
from rubrics.model import DiagnosisBank

FIXTURES = ROOT / "fixtures" / "demo"
ABILITIES = {
    "S1": {"cast", "slides"},
    "S2": {"cast", "slides", "interact", "record", "data"},
}
# The form below a roster that was read; before it may stand the one that asks about columns and words.
DECIDE = 'main form[action$="/apply"]'
RUBRICS = {"young": "智能助教与智慧作业课"}


@dataclass
class Story:
    """Where the demo is, who takes part, and where the documents go."""

    browser: Browser
    service: str
    lms: str
    accounts: dict[str, dict[str, str]]
    clips: Path
    folder: Path
    pictures: bool = False
    say: Callable[[str], None] = print
    programme: str = field(default_factory=lambda: f"分层培训 {datetime.now():%m-%d %H:%M:%S}")
    facts: dict[str, Any] = field(default_factory=dict)
    # Cookies of those who signed in, and how long each act took.
    sessions: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def picture(self, page: Page, name: str) -> None:
        """The page at phone and desktop width, for looking at."""
        if not self.pictures:
            return
        size = page.viewport_size
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=self.folder / "pictures" / f"{name}-{width}.png", full_page=True)
        if size:
            page.set_viewport_size(size)


def people() -> dict[str, dict[str, Any]]:
    """The three teachers of the story by role in it."""
    rows = json.loads((FIXTURES / "people.json").read_text(encoding="utf-8"))["teachers"]
    return {row["story"]: row for row in rows if row.get("story")}


@contextmanager
def desk(story: Story, username: str) -> Iterator[Page]:
    """A window of somebody with an account, who stays signed in from one act to the next."""
    known = story.sessions.get(username)
    with window(story.browser, signed_in=known) as page:
        if not known:
            sign_in(page, story.service, story.lms, story.accounts[username])
            story.sessions[username] = page.context.storage_state()
        yield page


def upload_roster(page: Page, programme: str, name: str, *, until: str = DECIDE) -> None:
    """Uploads and waits: the page goes on by itself when the worker has read the file."""
    page.goto(f"{programme}/roster")
    page.set_input_files('input[type="file"]', FIXTURES / name)
    page.click("main form button.button")
    page.wait_for_url("**/office/rosters/*")
    page.wait_for_selector(until, timeout=60_000)


def answers(story: Story, page: Page, skill: str, role: str) -> None:
    """Chooses, card by card, what somebody with this skill would choose."""
    bank = library.load("diagnosis_bank", "diagnosis-entry")
    assert isinstance(bank, DiagnosisBank)
    items = [bank.item(item_id) for item_id in bank.short_form]
    for place, item in enumerate(items):
        assert item is not None
        chosen = choices(item, ABILITIES[skill])
        for option in chosen:
            page.check(f'[name="{item.id}"][value="{option}"]')
        if place == 0:
            story.picture(page, f"diagnosis-{role}")
        page.click(
            "form[data-cards] .finish button" if place == len(items) - 1 else ".actions .button:not(.quiet)"
        )


def choices(item: Any, held: set[str]) -> list[str]:
    def fits(option: Any) -> tuple[int, int]:
        shows, lacks = set(option.shows), set(option.lacks)
        return (len(shows & held) - 9 * len(shows - held) - 9 * len(lacks & held), len(lacks - held))

    if not item.multiple:
        return [max(item.options, key=fits).id]
    fitting = [
        one for one in item.options if not one.alone and set(one.shows) & held and not set(one.shows) - held
    ]
    return [one.id for one in fitting] or [next(one.id for one in item.options if one.alone)]


def state(page: Page) -> str:
    tag = page.query_selector("main article[id^=lesson-] .tag")
    return next((name for name in ("bad", "good") if tag and name in (tag.get_attribute("class") or "")), "")


def hand_in(page: Page, story: Story, clip: str, title: str, *, role: str = "") -> None:
    page.goto(f"{story.service}/lesson")
    page.fill("#id_title", title)
    if not page.input_value("#id_subject"):
        page.fill("#id_subject", "数学")
    page.check('[name="consent"]')
    page.check('[name="private"]')
    page.set_input_files("#lesson-file", _recorded_anew(story.clips / clip))
    if role in RUBRICS:
        page.click(f'label.choice:has-text("{RUBRICS[role]}")')
    if role:
        story.picture(page, f"lesson-form-{role}")
    page.click("#send-lesson")
    page.wait_for_url("**/lesson?sent=*")


def _recorded_anew(clip: Path) -> FilePayload:
    """The clip with an empty box at its end (ISO/IEC 14496-12 section 8.1.2): the service takes the same bytes only
    once, and the story may be played again on the same data.
    """
    box = (24).to_bytes(4, "big") + b"free" + secrets.token_bytes(16)
    return {"name": clip.name, "mimeType": "video/mp4", "buffer": clip.read_bytes() + box}


def plays(page: Page) -> None:
    """The recording really plays in this browser: its time goes on."""
    page.evaluate(
        "() => { const video = document.querySelector('main video'); video.muted = true; video.play(); }"
    )
    for _ in range(60):
        if page.evaluate("() => document.querySelector('main video').currentTime") > 0.2:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the recording does not play")


def rate(story: Story, page: Page, role: str, levels: tuple[int, int]) -> None:
    assert page.query_selector("video[data-player]"), "the video stands beside the criteria"
    for place, section in enumerate(page.query_selector_all("[data-criterion]")):
        criterion = section.get_attribute("data-criterion")
        level = levels[0] if place == 0 else levels[1]
        page.check(f"#level-{criterion}-{level}")
        start = section.query_selector(f'[name="start-{criterion}"]')
        if start:
            start.fill("0:01")
            page.fill(f'[data-criterion="{criterion}"] [name="end-{criterion}"]', "0:04")
            page.fill(f'[data-criterion="{criterion}"] [name="text-{criterion}"]', "这里看得清楚")
        page.fill(f"#note-{criterion}", "整节课都能看到")
    story.picture(page, f"rating-{role}")
    page.click('button[name="then"][value="check"]')
    page.wait_for_url("**/confirm")
    story.picture(page, "rating-confirm")
    page.click("main form button.button")
    page.wait_for_url(f"{story.service}/rating")


def verify(story: Story, page: Page, number: str, name: str, pdf: Path) -> None:
    """Anybody checks a certificate: by number and name, by the paper, and with a slip of the finger."""
    genuine = ".notice.good"
    page.goto(f"{story.service}/verify")
    page.fill("#id_number", number)
    page.fill("#id_name", name)
    page.click("main form button.button")
    page.wait_for_selector(genuine)
    story.picture(page, "verify-genuine")
    page.goto(f"{story.service}/verify")
    page.set_input_files("#id_paper", pdf)
    page.click("main form button.button")
    page.wait_for_selector(genuine)
    for typed, status in ((number[:-1] + ("0" if number[-1] != "0" else "1"), 422), (number, 404)):
        page.goto(f"{story.service}/verify")
        page.fill("#id_number", typed)
        page.fill("#id_name", "别的名字")
        with page.expect_response(lambda response: response.request.method == "POST") as response:
            page.click("main form button.button")
        assert response.value.status == status
        page.wait_for_selector("main [role=alert]")
        story.picture(page, f"verify-{status}")
