"""Keys on both sides: a platform's may change or be away, ours rotate without anybody noticing."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from lti_peer import KEY, OTHER_KEY, Said, Scene, private, public

from lti_tools.errors import Refused, ShijieError
from lti_tools.keys.api import seal, unseal
from lti_tools.launch import keys, keysets
from lti_tools.launch.api import jwks, register_platform, rotate_key
from lti_tools.launch.models import JwksCache, ToolKey


def _again(scene: Scene, **changes: Any) -> Any:
    scene.asked = scene.browser.login(scene.platform.issuer)
    return scene.launch(**changes)


def _later(**ago: float) -> None:
    """As if the last answer and the last try were that long ago."""
    for row in JwksCache.objects.all():
        past = timedelta(**ago)
        row.fetched_at = row.fetched_at and row.fetched_at - past
        row.tried_at = row.tried_at and row.tried_at - past
        row.save()


def _new_key(scene: Scene) -> Any:
    return _again(scene, key=private("key-2"), headers={"kid": "key-2"})


def _code(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_keys_are_fetched_once_for_many_launches(scene: Scene) -> None:
    scene.launch()
    _again(scene)
    assert len(scene.peer.asked("/jwks")) == 1


def test_a_rotated_key_is_found_at_the_first_launch_that_needs_it(scene: Scene) -> None:
    scene.launch()
    scene.peer.published = {"keys": [public(OTHER_KEY), public(KEY)]}
    _later(seconds=31)
    assert _new_key(scene).sub == "user-7"


def test_unknown_keys_make_us_ask_at_most_every_thirty_seconds(scene: Scene) -> None:
    scene.launch()
    _later(seconds=31)
    assert [_code(lambda: _new_key(scene)) for _ in range(4)] == ["launch.key_unknown"] * 4
    assert len(scene.peer.asked("/jwks")) == 2


def test_a_bad_answer_is_not_kept_and_asked_again_after_five_seconds(scene: Scene) -> None:
    scene.peer.script["/jwks"] = [Said(503), Said(200, {"keys": []})]
    assert _code(scene.launch) == "launch.keys_unreachable"
    _later(seconds=6)
    assert _code(scene.launch) == "launch.keys_unreachable"
    _later(seconds=6)
    assert scene.launch().sub == "user-7"


@pytest.mark.parametrize("status", [201, 301, 404, 503])
def test_keys_on_a_page_that_is_not_there_do_not_count(scene: Scene, status: int) -> None:
    scene.peer.script["/jwks"] = [Said(status, {"keys": [public(KEY)]})]
    assert _code(scene.launch) == "launch.keys_unreachable"
    assert JwksCache.objects.get().keys == []


def test_a_bad_answer_does_not_push_out_the_keys_we_know(scene: Scene) -> None:
    scene.launch()
    scene.peer.script["/jwks"] = [Said(500, b"oops")]
    _later(hours=2)
    assert _again(scene).sub == "user-7"
    assert len(scene.peer.asked("/jwks")) == 2


def test_known_keys_are_not_trusted_for_more_than_a_day_without_an_answer(scene: Scene) -> None:
    scene.launch()
    scene.peer.script["/jwks"] = [Said(500)]
    _later(hours=25)
    assert _code(lambda: _again(scene)) == "launch.keys_unreachable"


def test_a_withdrawn_key_stops_working_with_the_next_answer(scene: Scene) -> None:
    scene.launch()
    scene.peer.published = {"keys": [public(OTHER_KEY)]}
    _later(hours=2)
    assert _code(lambda: _again(scene)) == "launch.key_unknown"


def test_an_outage_does_not_make_launches_with_known_keys_wait(scene: Scene) -> None:
    scene.launch()
    _later(hours=2)
    JwksCache.objects.update(tried_at=timezone.now())
    began = time.monotonic()
    assert _again(scene).sub == "user-7"
    assert time.monotonic() - began < 1


def test_a_launch_waits_for_the_process_that_is_fetching(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    JwksCache.objects.create(platform=scene.platform, tried_at=timezone.now())

    def meanwhile(seconds: float) -> None:
        JwksCache.objects.update(keys=[public(KEY)], fetched_at=timezone.now())

    monkeypatch.setattr(keysets.time, "sleep", meanwhile)
    assert scene.launch().sub == "user-7"
    assert not scene.peer.asked("/jwks")


def test_waiting_for_another_process_ends(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keysets, "WAIT_SECONDS", 0.3)
    JwksCache.objects.create(platform=scene.platform, tried_at=timezone.now())
    assert _code(scene.launch) == "launch.keys_unreachable"


def test_a_new_key_address_forgets_the_old_keys(scene: Scene, registration: dict) -> None:
    scene.launch()
    register_platform(**registration | {"jwks_url": f"{scene.peer.base}/jwks?v=2"})
    _again(scene)
    assert [got.query for got in scene.peer.asked("/jwks")] == [{}, {"v": ["2"]}]


def test_only_public_parts_of_a_key_set_are_kept(scene: Scene) -> None:
    careless = KEY.export_private(as_dict=True) | {"alg": "RS256", "use": "sig"}
    scene.peer.published = {"keys": [careless]}
    scene.launch()
    assert set(JwksCache.objects.get().keys[0]) == {"kid", "kty", "n", "e", "alg", "use"}


def test_our_key_set_appears_with_the_first_question_and_holds_no_secret(db: None) -> None:
    [key] = jwks()["keys"]
    assert set(key) == {"kid", "kty", "n", "e", "alg", "use"}
    assert jwks()["keys"] == [key]


def test_a_rotated_key_is_public_for_an_hour_before_it_signs(db: None) -> None:
    [old] = jwks()["keys"]
    fresh = rotate_key(actor="operator")
    assert {key["kid"] for key in jwks()["keys"]} == {old["kid"], fresh}
    assert keys.signing_key().kid == old["kid"]
    ToolKey.objects.filter(kid=fresh).update(created_at=timezone.now() - timedelta(hours=2))
    assert keys.signing_key().kid == fresh


def test_the_key_before_last_is_withdrawn(db: None) -> None:
    first = jwks()["keys"][0]["kid"]
    ToolKey.objects.update(created_at=timezone.now() - timedelta(days=2))
    second = rotate_key(actor="operator")
    ToolKey.objects.filter(kid=second).update(created_at=timezone.now() - timedelta(days=1))
    third = rotate_key(actor="operator")
    assert {key["kid"] for key in jwks()["keys"]} == {second, third}
    assert ToolKey.objects.get(kid=first).state == ToolKey.State.RETIRED


def test_a_leaked_key_is_withdrawn_at_once(db: None) -> None:
    jwks()
    fresh = rotate_key(actor="operator", at_once=True)
    assert [key["kid"] for key in jwks()["keys"]] == [fresh]
    assert keys.signing_key().kid == fresh


def test_private_keys_lie_sealed_in_the_database(db: None) -> None:
    jwks()
    row = ToolKey.objects.get()
    assert "PRIVATE KEY" not in row.sealed_private_pem
    assert unseal(row.sealed_private_pem) == keys.signing_key().private_pem
    assert "PRIVATE" not in repr(keys.signing_key())


def test_a_new_master_key_opens_what_the_old_one_sealed(settings: Any) -> None:
    sealed = seal("secret")
    settings.SHIJIE_MASTER_KEYS = {**settings.SHIJIE_MASTER_KEYS, 2: "n" * 40}
    assert unseal(sealed) == "secret"
    settings.SHIJIE_MASTER_KEYS = {2: "n" * 40}
    with pytest.raises(ShijieError) as gone:
        unseal(sealed)
    assert gone.value.code == "launch.master_key_missing"
