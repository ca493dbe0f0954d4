"""What a whole story, with all that goes wrong in it, leaves in the log: codes and pseudonyms, nobody's name."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from storybook import BASIC_PRACTICE, PLAYS_SLIDES, Story

from lti_tools import jobs
from lti_tools.config.logs import JsonFormatter
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Person


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as the service writes it, at the level it has in life."""
    written, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(written), root.level
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def names_and_numbers() -> list[str]:
    rows = Person.objects.values_list("name", "staff_no")
    return sorted({text for row in rows for text in row if text})


def told_on(log: io.StringIO) -> list[str]:
    text = log.getvalue()
    return [secret for secret in names_and_numbers() if secret in text]


def test_a_story_leaves_nobodys_name_in_the_log(story: Story, log: io.StringIO) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("specialist")
    story.sees("specialist", "specialist-desk")
    story.signs_off("specialist", "senior", *BASIC_PRACTICE)
    story.records_a_lesson("senior", title="王守田的课")
    story.everybody_rates(level=3, BO1=4)
    story.background()
    assert told_on(log) == []


def test_what_goes_wrong_leaves_no_name_either(
    story: Story, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoted = (
        "duplicate key value violates a constraint DETAIL: Key (name)=(王守田) already exists, staff T001"
    )

    def broken(*_args: object, **_values: object) -> Any:
        raise DatabaseError(quoted)

    story.launches("senior")
    stranger = Client()
    for _ in range(6):
        stranger.post("/sign-in", {"username": "王守田", "password": "wrong"})
    stranger.get("/nowhere", {"name": "王守田"})
    stranger.post("/verify", {"number": "0000", "name": "王守田"})
    story.browser("senior").get(f"/office/trail/{story.cast.people.senior.id}")
    monkeypatch.setattr(lessons, "lessons_of", broken)
    teacher = story.browser("senior")
    teacher.raise_request_exception = False
    assert teacher.get("/lesson").status_code == 500
    monkeypatch.setitem(jobs.HANDLERS, "advance_report_run", broken)
    outbox.OutboxRow.objects.create(
        kind="advance_report_run", key="1", payload={}, not_before="2026-01-01T00:00Z"
    )
    jobs.work_default()
    assert "DatabaseError" in log.getvalue(), "the log still says what broke"
    assert told_on(log) == []


def test_a_trace_says_where_and_what_kind_and_never_what_the_error_says() -> None:
    from lti_tools.errors import ShijieError

    def fail() -> None:
        try:
            raise ValueError("欧阳春兰")
        except ValueError as error:
            raise ShijieError("results.some_code", name="欧阳春兰") from error

    try:
        fail()
    except ShijieError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", None, sys.exc_info())
    trace = json.loads(JsonFormatter().format(record))["trace"]
    assert "builtins.ValueError" in trace
    assert "lti_tools.errors.ShijieError results.some_code" in trace
    assert "test_story_logs.py" in trace
    assert "欧阳春兰" not in trace
