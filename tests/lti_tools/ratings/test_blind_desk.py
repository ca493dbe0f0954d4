"""Door 2: a rater sees what was assigned, blind; drafts are kept as typed; nobody else gets in."""

from __future__ import annotations

import dataclasses
import uuid

import panel_cast as cast
import pytest

from lti_tools.errors import Denied, Refused
from lti_tools.people.api import ANONYMOUS, actor_for, system
from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import MarkDraft, SpanDraft
from lti_tools.ratings.models import Mark, Reading

CAST_WITHOUT_THE_RATER = [
    "colleague",
    "chair",
    "officer",
    "specialist",
    "administrator",
    "teacher",
    "outsider",
]


@pytest.fixture
def case(town):
    return ratings.open_case(cast.lesson(town, title="欧阳春兰老师（石桥小学-a1）认识分数"))


@pytest.fixture
def first(case):
    return cast.readings(case)[0]


def test_a_rater_sees_the_lesson_but_not_whose_it_is(town, case, first):
    (row,) = ratings.assigned_to(first.actor)
    assert (row.blind_code, row.subject, row.stage) == (case.blind_code, "数学", "primary")
    assert row.duration_ms == 61_500
    assert row.media_url.startswith("/")
    shown = repr(dataclasses.asdict(row))
    teacher = town.people["teacher"]
    lesson = case.lesson
    for secret in (
        teacher.name,
        "石桥",
        "T-7001",
        teacher.id,
        case.id,
        lesson.id,
        lesson.enrolment_id,
        case.take_id,
    ):
        assert str(secret) not in shown
        assert getattr(secret, "hex", str(secret)) not in shown
    assert "认识分数" in row.title


def test_readings_to_do_come_first_by_deadline_and_those_handed_in_last(town, first):
    for number in range(3):
        cast.add(town, f"teacher-{number}", school="a1")
        pool = [first.rater, town.people["rater-3"], town.people["rater-2"], town.people["rater-1"]][:4]
        ratings.open_case(cast.lesson(town, teacher=f"teacher-{number}"), raters_pool=pool)
    cast.hand_in(first, cast.marks())
    rows = ratings.assigned_to(first.actor)
    assert [row.committed_at is None for row in rows] == [True] * (len(rows) - 1) + [False]


@pytest.mark.parametrize("name", CAST_WITHOUT_THE_RATER)
def test_nobody_else_can_open_save_or_hand_in_a_reading(town, first, name):
    actor = town.actor(name)
    for attempt in (
        lambda: ratings.reading(actor, first.id),
        lambda: ratings.save_draft(actor, first.id, cast.marks()),
        lambda: ratings.commit(actor, first.id),
    ):
        with pytest.raises(Denied):
            attempt()
    assert Reading.objects.get(id=first.id).draft == {}


def test_an_unassigned_rater_and_the_other_rater_cannot_open_it_either(town, case, first):
    other = cast.readings(case)[1]
    unassigned = next(
        name
        for name in ("rater-1", "rater-2", "rater-3", "rater-of-college")
        if not case.readings.filter(rater=town.people[name])
    )
    for actor in (other.actor, town.actor(unassigned), ANONYMOUS, system("a job")):
        with pytest.raises(Denied):
            ratings.reading(actor, first.id)
    assert ratings.assigned_to(town.actor(unassigned)) == []


def test_a_reading_that_does_not_exist_looks_like_one_that_is_not_mine(first):
    for wrong in (uuid.uuid4(), "no uuid at all"):
        with pytest.raises(Denied) as refusal:
            ratings.reading(first.actor, wrong)
        assert refusal.value.code == "rating.rate"


def test_a_launch_from_an_lms_opens_no_raters_desk(first):
    launched = actor_for(first.rater, via="launch")
    with pytest.raises(Denied):
        ratings.assigned_to(launched)


def test_a_rater_whose_grant_has_ended_reads_no_more(town, first):
    first.rater.grants.update(until="2021-01-01")
    with pytest.raises(Denied):
        ratings.reading(actor_for(first.rater, via="sign-in"), first.id)


def test_a_draft_is_kept_exactly_as_typed_however_incomplete(first):
    typed = {"BO1": MarkDraft(None, " 半句话", (SpanDraft("1:", "", "灯"), SpanDraft()))}
    assert ratings.save_draft(first.actor, first.id, typed) == 1
    kept = ratings.reading(first.actor, first.id).marks["BO1"]
    assert kept == MarkDraft(None, " 半句话", (SpanDraft("1:", "", "灯"),))
    assert not Mark.objects.exists()


def test_saving_the_same_again_after_a_lost_answer_is_no_conflict(first):
    typed = {"BO1": MarkDraft(3)}
    assert ratings.save_draft(first.actor, first.id, typed, revision=0) == 1
    assert ratings.save_draft(first.actor, first.id, typed, revision=0) == 1


def test_an_older_page_cannot_overwrite_what_a_newer_one_saved(first):
    ratings.save_draft(first.actor, first.id, {"BO1": MarkDraft(3)}, revision=0)
    with pytest.raises(Refused) as refusal:
        ratings.save_draft(first.actor, first.id, {"BO1": MarkDraft(1)}, revision=0)
    assert (refusal.value.code, refusal.value.status) == ("ratings.newer_draft", 409)
    assert ratings.reading(first.actor, first.id).marks["BO1"].level == 3


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"BO99": MarkDraft(3)}, "ratings.unknown_criterion"),
        ({"BO1": MarkDraft(5)}, "ratings.unknown_level"),
        ({"BO1": MarkDraft(-1)}, "ratings.unknown_level"),
        ({"BO1": MarkDraft(3, "长" * 2001)}, "ratings.too_long"),
        ({"BO1": MarkDraft(3, "", (SpanDraft("0:01", "0:02", "长" * 501),))}, "ratings.too_long"),
        ({"BO1": MarkDraft(3, "", (SpanDraft("0" * 13, "0:02"),))}, "ratings.too_long"),
        ({"BO1": MarkDraft(3, "", (SpanDraft("0:01", "0:02"),) * 41)}, "ratings.too_long"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused_and_the_draft_before_is_kept(first, typed, code):
    ratings.save_draft(first.actor, first.id, {"BO2": MarkDraft(2)})
    with pytest.raises(Refused) as refusal:
        ratings.save_draft(first.actor, first.id, typed)
    assert refusal.value.code == code
    assert refusal.value.message
    assert refusal.value.kept
    assert refusal.value.todo
    assert set(ratings.reading(first.actor, first.id).marks) == {"BO2"}
