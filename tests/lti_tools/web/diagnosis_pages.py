"""A programme whose bank has hands-on checks, a screen task and an outside test; a teacher and a specialist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.urls import reverse

from lti_tools.definitions.models import Definition
from lti_tools.programmes import api as programmes
from rubrics import library
from tests.rubrics.diagnosis_texts import TEXT

INTERACTIVE = {
    "D01": "d", "D02": "d", "D03": "b", "D04": "d", "D05": "c", "D06": "a", "D07": ["a", "b"],
    "D08": "c", "D09": "d", "D10": "c", "D11": "b", "D12": "b",
}  # fmt: skip
NOTE = "九月二十日在一年级教室"
UNTRIED = """lacks = ["interact"]
[[items.options]]
id = "c"
zh = "今天没有条件做"
en = "Could not be tried today"
"""
LENIENT = TEXT.replace('until_watched = "lower"', 'until_watched = "provisional"').replace(
    'key = "diagnosis-entry"', 'key = "diagnosis-checked"'
)
LENIENT = UNTRIED.join(LENIENT.rsplit('lacks = ["interact"]\n', 1))


@pytest.fixture
def checked_bank(cast: Any) -> Any:
    """The programme asks by a bank with hands-on checks and a screen task."""
    read = library.parse(LENIENT)
    Definition.objects.create(
        kind="diagnosis_bank", key="diagnosis-checked", version=2, hash=read.hash, text=LENIENT
    )
    type(cast.programme).objects.filter(id=cast.programme.id).update(diagnosis_hash=read.hash)
    return read


@pytest.fixture
def teacher(checked_bank: Any, cast: Any, browse_as: Callable[[str], Any]) -> Any:
    client = browse_as("middle")
    assert client.post("/diagnosis", INTERACTIVE).status_code == 302
    return client


@pytest.fixture
def specialist(teacher: Any, cast: Any, browse_as: Callable[[str], Any]) -> Any:
    """Of the teacher's own school."""
    cast.people.specialist.grants.update(school=cast.school_a2)
    return browse_as("specialist")


def entry(cast: Any) -> Any:
    return programmes.latest_placement(cast.enrolment("middle"))


def text(page: Any) -> str:
    return " ".join(lxml.html.fromstring(page.content.decode()).text_content().split())


def asked(page: Any) -> list[str]:
    return list(lxml.html.fromstring(page.content.decode()).xpath("//input[@name='asked']/@value"))


def checks(cast: Any) -> str:
    return reverse("specialist-checks", args=[cast.enrolment("middle").id])


def in_order(order: list[str]) -> dict[str, str]:
    return {f"P01-{step}": str(place) for place, step in enumerate(order, start=1)}


RIGHT = ["place", "try", "watch", "go"]
