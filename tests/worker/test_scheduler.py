"""One scheduler: it runs inside one worker, asks once a period, and ends with that worker however it ends."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from tests.worker.stage import SWEEP, Stage, alive, until

pytestmark = pytest.mark.worker
ROUNDS = 4


def sweeps(stage: Stage, *, before: int) -> list[datetime]:
    """When the sweep was asked for, after the first `before` times of the whole run."""
    asked = stage.said("Sending due task sweep (")[before:]
    return [datetime.fromisoformat(line["at"]) for line in asked]


def test_the_sweep_is_asked_for_once_a_period_however_many_processes_the_worker_has(stage: Stage) -> None:
    before = len(stage.said("Sending due task sweep ("))
    asked = until(
        lambda: (found := sweeps(stage, before=before))[ROUNDS:] and found, what=f"{ROUNDS} sweeps in a row"
    )
    # Two schedulers would ask twice in every period; a late one never makes up for what it missed.
    seconds = [(later - earlier).total_seconds() for earlier, later in pairwise(asked)]
    assert sum(seconds) >= 0.9 * SWEEP * len(seconds), seconds


def test_a_scheduler_does_not_outlive_a_worker_whose_main_process_was_killed(stage: Stage) -> None:
    assert stage.said("Sending due task") is not None
    group = stage.kill_only_the_main_process()
    until(lambda: not alive(group), what="the end of everything the killed worker had started")
    before = len(stage.said("Sending due task sweep ("))
    stage.with_worker()
    until(lambda: sweeps(stage, before=before), what="the sweep of the next worker")


def test_a_worker_killed_and_started_again_and_again_goes_on_sweeping(stage: Stage) -> None:
    for _ in range(3):
        before = len(stage.said("Sending due task sweep ("))
        stage.with_worker()
        until(lambda seen=before: sweeps(stage, before=seen), what="a sweep after the restart")
