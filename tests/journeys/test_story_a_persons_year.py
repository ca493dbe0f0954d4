"""A person's year: imported, on leave and back, to another county, carried over, gone. The hours follow throughout."""

from __future__ import annotations

from datetime import timedelta

from bureau import a_year_goes_by, asks_for, imports, known_as, next_programme, owing, posts, report_of
from django.utils import timezone
from storybook import BASIC_PRACTICE, PLAYS_SLIDES, Story

from lti_tools.audit import api as audit
from lti_tools.outbox import api as outbox
from lti_tools.programmes.api import Enrolment
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks


def test_a_person_comes_rests_returns_moves_on_and_leaves_and_every_paper_stays_true(story: Story) -> None:
    cast, first = story.cast, story.cast.programme
    for who in (
        "officer_city",
        "officer_b",
        "reviewer",
        "school_office",
        "specialist",
        "specialist_elsewhere",
    ):
        story.signs_in(who)

    # The bureau's list brings her in; her LMS account is matched by the staff number, and she begins.
    row = ("周新来", "T900", cast.school_a.code, "小学", "语文", "二级教师", "1990-04")
    imports(story, "officer_city", first, row)
    person = known_as(story, "newcomer", "T900")
    assert story.launches("newcomer")["Location"] == "/path"
    story.answers("newcomer", PLAYS_SLIDES)
    story.signs_off("specialist", "newcomer", *BASIC_PRACTICE[:2])
    earned = tasks.hours(cast.enrolment("newcomer")).total
    assert earned > 1

    # She is lent elsewhere: her school asks, the reviewer decides, and she no longer counts as owing the training.
    enrolment = cast.enrolment("newcomer")
    before = owing(first)
    leave = asks_for(story, "school_office", enrolment, "deferred:secondment", days=60)
    assert owing(first) == before
    posts(story, "reviewer", "participation-decide", leave, answer="approve")
    assert owing(first) == before - 1
    back = asks_for(story, "school_office", cast.enrolment("newcomer"), "due:returned")
    posts(story, "reviewer", "participation-decide", back, answer="approve")
    assert owing(first) == before

    # The year is over; then she moves to the other county, and her hours move with her.
    yesterday = timezone.localdate() - timedelta(days=1)
    a_year_goes_by(person, first, last_day=yesterday)
    transfer = {"school": cast.school_b.code, "day": timezone.localdate(), "reason": "调令2026-7"}
    posts(story, "officer_city", "person-transfer", person.id, **transfer)
    assert "周新来" not in story.sees("specialist", "specialist-desk")
    assert tasks.hours(Enrolment.objects.get(id=enrolment.id)).total == earned

    # Last year's papers show last year's school, whoever asks for them today.
    of_a = report_of(story, "officer_city", first, cast.county_a)
    assert any("周新来" in line and "甲县村小" in line for line in of_a.splitlines())
    assert "周新来" not in report_of(story, "officer_city", first, cast.county_b)

    # The programme closes; who is not done goes on in the next one with what was passed.
    second = next_programme(story)
    closing = {"carry_over": "passed", "successor": second.id, "reason": "第一期结束", "certain": "on"}
    posts(story, "officer_city", "programme-close", first.id, **closing)
    story.background()
    carried = cast.enrolment("newcomer")
    assert (carried.programme_id, carried.carried_from_id) == (second.id, enrolment.id)
    assert set(BASIC_PRACTICE[:2]) <= tasks.passed(carried)
    assert "周新来" in story.sees("specialist_elsewhere", "specialist-desk")

    # She retires there. Nothing she did is lost, and everything can be proved.
    gone = {"left": "retired", "day": timezone.localdate(), "reason": "退休证"}
    posts(story, "officer_b", "person-left", person.id, **gone)
    assert "周新来" not in story.sees("specialist_elsewhere", "specialist-desk")
    assert tasks.hours(Enrolment.objects.get(id=enrolment.id)).total == earned
    assert outbox.problems() == []
    assert audit.verify() is None
    assert results.verify() is None
