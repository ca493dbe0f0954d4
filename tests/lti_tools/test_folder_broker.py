"""Wake-ups through a folder: whole or not at all, each to one worker, and never the end of one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import resolve_transport

from lti_tools.config.folder_broker import Channel, Transport

Open = Callable[[], Channel]
NAME = "1_00000000-0000-0000-0000-000000000000.default.msg"


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Open]:
    """Opens the broker as another process would; its folders are made when they are missing."""
    opened: list[Connection] = []
    options = {
        "data_folder_in": str(tmp_path / "broker" / "messages"),
        "data_folder_out": str(tmp_path / "broker" / "messages"),
        "control_folder": str(tmp_path / "broker" / "control"),
    }

    def another() -> Channel:
        connection = Connection(transport=Transport, transport_options=options)
        opened.append(connection)
        return connection.default_channel

    yield another
    for connection in opened:
        connection.release()


def everything(channel: Channel, queue: str = "default") -> list[Any]:
    found = []
    while True:
        try:
            found.append(channel._get(queue))
        except Empty:
            return found


def test_the_service_uses_this_broker_for_its_embedded_default() -> None:
    assert resolve_transport("filesystem") is Transport


def test_a_message_comes_back_as_it_was_and_only_once(channel: Open) -> None:
    channel()._put("default", {"body": "师阶", "n": 1})
    assert everything(channel()) == [{"body": "师阶", "n": 1}]
    assert everything(channel()) == []


def test_messages_come_in_order_and_stay_in_their_queue(channel: Open) -> None:
    here = channel()
    for number in range(5):
        here._put("default" if number % 2 else "media", {"n": number})
    assert [message["n"] for message in everything(here)] == [1, 3]
    assert [message["n"] for message in everything(here, "media")] == [0, 2, 4]


def test_half_a_message_is_not_seen_by_anybody(channel: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = channel()
    monkeypatch.setattr(Path, "rename", lambda *_: None)
    here._put("default", {"n": 1})
    assert everything(here) == []


@pytest.mark.parametrize("content", [b"", b'{"body": ', b"\xff\xfe", b"not json"])
def test_an_unreadable_message_is_dropped_and_the_next_one_is_read(
    channel: Open, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    here = channel()
    (Path(here.data_folder_in) / NAME).write_bytes(content)
    here._put("default", {"n": 2})
    assert everything(here) == [{"n": 2}]
    assert not list(Path(here.data_folder_in).iterdir())
    assert "an unreadable wake-up was dropped" in caplog.text


def test_a_binding_left_empty_by_a_killed_process_is_written_anew(channel: Open) -> None:
    here = channel()
    (here.control_folder / "default.exchange").write_bytes(b"")
    here._queue_bind("default", "default", "", "default")
    assert [row.queue for row in here.get_table("default")] == ["default"]


def test_of_many_readers_and_writers_each_message_has_one_reader_and_none_breaks(channel: Open) -> None:
    ended, got, broken = threading.Event(), list[int](), list[Exception]()

    def write(writer: int) -> None:
        here = channel()
        for number in range(150):
            here._put("default", {"n": writer * 1000 + number})

    def read() -> None:
        here = channel()
        try:
            while not ended.is_set():
                got.extend(message["n"] for message in everything(here))
        except Exception as problem:
            broken.append(problem)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in readers:
        thread.join()
    got.extend(message["n"] for message in everything(channel()))
    assert broken == []
    assert Counter(got) == Counter(w * 1000 + n for w in range(3) for n in range(150))
