"""The wire between service and LMS: passes everything on, keeps the scores, and breaks where a test says so."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}
PATIENCE = 120


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


Forward = Callable[[], Answer]
# What happens to one score instead of passing it on; None hangs up without an answer.
Plan = Callable[[Forward], Answer | None]


class Wire:
    """Listens on loopback at once; `lms_port` is where the LMS will be. Plans are used up one a score."""

    def __init__(self, lms_port: int) -> None:
        self.lms_port = lms_port
        self.scores: list[bytes] = []
        self._plans: list[tuple[str, Plan]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.origin = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def plan(self, sub: str, *plans: Plan) -> None:
        """What happens to this learner's next scores; those after them are passed on."""
        self._plans += [(sub, plan) for plan in plans]

    def forget_plans(self) -> None:
        self._plans.clear()

    def scores_of(self, sub: str) -> list[bytes]:
        return [body for body in self.scores if _is_of(sub, body)]

    def receive(self, body: bytes, forward: Forward) -> Answer | None:
        self.scores.append(body)
        for planned in self._plans:
            if _is_of(planned[0], body):
                self._plans.remove(planned)
                return planned[1](forward)
        return forward()

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.lms_port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            kept = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP]
            return Answer(answer.status, kept, answer.read())
        finally:
            connection.close()


def _is_of(sub: str, body: bytes) -> bool:
    return f'"userId":"{sub}"'.encode() in body


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}

            def forward() -> Answer:
                return wire.forward(self.command, self.path, headers, body)

            answer = wire.receive(body, forward) if self.path.endswith("/scores") else forward()
            if answer is not None:
                self._send(answer)

        def _send(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD" and answer.status != 204:
                self.wfile.write(answer.body)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

    return Handler
