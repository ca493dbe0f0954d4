"""What a bureau's own rubric may ask beyond the shipped ones: points inside a level, criteria left out, words only."""

from __future__ import annotations

from decimal import Decimal

import lxml.html
import panel_cast as cast
import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from signing_in import sign_in

from lti_tools.definitions import api as definitions
from lti_tools.definitions.models import Definition
from lti_tools.people.api import actor_for
from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import LEFT_OUT, Incomplete, MarkDraft
from lti_tools.ratings.models import Decision, Mark
from rubrics import library
from rubrics.model import Retake

KEY = "wider-lesson"
WORDS_ONLY = """
[[criteria]]
id = "SL9"
zh = "给教师的话"
en = "A word to the teacher"
feedback_only = true
evidence = []
jyt0646 = []
"""

LEFT_OUT_RULE = """[criteria.not_applicable]
when = { zh = "没有对方课堂", en = "No linked class" }
weight_to = { SL3 = 6, SL5 = 4 }

[[criteria.levels]]"""


def widened(text: str) -> str:
    """The shipped general rubric with ranges in its levels, SL6 for linked classes only, and a place for words."""
    text = text.replace('key = "standard-lesson"', f'key = "{KEY}"').replace(
        "total = 100\n", "total = 100\nstep = 0.5\n"
    )
    for share, least, most in (
        ("1", "0.95", "1"),
        ("0.8", "0.7", "0.9"),
        ("0.6", "0.6", "0.65"),
        ("0.3", "0", "0.5"),
    ):
        text = text.replace(f"share = {share}\n", f"share = {share}\nleast = {least}\nmost = {most}\n", 1)
    head, sixth = text.split('id = "SL6"', 1)
    sixth = sixth.replace("[[criteria.levels]]", LEFT_OUT_RULE, 1)
    return f'{head}id = "SL6"{sixth}{WORDS_ONLY}'


@pytest.fixture
def case(db):
    town = cast.build()
    shipped = next(one for one in library.packaged() if one.key == "standard-lesson")
    text = widened(shipped.text)
    parsed = library.parse(text)
    Definition.objects.create(kind="rubric", key=KEY, version=1, hash=parsed.hash, text=text)
    ratings.ensure_round(town.programme, definitions.get("rubric", KEY).hash, rules=cast.NO_LOT)
    return ratings.open_case(cast.lesson(town, key=KEY))


def entered(level: int = 2, **more: MarkDraft) -> dict[str, MarkDraft]:
    whole = cast.marks(level, key=KEY)
    del whole["SL9"]
    return whole | more


def browser(reading) -> Client:
    from lti_tools.people.api import Account

    account = Account.objects.create_user("desk", password="long enough 1", person=reading.rater)
    return sign_in(Client(), account)


OUT = MarkDraft(LEFT_OUT, "没有连线班级")


def test_a_lesson_that_just_passes_still_earns_sixty_where_both_leave_a_criterion_out(case):
    first, second = cast.readings(case)
    cast.hand_in(first, entered(2, SL6=OUT))
    decision = cast.hand_in(second, entered(2, SL6=OUT)).decision
    assert (decision.total, decision.band) == (Decimal(60), "pass")
    assert "SL6" not in decision.levels
    marks = Mark.objects.filter(criterion="SL6")
    assert [mark.level for mark in marks] == [None, None]


def test_whether_it_applies_is_a_question_for_a_third(case):
    first, second = cast.readings(case)
    cast.hand_in(first, entered(3, SL6=OUT))
    assert cast.hand_in(second, entered(3)).state == "third_called"
    third = cast.readings(case)[2]
    decision = cast.hand_in(third, entered(3, SL6=OUT)).decision
    assert "SL6" not in decision.levels
    assert decision.total == Decimal(80)


def test_points_inside_a_level_count_as_given(case):
    first, second = cast.readings(case)
    exact = MarkDraft(3, "看见了", cast.marks(key=KEY)["SL3"].spans, points="17,5")
    cast.hand_in(first, entered(3, SL3=exact))
    cast.hand_in(second, entered(3))
    # 20 x 0.8 is 16: one rater gave 17.5, the other the usual points of the level.
    assert Decision.objects.get().total == Decimal("80.75")
    assert Mark.objects.get(reading_id=first.id, criterion="SL3").points == Decimal("17.5")
    assert ratings.reading(first.actor, first.id).marks["SL3"].points == "17.5"


@pytest.mark.parametrize(
    ("mark", "code", "field"),
    [
        (MarkDraft(3, "看见了", points="很多"), "points_unreadable", "points-SL1"),
        (MarkDraft(3, "看见了", points="14"), "points_outside", "points-SL1"),
        (MarkDraft(3, "看见了", points="11.3"), "points_outside", "points-SL1"),
        (MarkDraft(LEFT_OUT), "left_out_unexplained", "note-SL6"),
    ],
    ids=["no number", "above the level", "between two steps", "left out without a word"],
)
def test_what_cannot_be_handed_in_is_named_at_its_field(case, mark, code, field):
    first, _ = cast.readings(case)
    criterion = field.split("-")[1]
    with pytest.raises(Incomplete) as refused:
        cast.hand_in(first, entered(3, **{criterion: mark}))
    assert [(one.code, one.field) for one in refused.value.problems] == [(code, field)]


