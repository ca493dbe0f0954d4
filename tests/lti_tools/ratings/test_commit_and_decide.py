"""Handing in, sealing, deciding, calling a third; and that nobody sees marks before that."""

from __future__ import annotations

from decimal import Decimal

import panel_cast as cast
import pytest
from django.utils import translation

from lti_tools.errors import Denied, Refused, ShijieError
from lti_tools.people.api import RoleGrant, actor_for
from lti_tools.ratings import api as ratings
from lti_tools.ratings import sealing
from lti_tools.ratings.api import Incomplete, MarkDraft, SpanDraft
from lti_tools.ratings.models import Case, Decision, Mark, Reading, Round


@pytest.fixture
def lesson(town):
    return cast.lesson(town)


@pytest.fixture
def case(lesson):
    return ratings.open_case(lesson)


def test_the_first_to_hand_in_waits_and_the_second_brings_the_decision(case, lesson):
    first, second = cast.readings(case)
    outcome = cast.hand_in(first, cast.marks(3))
    assert (outcome.state, outcome.decision) == ("waiting", None)
    assert ratings.decision_of(lesson) is None
    outcome = cast.hand_in(second, cast.marks(3, BO1=4))
    assert outcome.state == "decided"
    decision = outcome.decision
    assert decision == ratings.decision_of(lesson)
    assert decision.total == Decimal("82")
    assert decision.band == "pass"
    assert decision.levels["BO1"] == Decimal("3.5")
    assert set(decision.used) == {str(first.id), str(second.id)}
    assert [reason.code for reason in decision.reasons] == ["panel.mean_of_two"]
    assert decision.rubric_hash == lesson.rubric_hash
    assert ratings.state_of(lesson) == "decided"


def test_an_all_pass_lesson_scores_exactly_sixty(case, lesson):
    for reading in cast.readings(case):
        cast.hand_in(reading, cast.marks(2))
    assert str(ratings.decision_of(lesson).total) == "60"


def test_two_levels_apart_call_a_third_who_is_new_and_sees_nothing(town, case, lesson):
    first, second = cast.readings(case)
    cast.hand_in(first, cast.marks(4))
    outcome = cast.hand_in(second, cast.marks(2))
    assert (outcome.state, outcome.decision, outcome.rater_missing) == ("third_called", None, False)
    third = cast.readings(case)[2]
    assert third.rater.id not in {first.rater.id, second.rater.id}
    assert ratings.reading(third.actor, third.id).marks == {}
    assert "看见了" not in repr(ratings.reading(third.actor, third.id))
    outcome = cast.hand_in(third, cast.marks(3))
    assert outcome.state == "decided"
    codes = [reason.code for reason in ratings.decision_of(lesson).reasons]
    assert "panel.criterion_gap" in codes
    assert codes[-1] in {"panel.two_closest", "panel.evenly_apart"}


def test_a_drawn_lot_calls_a_third_even_when_two_agree(town):
    Round.objects.update(rules={**Round.objects.get().rules, "random_share": "1"})
    case = ratings.open_case(cast.lesson(town))
    first, second = cast.readings(case)
    cast.hand_in(first, cast.marks(3))
    assert cast.hand_in(second, cast.marks(3)).state == "third_called"
    assert cast.hand_in(cast.readings(case)[2], cast.marks(3)).state == "decided"


def test_a_rounds_own_rules_count_and_not_the_rubrics(town):
    rules = {**Round.objects.get().rules, "criterion_gap": 9, "total_gap": "100", "straddling": False}
    Round.objects.update(rules=rules)
    first, second = cast.readings(ratings.open_case(cast.lesson(town)))
    cast.hand_in(first, cast.marks(4))
    assert cast.hand_in(second, cast.marks(1)).state == "decided"


def test_a_missing_third_rater_does_not_undo_the_rating_just_handed_in(town, case):
    first, second = cast.readings(case)
    keep = [first.rater.id, second.rater.id]
    RoleGrant.objects.filter(role="rater").exclude(person__in=keep).update(until="2021-01-01")
    cast.hand_in(first, cast.marks(4))
    outcome = cast.hand_in(second, cast.marks(2))
    assert (outcome.state, outcome.rater_missing) == ("third_called", True)
    assert Reading.objects.get(id=second.id).state == "committed"
    with pytest.raises(ShijieError) as refusal:
        ratings.call_third(case.id)
    assert not refusal.value.permanent
    cast.add(town, "rater-new", school="b1", role="rater")
    assert ratings.call_third(case.id) is True
    assert ratings.call_third(case.id) is False


