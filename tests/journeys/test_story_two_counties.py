"""The officer of county A takes the evidence of the year; the officer of county B gets nothing of it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from storybook import PLAYS_SLIDES, Story, readable

from lti_tools.outbox import api as outbox


@pytest.fixture
def run_id(story: Story) -> str:
    """County A's set is made, through the officer's page, and the worker has finished it."""
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("officer")
    chosen = {"programme": story.cast.programme.id, "area": story.cast.county_a.id}
    ordered = story.browser("officer").post(reverse("report-runs"), chosen)
    assert ordered.status_code == 302
    found = re.search(r"[0-9a-f-]{36}", ordered["Location"])
    assert found
    assert "已生成 0 份，共 4 份" in story.sees("officer", "report-run", found[0])
    story.background()
    return found[0]


def test_the_officer_of_county_a_takes_the_papers_of_all_who_owe_the_training(
    story: Story, run_id: str
) -> None:
    page = story.sees("officer", "report-run", run_id)
    assert "甲县" in page
    packed = story.browser("officer").get(reverse("report-file", args=[run_id, "archive"]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(packed)))
    papers = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert len(papers) == 4
    assert all(archive.read(paper).startswith(b"%PDF") for paper in papers)
    digest = hashlib.sha256(archive.read("snapshot.json")).hexdigest()
    assert digest in page

    sheet = b"".join(story.browser("officer").get(reverse("report-file", args=[run_id, "sheet"])))
    names = {
        str(cell.value)
        for row in openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows()
        for cell in row
    }
    assert "王守田" in names
    assert "赵外县" not in names
    assert outbox.problems() == []


def test_the_officer_of_county_b_cannot_see_guess_or_download_any_of_it(story: Story, run_id: str) -> None:
    story.signs_in("officer_b")
    browser = story.browser("officer_b")
    nowhere = "00000000-0000-4000-8000-000000000000"
    for name, more in (
        ("report-run", ()),
        ("report-progress", ()),
        ("report-file", ("archive",)),
        ("report-file", ("sheet",)),
    ):
        theirs = browser.get(reverse(name, args=[run_id, *more]))
        nothing = browser.get(reverse(name, args=[nowhere, *more]))
        assert theirs.status_code == nothing.status_code == 404, name
        assert readable(theirs.content.decode()) == readable(nothing.content.decode()), name
    own = browser.get(reverse("report-runs")).content.decode()
    assert run_id not in own
    assert "甲县" not in own
    for name in ("王守田", "李慧敏"):
        assert name not in own


def test_the_officer_of_county_b_cannot_order_the_papers_of_county_a(story: Story, run_id: str) -> None:
    story.signs_in("officer_b")
    chosen = {"programme": story.cast.programme.id, "area": story.cast.county_a.id}
    refused = story.browser("officer_b").post(reverse("report-runs"), chosen)
    assert refused.status_code == 422
    assert "甲县" not in readable(refused.content.decode())


def test_the_officer_of_county_b_finds_nobody_of_county_a_on_any_page(story: Story, run_id: str) -> None:
    story.signs_in("officer_b")
    browser, programme = story.browser("officer_b"), story.cast.programme
    for address in (reverse("officer-home"), reverse("programme", args=[programme.id]), "/office/identities"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert "王守田" not in page.content.decode(), address
        assert "甲县" not in page.content.decode(), address
