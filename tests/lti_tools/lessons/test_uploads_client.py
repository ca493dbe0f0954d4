"""The endpoint against tus-js-client, the client that browsers run, over a real connection."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import recordings
from django.urls import reverse

from lti_tools.lessons import files
from lti_tools.lessons.models import Upload

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PART = 64 * 1024

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """One teacher's connection to a running server."""

    def __init__(self, *, server: str, session: str, store: Path):
        self.server = server
        self.cookie = f"shijie_session={session}"
        self.store = store
        page = self.get(reverse("lesson"))
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        self.token = found.group(1)

    def get(self, path: str) -> str:
        asked = urllib.request.Request(self.server + path, headers={"Cookie": self.cookie})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return str(answer.read().decode())

    def start(self, file: Path) -> subprocess.Popen[str]:
        wish = {
            "endpoint": self.server + reverse("uploads"),
            "file": str(file),
            "store": str(self.store),
            "cookie": self.cookie,
            "token": self.token,
            "chunk": PART,
        }
        environment = os.environ | {"NODE_PATH": str(ROOT / "node_modules")}
        node = shutil.which("node")
        assert node is not None, "node is needed for the browser's own upload client"
        command = [node, str(HERE / "tus_sender.cjs"), json.dumps(wish)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture
def line(cast: Any, browse_as: Any, live_server: Any, tmp_path: Path) -> Line:
    recordings.placed(cast, "senior")
    session = browse_as("senior").cookies["shijie_session"].value
    return Line(server=live_server.url, session=session, store=tmp_path / "store.json")


def told(sender: subprocess.Popen[str]) -> Iterator[tuple[str, Any]]:
    assert sender.stdout is not None
    for text in sender.stdout:
        said = json.loads(text)
        yield said["event"], said["value"]


def finished(sender: subprocess.Popen[str]) -> dict[str, list[Any]]:
    events: dict[str, list[Any]] = {}
    for event, value in told(sender):
        events.setdefault(event, []).append(value)
    sender.wait(timeout=60)
    return events


def arrived() -> bytes:
    return files.upload_file(Upload.objects.get().id).read_bytes()


def test_the_browsers_client_brings_a_recording_in(line: Line, clips: dict[str, Path]) -> None:
    events = finished(line.start(clips["lesson-jia.mp4"]))
    assert events["done"] == [f"{line.server}{reverse('upload', args=[Upload.objects.get().id])}"]
    assert arrived() == clips["lesson-jia.mp4"].read_bytes()
    assert Upload.objects.get().metadata["filename"] == "我的课.mp4"


def test_a_sender_killed_on_the_way_goes_on_where_it_stopped(line: Line, clips: dict[str, Path]) -> None:
    first = line.start(clips["lesson-yi.mp4"])
    for event, value in told(first):
        if event == "accepted" and value >= 4 * PART:
            first.send_signal(signal.SIGKILL)
            break
    first.wait(timeout=10)
    kept = len(arrived())
    assert kept >= 4 * PART
    second = finished(line.start(clips["lesson-yi.mp4"]))
    assert second["earlier"] == [1]
    assert second["accepted"][0] > kept - PART  # nothing that had arrived was sent again
    assert Upload.objects.count() == 1
    assert arrived() == clips["lesson-yi.mp4"].read_bytes()


def test_a_finished_recording_is_not_sent_again(line: Line, clips: dict[str, Path]) -> None:
    finished(line.start(clips["lesson-spare.mp4"]))
    again = finished(line.start(clips["lesson-spare.mp4"]))
    assert "accepted" not in again
    assert len(again["done"]) == 1
    assert Upload.objects.count() == 1


def test_without_the_pages_token_the_client_is_told_no(line: Line, clips: dict[str, Path]) -> None:
    line.token = "x" * 64
    assert finished(line.start(clips["lesson-spare.mp4"]))["error"] == [403]
    assert Upload.objects.count() == 0


def test_a_client_that_nobody_signed_in_gets_nowhere(line: Line, clips: dict[str, Path]) -> None:
    line.cookie = "shijie_session=nobody"
    assert "done" not in finished(line.start(clips["lesson-spare.mp4"]))
    assert Upload.objects.count() == 0
