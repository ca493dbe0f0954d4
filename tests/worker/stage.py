"""The product on a stage: web, worker and LMS as processes of their own, with a wire that can be cut."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from lti_tools.demo.supervisor import Demo, free_port
from tests.worker.helper import Helper
from tests.worker.wire import Wire

T = TypeVar("T")
PATIENCE = 60
SWEEP = 1
SITES = {"lti_tools.config.settings": "tests.worker.site"}


class Troupe(Demo):
    """The demo with a worker that tells what it does, and settings that keep apart on a shared broker."""

    beat = True

    def _spawn(self, name: str, arguments: list[str], *, settings: str) -> None:
        told = {"WARNING": "INFO", "-B": "-B" if self.beat else "--without-heartbeat"}
        arguments = [told.get(one, one) for one in arguments]
        super()._spawn(name, arguments, settings=SITES.get(settings, settings))


@dataclass
class Stage:
    demo: Troupe
    wire: Wire
    service: Helper
    lms: Helper

    # The worker --------------------------------------------------------------------------------------------

    def with_worker(self, *, beat: bool = True) -> int:
        """A fresh worker; its process id, which is that of its group."""
        self.without_worker()
        self.demo.beat = beat
        self.demo.start_worker()
        return self.demo.processes["worker"].pid

    def ensure_worker(self) -> None:
        """Keeps the worker that runs, if it is a whole one."""
        worker = self.demo.processes.get("worker")
        if worker is None or worker.poll() is not None or not self.demo.beat:
            self.with_worker()

    def without_worker(self) -> None:
        """Kills the worker and its children, if there is one, as when a machine dies."""
        if "worker" in self.demo.processes:
            self.demo.kill_worker()

    def kill_only_the_main_process(self) -> int:
        worker = self.demo.processes.pop("worker")
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        return worker.pid

    def last_words(self) -> str:
        log = self.demo.data / "logs" / "worker.log"
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])

    def said(self, text: str) -> list[dict[str, Any]]:
        """What the workers logged that contains the text."""
        log = (self.demo.data / "logs" / "worker.log").read_text(encoding="utf-8", errors="replace")
        lines = (json.loads(line) for line in log.splitlines() if line.startswith("{") and line.endswith("}"))
        return [line for line in lines if text in line["message"]]

    # The people --------------------------------------------------------------------------------------------

    def arrive(self, sub: str) -> None:
        """A learner opens the training in the LMS: the whole launch, page by page, over the wire."""
        browser = Browser()
        browser.open(self.wire.origin)
        browser.open(f"{self.wire.origin}/act-as/", sub=sub)
        handed = browser.open(f"{self.wire.origin}/course/open/", then="open")
        form = _form(handed)
        browser.open(form.pop("action"), **form)
        assert browser.address == f"{self.demo.service}/path", browser.address

    def score_of(self, sub: str) -> float | None:
        """What the gradebook shows; never more than one cell a learner."""
        cells = self.lms("grades", sub=sub)
        assert len(cells) <= 1
        return cells[0]["score"] if cells else None

    def history_of(self, sub: str) -> list[dict[str, Any]]:
        [cell] = self.lms("grades", sub=sub)
        return list(cell["history"])


class Browser:
    """Keeps cookies, follows redirects and sends the LMS's CSRF token back, as its pages do."""

    def __init__(self) -> None:
        # As browsers do on loopback: Secure cookies travel over plain http.
        self._jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._opener = build_opener(HTTPCookieProcessor(self._jar))
        self.address = ""

    def open(self, address: str, **fields: str) -> str:
        """GET, or POST when there are fields; an answer that is an error is an exception."""
        token = next((cookie.value for cookie in self._jar if cookie.name == "csrftoken"), "")
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode() if fields else None
        with self._opener.open(address, data=body, timeout=PATIENCE) as answer:
            self.address = answer.url
            return str(answer.read().decode())


def until(look: Callable[[], T], *, what: str, seconds: float = PATIENCE) -> T:
    """Looks again and again until there is something to see; never a fixed sleep as proof."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s in vain for: {what}"
        time.sleep(0.2)


def alive(group: int) -> list[str]:
    """Processes of a group that still run."""
    found = subprocess.run(["ps", "-o", "stat=,pid=", "-g", str(group)], capture_output=True, text=True)
    return [line for line in found.stdout.splitlines() if line.strip() and line.split()[0][0] != "Z"]


def _form(page: str) -> dict[str, str]:
    """The hidden form by which an LMS hands a browser over."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in named:
            found[html.unescape(named["name"])] = html.unescape(named.get("value", ""))
    action = re.search(r'<form\b[^>]*\baction="([^"]*)"', page)
    assert action, page[-3000:]
    return {**found, "action": html.unescape(action[1])}


@contextmanager
def raised(data: Path, **settings: str) -> Iterator[Stage]:
    """A stage with everything prepared and running but the worker, taken down at the end, whatever happens."""
    lms_port = free_port(0)
    wire = Wire(lms_port)
    settings = {
        "SHIJIE_DEMO_LMS_URL": wire.origin,
        "SHIJIE_LEASE_SECONDS": "5",
        "SHIJIE_RETRY_SECONDS": "1",
        "SHIJIE_SWEEP_SECONDS": str(SWEEP),
        **settings,
    }
    demo = Troupe(data=data, service_port=free_port(0), lms_port=lms_port, settings=settings)
    helpers: list[Helper] = []
    try:
        demo.prepare()
        demo.start_web()
        demo.start_lms()
        for module, site in (
            ("service_steps", "tests.worker.site"),
            ("lms_steps", "lti_tools.demo.settings"),
        ):
            environment = {**demo.environment, "DJANGO_SETTINGS_MODULE": site}
            helpers.append(Helper(f"tests.worker.{module}", environment))
        for address in (f"{demo.service}/sign-in", demo.lms):
            demo._await(address)
        yield Stage(demo, wire, *helpers)
    finally:
        for helper in helpers:
            helper.stop()
        demo.stop()
        wire.stop()
