"""Forgets the demo's data, unless the demo is running on it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "var" / "demo"


def alive() -> bool:
    file = DATA / "running.json"
    if not file.exists():
        return False
    try:
        os.kill(int(json.loads(file.read_text())["pid"]), 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if alive():
    sys.exit("The demo is running: stop it first (Ctrl-C in its terminal).")
shutil.rmtree(DATA, ignore_errors=True)
print("Forgotten. `make demo` starts over.")