def test_handing_in_twice_is_refused_and_changes_nothing(case):
    first = cast.readings(case)[0]
    cast.hand_in(first, cast.marks(3))
    seal = Reading.objects.get(id=first.id).seal
    for attempt in (
        lambda: ratings.commit(first.actor, first.id),
        lambda: ratings.save_draft(first.actor, first.id, cast.marks(1)),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert (refusal.value.code, refusal.value.status) == ("ratings.already_committed", 409)
    assert Reading.objects.get(id=first.id).seal == seal
    assert set(Mark.objects.values_list("level", flat=True)) == {3}


def problems_of(reading, entered):
    ratings.save_draft(reading.actor, reading.id, entered)
    with pytest.raises(Incomplete) as refusal:
        ratings.commit(reading.actor, reading.id)
    assert Reading.objects.get(id=reading.id).state == "open"
    assert not Mark.objects.exists()
    return {
        (problem.code, problem.criterion, problem.field) for problem in refusal.value.problems
    }, refusal.value


def test_an_incomplete_rating_is_refused_by_the_names_of_its_criteria(case):
    first = cast.readings(case)[0]
    found, _ = problems_of(first, {})
    assert {code for code, _, _ in found} == {"not_begun"}
    assert len(found) == len(cast.rubric().criteria)
    with translation.override("en"):
        _, refusal = problems_of(first, {k: v for k, v in cast.marks(3).items() if k != "BO1"})
    label = next(c.label for c in cast.rubric().criteria if c.id == "BO1")
    assert label.en in str(refusal.message)
    assert "level-BO1-4" in {problem.field for problem in refusal.problems}


@pytest.mark.parametrize(
    ("criterion", "mark", "code", "field"),
    [
        ("BO1", MarkDraft(3, "a note is not enough", ()), "span_missing", "start-BO1-0"),
        ("BO3", MarkDraft(3, "  ", ()), "evidence_missing", "start-BO3-0"),
        ("BO4", MarkDraft(3, "", (SpanDraft("0:01", "0:02"),)), "note_missing", "note-BO4"),
        ("BO1", MarkDraft(3, "", (SpanDraft("one", "0:02"),)), "time_unreadable", "start-BO1-0"),
        ("BO1", MarkDraft(3, "", (SpanDraft("0:01", ""),)), "time_unreadable", "end-BO1-0"),
        ("BO1", MarkDraft(3, "", (SpanDraft("0:09", "0:09"),)), "span_backwards", "end-BO1-0"),
        ("BO1", MarkDraft(3, "", (SpanDraft("0:09", "1:03"),)), "span_beyond_end", "end-BO1-0"),
        ("BO1", MarkDraft(None, "", (SpanDraft("0:09", "0:12"),)), "level_missing", "level-BO1-4"),
    ],
)
def test_what_a_criterion_asks_for_must_be_there(case, criterion, mark, code, field):
    first = cast.readings(case)[0]
    found, refusal = problems_of(first, {**cast.marks(3), criterion: mark})
    assert found == {(code, criterion, field)}
    assert refusal.kept
    assert refusal.todo


@pytest.mark.parametrize(
    ("criterion", "mark"),
    [
        ("BO3", MarkDraft(3, "教案第2页", ())),
        ("BO3", MarkDraft(3, "", (SpanDraft("0:01", "0:02"),))),
        ("BO4", MarkDraft(3, "全程", ())),
        ("BO1", MarkDraft(3, "", (SpanDraft("０：０１", "1：02"),))),
    ],
)
def test_any_one_kind_of_evidence_the_criterion_lists_is_enough(case, criterion, mark):
    first = cast.readings(case)[0]
    assert cast.hand_in(first, {**cast.marks(3), criterion: mark}).state == "waiting"


def test_a_criterion_shown_by_files_wants_a_note_that_cites_one(town):
    case = ratings.open_case(cast.lesson(town, key="standard-lesson"))
    first = cast.readings(case)[0]
    entered = cast.marks(3, key="standard-lesson")
    found, _ = problems_of(first, {**entered, "SL8": MarkDraft(3)})
    assert found == {("attachment_missing", "SL8", "note-SL8")}


# Sealed until everybody called has handed in ------------------------------------------------------------


@pytest.mark.parametrize("name", ["chair", "officer", "administrator", "specialist", "teacher"])
def test_no_door_shows_marks_before_everybody_has_handed_in(town, case, lesson, name):
    first, second = cast.readings(case)
    cast.hand_in(first, cast.marks(4))
    actor = town.actor(name)
    assert ratings.decision_of(lesson) is None
    if name == "teacher":
        assert ratings.feedback_for(actor, lesson) is None
    else:
        with pytest.raises(Denied):
            ratings.feedback_for(actor, lesson)
    if name in {"chair", "officer", "administrator"}:
        try:
            shown = repr(ratings.progress(actor, town.programme))
        except Denied:
            shown = ""
        assert "看见了" not in shown
    with pytest.raises(Denied):
        sealing.opened(Case.objects.get(id=case.id))
    assert "看见了" not in repr(ratings.reading(second.actor, second.id))
    with pytest.raises(Denied):
        sealing.own_marks(Reading.objects.get(id=first.id), rater_id=actor.person_id)


def test_marks_stay_sealed_while_the_third_is_reading(town, case, lesson):
    first, second = cast.readings(case)
    cast.hand_in(first, cast.marks(4))
    cast.hand_in(second, cast.marks(2))
    assert ratings.decision_of(lesson) is None
    assert ratings.feedback_for(town.actor("teacher"), lesson) is None
    with pytest.raises(Denied):
        sealing.opened(Case.objects.get(id=case.id))


def test_a_rater_may_look_back_at_the_own_rating_only(case):
    first = cast.readings(case)[0]
    cast.hand_in(first, cast.marks(3))
    sheet = ratings.reading(first.actor, first.id)
    assert sheet.committed
    assert sheet.marks["BO1"].spans == (SpanDraft("0:05", "0:12", "这里可见 BO1"),)


def test_a_mark_changed_in_the_database_breaks_its_seal_and_stops_the_decision(case):
    first, second = cast.readings(case)
    cast.hand_in(first, cast.marks(3))
    Mark.objects.filter(reading_id=first.id, criterion="BO1").update(level=4)
    with pytest.raises(ShijieError) as refusal:
        cast.hand_in(second, cast.marks(3))
    assert refusal.value.code == "ratings.seal_broken"
    assert not Decision.objects.exists()
    assert Reading.objects.get(id=second.id).state == "open"


# What the teacher reads ---------------------------------------------------------------------------------


def test_the_teacher_reads_levels_and_comments_by_letter_and_never_a_name(town, case, lesson):
    for reading in cast.readings(case):
        cast.hand_in(reading, cast.marks(3))
    feedback = ratings.feedback_for(town.actor("teacher"), lesson)
    assert (feedback.total, feedback.out_of, feedback.band, feedback.raters) == (Decimal(80), 100, "pass", 2)
    first = feedback.criteria[0]
    assert (first.id, first.level, first.level_label.zh) == ("BO1", Decimal(3), "良好")
    assert [(remark.rater, remark.start_ms) for remark in first.remarks] == [
        (1, 5000),
        (2, 5000),
        (1, None),
        (2, None),
    ]
    shown = repr(feedback)
    for reading in cast.readings(case):
        assert str(reading.rater.id) not in shown


def test_others_do_not_read_a_teachers_feedback(town, case, lesson):
    for reading in cast.readings(case):
        cast.hand_in(reading, cast.marks(3))
    for name in ("colleague", "outsider", "rater-1", "chair", "officer", "specialist", "administrator"):
        with pytest.raises(Denied):
            ratings.feedback_for(town.actor(name), lesson)
    launched = actor_for(town.people["teacher"], via="launch")
    assert ratings.feedback_for(launched, lesson) is not None


def test_the_office_sees_how_far_a_round_is_for_its_own_area_only(town, case):
    cast.hand_in(cast.readings(case)[0], cast.marks(3))
    (row,) = ratings.progress(town.actor("officer"), town.programme)
    assert (row.cases, row.decided, row.third, row.readings, row.committed) == (1, 0, 0, 2, 1)
    for name in ("officer-elsewhere", "rater-1", "teacher", "outsider"):
        with pytest.raises(Denied):
            ratings.progress(town.actor(name), town.programme)
