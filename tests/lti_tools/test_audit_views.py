"""Views of personal data: a page that is read stays a read, and the view reaches the chain once."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from lti_tools.audit import api as audit
from lti_tools.audit import collecting, spool
from lti_tools.audit.models import AuditEvent, AuditMention, ChainHead

pytestmark = pytest.mark.django_db
ANNE, BO, CY = (f"0000000{n}-0000-4000-8000-000000000000" for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    return tmp_path / "spool"


def look(*subjects: str, actor: str = "officer", what: str = "programme.people") -> None:
    audit.viewed(actor=actor, subjects=subjects, what=what)


def files(folder: Path) -> list[str]:
    return sorted(path.name.split("-")[0] for path in folder.iterdir())


def seen() -> list[AuditEvent]:
    return audit.events_of("viewed")


def test_a_view_is_written_beside_the_database(folder: Path, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        look(ANNE, BO)
    (path,) = folder.iterdir()
    line = json.loads(path.read_text())
    assert (line["actor"], line["what"], line["subjects"]) == ("officer", "programme.people", [ANNE, BO])
    assert path.stat().st_mode & 0o077 == 0


def test_a_view_of_nobody_is_no_view(folder: Path) -> None:
    look()
    assert not folder.exists()


def test_collected_views_are_events_with_those_seen_as_mentions(folder: Path) -> None:
    look(ANNE, BO)
    assert audit.collect_views() == 1
    (event,) = seen()
    assert (event.actor, event.subject, event.detail["what"]) == ("officer", "", "programme.people")
    assert sorted(event.mentions.values_list("subject", flat=True)) == [ANNE, BO]
    assert event.detail["mentioned"] == 2
    assert files(folder) == []
    assert audit.verify() is None


def test_a_view_of_one_person_has_them_as_its_subject() -> None:
    look(ANNE)
    audit.collect_views()
    assert [event.subject for event in seen()] == [ANNE]
    assert not AuditMention.objects.exists()


def test_repeats_within_an_hour_are_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    for minute in (5, 7, 59):
        monkeypatch.setattr(spool.timezone, "now", lambda m=minute: datetime(2026, 11, 2, 8, m, tzinfo=UTC))
        look(ANNE)
    monkeypatch.setattr(spool.timezone, "now", lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    look(ANNE)
    monkeypatch.undo()
    audit.collect_views()
    assert [(event.at.hour, event.at.minute, event.detail["pages"]) for event in seen()] == [
        (8, 5, 3),
        (9, 0, 1),
    ]


def test_another_actor_or_another_page_is_another_event() -> None:
    look(ANNE)
    look(ANNE, actor="reviewer")
    look(ANNE, what="identity.candidates")
    assert audit.collect_views() == 3


def test_a_batch_moves_the_end_of_the_chain_once(django_assert_num_queries: Any) -> None:
    audit.record("before", actor="p1")
    for number in range(5):
        look(ANNE, actor=f"officer-{number}")
    moves: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        moves.extend([sql] if sql.startswith('UPDATE "shijie_chainhead"') else [])
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        audit.collect_views()
    assert len(moves) == 1
    assert ChainHead.objects.get(name="audit").seq == 1 + 5 + 1


def test_nothing_to_collect_leaves_no_event() -> None:
    assert audit.collect_views() == 0
    assert not AuditEvent.objects.exists()


def test_killed_before_the_commit_the_next_run_has_everything(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ANNE)

    def killed(_events: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "record_many", killed)
        with pytest.raises(KeyboardInterrupt):
            audit.collect_views()
    assert files(folder) == ["taken"]
    assert audit.collect_views() == 1
    assert files(folder) == []


def test_killed_between_commit_and_removal_nothing_enters_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ANNE)

    def killed(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            audit.collect_views()
    assert (len(seen()), files(folder)) == (1, ["taken"])
    assert audit.collect_views() == 0
    assert (len(seen()), files(folder)) == (1, [])


def test_a_torn_line_is_counted_and_the_others_enter(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    look(ANNE)
    (path,) = folder.iterdir()
    with path.open("ab") as file:
        file.write(
            b'{"at":"2026-11-02T08:00:00+00:00","actor":"off\n[1]\n{"at":"noon","actor":"x","what":"y","subjects":[]}\n'
        )
    assert audit.collect_views() == 1
    receipt = audit.events_of("views.collected")[0]
    assert receipt.detail == {"events": 1, "unreadable": 3}
    assert any(getattr(record, "lines", 0) == 3 for record in caplog.records)


def test_a_folder_that_cannot_be_written_breaks_no_page_and_loses_no_view(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    look(ANNE, BO)
    (event,) = seen()
    assert event.detail["mentioned"] == 2
    assert audit.unspooled() == 1
    assert "could not be spooled" in caplog.text
    assert ANNE not in caplog.text
    assert audit.verify() is None


def test_without_disk_and_database_the_page_still_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_args: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(spool, "_append", away)
    monkeypatch.setattr(spool, "record_many", away)
    look(ANNE)
    assert "could not be recorded" in caplog.text


def test_a_writer_who_had_the_file_open_when_it_was_taken_writes_to_a_new_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ANNE)
    opened, taken = spool._opened, []

    def taken_meanwhile(path: Path) -> int:
        handle = opened(path)
        if not taken:
            taken.append(path.rename(path.with_name("taken-meanwhile")))
        return handle

    monkeypatch.setattr(spool, "_opened", taken_meanwhile)
    look(BO)
    assert files(folder) == ["taken", "views"]
    assert audit.collect_views() == 2
    assert {event.subject for event in seen()} == {ANNE, BO}


def test_many_threads_lose_no_line_while_files_are_taken_away(folder: Path) -> None:
    """Only the spool: taking away and reading, without the chain, as quickly as it goes."""
    read: list[bytes] = []

    def write(number: int) -> None:
        for turn in range(50):
            look(ANNE, actor=f"officer-{number}-{turn}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers) or list(folder.glob("*")):
        for path in collecting._taken():
            with collecting._alone(path) as content:
                read.append(content)
                path.unlink()
    lines = b"".join(read).splitlines()
    assert len({json.loads(line)["actor"] for line in lines}) == len(lines) == 200


def test_a_host_without_a_worker_collects_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    look(ANNE)
    call_command("audit", "collect")
    assert len(seen()) == 1
    assert "1" in capsys.readouterr().out


def test_each_process_has_a_file_of_its_own() -> None:
    assert str(os.getpid()) in spool._own_file().name


# Mentions -------------------------------------------------------------------------------------------------


def exported() -> AuditEvent:
    audit.record("before", actor="p1")
    return audit.record("roster.exported", actor="officer", detail={"rows": 3}, mentions=[CY, ANNE, BO, ANNE])


def test_an_event_about_many_carries_their_number_and_one_digest() -> None:
    event = exported()
    assert event.detail["mentioned"] == 3
    assert len(event.detail["mentions_digest"]) == 64
    assert audit.verify() is None


def broken() -> tuple[int, str]:
    found = audit.verify()
    assert found is not None
    return found.seq, found.reason


def test_a_mention_taken_away_shows() -> None:
    exported()
    AuditMention.objects.filter(subject=BO).delete()
    assert broken() == (2, "changed")


def test_all_mentions_taken_away_show() -> None:
    exported()
    AuditMention.objects.all().delete()
    assert broken() == (2, "changed")


def test_a_mention_of_somebody_else_shows() -> None:
    exported()
    AuditMention.objects.filter(subject=BO).update(subject="0" * 36)
    assert broken() == (2, "changed")


def test_a_mention_added_shows_even_where_there_was_none() -> None:
    exported()
    AuditMention.objects.create(event_id=1, subject=BO)
    assert broken() == (1, "changed")


def test_a_mention_moved_to_another_event_shows() -> None:
    exported()
    audit.record("roster.exported", actor="officer", mentions=[ANNE])
    AuditMention.objects.filter(subject=BO).update(event_id=3)
    assert broken() == (2, "changed")


def test_mentions_are_proved_across_the_pages_of_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    from lti_tools.audit import proving

    monkeypatch.setattr(proving, "CHUNK", 2)
    for _ in range(5):
        exported()
    assert audit.verify() is None
    AuditMention.objects.filter(event_id=8, subject=BO).delete()
    assert broken() == (8, "changed")


def test_what_happened_about_somebody_includes_what_they_were_one_of_many_in() -> None:
    exported()
    audit.record("placed", actor="p1", subject=BO, reason="because", detail={"tier": "B"})
    audit.record("placed", actor="p1", subject=ANNE)
    found = audit.about(BO)
    assert [(event.kind, event.among) for event in found] == [("placed", 0), ("roster.exported", 3)]
    assert found[0].reason == "because"
    audit.forget(BO, actor="officer")
    assert [event.reason for event in audit.about(BO)] == ["", "", ""]


def test_a_trail_is_read_in_parts() -> None:
    for number in range(5):
        audit.record("placed", actor=f"p{number}", subject=BO)
    first = audit.part_about([BO], limit=2)
    rest = audit.part_about([BO], before=first.older, limit=10)
    assert [event.actor for event in (*first.events, *rest.events)] == ["p4", "p3", "p2", "p1", "p0"]
    assert rest.older == 0


def test_a_line_break_cannot_smuggle_a_column(settings: Any) -> None:
    from lti_tools.errors import ShijieError

    with pytest.raises(ShijieError, match=r"audit\.line_break_refused"):
        audit.record("a\nb", actor="p1")
    assert not AuditEvent.objects.exists()


def test_columns_moved_across_their_border_show() -> None:
    audit.record("kind", actor="one", subject="two")
    AuditEvent.objects.update(actor="one\ntwo", subject="")
    assert broken() == (1, "changed")


def test_a_batch_is_a_chain_like_any_other() -> None:
    audit.record_many([audit.NewEvent("n", actor=f"p{n}", reason="why" if n % 2 else "") for n in range(7)])
    audit.record("after", actor="p1")
    assert audit.verify() is None
    AuditEvent.objects.filter(seq=4).update(actor="somebody-else")
    assert broken() == (4, "changed")
