from __future__ import annotations

from typing import Any

import one_of_each
import pytest

from lti_tools.ratings import api as ratings

pytestmark = pytest.mark.django_db


def test_a_name_or_school_written_into_the_subject_is_masked_like_one_in_the_title(cast: Any) -> None:
    lesson = one_of_each.lesson(cast.enrolment("senior"), title="王守田 认识分数")
    lesson.subject = "数学（甲县村小 王守田）"
    lesson.save()
    ratings.open_case(lesson, raters_pool=[cast.people.rater2, cast.people.rater3])
    [row] = ratings.assigned_to(cast.actor("rater2"))
    for name in ("王守田", "甲县村小"):
        assert name not in row.title + row.subject
    assert "数学" in row.subject
