"""kill -9 at the two moments that hurt: the gradebook ends with the right score, once, and nothing is judged twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.worker.stage import Stage, until
from tests.worker.wire import Answer, Forward

pytestmark = pytest.mark.worker


def rate(stage: Stage, sub: str) -> str:
    """Arrives, is rated by the first rater; returns the reading that is still to be handed in."""
    stage.arrive(sub)
    _first, second = stage.service("rated", sub=sub, level=3)
    return str(second)


def arrives_once(stage: Stage, sub: str, *, score: float) -> None:
    """One cell, one message kept for it, one row, one decision, one result in the ledger."""
    until(lambda: stage.score_of(sub) == score, what="the score in the gradebook")
    [row] = until(lambda: _all_done(stage, sub), what="the row marked as done")
    [kept] = stage.history_of(sub)
    assert (kept["score"], kept["applied"]) == (score, True)
    assert kept["at"] == row["payload"]["score"]["timestamp"]
    assert stage.service("counts", sub=sub) == {"decisions": 1, "results": 1}


def _all_done(stage: Stage, sub: str) -> list[dict[str, Any]]:
    rows = stage.service("rows_for", sub=sub)
    return rows if all(row["state"] == "done" for row in rows) else []


def test_a_worker_killed_between_the_rating_and_the_passback_costs_no_score(stage: Stage) -> None:
    second = rate(stage, "lms-0031")

    def kill_before_it_is_delivered(forward: Forward) -> Answer | None:
        stage.without_worker()
        return None

    stage.wire.plan("lms-0031", kill_before_it_is_delivered)
    assert stage.service("commit", reading=second) == "decided"
    until(lambda: "worker" not in stage.demo.processes, what="the worker's death on its way to the gradebook")
    [row] = stage.service("rows_for", sub="lms-0031")
    assert row["state"] == "waiting"
    assert row["attempts"] >= 1
    assert stage.score_of("lms-0031") is None
    stage.with_worker()
    arrives_once(stage, "lms-0031", score=80)


def test_a_worker_that_is_dead_when_the_rating_is_handed_in_costs_no_score(stage: Stage) -> None:
    second = rate(stage, "lms-0032")
    stage.without_worker()
    assert stage.service("commit", reading=second) == "decided"
    [row] = stage.service("rows_for", sub="lms-0032")
    assert (row["state"], row["attempts"]) == ("waiting", 0)
    stage.with_worker()
    arrives_once(stage, "lms-0032", score=80)


def test_a_worker_killed_after_the_post_and_before_the_mark_sends_the_same_bytes_again(stage: Stage) -> None:
    second = rate(stage, "lms-0033")
    answers: list[int] = []

    def kill_once_it_is_kept(forward: Forward) -> Answer | None:
        answers.append(forward().status)
        stage.without_worker()
        return None

    stage.wire.plan("lms-0033", kill_once_it_is_kept)
    assert stage.service("commit", reading=second) == "decided"
    until(lambda: "worker" not in stage.demo.processes, what="the worker's death after the post")
    assert answers == [204], "the LMS had the score before the worker died"
    assert stage.score_of("lms-0033") == 80
    [row] = stage.service("rows_for", sub="lms-0033")
    assert row["state"] == "waiting"
    assert row["attempts"] >= 1
    before = stage.history_of("lms-0033")
    stage.with_worker()
    until(lambda: len(stage.wire.scores_of("lms-0033")) > 1, what="the second delivery")
    arrives_once(stage, "lms-0033", score=80)
    first, again = stage.wire.scores_of("lms-0033")[:2]
    assert first == again
    assert json.loads(again) == row["payload"]["score"]
    assert stage.history_of("lms-0033") == before, "the second delivery was not applied anew"
