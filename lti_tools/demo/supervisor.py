"""Runs the whole demo: web, worker and the demo LMS as processes of their own, stopped together."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SHIJIE_SECRET_KEY": "",
    "SHIJIE_MASTER_KEYS": "1:",
    "SHIJIE_ID_KEYS": "1:",
    "SHIJIE_DEMO_LMS_SECRET_KEY": "",
}
READY_SECONDS = 60


@dataclass
class Demo:
    """One running demo. `data` holds everything it keeps; `service` and `lms` are its two origins."""

    data: Path
    service_port: int
    lms_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def service(self) -> str:
        return f"http://127.0.0.1:{self.service_port}"

    @property
    def lms(self) -> str:
        return f"http://localhost:{self.lms_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **_secrets(self.data),
            "SHIJIE_DATA_DIR": str(self.data),
            "SHIJIE_BASE_URL": self.service,
            "SHIJIE_ALLOWED_HOSTS": "127.0.0.1",
            "SHIJIE_DEMO_LMS_URL": self.lms,
            "SHIJIE_TRUSTED_HOSTS": "localhost,127.0.0.1",
            "SHIJIE_ISSUER_NAME": "示例市教育局",
            "SHIJIE_LOG_LEVEL": "INFO",
            "SHIJIE_SWEEP_SECONDS": "5",
            "SHIJIE_VIEWS_SECONDS": "5",
            "PYTHONUNBUFFERED": "1",
            # Said by a library of the workbench at every start; nothing a newcomer can do about it.
            "PYTHONWARNINGS": "ignore:pkg_resources is deprecated",
            **self.settings,
        }

    # Each step returns when it is done; the two databases do not know of each other and get ready side by side.
    def prepare(self) -> None:
        for name in ("messages", "control"):
            (self.data / "broker" / name).mkdir(parents=True, exist_ok=True)
        boot = self._python("lti_tools.demo.boot", settings="lti_tools.demo.settings", stdout=subprocess.PIPE)
        # The district makes its tables while the LMS makes its own, then waits for what the LMS says of itself.
        district = self._python("lti_tools.demo.district", stdin=boot.stdout)
        if boot.stdout:
            boot.stdout.close()
        codes = boot.wait(), district.wait()
        if codes[0]:
            raise SystemExit("The demo LMS could not be set up; the lines above say why.")
        if codes[1]:
            raise SystemExit("The demo district could not be loaded; the lines above say why.")

    def start(self) -> None:
        self.start_web()
        self.start_worker()
        self.start_lms()
        for address in (f"{self.service}/sign-in", self.lms):
            self._await(address)

    def start_web(self) -> None:
        self._serve("web", "lti_tools.config.wsgi", self.service_port, "lti_tools.config.settings")

    def start_lms(self) -> None:
        self._serve("lms", "lti_tools.demo.wsgi", self.lms_port, "lti_tools.demo.settings")

    def start_worker(self) -> None:
        command = [
            "celery", "-A", "lti_tools.config.celery_app:app", "worker", "-B", "-Q", "default,media", "-c", "2",
            "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        self._spawn("worker", ["-m", *command], settings="lti_tools.config.settings")

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its children, as when a machine dies."""
        worker = self.processes.pop("worker")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def broken(self) -> str:
        """The name of a process that ended by itself, or ""."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), "")

    def _serve(self, name: str, application: str, port: int, settings: str) -> None:
        command = [
            "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8",
            "--workers", "1", "--log-level", "warning", "--graceful-timeout", "5",
        ]  # fmt: skip
        self._spawn(name, ["-m", *command], settings=settings)

    def _spawn(self, name: str, arguments: list[str], *, settings: str) -> None:
        logs = self.data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, "DJANGO_SETTINGS_MODULE": settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _python(
        self,
        module: str,
        *,
        settings: str = "lti_tools.config.settings",
        stdin: int | IO[bytes] | None = None,
        stdout: int | None = None,
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**self.environment, "DJANGO_SETTINGS_MODULE": settings},
            stdin=stdin,
            stdout=stdout,
        )

    def _await(self, address: str) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self.broken():
                break
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{address} does not answer; see {self.data / 'logs'}")


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _secrets(data: Path) -> dict[str, str]:
    """Made up once and kept with the data they protect."""
    file = data / "secrets.json"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        made = {name: prefix + secrets.token_urlsafe(48) for name, prefix in SECRETS.items()}
        file.write_text(json.dumps(made, indent=1))
    found: dict[str, str] = json.loads(file.read_text())
    return found


def free_port(wanted: int) -> int:
    """The wanted port when it is free, else any other."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("No free port on 127.0.0.1")


@contextmanager
def running(data: Path, *, service_port: int = 0, lms_port: int = 0, **settings: str) -> Iterator[Demo]:
    """A prepared and started demo that is stopped at the end, whatever happens."""
    demo = Demo(
        data=data, service_port=free_port(service_port), lms_port=free_port(lms_port), settings=settings
    )
    demo.prepare()
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
