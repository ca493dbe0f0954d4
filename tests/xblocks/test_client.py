"""What the blocks accept from the service, and how they bear with a weak network."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from xblocks.shared.client import ClientError, Placement, ServiceClient

GOOD = {
    "placed": True,
    "tier": "basic",
    "tier_label": {"zh": "基础操作层", "en": "Basic operation"},
    "skill": "S1",
    "reasons": ["51岁及以上"],
    "first_task": "入门诊断",
}


class Wire:
    """Stands for requests.get: remembers the call, gives the answer or raises it."""

    def __init__(self, answer: requests.Response | Exception):
        self.answer = answer
        self.url = ""
        self.options: dict[str, Any] = {}

    def __call__(self, url: str, **options: Any) -> requests.Response:
        self.url, self.options = url, options
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def response(status: int = 200, body: bytes = b"{}") -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = body
    return answer


def client(wire: Wire) -> ServiceClient:
    return ServiceClient(
        base_url="http://127.0.0.1:8000", sign=lambda *, sub, audience: f"{sub}@{audience}", send=wire
    )


def ask(answer: requests.Response | Exception) -> Placement:
    return client(Wire(answer)).placement("lms-1", language="zh-hans")


def test_it_asks_in_the_platforms_name_about_one_person_with_a_time_limit_and_follows_no_redirect() -> None:
    wire = Wire(response(body=b'{"placed": false}'))
    assert client(wire).placement("lms-1", language="en") == Placement(placed=False)
    assert wire.url == "http://127.0.0.1:8000/api/v1/placement"
    assert wire.options["headers"]["Authorization"] == "Bearer lms-1@http://127.0.0.1:8000"
    assert wire.options["params"] == {"lang": "en"}
    assert max(wire.options["timeout"]) <= 5
    assert wire.options["allow_redirects"] is False


def test_a_placement_is_read_with_its_label_in_both_languages() -> None:
    placement = Placement.from_json(GOOD)
    assert (placement.tier, placement.skill, placement.reasons) == ("basic", "S1", ("51岁及以上",))
    assert (placement.label("zh-hans"), placement.label("en")) == ("基础操作层", "Basic operation")
    assert Placement.from_json(placement.to_json()) == placement


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("诊断", "诊断"),
        ({"zh": "诊断", "en": "Diagnosis"}, "诊断"),
        ({"id": "task-D0", "label": {"zh": "诊断", "en": "Diagnosis"}}, "诊断"),
        ({"id": "task-D0", "zh": "诊断", "en": "Diagnosis"}, "诊断"),
        ({"id": "task-D0", "title": "诊断"}, "诊断"),
        (None, ""),
        (7, ""),
    ],
)
def test_the_first_task_may_be_a_text_or_a_label(task: object, text: str) -> None:
    assert Placement.from_json(GOOD | {"first_task": task}).first_task == text


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        (requests.ConnectionError(), "unreachable", False),
        (requests.Timeout(), "unreachable", False),
        (response(503), "busy", False),
        (response(429), "busy", False),
        (response(401), "refused", True),
        (response(403), "refused", True),
        (response(404), "unknown_person", True),
        (response(302), "bad_answer", False),
        (response(body=b"<html>"), "bad_answer", False),
        (response(body=b"[]"), "bad_answer", False),
        (response(body=b'{"placed": "yes"}'), "bad_answer", False),
        (response(body=b'{"placed": true}'), "bad_answer", False),
        (response(body=b'{"placed": true, "tier": 3}'), "bad_answer", False),
        (response(body=b" " * 70_000), "bad_answer", False),
    ],
)
def test_every_failure_has_a_code_and_says_whether_asking_again_may_help(
    answer: requests.Response | Exception, code: str, permanent: bool
) -> None:
    with pytest.raises(ClientError) as caught:
        ask(answer)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
