"""Somebody who can write to the database, and not to the environment, rewrites history: each way shows."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.audit import chain
from lti_tools.audit.events import text_of
from lti_tools.audit.models import AuditEvent, ChainHead
from lti_tools.errors import ShijieError
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry

pytestmark = pytest.mark.django_db


def events(count: int = 4) -> None:
    for number in range(count):
        audit.record("view", actor="p1", subject="p2", reason=f"because {number}", detail={"n": number})


def computed_anew(since: int) -> None:
    """What an attacker without the key does: every hash from here on, and the head, made to fit."""
    previous = AuditEvent.objects.get(seq=since - 1).hash if since > 1 else chain.GENESIS
    for event in AuditEvent.objects.filter(seq__gte=since).order_by("seq"):
        value = chain.link_hash(event.seq, previous, text_of(event))
        AuditEvent.objects.filter(seq=event.seq).update(previous=previous, hash=value)
        previous = value
    last = AuditEvent.objects.order_by("-seq")[0]
    ChainHead.objects.filter(name="audit").update(seq=last.seq, hash=previous)


def broken() -> str:
    found = audit.verify()
    return found.reason if found else ""


def test_the_running_mark_is_the_hmac_of_the_standard_library() -> None:
    key, mark, value = b"k" * 32, chain.GENESIS, "f" * 64
    assert chain.keyed(key)(mark, value) == hmac.new(key, f"{mark}\n{value}".encode(), "sha256").hexdigest()


def test_an_event_changed_with_every_hash_after_it_shows() -> None:
    events()
    AuditEvent.objects.filter(seq=2).update(actor="somebody-else")
    computed_anew(2)
    assert broken() == "head forged"


def test_what_is_appended_after_a_forgery_does_not_cover_it() -> None:
    events()
    AuditEvent.objects.filter(seq=2).update(actor="somebody-else")
    computed_anew(2)
    events(2)
    assert broken() == "head forged"


def test_a_trail_shortened_together_with_its_head_shows() -> None:
    events()
    AuditEvent.objects.filter(seq__gte=3).delete()
    ChainHead.objects.filter(name="audit").update(seq=2, hash=AuditEvent.objects.get(seq=2).hash)
    assert broken() == "head forged"


def test_a_trail_whose_head_was_deleted_shows() -> None:
    events()
    AuditEvent.objects.filter(seq=4).delete()
    ChainHead.objects.filter(name="audit").delete()
    assert broken() == "head missing"


def test_two_events_in_each_others_place_show() -> None:
    events()
    for old, new in ((2, 99), (3, 2), (99, 3)):
        AuditEvent.objects.filter(seq=old).update(seq=new)
    assert broken() == "does not follow"


def test_an_event_written_twice_shows() -> None:
    events()
    copy = AuditEvent.objects.get(seq=4)
    copy.seq = 5
    copy.save(force_insert=True)
    assert broken() == "does not follow"


def test_a_reason_put_in_after_its_salt_was_taken_away_shows() -> None:
    events()
    AuditEvent.objects.filter(seq=2).update(salt="", reason="somebody else's story")
    assert broken() == "changed"


def test_another_master_key_of_the_same_version_shows(settings: Any) -> None:
    events()
    settings.SHIJIE_MASTER_KEYS = {1: "x" * 40}
    assert broken() == "head forged"


def test_a_new_master_key_goes_beside_the_old_one(settings: Any) -> None:
    events()
    settings.SHIJIE_MASTER_KEYS = settings.SHIJIE_MASTER_KEYS | {2: "n" * 40}
    events(2)
    assert broken() == ""


def test_without_the_key_it_began_with_a_chain_is_neither_continued_nor_called_sound(settings: Any) -> None:
    events()
    settings.SHIJIE_MASTER_KEYS = {2: "n" * 40}
    assert broken() == "head key missing"
    with pytest.raises(ShijieError, match=r"audit\.master_key_missing"):
        events(1)


def test_a_ledger_row_emptied_without_an_order_shows(cast: Any, each: Any) -> None:
    assert results.verify() is None
    LedgerEntry.objects.filter(seq=1).erase()
    found = results.verify()
    assert found is not None
    assert (found.seq, found.reason) == (1, "erased without an order")


def test_an_ordered_erasure_leaves_the_ledger_sound(cast: Any, each: Any) -> None:
    assert results.forget(cast.people.senior.id, actor="officer", reason="asked for it") > 0
    assert results.verify() is None


def test_the_seal_of_a_reading_stands_on_the_trail(cast: Any, each: Any) -> None:
    row = each.reading
    actor = cast.actor("rater1")
    import one_of_each

    ratings.save_draft(actor, row.id, one_of_each.marks(rubric=one_of_each.OTHER_RUBRIC))
    journey.commit_reading(actor, row.id)
    row.refresh_from_db()
    event = AuditEvent.objects.get(kind="reading.committed", subject=str(row.id))
    assert (event.detail["seal"], len(row.seal)) == (row.seal, 64)


def test_a_certificate_is_on_the_trail_with_the_digest_of_what_it_states(cast: Any, each: Any) -> None:
    event = AuditEvent.objects.get(kind="certificate.issued")
    assert event.detail == {"number": each.certificate.number, "digest": each.certificate.evidence_digest}
