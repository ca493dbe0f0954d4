"""What failed in the background: an administrator sees it, without anybody's data, and tries again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from one_of_each import OneOfEach

from lti_tools.audit.models import AuditEvent
from lti_tools.jobs import HANDLERS, MEDIA
from lti_tools.outbox.models import OutboxRow
from lti_tools.web.problems import KINDS


@pytest.fixture
def administrator(browse_as: Callable[[str], Any]) -> Any:
    return browse_as("administrator")


def row(**facts: Any) -> OutboxRow:
    return OutboxRow.objects.create(
        **{"kind": "issue_certificate", "key": "k", "payload": {}, "not_before": timezone.now()} | facts
    )


def test_every_kind_of_background_work_has_a_name_a_person_understands() -> None:
    assert set(KINDS) == set(HANDLERS) | set(MEDIA)


def test_a_row_that_stopped_is_shown_with_its_cause(each: OneOfEach, administrator: Any) -> None:
    page = administrator.get("/problems").content.decode()
    assert "grade.refused" in page
    assert f"#{each.problem.id}" in page


def test_a_row_that_keeps_failing_is_shown_and_one_that_is_fine_is_not(cast: Any, administrator: Any) -> None:
    failing = row(key="failing", attempts=2, error_code="wire.unreachable")
    fine = row(key="fine", attempts=1)
    done = row(key="done", state="done")
    page = administrator.get("/problems").content.decode()
    assert f"#{failing.id}<" in page
    assert f"#{fine.id}<" not in page
    assert f"#{done.id}<" not in page


def test_the_page_shows_no_payload(cast: Any, administrator: Any) -> None:
    row(state="failed", payload={"score": {"userId": "user-of-wang", "comment": "王守田"}})
    page = administrator.get("/problems").content.decode()
    assert "user-of-wang" not in page
    assert "王守田" not in page


def test_with_nothing_failed_the_page_says_so(cast: Any, administrator: Any) -> None:
    assert "notice good" in administrator.get("/problems").content.decode()


def test_trying_again_makes_the_row_due_with_the_same_bytes_and_is_on_the_trail(
    each: OneOfEach, administrator: Any
) -> None:
    before = each.problem.payload
    answer = administrator.post(f"/problems/{each.problem.id}/retry", follow=True)
    assert 'role="status"' in answer.content.decode()
    each.problem.refresh_from_db()
    assert (each.problem.state, each.problem.attempts, each.problem.payload) == ("waiting", 0, before)
    assert each.problem.not_before <= timezone.now()
    [event] = AuditEvent.objects.filter(kind="outbox.retried")
    assert event.actor == str(each.cast.people.administrator.id)


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_what_is_finished_is_not_started_again(cast: Any, administrator: Any, state: str) -> None:
    finished = row(state=state)
    assert administrator.post(f"/problems/{finished.id}/retry").status_code == 404
    finished.refresh_from_db()
    assert finished.state == state


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999999"])
def test_a_row_that_is_not_there_is_not_found(cast: Any, administrator: Any, number: str) -> None:
    assert administrator.post(f"/problems/{number}/retry").status_code == 404


def test_following_a_link_starts_nothing(each: OneOfEach, administrator: Any) -> None:
    assert administrator.get(f"/problems/{each.problem.id}/retry").status_code == 405
    each.problem.refresh_from_db()
    assert each.problem.state == "failed"
