"""The whole story in a real browser, then what it left behind, opened by other programs."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lti_tools.demo.acts import Story, people

pytestmark = pytest.mark.browser


def text_of(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return done.stdout


def test_the_whole_story_can_be_played(told: Story) -> None:
    assert told.facts["papers"] == 30


def test_the_certificate_is_an_a4_page_with_name_and_number(told: Story) -> None:
    pdf = told.facts["certificate"]
    text = text_of(pdf).replace(" ", "").replace("-", "")
    assert people()["senior"]["name"] in text
    assert pdf.stem.removeprefix("certificate-") in text
    facts = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert "A4" in facts
    assert "岁" not in text


def test_the_set_holds_the_papers_of_county_a_and_of_nobody_else(told: Story) -> None:
    (archive,) = told.folder.glob("appraisal-*.zip")
    everybody = json.loads((Path("fixtures/demo/people.json")).read_text(encoding="utf-8"))["teachers"]
    with zipfile.ZipFile(archive) as packed:
        names = " ".join(packed.namelist())
        snapshot = packed.read("snapshot.json")
        stated = packed.read("snapshot.sha256").decode().split()[0]
        rows = openpyxl.load_workbook(io.BytesIO(packed.read("roster.xlsx"))).active
    assert hashlib.sha256(snapshot).hexdigest() == stated
    assert rows is not None
    sheet = " ".join(str(cell.value) for row in rows.iter_rows() for cell in row)
    for teacher in everybody:
        here = teacher["school"].startswith("21990121")
        assert (teacher["name"] in names) is here, teacher["name"]
        assert (teacher["name"] in sheet) is here, teacher["name"]


def test_the_appraisal_paper_shows_lesson_score_and_rubric_but_no_age(told: Story) -> None:
    text = text_of(told.folder / "appraisal-sample.pdf")
    assert "基础操作公开课评分标准" in text
    assert people()["senior"]["id_number"] not in text
    assert people()["senior"]["birth_month"] not in text
    assert "岁" not in text


def test_the_block_shows_the_older_teacher_other_parts_than_the_younger(told: Story) -> None:
    assert told.facts["block"]["senior"] != told.facts["block"]["young"]
