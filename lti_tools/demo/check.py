"""`make demo-check`: plays the whole story in headless Chromium against the running demo, or starts one for it.

The PDFs, the ZIP and the XLSX end up in var/demo/. Ends with 1 at the first step that fails.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tools.demo.__main__ import DATA, already_running, say
from lti_tools.demo.acts import Story
from lti_tools.demo.browser import chromium
from lti_tools.demo.story import play
from lti_tools.demo.supervisor import ROOT, running


@contextmanager
def _addresses() -> Iterator[tuple[str, str]]:
    found = already_running()
    if found:
        yield str(found["service"]), str(found["lms"])
        return
    say("演示未运行，先启动 / the demo is not running, starting it ...")
    with running(DATA, service_port=8000, lms_port=8010) as demo:
        yield demo.service, demo.lms


def accounts(data: Path) -> dict[str, dict[str, str]]:
    rows = json.loads((data / "accounts.json").read_text(encoding="utf-8"))
    return {row["username"]: row for row in rows}


def main() -> int:
    since = time.monotonic()
    with _addresses() as (service, lms), chromium() as browser:
        story = Story(
            browser=browser,
            service=service,
            lms=lms,
            accounts=accounts(DATA),
            clips=ROOT / "var" / "clips",
            folder=DATA,
            pictures=True,
            say=say,
        )
        try:
            play(story)
        except Exception:
            traceback.print_exc()
            say("✗ 未通过 / failed at the step above")
            return 1
    say(f"✓ 全部通过 / every step passed, {time.monotonic() - since:.0f} s")
    longest = sorted(story.seconds.items(), key=lambda entry: -entry[1])[:3]
    say("  最久 / longest: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in longest))
    for file in sorted((*DATA.glob("*.pdf"), *DATA.glob("*.zip"), *DATA.glob("*.xlsx"))):
        say(f"  {file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
