"""Texts that people type and paper must carry: none may stop a page, a paper or somebody else's report set."""

from __future__ import annotations

from typing import Any

import one_of_each
import pytest
from django.core.exceptions import ValidationError

from lti_tools import journey
from lti_tools.reporting import api as reporting
from lti_tools.web.fields import Line

ID_NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("认识分数", "认识分数"),
        ("认识\u202egnp.分数", "认识gnp.分数"),
        ("认识\x00\x07分数", "认识 分数"),
        ("认识\ue000分数", "认识分数"),
        ("认识\n 分数\t", "认识 分数"),
        ("𬱖𰻞 བོད་ ئۇيغۇر", "𬱖𰻞 བོད་ ئۇيغۇر"),
    ],
)
def test_what_nobody_sees_and_no_paper_shows_is_taken_out_of_a_line(typed: str, kept: str) -> None:
    assert Line().clean(typed) == kept


@pytest.mark.parametrize("typed", ["\u202e", "\x07 \ue000", "  "])
def test_a_line_of_nothing_visible_is_empty(typed: str) -> None:
    with pytest.raises(ValidationError):
        Line().clean(typed)


def test_an_id_number_is_refused_where_it_is_typed_and_not_when_the_paper_is_set() -> None:
    with pytest.raises(ValidationError):
        Line().clean(f"王老师 {ID_NUMBER} 的课")


@pytest.mark.django_db
def test_every_line_that_reaches_paper_is_such_a_line(cast: Any, browse_as: Any) -> None:
    from lti_tools.web.lesson import LessonForm
    from lti_tools.web.programmes import ProgrammeForm

    programme = ProgrammeForm(cast.actor("officer"))
    lesson = LessonForm(enrolment=cast.enrolment("senior"))
    assert all(
        isinstance(form.fields[name], Line)
        for form, name in ((programme, "title"), (lesson, "title"), (lesson, "subject"))
    )


@pytest.mark.django_db
def test_markup_in_a_title_is_text_on_paper_and_fetches_nothing(cast: Any) -> None:
    set_with_title(cast, '<img src="file:///etc/passwd"><style>@import "http://127.0.0.1/"</style>')


@pytest.mark.django_db
def test_a_title_in_a_script_without_a_font_does_not_keep_the_county_from_its_set(cast: Any) -> None:
    set_with_title(cast, "认识\U0001e900分数")


def set_with_title(cast: Any, title: str) -> None:
    enrolment = cast.enrolment("senior")
    lesson = one_of_each.lesson(enrolment, title=title)
    one_of_each.decide(cast, lesson, pool=[cast.people.rater2, cast.people.rater3])
    run = journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    payload: dict[str, object] = {"run": str(run.id), "next": 0}
    while again := reporting.advance(payload):
        payload = again.payload
    run.refresh_from_db()
    assert run.state == run.State.DONE
