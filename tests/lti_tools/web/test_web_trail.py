"""The trail of a person and of a result: complete, unnamed where it must be, and itself on the trail."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation
from house_of_events import kinds, pages_seen

from lti_tools.audit import api as audit
from lti_tools.office import watch
from lti_tools.results import api as results
from lti_tools.web import trail_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    settings.SHIJIE_HEADS_ROOT = tmp_path / "heads"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def opened(browse_as: Callable[[str], Any], address: str, *, who: str = "officer") -> str:
    client = browse_as(who)
    client.post("/language", {"language": "en", "back": "/"})
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def of_person(each: Any) -> str:
    return f"/office/trail/{each.enrolment.person_id}"


def of_result(each: Any) -> str:
    return f"/office/trail/results/{results.lessons_of(each.enrolment.id)[0].id}"


def test_every_kind_the_service_records_has_a_sentence() -> None:
    without = sorted(set(kinds()) - set(trail_words.WORDS))
    assert without == [], "say in web/trail_words.py what these mean"


def test_no_sentence_is_left_of_a_kind_nobody_records() -> None:
    assert sorted(set(trail_words.WORDS) - set(kinds())) == []


def test_every_page_on_which_people_are_seen_has_a_name() -> None:
    seen = set(pages_seen())
    assert len(seen) > 10
    assert sorted(what for what in seen if trail_words.page(what) == what) == []


def test_whatever_a_whole_district_did_has_a_sentence(each: Any) -> None:
    from lti_tools.audit.models import AuditEvent

    recorded = set(AuditEvent.objects.values_list("kind", flat=True))
    assert recorded
    assert recorded <= set(trail_words.WORDS)


def test_a_kind_without_words_is_shown_by_its_code() -> None:
    event = audit.Happened(seq=1, at=timezone.now(), kind="new.kind", actor="system", subject="")
    assert "new.kind" in trail_words.sentence(event)


def test_an_officer_reads_what_happened_to_a_person_and_who_did_it(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    person = str(each.enrolment.person_id)
    audit.record(
        "tasks.signed_off",
        actor=str(cast.people.specialist.id),
        subject=person,
        reason="在校内看到",
        detail={"tasks": "devices"},
    )
    page = opened(browse_as, of_person(each))
    assert "Tasks were signed off (devices)." in page
    assert "专员" in page
    assert "甲县村小" in page
    assert "在校内看到" in page
    assert "A certificate was issued" in page


def test_what_somebody_was_one_of_many_in_is_there_too(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    person = str(each.enrolment.person_id)
    audit.record("roster.exported", actor="system", mentions=[person, str(cast.people.young.id)])
    page = opened(browse_as, of_person(each))
    assert "A roster was exported." in page
    assert "about 2 people" in page
    assert "The service itself" in page


def test_an_erased_reason_is_not_shown(cast: Any, each: Any, browse_as: Callable[[str], Any]) -> None:
    person = str(each.enrolment.person_id)
    audit.record(
        "placed", actor="system", subject=person, reason="because of an illness", detail={"tier": "t"}
    )
    assert "because of an illness" in opened(browse_as, of_person(each))
    audit.forget(person, actor="system")
    assert "because of an illness" not in opened(browse_as, of_person(each))


def test_looking_at_a_trail_is_itself_on_the_trail(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    opened(browse_as, of_person(each))
    opened(browse_as, of_result(each), who="reviewer")
    audit.collect_views()
    seen = [
        (event.actor, event.detail["what"])
        for event in audit.about(each.enrolment.person_id)
        if event.kind == "viewed"
    ]
    assert sorted(seen) == sorted(
        [(str(cast.people.officer.id), "audit.person"), (str(cast.people.reviewer.id), "audit.result")]
    )


def test_of_somebody_who_left_the_last_bureau_sees_the_trail_and_no_other(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    from lti_tools.people.api import Affiliation

    Affiliation.objects.filter(person=cast.people.senior).update(until=timezone.localdate())
    assert "A certificate was issued" in opened(browse_as, of_person(each))
    assert "Rater A" in opened(browse_as, of_result(each))
    for who in ("officer_b", "specialist", "rater1", "senior"):
        assert browse_as(who).get(of_person(each)).status_code == 404
        assert browse_as(who).get(of_result(each)).status_code == 404


def test_a_long_trail_comes_in_parts(
    cast: Any, each: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lti_tools.web import trail

    monkeypatch.setattr(trail, "ON_A_PAGE", 2)
    person = str(each.enrolment.person_id)
    for number in range(3):
        audit.record("placed", actor="system", subject=person, detail={"tier": f"tier-{number}"})
    first = opened(browse_as, of_person(each))
    assert "tier-2" in first
    assert "tier-0" not in first
    assert "?before=" in first
    older = audit.part_about([person], limit=2).older
    rest = opened(browse_as, f"{of_person(each)}?before={older}")
    assert "tier-0" in rest
    assert "tier-2" not in rest


@pytest.mark.parametrize("before", ["-1", "abc", "٣", "9" * 40, ""])
def test_a_place_that_is_none_is_the_beginning(
    before: str, cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    assert "A certificate was issued" in opened(browse_as, f"{of_person(each)}?before={before}")


def test_the_trail_of_a_result_names_no_rater(cast: Any, each: Any, browse_as: Callable[[str], Any]) -> None:
    page = opened(browse_as, of_result(each))
    assert "Rater A" in page
    assert "Rater B" in page
    assert page.count("A rater handed in a reading and it was sealed.") == 2
    for rater in ("rater1", "rater2", "rater3"):
        assert getattr(cast.people, rater).name not in page
        assert str(getattr(cast.people, rater).id) not in page


def test_a_raters_view_recorded_about_a_person_names_no_rater_either(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    audit.record(
        "viewed",
        actor=str(cast.people.rater2.id),
        subject=str(each.enrolment.person_id),
        detail={"what": "rating.sheet"},
    )
    page = opened(browse_as, of_person(each))
    assert "A rater" in page
    assert cast.people.rater2.name not in page


def test_a_correction_is_beside_the_result_it_voids(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    entry, address = results.lessons_of(each.enrolment.id)[0], of_result(each)
    results.void(entry, enrolment=each.enrolment)
    page = opened(browse_as, address)
    assert f"no longer counts. (#{entry.seq})" in page


def test_the_result_of_an_erased_person_is_nowhere(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    address = of_result(each)
    results.forget(each.enrolment.person_id, actor="system", reason="asked for it")
    assert browse_as("officer").get(address).status_code == 404


def test_the_administrator_sees_heads_keys_and_the_last_proof(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    before = opened(browse_as, "/audit/heads", who="administrator")
    assert "No head was signed yet." in before
    assert "not proved yet" in before
    watch.sign_heads()
    watch.prove_all()
    page = opened(browse_as, "/audit/heads", who="administrator")
    (key,) = audit.public_keys()["keys"]
    assert key["kid"][:8] in page
    assert "Last proved unbroken" in page
    assert "No head was signed since yesterday" not in page


def test_anybody_may_have_the_public_keys_and_only_those(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    watch.sign_heads()
    content = json.loads(browse_as("nobody").get("/audit/keys").content)
    assert [sorted(key) for key in content["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]


def test_the_finder_of_kinds_finds_them_in_every_form() -> None:
    from house_of_events import kinds_in

    code = """
audit.record("a.plain", actor="x")
audit.record("b.one" if x else "b.other", actor="x")
audit.NewEvent(NAMED)
NAMED = "c.named"
def _note(kind, who):
    audit.record(kind, actor=who)
def _further(who, kind):
    _note(kind, who)
_note("d.passed_on", 1)
_further(1, "d.passed_twice")
_note(f"e.{state}", 1)
"""
    found = set(kinds_in(ast.parse(code)))
    assert {"a.plain", "b.one", "b.other", "c.named", "d.passed_on", "d.passed_twice", "e.{}"} <= found
