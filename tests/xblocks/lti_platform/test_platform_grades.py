"""What a tool may send about a person's work, and what it is answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from xblocks.lti_platform import MediaType, ServiceRefused, grades
from xblocks.lti_platform.documents import next_link, page, plain

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD = {
    "userId": "teacher-1",
    "timestamp": "2026-11-22T15:59:59.123456+08:00",
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "scoreGiven": 82.5,
    "scoreMaximum": 100,
    "comment": "导入自然，提问有层次。",
}


def read(*, body: bytes | None = None, content_type: str = MediaType.SCORE, **changes):
    data = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    sent = json.dumps(data).encode() if body is None else body
    return grades.read_score(sent, content_type=content_type, now=NOW)


def test_a_score_is_read_exactly():
    score = read()
    assert score.score_given == Decimal("82.5")
    assert score.score_maximum == Decimal(100)
    assert score.timestamp == datetime(2026, 11, 22, 7, 59, 59, 123456, tzinfo=UTC)
    assert score.comment == "导入自然，提问有层次。"


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "2026-11-22T07:59:59.1Z"},
        {"timestamp": "2026-11-22T07:59:59.123456789Z"},
        {"scoreGiven": 120},
        {"scoreGiven": 0},
        {"scoreGiven": ..., "scoreMaximum": ..., "gradingProgress": "Pending"},
        {"scoreGiven": None, "scoreMaximum": None},
        {"comment": ...},
        {"submission": {"startedAt": "2026-11-22T07:00:00Z", "submittedAt": "2026-11-22T07:10:00.5Z"}},
        {"https://vendor.example/extra": {"anything": 1}},
    ],
    ids=str,
)
def test_what_the_specification_allows_is_accepted(changes):
    assert read(**changes).user_id == "teacher-1"


def test_plain_json_is_accepted_as_a_media_type():
    assert read(content_type="application/json; charset=utf-8").user_id == "teacher-1"


REFUSED = {
    "empty object": ({"body": b"{}"}, 400),
    "not JSON": ({"body": b"score=5"}, 400),
    "a list": ({"body": b"[]"}, 400),
    "broken UTF-8": ({"body": b"\xff\xfe{"}, 400),
    "nested beyond measure": ({"body": b"[" * 20_000}, 400),
    "doubled name": ({"body": b'{"scoreGiven": 1, "scoreGiven": 100}'}, 400),
    "a body of 70 KB": ({"comment": "x" * 70_000}, 413),
    "wrong media type": ({"content_type": "text/plain"}, 415),
    "no timestamp": ({"timestamp": ...}, 400),
    "timestamp null": ({"timestamp": None}, 400),
    "timestamp a number": ({"timestamp": 1763798399}, 400),
    "timestamp without zone": ({"timestamp": "2026-11-22T07:59:59.123"}, 400),
    "timestamp without sub-seconds": ({"timestamp": "2026-11-22T07:59:59Z"}, 400),
    "timestamp that is no date": ({"timestamp": "2026-02-30T07:59:59.1Z"}, 400),
    "timestamp before all time": ({"timestamp": "0001-01-01T00:00:00.0+14:00"}, 400),
    "timestamp with other digits": ({"timestamp": "２０２６-11-22T07:59:59.1Z"}, 400),
    "timestamp a year ahead": ({"timestamp": "2027-11-22T07:59:59.1Z"}, 400),
    "no userId": ({"userId": ...}, 400),
    "userId a number": ({"userId": 7}, 400),
    "userId blank": ({"userId": " "}, 400),
    "userId with NUL": ({"userId": "a\x00b"}, 400),
    "userId half a character": ({"userId": "\ud800"}, 400),
    "no activityProgress": ({"activityProgress": ...}, 400),
    "unknown activityProgress": ({"activityProgress": "Done"}, 400),
    "activityProgress a list": ({"activityProgress": ["Completed"]}, 400),
    "no gradingProgress": ({"gradingProgress": ...}, 400),
    "unknown gradingProgress": ({"gradingProgress": "fullygraded"}, 400),
    "scoreGiven without scoreMaximum": ({"scoreMaximum": ...}, 400),
    "scoreMaximum zero": ({"scoreMaximum": 0}, 400),
    "scoreMaximum below zero": ({"scoreMaximum": -1}, 400),
    "scoreMaximum zero without a score": ({"scoreGiven": ..., "scoreMaximum": 0}, 400),
    "scoreGiven below zero": ({"scoreGiven": -0.5}, 400),
    "scoreGiven a text": ({"scoreGiven": "82"}, 400),
    "scoreGiven true": ({"scoreGiven": True}, 400),
    "scoreGiven NaN": ({"scoreGiven": float("nan")}, 400),
    "scoreGiven infinite": ({"scoreGiven": float("inf")}, 400),
    "scoreGiven astronomic": ({"scoreGiven": 1e300}, 400),
    "scoreGiven of endless digits": (
        {"body": json.dumps(GOOD).replace("82.5", "1" * 5000).encode()},
        400,
    ),
    "comment a number": ({"comment": 5}, 400),
    "comment a book": ({"comment": "长" * 20_001}, 413),
    "submission a text": ({"submission": "yesterday"}, 400),
    "submission time without zone": ({"submission": {"startedAt": "2026-11-22T07:00:00"}}, 400),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_bad_score_is_refused_and_told_why(case):
    changes, status = REFUSED[case]
    with pytest.raises(ServiceRefused) as refusal:
        read(**changes)
    assert refusal.value.status == status
    assert refusal.value.description


def test_a_clock_a_few_minutes_ahead_is_forgiven():
    ahead = (NOW + timedelta(minutes=5)).isoformat(timespec="milliseconds")
    assert read(timestamp=ahead).timestamp > NOW


LINE_ITEM = {"label": "示范课", "scoreMaximum": 100, "tag": "lesson", "resourceId": "r-1"}


def read_item(**changes):
    data = {name: value for name, value in (LINE_ITEM | changes).items() if value is not ...}
    return grades.read_line_item(json.dumps(data).encode(), content_type=MediaType.LINE_ITEM)


def test_a_line_item_goes_out_as_it_came_in():
    shown = grades.line_item("https://lms.example/li/1", read_item(startDateTime="2026-11-01T00:00:00Z"))
    dates = {"startDateTime": "2026-11-01T00:00:00+00:00"}
    assert shown == {"id": "https://lms.example/li/1"} | LINE_ITEM | dates


@pytest.mark.parametrize(
    "changes",
    [
        {"label": ...},
        {"label": ""},
        {"label": "x" * 256},
        {"scoreMaximum": ...},
        {"scoreMaximum": 0},
        {"scoreMaximum": "100"},
        {"tag": 5},
        {"startDateTime": "tomorrow"},
    ],
    ids=str,
)
def test_a_bad_line_item_is_refused(changes):
    with pytest.raises(ServiceRefused) as refusal:
        read_item(**changes)
    assert refusal.value.status == 400


def test_a_result_is_on_the_scale_of_the_column():
    shown = grades.result(
        "https://lms.example/li/1", read(scoreGiven=4, scoreMaximum=5), maximum=Decimal(100)
    )
    assert shown["resultScore"] == 80
    assert shown["resultMaximum"] == 100
    assert shown["userId"] == "teacher-1"


@pytest.mark.parametrize("grading", ["Pending", "PendingManual", "Failed", "NotReady"])
def test_a_score_that_is_not_final_shows_no_number(grading):
    assert "resultScore" not in grades.result("u", read(gradingProgress=grading), maximum=Decimal(100))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("5", "5"), ("5.000000", "5"), ("82.500000", "82.5"), ("0", "0"), ("33.3333", "33.3333")],
)
def test_numbers_leave_as_people_write_them(value, shown):
    assert json.dumps(plain(Decimal(value))) == shown


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"limit": "-1"}, {"limit": "1.5"}, {"page": "²"}]
)
def test_an_impossible_page_is_refused(query):
    with pytest.raises(ServiceRefused) as refusal:
        page(query)
    assert refusal.value.status == 400


def test_the_link_to_the_next_page_is_quoted_straight_and_keeps_the_filter():
    query = {"tag": "a&b", "limit": "10", "page": "2"}
    header = next_link("https://lms.example/x", query=query, page=page(query), more=True)
    assert header == {"Link": '<https://lms.example/x?tag=a%26b&limit=10&page=3>; rel="next"'}
    assert next_link("https://lms.example/x", query=query, page=page(query), more=False) == {}
