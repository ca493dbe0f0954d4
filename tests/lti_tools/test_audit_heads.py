"""Signed heads: what a database that is sound in itself cannot hide from a copy kept elsewhere."""

from __future__ import annotations

import json
import stat
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from lti_tools import jobs
from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent, ChainHead, SignedHead
from lti_tools.keys import api as keys
from lti_tools.keys.models import SigningKey
from lti_tools.office import watch
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SHIJIE_HEADS_ROOT = tmp_path / "heads"
    return tmp_path / "heads"


def events(count: int) -> None:
    for number in range(count):
        audit.record("sign-in", actor="p1", detail={"n": number})


def roll_back(to: int) -> None:
    """The whole database as it was, head and mark with it: sound in itself."""
    kept = list(AuditEvent.objects.filter(seq__lte=to).order_by("seq"))
    AuditEvent.objects.all().delete()
    ChainHead.objects.all().delete()
    for row in kept:
        audit.record(row.kind, actor=row.actor, detail=row.detail)
    # The same rows with the same hashes.
    for row in kept:
        row.save()
    from lti_tools.audit.chain import GENESIS, next_mark

    mark = GENESIS
    for row in kept:
        mark = next_mark(mark, row.hash, version=1)
    ChainHead.objects.filter(name="audit").update(hash=kept[-1].hash, mark=mark)


def said(*arguments: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        try:
            call_command("audit", *arguments, stdout=out, stderr=err)
        except CommandError as problem:
            return problem.returncode, out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def test_every_chain_has_a_signed_head_in_the_file_of_the_day(folder: Path) -> None:
    events(3)
    path = audit.sign_heads(date(2026, 11, 2))
    assert path == folder / "2026-11-02.json"
    content = json.loads(path.read_text())
    (head,) = content["heads"]
    assert (head["chain"], head["seq"], head["hash"]) == ("audit", 3, AuditEvent.objects.get(seq=3).hash)
    good = keys.verify("chain-heads", head["signature"])
    assert good is not None
    assert json.loads(good.payload)["day"] == "2026-11-02"
    assert content["keys"] == keys.public_jwks("chain-heads")["keys"]
    assert [each.name for each in folder.iterdir()] == ["2026-11-02.json"]


def test_signed_twice_on_a_day_the_later_head_stands() -> None:
    events(1)
    audit.sign_heads(date(2026, 11, 2))
    events(2)
    audit.sign_heads(date(2026, 11, 2))
    assert list(SignedHead.objects.values_list("chain", "seq")) == [("audit", 3)]


def test_a_chain_that_went_on_bears_out_every_head() -> None:
    for day in (1, 2, 3):
        events(day)
        audit.sign_heads(date(2026, 11, day))
    events(2)
    assert watch.prove("audit") is None


def test_a_chain_rolled_back_behind_a_signed_head_is_found() -> None:
    events(5)
    audit.sign_heads(date(2026, 11, 2))
    roll_back(3)
    assert audit.verify() is None, "sound in itself, or this test shows nothing"
    found = watch.prove("audit")
    assert found is not None
    assert (found.seq, found.reason) == (5, "rolled back")


def test_a_chain_that_grew_again_after_a_roll_back_is_found() -> None:
    events(5)
    audit.sign_heads(date(2026, 11, 2))
    roll_back(3)
    events(4)
    found = watch.prove("audit")
    assert found is not None
    assert (found.seq, found.reason) == (5, "rewritten")


def test_heads_rolled_back_together_with_the_chain_are_found_by_a_copy(folder: Path, tmp_path: Path) -> None:
    events(5)
    copies = tmp_path / "elsewhere"
    copies.mkdir()
    (copies / "head.json").write_bytes(audit.sign_heads(date(2026, 11, 2)).read_bytes())
    roll_back(3)
    SignedHead.objects.all().delete()
    for own in folder.iterdir():
        own.unlink()
    assert said("verify")[0] == 0
    code, text = said("verify", "--heads", str(copies))
    assert code == 1
    assert "audit trail (audit): broken at row 5: rolled back" in text


def test_a_database_put_back_with_its_heads_is_found_by_our_own_files(folder: Path) -> None:
    events(5)
    audit.sign_heads(date(2026, 11, 2))
    roll_back(3)
    SignedHead.objects.all().delete()
    code, text = said("verify")
    assert code == 1
    assert "audit trail (audit): broken at row 5: rolled back" in text
    watch.watch()
    jobs.work_default()
    assert [row.error_code for row in outbox.problems()] == ["audit.chain_broken"]


def test_a_head_signed_with_a_key_that_somebody_wrote_into_the_table_is_none(folder: Path) -> None:
    """The forged pair is whole; what is missing is the master key that would have sealed it."""
    events(5)
    audit.sign_heads(date(2026, 11, 2))
    forged = JWK.generate(kty="OKP", crv="Ed25519")
    said_so = {"chain": "audit", "day": "2026-11-02", "seq": 3, "hash": AuditEvent.objects.get(seq=3).hash}
    token = JWS(json.dumps(said_so))
    token.add_signature(forged, protected=json.dumps({"alg": "EdDSA", "kid": forged.thumbprint()}))
    SigningKey.objects.create(
        kid=forged.thumbprint(),
        purpose="chain-heads",
        version=2,
        public_jwk=json.loads(forged.export_public()),
        sealed_private_pem=Fernet(Fernet.generate_key())
        .encrypt(forged.export_to_pem(private_key=True, password=None))
        .decode(),
    )
    SignedHead.objects.update(signature=token.serialize(compact=True), seq=3, hash=said_so["hash"])
    found = watch.prove("audit")
    assert found is not None
    assert found.reason == "head signature"


@pytest.mark.parametrize(("field", "value"), [("seq", 2), ("hash", "0" * 64), ("signature", "a.b.c")])
def test_a_head_that_says_something_else_than_was_signed_is_found(field: str, value: object) -> None:
    events(5)
    audit.sign_heads(date(2026, 11, 2))
    SignedHead.objects.update(**{field: value})
    found = watch.prove("audit")
    assert found is not None
    assert found.reason == "head signature"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"heads": [{"chain": "audit", "seq": 1}]}',
        '{"heads": []}',
        '{"heads": [{"chain": "audit", "seq": null, "signature": 7}]}',
        '{"heads": [{"chain": "audit", "seq": "all of them"}]}',
        "[" * 100_000,
    ],
    ids=range(7),
)
def test_a_copy_that_is_none_is_no_proof(content: str, tmp_path: Path) -> None:
    events(2)
    (tmp_path / "head.json").write_text(content)
    assert said("verify", "--heads", str(tmp_path))[0] == 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("audit", "verify", "--heads", str(tmp_path / "nowhere"))


