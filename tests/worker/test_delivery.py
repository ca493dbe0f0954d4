"""What the outbox promises, kept by a real worker: every row is worked off, whoever lost which wake-up."""

from __future__ import annotations

import json

import pytest

from tests.worker.stage import Stage, until
from tests.worker.wire import Answer

pytestmark = pytest.mark.worker


def test_a_row_is_worked_off_within_seconds_by_its_wake_up_alone(stage: Stage) -> None:
    stage.arrive("lms-0021")
    stage.with_worker(beat=False)
    key = stage.service("put_score", sub="lms-0021", score=71)
    until(lambda: stage.score_of("lms-0021") == 71, what="the score in the gradebook")
    until(lambda: stage.service("row", key=key)["state"] == "done", what="the row marked as done")


def test_a_row_whose_wake_up_was_lost_is_found_by_the_sweep(stage: Stage) -> None:
    stage.arrive("lms-0022")
    key = stage.service("put_score", sub="lms-0022", score=72, quietly=True)
    until(lambda: stage.score_of("lms-0022") == 72, what="the score in the gradebook")
    until(lambda: stage.service("row", key=key)["state"] == "done", what="the row marked as done")


def test_rows_put_while_no_worker_lives_are_found_by_the_next_one(stage: Stage) -> None:
    for number in (23, 24):
        stage.arrive(f"lms-00{number}")
    stage.without_worker()
    woken = stage.service("put_score", sub="lms-0023", score=73)
    unheard = stage.service("put_score", sub="lms-0024", score=74, quietly=True)
    assert [stage.service("row", key=key)["state"] for key in (woken, unheard)] == ["waiting", "waiting"]
    stage.with_worker()
    until(lambda: stage.score_of("lms-0023") == 73, what="the score that had a wake-up")
    until(lambda: stage.score_of("lms-0024") == 74, what="the score that had none")


def test_a_gradebook_that_is_closed_for_a_while_gets_the_same_bytes_later(stage: Stage) -> None:
    stage.arrive("lms-0025")
    stage.wire.plan("lms-0025", lambda forward: Answer(503), lambda forward: None)
    key = stage.service("put_score", sub="lms-0025", score=75)
    until(lambda: stage.score_of("lms-0025") == 75, what="the score in the gradebook")
    sent = stage.wire.scores_of("lms-0025")
    assert len(sent) >= 3
    assert len(set(sent)) == 1
    assert json.loads(sent[0]) == stage.service("row", key=key)["payload"]["score"]
    assert len(stage.history_of("lms-0025")) == 1


def test_of_two_scores_waiting_for_one_learner_only_the_newest_is_sent(stage: Stage) -> None:
    stage.arrive("lms-0026")
    stage.without_worker()
    older = stage.service("put_score", sub="lms-0026", score=60)
    stage.service("put_score", sub="lms-0026", score=86)
    stage.with_worker()
    until(lambda: stage.score_of("lms-0026") == 86, what="the newer score")
    assert stage.service("row", key=older)["state"] == "cancelled"
    assert [entry["score"] for entry in stage.history_of("lms-0026")] == [86]


def test_a_row_that_can_never_succeed_stops_and_is_shown_to_a_person(stage: Stage) -> None:
    key = stage.service("put_hopeless")
    until(lambda: stage.service("row", key=key)["state"] == "failed", what="the row that stops")
    shown = [problem for problem in stage.service("problems") if problem["key"] == key]
    assert shown == [{"key": key, "state": "failed", "code": "grade.target_unknown"}]
    assert stage.service("row", key=key)["attempts"] == 1


def test_a_score_the_gradebook_refuses_is_shown_and_sent_again_when_a_person_says_so(stage: Stage) -> None:
    stage.arrive("lms-0027")
    stage.wire.plan("lms-0027", lambda forward: Answer(422))
    key = stage.service("put_score", sub="lms-0027", score=77)
    until(lambda: stage.service("row", key=key)["state"] == "failed", what="the refusal")
    assert key in [problem["key"] for problem in stage.service("problems")]
    assert stage.score_of("lms-0027") is None
    assert stage.service("retry", key=key)
    until(lambda: stage.score_of("lms-0027") == 77, what="the score in the gradebook")
    assert key not in [problem["key"] for problem in stage.service("problems")]
