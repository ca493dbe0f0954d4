"""A process of one side of the wire that does steps on demand: one JSON line in, one JSON line out."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import traceback
from typing import Any

from lti_tools.demo.supervisor import ROOT


class Helper:
    """Runs the functions of `module` under `environment`; an exception there is an exception here."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.helper", module],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, step: str, **given: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"step": step, "given": given}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the helper process ended"}')
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def stop(self) -> None:
        self._process.communicate(timeout=30)


def _answer(module: Any, line: str) -> dict[str, Any]:
    from django.db import close_old_connections

    asked = json.loads(line)
    close_old_connections()
    try:
        return {"result": getattr(module, asked["step"])(**asked["given"])}
    except Exception:
        return {"error": traceback.format_exc()}


def main() -> None:
    import django

    # What a step prints by accident must not look like an answer.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    django.setup()
    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(_answer(module, line), default=str), file=out, flush=True)


if __name__ == "__main__":
    main()
