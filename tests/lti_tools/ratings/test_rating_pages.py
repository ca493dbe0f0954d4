"""The rating desk as a browser sees it: blind, complete without a script, and refusing everybody else."""

from __future__ import annotations

import re
import uuid

import panel_cast as cast
import pytest
from django.test import Client
from django.urls import reverse
from signing_in import sign_in

from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Mark, Reading

REFUSED = 404


@pytest.fixture
def case(town):
    return ratings.open_case(cast.lesson(town, title="欧阳春兰的课：认识分数"))


@pytest.fixture
def first(case):
    return cast.readings(case)[0]


def signed_in(town, name, **options) -> Client:
    client = Client(headers={"accept-language": "zh"}, **options)
    return sign_in(client, cast.account(town, name))


@pytest.fixture
def browser(town, first):
    return signed_in(town, town.name_of(first.rater.id))


def address(name: str, reading=None) -> str:
    return reverse(name, args=[reading.id] if reading else [])


def sent(entered, *, revision: int = 0, **more):
    data = {"revision": revision, **more}
    for criterion, mark in entered.items():
        data |= {f"level-{criterion}": mark.level or "", f"note-{criterion}": mark.note}
        for part in ("start", "end", "text"):
            data[f"{part}-{criterion}"] = [getattr(span, part) for span in mark.spans]
    return data


def test_the_desk_shows_one_lesson_to_do_now(browser, case):
    page = browser.get(address("rating-desk")).content.decode()
    assert case.blind_code in page
    assert "认识分数" in page
    assert page.count('class="button"') == 1


def test_an_empty_desk_says_so_calmly(town):
    page = signed_in(town, "rater-elsewhere").get(address("rating-desk"))
    assert page.status_code == 200
    assert 'class="button"' not in page.content.decode()


def test_nothing_a_rater_is_sent_names_the_teacher_the_school_or_their_ids(town, case, browser, first):
    other = cast.readings(case)[1]
    cast.hand_in(other, cast.marks(4, BO1=2))
    ratings.save_draft(first.actor, first.id, cast.marks(3))
    teacher, lesson = town.people["teacher"], case.lesson
    secrets = [teacher.name, teacher.staff_no, town.schools["a1"].name, town.schools["a1"].code]
    ids = [teacher.id, town.schools["a1"].id, lesson.id, lesson.enrolment_id, case.id, case.take_id, other.id]
    secrets += [form for one in [*ids, other.rater.id] for form in (str(one), one.hex)]
    for name in ("rating-desk", "rating-sheet", "rating-confirm"):
        answer = browser.get(address(name, None if name == "rating-desk" else first))
        assert answer.status_code == 200
        seen = answer.content.decode() + str(answer.headers)
        assert [secret for secret in secrets if secret in seen] == []


def test_the_media_address_gives_nothing_away_even_when_it_is_decoded(town, case, browser, first):
    import base64

    page = browser.get(address("rating-sheet", first)).content.decode()
    url = re.search(r'<video[^>]* src="([^"]+)"', page)[1]
    body = url.rsplit("/", 1)[1].split(":")[0]
    decoded = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "replace")
    for one in (town.people["teacher"].id, case.lesson_id, case.take_id, case.lesson.enrolment_id):
        assert one.hex not in decoded + url
        assert str(one) not in decoded + url


def test_the_page_holds_no_inline_script_or_style_and_every_criterion_with_its_descriptors(browser, first):
    page = browser.get(address("rating-sheet", first)).content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*src=)|javascript:", page)
    for criterion in cast.rubric().criteria:
        assert criterion.label.zh in page
        for text in criterion.levels.values():
            assert text.zh in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label for="([^"]+)"', page)) <= set(ids)


def test_rating_works_without_any_script_from_the_first_mark_to_the_seal(browser, first):
    sheet, confirm = address("rating-sheet", first), address("rating-confirm", first)
    answer = browser.post(sheet, sent(cast.marks(3), then="check"))
    assert (answer.status_code, answer.url) == (302, confirm)
    page = browser.get(confirm).content.decode()
    assert "这里可见 BO1" in page
    assert "0:05–0:12" in page
    assert browser.post(confirm).url == address("rating-desk")
    assert Reading.objects.get(id=first.id).state == "committed"
    assert "这里可见 BO1" in browser.get(confirm).content.decode()
    assert browser.get(sheet).url == confirm