def test_the_range_of_a_level_grows_with_the_weight_a_criterion_takes_over(case):
    first, _ = cast.readings(case)
    # SL3 weighs 20, and 26 where SL6 is left out: 0.9 of 26 is 23.4.
    wide = MarkDraft(3, "看见了", cast.marks(key=KEY)["SL3"].spans, points="23")
    with pytest.raises(Incomplete):
        cast.hand_in(first, entered(3, SL3=wide))
    between = MarkDraft(3, "看见了", wide.spans, points="22.5")
    with pytest.raises(Incomplete) as refused:
        cast.hand_in(first, entered(3, SL3=between, SL6=OUT))
    assert "从 18.2 分起，每 0.5 分一档" in refused.value.problems[0].text
    fitting = MarkDraft(3, "看见了", wide.spans, points="23.2")
    assert cast.hand_in(first, entered(3, SL3=fitting, SL6=OUT)).state == "waiting"


def test_the_sheet_shows_the_range_that_holds_in_this_lesson(case):
    first, _ = cast.readings(case)
    window, address = browser(first), reverse("rating-sheet", args=[first.id])

    def shown(sent: str) -> list[str]:
        window.post(address, {"revision": ratings.reading(first.actor, first.id).revision, "level-SL6": sent})
        tree = lxml.html.fromstring(window.get(address).content.decode())
        found = tree.xpath("//section[@data-criterion='SL3']//span[@class='tag' or @class='hint']/text()")
        return [one.replace(" ", "") for one in found if "分" in one][:3]

    assert shown("3") == ["20分", "19至20分", "14至18分"]
    assert shown("0") == ["26分", "24.7至26分", "18.2至23.4分"]


def test_a_criterion_that_must_be_judged_cannot_be_left_out(case):
    first, _ = cast.readings(case)
    with pytest.raises(Exception, match="unknown_level"):
        ratings.save_draft(first.actor, first.id, entered(3, SL2=OUT))


def test_words_alone_are_kept_and_shown_and_count_nothing(case):
    first, second = cast.readings(case)
    cast.hand_in(first, entered(3, SL9=MarkDraft(None, "板书很清楚")))
    cast.hand_in(second, entered(3))
    assert Decision.objects.get().total == Decimal(80)
    teacher = actor_for(case.enrolment.person, via="launch")
    shown = {one.id: one for one in ratings.feedback_for(teacher, case.lesson).criteria}
    assert [remark.text for remark in shown["SL9"].remarks] == ["板书很清楚"]
    assert shown["SL9"].words_only
    assert not shown["SL9"].left_out
    assert ratings.reading(first.actor, first.id).marks["SL9"].level is None


def test_the_teacher_reads_which_criterion_did_not_apply(case, client):
    for reading in cast.readings(case):
        cast.hand_in(reading, entered(2, SL6=OUT))
    session = client.session
    session["launched_person"] = str(case.enrolment.person_id)
    session.save()
    page = client.get(reverse("lesson-result", args=[case.lesson.id])).content.decode()
    assert "没有连线班级" in page
    assert "不适用" in page


def failed(case, client) -> str:
    for reading in cast.readings(case):
        cast.hand_in(reading, entered(1))
    session = client.session
    session["launched_person"] = str(case.enrolment.person_id)
    session.save()
    return client.get(reverse("lesson-result", args=[case.lesson.id])).content.decode()


OFFER = f'<a href="{reverse_lazy("lesson")}" target="_top">'


@pytest.mark.parametrize(
    ("rule", "words", "offered"),
    [
        (Retake(3, "best", new_raters=True, carries_over=True), "取较好的成绩。 由没看过", True),
        (Retake(3, "best", new_raters=False, carries_over=True), "取较好的成绩。 <a", True),
        (Retake(3, "last", new_raters=False, carries_over=True), "以最后一次的成绩为准", True),
        (Retake(1, "best", new_raters=True, carries_over=True), "如需再交一次，请与教育局联系。", False),
    ],
    ids=["new raters", "any raters", "the last counts", "used up"],
)
def test_another_recording_is_offered_by_the_programmes_own_rule(
    case, client, monkeypatch, rule, words, offered
):
    monkeypatch.setattr("lti_tools.web.lesson_result.programmes.retake", lambda *_: rule)
    monkeypatch.setattr("lti_tools.web.lesson_result.programmes.attempts_allowed", lambda *_: rule.attempts)
    page = failed(case, client)
    assert words in page
    assert (OFFER in page) is offered


def test_no_other_recording_is_asked_for_once_the_programme_was_closed(case, client):
    type(case.enrolment.programme).objects.update(closed_at=timezone.now())
    page = failed(case, client)
    assert "录像" not in page.split("<section")[1]
    assert OFFER not in page


def test_the_sheet_offers_all_of_it_and_keeps_what_was_sent_without_a_script(case):
    first, _ = cast.readings(case)
    window = browser(first)
    page = window.get(reverse("rating-sheet", args=[first.id])).content.decode()
    assert 'name="points-SL3"' in page
    assert 'id="level-SL6-0"' in page
    assert 'name="level-SL9"' not in page
    assert 'name="note-SL9"' in page
    sent = {"revision": "0", "then": "check", "level-SL3": "3", "points-SL3": "十七", "level-SL6": "0"}
    answer = window.post(reverse("rating-sheet", args=[first.id]), sent)
    again = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="十七"' in again
    assert 'value="0" checked' in again
