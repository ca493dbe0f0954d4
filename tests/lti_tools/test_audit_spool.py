"""The spool in bad hands and on bad days: what lies there that should not, and nobody who collects."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lti_tools.audit import api as audit
from lti_tools.audit import spool
from lti_tools.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
ANNE, BO = (f"0000000{n}-0000-4000-8000-000000000000" for n in (1, 2))
AT = "2026-11-02T08:00:00+00:00"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    return tmp_path / "spool"


def look(*subjects: str) -> None:
    audit.viewed(actor="officer", subjects=subjects, what="programme.people")


def line(**other: object) -> bytes:
    view = {"at": AT, "actor": "officer", "what": "x", "subjects": [ANNE]} | other
    return json.dumps(view).encode() + b"\n"


@pytest.mark.parametrize(
    "bad",
    [
        line(actor="o" * 65),
        line(subjects=["p" * 65]),
        line(actor="o\x00"),
        line(actor="\ud800"),
        line(what="王守田"),
        line(subjects=[]),
        line(subjects=ANNE),
        line(subjects=[1]),
        line(at="2026-11-02T08:00:00"),
        b"[" * 200_000 + b"\n",
        b"\xff\xfe\n",
    ],
    ids=range(11),
)
def test_a_line_the_trail_could_not_hold_stops_nothing_behind_it(folder: Path, bad: bytes) -> None:
    look(ANNE)
    (path,) = folder.iterdir()
    path.write_bytes(bad + path.read_bytes())
    assert audit.collect_views() == 1
    assert audit.events_of("views.collected")[0].detail == {"events": 1, "unreadable": 1}
    assert audit.verify() is None
    assert list(folder.iterdir()) == []


def test_a_link_laid_in_the_way_is_not_followed_and_no_view_is_lost(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    folder.mkdir()
    spool._own_file().symlink_to(elsewhere)
    look(ANNE)
    assert elsewhere.read_text() == ""
    assert [event.subject for event in audit.events_of("viewed")] == [ANNE]
    assert audit.unspooled() == 1


def test_what_is_no_file_is_left_alone_and_stops_nobody(folder: Path, tmp_path: Path) -> None:
    look(ANNE)
    (folder / "taken-folder").mkdir()
    secret = tmp_path / "secret"
    secret.write_text("not ours")
    (folder / "taken-link").symlink_to(secret)
    os.mkfifo(folder / "taken-pipe")
    assert audit.collect_views() == 1
    assert secret.read_text() == "not ours"


def test_folder_and_files_are_nobody_elses(folder: Path) -> None:
    look(ANNE)
    (path,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_where_nobody_collects_the_files_stay_small_and_lose_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "FULL_BYTES", 400)
    for number in range(40):
        audit.viewed(actor=f"officer-{number}", subjects=[ANNE, BO], what="programme.people")
    assert len(list(folder.iterdir())) > 5
    assert max(path.stat().st_size for path in folder.iterdir()) < 700
    assert audit.collect_views() == 40
    assert AuditEvent.objects.filter(kind="viewed").values("actor").distinct().count() == 40
    assert list(folder.iterdir()) == []


def test_two_hosts_that_share_a_folder_by_mistake_lose_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ANNE)
    monkeypatch.setattr(spool.socket, "gethostname", lambda: "the-other")
    look(BO)
    assert len(list(folder.iterdir())) == 2
    assert audit.collect_views() == 2
    assert {event.subject for event in audit.events_of("viewed")} == {ANNE, BO}