def test_a_folder_without_any_head_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    code, text = said("verify", "--heads", str(tmp_path / "copies"))
    assert (code, text) == (1, "")


def test_a_proof_that_held_is_on_the_trail_and_one_that_did_not_touches_nothing() -> None:
    events(2)
    assert said("verify")[0] == 0
    assert [event.kind for event in AuditEvent.objects.order_by("-seq")[:1]] == [watch.PROVED]
    AuditEvent.objects.filter(seq=2).update(actor="somebody-else")
    before = AuditEvent.objects.count()
    assert said("verify")[0] == 1
    assert AuditEvent.objects.count() == before


def test_the_watch_signs_and_orders_a_proof_once_a_day(folder: Path) -> None:
    events(1)
    for _ in range(3):
        watch.watch()
    assert [path.name for path in folder.iterdir()] == [f"{timezone.localdate().isoformat()}.json"]
    assert list(OutboxRow.objects.values_list("kind", flat=True)) == ["prove_chains"]
    jobs.work_default()
    assert OutboxRow.objects.get().state == OutboxRow.State.DONE


def test_a_broken_chain_becomes_a_problem_that_stays() -> None:
    events(3)
    AuditEvent.objects.filter(seq=2).update(actor="somebody-else")
    watch.watch()
    jobs.work_default()
    (row,) = outbox.problems()
    assert (row.kind, row.state, row.error_code) == ("prove_chains", "failed", "audit.chain_broken")
    assert "2" in row.error_detail


def program(tmp_path: Path, body: str) -> str:
    path = tmp_path / "hook"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_hook_gets_the_file_and_none_of_our_secrets(
    settings: Any, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIJIE_MASTER_KEYS", "1:" + "m" * 40)
    settings.SHIJIE_HEADS_HOOK = program(
        tmp_path, f'cp "$1" {tmp_path}/carried; env > {tmp_path}/environment'
    )
    events(1)
    watch.watch()
    jobs.work_default()
    assert json.loads((tmp_path / "carried").read_text())["heads"]
    assert "SHIJIE" not in (tmp_path / "environment").read_text()
    assert outbox.problems() == []


@pytest.mark.parametrize("body", ["exit 3", None])
def test_a_hook_that_fails_becomes_a_problem_and_is_tried_again(
    settings: Any, tmp_path: Path, body: str | None
) -> None:
    settings.SHIJIE_HEADS_HOOK = program(tmp_path, body) if body else str(tmp_path / "nothing")
    events(1)
    watch.watch()
    jobs.work_default()
    row = OutboxRow.objects.get(kind="ship_heads")
    assert (row.state, row.error_code) == ("waiting", "audit.heads_hook_failed")
    OutboxRow.objects.filter(id=row.id).update(not_before=timezone.now())
    jobs.work_default()
    assert [each.kind for each in outbox.problems()] == ["ship_heads"]


def test_a_file_that_was_lost_is_written_again_for_the_hook(
    settings: Any, tmp_path: Path, folder: Path
) -> None:
    settings.SHIJIE_HEADS_HOOK = program(tmp_path, f'cp "$1" {tmp_path}/carried')
    events(1)
    watch.sign_heads().unlink()
    jobs.work_default()
    assert json.loads((tmp_path / "carried").read_text())["heads"]
