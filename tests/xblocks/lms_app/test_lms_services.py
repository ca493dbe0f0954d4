"""Grades and members as a tool meets them over HTTP."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal

import pytest
from django.test import Client

from tests.xblocks.lms_app.conftest import TOKEN, connect, post_form
from tests.xblocks.lms_people import COURSE, OTHER_COURSE
from tests.xblocks.mini_tool import ASSERTION_TYPE, TARGET
from xblocks.lms_app import api, models
from xblocks.lti_platform import ALL_SCOPES, MediaType, Scope

CONTEXT = f"/shijie/lti/contexts/{COURSE}"
SCORE = {
    "userId": "teacher-1",
    "timestamp": "2026-03-01T08:00:00.000Z",
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "scoreGiven": 80,
    "scoreMaximum": 100,
}


def send(peer, column, *, token: str = "", context: str = CONTEXT, **changes):
    body = json.dumps(SCORE | changes)
    url = f"{context}/lineitems/{column}/scores"
    return peer.call("POST", url, Scope.SCORE, body=body, media=MediaType.SCORE, token=token)


def grade(column, sub: str = "teacher-1") -> api.Cell | None:
    return api.gradebook(COURSE).cells.get((column, sub))


def test_a_score_reaches_the_gradebook(peer, column):
    assert send(peer, column, scoreGiven=41.25, scoreMaximum=50, comment="很好").status_code == 204
    cell = grade(column)
    assert cell.score == Decimal("82.5")
    assert cell.final
    assert cell.comment == "很好"


def test_the_same_score_sent_again_is_accepted_and_kept_once(peer, column):
    assert [send(peer, column).status_code for _ in range(3)] == [204, 204, 204]
    assert len(api.history(column, "teacher-1")) == 1


def test_a_score_with_the_same_time_and_another_value_changes_nothing(peer, column):
    send(peer, column)
    assert send(peer, column, scoreGiven=10).status_code == 204
    assert grade(column).score == 80


def test_an_older_score_that_arrives_late_is_kept_but_does_not_count(peer, column):
    send(peer, column, timestamp="2026-03-02T08:00:00.000Z", scoreGiven=90)
    assert send(peer, column, timestamp="2026-03-01T23:00:00.000Z", scoreGiven=60).status_code == 204
    assert grade(column).score == 90
    assert [entry.applied for entry in api.history(column, "teacher-1")] == [False, True]


def test_newest_is_a_matter_of_instants_and_not_of_texts(peer, column):
    send(peer, column, timestamp="2026-03-01T09:00:00.000Z", scoreGiven=90)
    send(peer, column, timestamp="2026-03-01T16:30:00.000+08:00", scoreGiven=60)
    assert grade(column).score == 90
    send(peer, column, timestamp="2026-03-01T09:00:00.000001Z", scoreGiven=91)
    assert grade(column).score == 91


def test_a_score_waiting_for_a_person_shows_no_number(peer, column):
    send(peer, column, gradingProgress="PendingManual")
    cell = grade(column)
    assert cell.score is None
    assert not cell.final


def test_a_newer_message_without_a_score_clears_it(peer, column):
    send(peer, column)
    send(peer, column, timestamp="2026-03-02T08:00:00.0Z", scoreGiven=None, gradingProgress="NotReady")
    assert grade(column).score is None


@pytest.mark.parametrize("user_id", ["outsider", "teacher-1 ", "TEACHER-1"])
def test_a_person_who_is_not_in_the_course_gets_no_score(peer, column, user_id):
    answer = send(peer, column, userId=user_id)
    assert answer.status_code == 422
    assert answer.json()["error"] == "unknown_user"
    assert models.Score.objects.count() == 0


def test_a_bad_score_is_told_in_json_and_changes_nothing(peer, column):
    answer = send(peer, column, timestamp="2026-03-01T08:00:00Z")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert "timestamp" in answer.json()["error_description"]
    assert models.Score.objects.count() == 0


METHODS = {
    ("lineitems", "GET"): {Scope.LINE_ITEM, Scope.LINE_ITEM_READ},
    ("lineitems", "POST"): {Scope.LINE_ITEM},
    ("lineitem", "GET"): {Scope.LINE_ITEM, Scope.LINE_ITEM_READ},
    ("lineitem", "PUT"): {Scope.LINE_ITEM},
    ("lineitem", "DELETE"): {Scope.LINE_ITEM},
    ("scores", "POST"): {Scope.SCORE},
    ("results", "GET"): {Scope.RESULT_READ},
    ("memberships", "GET"): {Scope.MEMBERSHIP},
}


def paths(column) -> dict[str, str]:
    item = f"{CONTEXT}/lineitems/{column}"
    return {
        "lineitems": f"{CONTEXT}/lineitems",
        "lineitem": item,
        "scores": f"{item}/scores",
        "results": f"{item}/results",
        "memberships": f"{CONTEXT}/memberships",
    }


@pytest.mark.parametrize("door", METHODS, ids=" ".join)
def test_every_scope_but_the_right_one_is_refused(peer, column, door):
    endpoint, method = door
    wrong = [scope for scope in ALL_SCOPES if scope not in METHODS[door]]
    answer = peer.call(method, paths(column)[endpoint], *wrong)
    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"
    assert models.LineItem.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize("door", METHODS, ids=" ".join)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer made-up"}, {"Authorization": "Basic eDp5"}])
def test_without_a_good_token_every_door_answers_401(peer, column, door, header):
    endpoint, method = door
    answer = Client().generic(method, paths(column)[endpoint], headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "error" in answer.json()


@pytest.mark.parametrize(
    ("endpoint", "method"),
    [("lineitems", "DELETE"), ("scores", "GET"), ("results", "POST"), ("memberships", "PUT")],
)
def test_a_method_that_has_no_meaning_is_405(peer, column, endpoint, method):
    answer = peer.call(method, paths(column)[endpoint], *ALL_SCOPES)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


def test_a_token_of_one_tool_opens_nothing_of_another(peer, column):
    other = connect("client-2")
    api.place_link("client-2", course=COURSE, link_id="block-2", target_link_uri=TARGET)
    assert send(other, column).status_code == 404
    listed = other.call("GET", f"{CONTEXT}/lineitems", Scope.LINE_ITEM)
    assert listed.json() == []
    assert other.call("DELETE", paths(column)["lineitem"], Scope.LINE_ITEM).status_code == 404
    assert other.call("GET", paths(column)["results"], Scope.RESULT_READ).status_code == 404
    assert models.Score.objects.count() == 0


def test_a_course_without_the_tool_is_closed_to_it(peer, column):
    elsewhere = f"/shijie/lti/contexts/{OTHER_COURSE}"
    assert peer.call("GET", f"{elsewhere}/memberships", Scope.MEMBERSHIP).status_code == 404
    assert send(peer, column, context=elsewhere).status_code == 404


def test_a_switched_off_tools_token_is_dead(peer, column):
    token = peer.token(Scope.SCORE)
    models.Tool.objects.update(enabled=False)
    assert send(peer, column, token=token).status_code == 401


def test_tokens_are_not_readable_in_the_table(peer):
    token = peer.token(Scope.SCORE)
    assert models.AccessToken.objects.get().digest != token


def test_the_token_door_speaks_rfc_6749(peer):
    bad = post_form({"grant_type": "client_credentials"})
    assert bad.status_code == 400
    assert bad.json()["error"] == "invalid_request"
    assert bad.headers["Cache-Control"] == "no-store"
    forged = post_form(
        {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": connect("client-3").assertion(TOKEN, iss="client-1", sub="client-1"),
            "scope": Scope.SCORE,
        },
    )
    assert (forged.status_code, forged.json()["error"]) == (401, "invalid_client")
    assert Client().get("/shijie/lti/token").status_code == 405
    as_json = Client().post("/shijie/lti/token", "{}", content_type="application/json")
    assert as_json.status_code == 400


def test_an_assertion_cannot_be_replayed(peer):
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": peer.assertion(TOKEN),
        "scope": Scope.SCORE,
    }
    assert [post_form(form).status_code for _ in range(2)] == [200, 401]


def test_a_tool_makes_changes_and_removes_its_own_column(peer, column):
    item = {"label": "反思", "scoreMaximum": 10, "tag": "reflection", "resourceLinkId": "block-1"}
    made = peer.call(
        "POST", f"{CONTEXT}/lineitems", Scope.LINE_ITEM, body=json.dumps(item), media=MediaType.LINE_ITEM
    )
    assert made.status_code == 201
    url = made.json()["id"]
    assert made.headers["Location"] == url
    assert made.json() == item | {"id": url}
    changed = json.dumps(item | {"label": "教学反思", "id": url})
    put = peer.call("PUT", url, Scope.LINE_ITEM, body=changed, media=MediaType.LINE_ITEM)
    assert put.json()["label"] == "教学反思"
    assert peer.call("GET", url, Scope.LINE_ITEM_READ).json() == put.json()
    assert peer.call("DELETE", url, Scope.LINE_ITEM).status_code == 204
    assert peer.call("GET", url, Scope.LINE_ITEM).status_code == 404
    assert [shown.label for shown in api.gradebook(COURSE).columns] == ["示范课"]


def test_a_column_of_the_course_cannot_be_removed_by_a_tool(peer, column):
    assert peer.call("DELETE", paths(column)["lineitem"], Scope.LINE_ITEM).status_code == 403
    assert len(api.gradebook(COURSE).columns) == 1


def test_a_column_cannot_hang_on_a_foreign_link(peer, column):
    connect("client-2")
    api.place_link("client-2", course=COURSE, link_id="theirs", target_link_uri=TARGET)
    item = json.dumps({"label": "x", "scoreMaximum": 1, "resourceLinkId": "theirs"})
    made = peer.call("POST", f"{CONTEXT}/lineitems", Scope.LINE_ITEM, body=item, media=MediaType.LINE_ITEM)
    assert made.status_code == 400
    moved = peer.call("PUT", paths(column)["lineitem"], Scope.LINE_ITEM, body=item, media=MediaType.LINE_ITEM)
    assert moved.status_code == 400


def test_line_items_come_in_pages_with_a_quoted_link(peer, column):
    for number in range(4):
        item = json.dumps({"label": f"任务 {number}", "scoreMaximum": 10, "tag": "task"})
        peer.call("POST", f"{CONTEXT}/lineitems", Scope.LINE_ITEM, body=item, media=MediaType.LINE_ITEM)
    labels, url = [], f"{CONTEXT}/lineitems?tag=task&limit=3"
    while url:
        answer = peer.call("GET", url, Scope.LINE_ITEM_READ)
        assert answer.headers["Content-Type"] == MediaType.LINE_ITEMS
        labels += [item["label"] for item in answer.json()]
        link = answer.headers.get("Link", "")
        assert not link or link.endswith('>; rel="next"')
        url = link.removeprefix("<").partition(">")[0]
    assert labels == [f"任务 {number}" for number in range(4)]


def test_results_show_the_newest_final_score_of_each_person(peer, column):
    send(peer, column)
    send(peer, column, timestamp="2026-03-03T08:00:00.5Z", scoreGiven=95, comment="进步明显")
    send(peer, column, userId="teacher-2", gradingProgress="Pending")
    answer = peer.call("GET", paths(column)["results"], Scope.RESULT_READ)
    assert answer.headers["Content-Type"] == MediaType.RESULTS
    first, second = answer.json()
    assert (first["userId"], first["resultScore"], first["comment"]) == ("teacher-1", 95, "进步明显")
    assert "resultScore" not in second
    only = peer.call("GET", paths(column)["results"] + "?user_id=teacher-2", Scope.RESULT_READ)
    assert [row["userId"] for row in only.json()] == ["teacher-2"]


def test_members_show_what_the_registration_shares(peer, column):
    answer = peer.call("GET", f"{CONTEXT}/memberships", Scope.MEMBERSHIP)
    assert answer.headers["Content-Type"] == MediaType.MEMBERS
    body = answer.json()
    assert body["context"]["id"] == COURSE
    first = body["members"][0]
    assert first["user_id"] == "teacher-1"
    assert first["lis_person_sourcedid"] == "T-58001"
    assert "email" not in first


def test_members_can_be_asked_by_role_and_page_and_link(peer, column):
    trainers = peer.call("GET", f"{CONTEXT}/memberships?role=Instructor", Scope.MEMBERSHIP).json()
    assert [member["user_id"] for member in trainers["members"]] == ["trainer-1"]
    page = peer.call("GET", f"{CONTEXT}/memberships?limit=2", Scope.MEMBERSHIP)
    assert len(page.json()["members"]) == 2
    assert page.headers["Link"].endswith('page=2>; rel="next"')
    assert peer.call("GET", f"{CONTEXT}/memberships?rlid=block-1", Scope.MEMBERSHIP).status_code == 200
    assert peer.call("GET", f"{CONTEXT}/memberships?rlid=gone", Scope.MEMBERSHIP).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{CONTEXT}/lineitems?page=x",
        f"{CONTEXT}/lineitems?limit=0",
        f"{CONTEXT}/lineitems?tag=%00",
        "/shijie/lti/contexts/%00/lineitems",
    ],
)
def test_an_impossible_address_is_a_400_and_never_a_500(peer, column, address):
    assert peer.call("GET", address, Scope.LINE_ITEM).status_code == 400


def test_an_unknown_column_is_404(peer, column):
    assert send(peer, uuid.uuid4()).status_code == 404


def test_purging_takes_only_what_has_expired(peer, column):
    from datetime import timedelta

    from django.utils import timezone

    peer.token(Scope.SCORE)
    api.start_launch("teacher-1", client_id="client-1", link_id="block-1")
    assert api.purge() == 0
    assert api.purge(now=timezone.now() + timedelta(days=2)) == 3
