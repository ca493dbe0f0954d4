"""Scores travel to the gradebook: the same bytes every time, each failure called by its kind (AGS 2.0)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from lti_peer import DROP, SCOPE, Peer, Said, Scene

from lti_tools.errors import ShijieError
from lti_tools.launch import wire
from lti_tools.launch.api import (
    GradeTarget,
    Launch,
    jwks,
    post_score,
    register_platform,
    remember_target,
    rotate_key,
    targets_of,
)
from lti_tools.launch.grades import canonical, next_page, scores_url
from lti_tools.launch.models import AccessToken, ToolKey

SCORE = {
    "userId": "user-7",
    "scoreGiven": 86.5,
    "scoreMaximum": 100,
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "timestamp": "2026-11-20T08:00:00.000000+00:00",
    "comment": "公开课 v1",
}
SCORES = "/lineitems/1/lineitem/scores"


_MADE: list[dict[str, Any]] = []


def _our_keys() -> dict[str, Any]:
    """Making an RSA pair takes longer than a whole test, so all tests of this file share the first one."""
    if _MADE:
        ToolKey.objects.create(**_MADE[0])
        return jwks()
    found = jwks()
    _MADE.append(ToolKey.objects.values().get())
    return found


@pytest.fixture
def launch(scene: Scene) -> Launch:
    scene.peer.tool_keys = _our_keys()
    return scene.launch()


@pytest.fixture
def target(launch: Launch) -> GradeTarget:
    found = remember_target(launch)
    assert found is not None
    return found


def _without_line_item(target: GradeTarget, *scopes: str) -> GradeTarget:
    target.lineitem_url = ""
    target.scopes = [SCOPE + scope for scope in scopes]
    target.save()
    return target


def _refused(target: GradeTarget, score: Any = None) -> ShijieError:
    with pytest.raises(ShijieError) as refused:
        post_score(target.id, score=SCORE if score is None else score)
    return refused.value


def test_a_score_arrives_with_exactly_the_stored_bytes(target: GradeTarget, peer: Peer) -> None:
    post_score(target.id, score=SCORE)
    [got] = peer.asked(SCORES)
    assert got.method == "POST"
    assert got.query == {"type_id": ["4"]}, "the query of the line item stays a query"
    assert got.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert json.loads(got.body) == SCORE
    post_score(target.id, score=dict(reversed(SCORE.items())))
    assert peer.scores[0] == peer.scores[1] == canonical(SCORE)


def test_decimals_are_written_as_plain_numbers() -> None:
    given = canonical(SCORE | {"scoreGiven": Decimal("60.00"), "scoreMaximum": Decimal("100")})
    assert b'"scoreGiven":60,"scoreMaximum":100' in given
    assert b'"scoreGiven":86.5' in canonical(SCORE | {"scoreGiven": Decimal("86.5")})


def test_one_token_serves_many_scores(target: GradeTarget, peer: Peer) -> None:
    for _ in range(3):
        post_score(target.id, score=SCORE)
    assert len(peer.asked("/token")) == 1
    assert peer.asked("/token")[0].body.endswith(
        b"scope=https%3A%2F%2Fpurl.imsglobal.org%2Fspec%2Flti-ags%2Fscope%2Fscore"
    )


def test_a_token_lies_sealed_and_is_not_used_to_its_last_second(target: GradeTarget, peer: Peer) -> None:
    post_score(target.id, score=SCORE)
    row = AccessToken.objects.get()
    assert row.sealed_token not in peer.tokens
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(seconds=20))
    post_score(target.id, score=SCORE)
    assert len(peer.asked("/token")) == 2


@pytest.mark.parametrize("expires_in", [None, "3600", "soon", -5, 0])
def test_a_token_with_an_odd_lifetime_still_works(target: GradeTarget, peer: Peer, expires_in: Any) -> None:
    peer.tokens["t"] = ("client-1", {SCOPE + "score"})
    peer.script["/token"] = [Said(body={"access_token": "t", "expires_in": expires_in})]
    post_score(target.id, score=SCORE)
    assert len(peer.scores) == 1


def test_two_clients_of_one_issuer_do_not_share_tokens(
    scene: Scene, target: GradeTarget, registration: dict, launch: Launch
) -> None:
    second = register_platform(**registration | {"client_id": "client-2"})
    other = remember_target(replace(launch, platform_id=second.id, client_id="client-2"))
    assert other is not None
    for one in (target, other):
        post_score(one.id, score=SCORE)
    assert {client for client, _scopes in scene.peer.tokens.values()} == {"client-1", "client-2"}


def test_a_token_the_platform_forgot_is_renewed_once(target: GradeTarget, peer: Peer) -> None:
    post_score(target.id, score=SCORE)
    peer.tokens.clear()
    post_score(target.id, score=SCORE)
    assert len(peer.asked("/token")) == 2
    assert len(peer.scores) == 2


def test_a_platform_that_refuses_every_token_is_asked_twice_and_tried_again_later(
    target: GradeTarget, peer: Peer
) -> None:
    peer.script[SCORES] = [Said(401), Said(401)]
    problem = _refused(target)
    assert (problem.code, problem.permanent) == ("grade.refused", False)
    assert len(peer.asked(SCORES)) == 2


def test_a_newer_score_already_there_counts_as_done(target: GradeTarget, peer: Peer) -> None:
    peer.script[SCORES] = [Said(409)]
    post_score(target.id, score=SCORE)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_any_success_is_success(target: GradeTarget, peer: Peer, status: int) -> None:
    peer.script[SCORES] = [Said(status, b"")]
    post_score(target.id, score=SCORE)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 410, 413, 415, 422])
def test_a_refusal_that_will_not_change_stops_for_good(target: GradeTarget, peer: Peer, status: int) -> None:
    peer.script[SCORES] = [Said(status, headers={"Location": "/elsewhere"})]
    problem = _refused(target)
    assert problem.permanent
    assert problem.values["status"] == status
    assert not peer.asked("/elsewhere")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_platform_in_trouble_is_tried_again(target: GradeTarget, peer: Peer, status: int) -> None:
    peer.script[SCORES] = [Said(status)]
    assert not _refused(target).permanent


def test_a_platform_that_hangs_is_tried_again(
    target: GradeTarget, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_score(target.id, score=SCORE)
    monkeypatch.setattr(wire, "SOCKET_SECONDS", 0.1)
    peer.script[SCORES] = [Said(wait=0.5)]
    problem = _refused(target)
    assert (problem.code, problem.permanent) == ("wire.unreachable", False)


@pytest.mark.parametrize(
    ("said", "code", "permanent"),
    [
        (Said(400, {"error": "invalid_scope"}), "grade.token_refused", True),
        (Said(400, {"error": "invalid_client"}), "grade.token_refused", False),
        (Said(401, b"no"), "grade.token_refused", False),
        (Said(403), "grade.token_refused", True),
        (Said(503), "grade.token_refused", False),
        (Said(200, b"<html>"), "grade.token_unreadable", False),
        (Said(200, ["token"]), "grade.token_unreadable", False),
        (Said(200, {"access_token": ""}), "grade.token_unreadable", False),
        (Said(200, {"access_token": "a\r\nX-Evil: 1"}), "grade.token_unreadable", False),
        (Said(302, headers={"Location": "/elsewhere"}), "grade.token_refused", True),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_token_that_cannot_be_had(
    target: GradeTarget, peer: Peer, said: Said, code: str, permanent: bool
) -> None:
    peer.script["/token"] = [said]
    problem = _refused(target)
    assert (problem.code, problem.permanent) == (code, permanent)
    assert not peer.scores
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "name", ["userId", "timestamp", "activityProgress", "gradingProgress", "scoreMaximum"]
)
def test_half_a_score_is_not_sent(target: GradeTarget, peer: Peer, name: str) -> None:
    problem = _refused(target, {key: value for key, value in SCORE.items() if key != name})
    assert (problem.code, problem.permanent) == ("grade.incomplete", True)
    assert not peer.asked("/token")


def test_a_line_item_is_found_by_its_link_whatever_else_is_listed(target: GradeTarget, peer: Peer) -> None:
    mine = {"resourceLinkId": "link-1", "label": "Mine"}
    peer.line_items = [
        {"id": f"{peer.base}/lineitems/1/lineitem", "resourceLinkId": "other", "tag": "shijie"},
        {"id": f"{peer.base}/lineitems/2/lineitem", **mine},
        {"id": f"{peer.base}/lineitems/3/lineitem", **mine, "tag": "shijie"},
    ]
    _without_line_item(target, "score", "lineitem")
    post_score(target.id, score=SCORE)
    post_score(target.id, score=SCORE)
    assert peer.asked("/lineitems")[0].query == {"resource_link_id": ["link-1"]}
    assert len(peer.asked("/lineitems")) == 1, "once found it is remembered"
    assert len(peer.asked("/lineitems/3/lineitem/scores")) == 2


def test_a_missing_line_item_is_made_once_and_bound_to_the_link(target: GradeTarget, peer: Peer) -> None:
    _without_line_item(target, "score", "lineitem")
    post_score(target.id, score=SCORE)
    [made] = peer.line_items
    assert made | {"id": ""} == {
        "id": "",
        "label": "My path",
        "resourceLinkId": "link-1",
        "scoreMaximum": 100,
        "tag": "shijie",
    }
    assert len(peer.asked(SCORES)) == 1


def test_later_pages_are_looked_at_however_the_link_is_quoted(target: GradeTarget, peer: Peer) -> None:
    item = {"id": f"{peer.base}/lineitems/9/lineitem", "resourceLinkId": "link-1"}
    link = f'<{peer.base}/lineitems?page=0>; rel="prev", <{peer.base}/lineitems?page=2>; rel=next'
    peer.script["/lineitems"] = [Said(body=[], headers={"Link": link}), Said(body=[item])]
    _without_line_item(target, "score", "lineitem")
    post_score(target.id, score=SCORE)
    assert peer.asked("/lineitems")[1].query == {"page": ["2"]}
    assert len(peer.asked("/lineitems/9/lineitem/scores")) == 1


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<https://lms.example/x?p=2>; rel="next"', "https://lms.example/x?p=2"),
        ("</x?p=2>; rel=next", "https://lms.example/x?p=2"),
        ("<https://lms.example/x?p=2>; rel=\u201dnext\u201d", "https://lms.example/x?p=2"),
        (
            '<https://lms.example/x?p=1>; rel="prev", <https://lms.example/x?p=3>; REL="Next"',
            "https://lms.example/x?p=3",
        ),
        ('<https://evil.example/x>; rel="next"', ""),
        ('<https://lms.example/x>; rel="nextish"', ""),
        ("", ""),
    ],
)
def test_the_next_page_is_read_leniently_but_never_on_another_site(link: str, url: str) -> None:
    answer = wire.Answer(status=200, headers={"link": link}, body=b"", url="https://lms.example/x")
    assert next_page(answer) == url


def test_two_workers_do_not_make_two_columns(target: GradeTarget, peer: Peer) -> None:
    _without_line_item(target, "score", "lineitem")
    GradeTarget.objects.update(finding_until=timezone.now() + timedelta(seconds=60))
    problem = _refused(target)
    assert (problem.code, problem.permanent) == ("grade.line_item_busy", False)
    assert not peer.got[1:], "only the keys for the launch were asked for"


def test_a_worker_killed_while_looking_blocks_nobody_for_long(target: GradeTarget, peer: Peer) -> None:
    _without_line_item(target, "score", "lineitem")
    GradeTarget.objects.update(finding_until=timezone.now() - timedelta(seconds=1))
    post_score(target.id, score=SCORE)
    assert len(peer.scores) == 1


def test_looking_for_the_line_item_may_fail_and_be_tried_again(target: GradeTarget, peer: Peer) -> None:
    _without_line_item(target, "score", "lineitem")
    peer.script["/lineitems"] = [Said(503), Said(body={"not": "a list"})]
    assert (_refused(target).code, _refused(target).code) == ("grade.refused", "grade.line_items_unreadable")
    post_score(target.id, score=SCORE)
    assert len(peer.line_items) == 1


def test_a_deleted_column_is_looked_for_when_somebody_tries_again(target: GradeTarget, peer: Peer) -> None:
    peer.script[SCORES] = [Said(404)]
    assert _refused(target).permanent
    peer.line_items = [{"id": f"{peer.base}/lineitems/5/lineitem", "resourceLinkId": "link-1"}]
    post_score(target.id, score=SCORE)
    assert len(peer.asked("/lineitems/5/lineitem/scores")) == 1


@pytest.mark.parametrize(
    ("scopes", "lineitems", "code"),
    [
        (("lineitem",), True, "grade.scope_missing"),
        (("score",), True, "grade.no_line_item"),
        (("score", "lineitem.readonly"), False, "grade.no_line_item"),
    ],
)
def test_what_the_platform_does_not_allow_is_not_tried(
    target: GradeTarget, peer: Peer, scopes: tuple[str, ...], lineitems: bool, code: str
) -> None:
    _without_line_item(target, *scopes)
    if not lineitems:
        GradeTarget.objects.update(lineitems_url="")
    problem = _refused(target)
    assert (problem.code, problem.permanent) == (code, True)
    assert not peer.got[1:], "only the keys for the launch were asked for"


def test_a_score_for_nowhere_stops_for_good(db: None) -> None:
    with pytest.raises(ShijieError) as refused:
        post_score("00000000-0000-4000-8000-000000000000", score=SCORE)
    assert refused.value.code == "grade.target_unknown"


def test_no_score_is_sent_inside_a_transaction(target: GradeTarget, peer: Peer) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        post_score(target.id, score=SCORE)
    assert not peer.scores


def test_scores_go_on_while_our_keys_rotate(target: GradeTarget, peer: Peer) -> None:
    rotate_key(actor="operator")
    post_score(target.id, score=SCORE)  # the peer still holds the key set from before
    assert len(peer.scores) == 1


def test_the_scores_address_keeps_query_and_slash_apart() -> None:
    assert scores_url("https://l.example/i/1") == "https://l.example/i/1/scores"
    assert scores_url("https://l.example/i/1/?a=b") == "https://l.example/i/1/scores?a=b"


def test_every_link_a_person_opened_is_a_place_for_the_grade(scene: Scene, launch: Launch) -> None:
    first = remember_target(launch)
    second = remember_target(replace(launch, resource_link_id="link-2"))
    remember_target(replace(launch, resource_link_id="link-3", sub="somebody-else"))
    assert first
    assert second
    assert targets_of([(scene.platform.id, "user-7")]) == [(second.id, "user-7"), (first.id, "user-7")]
    assert targets_of([(scene.platform.id, "nobody")]) == []
    assert targets_of([]) == []


def test_a_later_launch_brings_the_target_up_to_date_but_keeps_a_found_line_item(launch: Launch) -> None:
    target = remember_target(launch)
    assert target
    assert launch.ags
    remember_target(replace(launch, resource_title="Renamed", ags=replace(launch.ags, lineitem="")))
    target.refresh_from_db()
    assert target.resource_title == "Renamed"
    assert target.lineitem_url == launch.ags.lineitem
    assert GradeTarget.objects.count() == 1


@pytest.mark.parametrize(
    "ags", [DROP, {"scope": []}, {"scope": [SCOPE + "result.readonly"], "lineitem": "https://l"}]
)
def test_a_link_that_takes_no_scores_is_no_target(scene: Scene, ags: Any) -> None:
    assert remember_target(scene.launch(ags=ags)) is None
    assert not GradeTarget.objects.exists()
