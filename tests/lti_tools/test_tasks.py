from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lti_tools import journey
from lti_tools.errors import Denied, Refused
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks


@pytest.fixture
def placed(cast: Any) -> Any:
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={})
    return enrolment


def test_a_specialist_signs_off_what_was_seen_and_the_hours_count_once(cast: Any, placed: Any) -> None:
    actor = cast.actor("specialist")
    assert journey.sign_off(actor, placed, ["task-B1", "task-B2"], note="在教室看过") == 2
    assert journey.sign_off(actor, placed, ["task-B1"], note="再看一次") == 0
    assert tasks.passed(placed) == {"task-B1", "task-B2"}
    assert tasks.hours(placed).practice == Decimal(5)
    assert tasks.hours(placed).total == Decimal(5)


@pytest.mark.parametrize(
    "who",
    ["nobody", "senior", "colleague", "specialist_elsewhere", "rater1", "officer", "officer_b", "chair"],
)
def test_nobody_else_signs_off(cast: Any, placed: Any, who: str) -> None:
    with pytest.raises(Denied):
        journey.sign_off(cast.actor(who), placed, ["task-B1"], note="在教室看过")
    assert tasks.passed(placed) == frozenset()


def test_a_specialist_does_not_sign_off_own_tasks(cast: Any) -> None:
    programmes.enrol(cast.programme, [cast.people.specialist])
    own = cast.enrolment("specialist")
    programmes.place(own, skill="S1", diagnosis={})
    with pytest.raises(Refused, match="own_sign_off"):
        journey.sign_off(cast.actor("specialist"), own, ["task-B1"], note="自己看过")


@pytest.mark.parametrize("task", ["task-L1", "task-D0", "task-A1", "no-such-task"])
def test_lessons_the_diagnosis_and_foreign_tasks_are_not_signed_off(
    cast: Any, placed: Any, task: str
) -> None:
    assert journey.sign_off(cast.actor("specialist"), placed, [task], note="在教室看过") == 0
    assert tasks.passed(placed) == frozenset()


def test_before_the_diagnosis_there_is_nothing_to_sign_off(cast: Any) -> None:
    assert tasks.tasks_open_for_sign_off(cast.enrolment("senior")) == []
