"""`python bench/demo_start.py [times]`: seconds of a warm start of the demo, until the first pages answer.

Warm: the data of an earlier start is there and kept. The peer is the start of one bare Django process with the
service's settings (`django.setup()`); the demo starts five of them and answers two pages.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from support.service import say  # noqa: E402

from lti_tools.demo.supervisor import Demo, free_port  # noqa: E402


def seconds(step: object) -> float:
    since = time.perf_counter()
    step()  # type: ignore[operator]
    return time.perf_counter() - since


def warm_start(data: Path) -> dict[str, float]:
    """One start as `make demo` does it, part by part."""
    demo = Demo(data=data, service_port=free_port(0), lms_port=free_port(0))
    try:
        prepare = seconds(demo.prepare)
        start = seconds(demo.start)
        return {"prepare": prepare, "start": start, "all": prepare + start}
    finally:
        demo.stop()


def bare(data: Path) -> float:
    demo = Demo(data=data, service_port=1, lms_port=2)
    environment = {**demo.environment, "DJANGO_SETTINGS_MODULE": "lti_tools.config.settings"}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return seconds(
        lambda: subprocess.run(command, env=environment, check=True, cwd=Path(__file__).parents[1])
    )


def main(times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="shijie-bench-") as folder:
        data = Path(folder)
        first = warm_start(data)
        say(way="first start on no data", seconds={part: round(took, 2) for part, took in first.items()})
        starts, peers = [], []
        for _ in range(times):
            peers.append(bare(data))
            starts.append(warm_start(data))
        middle = {part: statistics.median(start[part] for start in starts) for part in first}
        peer = statistics.median(peers)
        say(way="warm start", seconds={part: round(took, 2) for part, took in middle.items()})
        say(way="bare django.setup()", seconds=round(peer, 2))
        say(warm_start_vs_bare_setup=round(middle["all"] / peer, 2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