def test_errors_stand_at_the_top_and_lead_to_their_fields_and_everything_is_kept(browser, first):
    entered = {
        **cast.marks(3),
        "BO1": cast.MarkDraft(None, "我的话", (cast.SpanDraft("1:0x", "9:59", "这里"),)),
    }
    answer = browser.post(address("rating-sheet", first), sent(entered, then="check"))
    page = answer.content.decode()
    assert answer.status_code == 422
    box = page[page.index("data-problems") : page.index("rating-desk")]
    fields = re.findall(r'href="#([^"]+)"', box)
    assert fields == ["level-BO1-4", "start-BO1-0"]
    for field in fields:
        assert f'id="{field}"' in page
    assert 'value="1:0x"' in page
    assert "我的话" in page
    assert 'aria-invalid="true"' in page
    assert ratings.reading(first.actor, first.id).marks["BO1"].note == "我的话"


def test_the_confirmation_cannot_be_reached_or_sent_while_something_is_missing(browser, first):
    ratings.save_draft(first.actor, first.id, {"BO1": cast.MarkDraft(3)})
    for answer in (
        browser.get(address("rating-confirm", first)),
        browser.post(address("rating-confirm", first)),
    ):
        assert answer.status_code == 422
        assert "data-problems" in answer.content.decode()
    assert not Mark.objects.exists()


def test_saving_by_itself_answers_with_the_new_revision(browser, first):
    answer = browser.post(address("rating-draft", first), sent({"BO1": cast.MarkDraft(3, "写到一半")}))
    assert answer.json()["revision"] == 1
    assert answer.json()["said"]
    assert ratings.reading(first.actor, first.id).marks["BO1"].note == "写到一半"


def test_an_older_page_is_told_so_and_shows_what_it_sent(browser, first):
    ratings.save_draft(first.actor, first.id, {"BO1": cast.MarkDraft(4, "新的")})
    old = sent({"BO1": cast.MarkDraft(2, "旧页面上的字")}, revision=0)
    answer = browser.post(address("rating-draft", first), old, headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert all(answer.json()[part] for part in ("happened", "kept", "todo"))
    page = browser.post(address("rating-sheet", first), old)
    assert page.status_code == 409
    assert "旧页面上的字" in page.content.decode()
    assert ratings.reading(first.actor, first.id).marks["BO1"].note == "新的"


@pytest.mark.parametrize(
    "wrong", [{"level-BO99": "3"}, {"level-BO1": "9"}, {"level-BO1": "4); DROP"}, {"note-BO1": "长" * 2001}]
)
def test_a_forged_page_is_refused_in_words_and_nothing_is_changed(browser, first, wrong):
    answer = browser.post(
        address("rating-draft", first), {"revision": 0, **wrong}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["happened"]
    assert Reading.objects.get(id=first.id).draft == {}


def test_after_handing_in_the_page_takes_no_more_marks(browser, first):
    cast.hand_in(first, cast.marks(3))
    answer = browser.post(
        address("rating-draft", first), sent(cast.marks(1)), headers={"accept": "application/json"}
    )
    assert answer.status_code == 409
    assert browser.post(address("rating-confirm", first)).status_code == 409
    assert set(Mark.objects.values_list("level", flat=True)) == {3}


@pytest.mark.parametrize(
    "name",
    [
        "teacher",
        "colleague",
        "rater-elsewhere",
        "chair",
        "officer",
        "specialist",
        "administrator",
        "outsider",
    ],
)
def test_for_everybody_else_a_reading_looks_as_if_it_did_not_exist(town, first, name):
    client = signed_in(town, name)
    nowhere = uuid.uuid4()
    for page in ("rating-sheet", "rating-draft", "rating-confirm"):
        for method in (client.get, client.post):
            mine, none = method(reverse(page, args=[first.id])), method(reverse(page, args=[nowhere]))
            assert mine.status_code == none.status_code
            assert mine.status_code in {REFUSED, 405}
            assert strip(mine) == strip(none)
    assert Reading.objects.get(id=first.id).draft == {}


def strip(answer) -> str:
    """The page without what differs on every request: tokens and the address one came by."""
    return re.sub(r"[A-Za-z0-9]{64}|/rating/[0-9a-f-]{36}", "", answer.content.decode())


def test_somebody_who_is_not_signed_in_is_asked_to_sign_in(first):
    answer = Client().get(address("rating-sheet", first))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign-in"))
    assert Client().post(address("rating-draft", first), {"revision": 0}).status_code == REFUSED


def test_a_page_sent_from_another_site_is_refused(town, first):
    client = signed_in(town, town.name_of(first.rater.id), enforce_csrf_checks=True)
    assert client.post(address("rating-draft", first), sent(cast.marks(3))).status_code == 403
    assert Reading.objects.get(id=first.id).draft == {}


def test_a_rating_page_cannot_be_framed(browser, first):
    policy = browser.get(address("rating-sheet", first)).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
