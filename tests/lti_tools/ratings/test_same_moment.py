"""Raters who hand in at the same moment: one decision, one third call, no rating lost."""

from __future__ import annotations

import threading

import panel_cast as cast
import pytest
from django.db import connections, transaction

from lti_tools.errors import Refused
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Case, Decision, Mark, Reading

pytestmark = pytest.mark.django_db(transaction=True)


def together(*actions):
    """Runs the actions at the same moment, each in its own connection; returns what came of each."""
    start, outcomes = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place, action):
        start.wait()
        try:
            with transaction.atomic():
                outcomes[place] = action()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def commit_both(case, *levels):
    readings = cast.readings(case)
    for reading, level in zip(readings, levels, strict=True):
        ratings.save_draft(reading.actor, reading.id, cast.marks(level))
    return together(*(lambda one=one: ratings.commit(one.actor, one.id) for one in readings))


@pytest.mark.parametrize("turn", range(5))
def test_two_raters_at_the_same_moment_bring_exactly_one_decision(turn):
    case = ratings.open_case(cast.lesson(cast.build()))
    outcomes = commit_both(case, 3, 3)
    assert sorted(outcome.state for outcome in outcomes) == ["decided", "waiting"]
    assert Decision.objects.count() == 1
    assert Case.objects.get(id=case.id).turn == 2


@pytest.mark.parametrize("turn", range(5))
def test_two_raters_far_apart_at_the_same_moment_call_exactly_one_third(turn):
    case = ratings.open_case(cast.lesson(cast.build()))
    outcomes = commit_both(case, 4, 2)
    assert sorted(outcome.state for outcome in outcomes) == ["third_called", "waiting"]
    assert Reading.objects.filter(case=case).count() == 3
    assert not Decision.objects.exists()


def test_one_rater_pressing_twice_hands_in_once():
    case = ratings.open_case(cast.lesson(cast.build()))
    first = cast.readings(case)[0]
    ratings.save_draft(first.actor, first.id, cast.marks(3))
    outcomes = together(*(lambda: ratings.commit(first.actor, first.id) for _ in range(3)))
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 2
    assert Mark.objects.count() == len(cast.rubric().criteria)


def test_two_jobs_opening_the_same_recording_call_two_raters_once():
    lesson = cast.lesson(cast.build())
    together(*(lambda: ratings.open_case(lesson) for _ in range(3)))
    assert Case.objects.count() == 1
    assert Reading.objects.count() == 2


def test_a_save_and_a_commit_at_the_same_moment_seal_what_was_checked():
    case = ratings.open_case(cast.lesson(cast.build()))
    first = cast.readings(case)[0]
    ratings.save_draft(first.actor, first.id, cast.marks(3))
    together(
        lambda: ratings.commit(first.actor, first.id),
        lambda: ratings.save_draft(first.actor, first.id, cast.marks(4), revision=1),
    )
    assert len(set(Mark.objects.values_list("level", flat=True))) <= 1
    row = Reading.objects.get(id=first.id)
    assert (row.state == "committed") == Mark.objects.exists()
