"""One running demo for all browser tests: web, worker and the demo LMS as they run in life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lti_tools.demo.acts import Story
from lti_tools.demo.browser import chromium
from lti_tools.demo.check import accounts
from lti_tools.demo.supervisor import ROOT, running


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    from fixtures.clips import make

    clips = ROOT / "var" / "clips"
    make(clips)
    data = tmp_path_factory.mktemp("demo")
    with running(data) as demo, chromium() as browser:
        yield Story(
            browser=browser,
            service=demo.service,
            lms=demo.lms,
            accounts=accounts(data),
            clips=clips,
            folder=data,
            say=lambda _text: None,
        )


@pytest.fixture(scope="session")
def told(story: Story) -> Story:
    """The demo after the whole story was played in it."""
    from lti_tools.demo.story import play

    play(story)
    return story


@pytest.fixture(scope="session")
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Any, axe: str) -> list[str]:
    """What axe-core finds on the page as it stands, one line a finding."""
    page.evaluate(axe)
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['target']} {node['html'][:120]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.fixture(scope="session")
def check_page() -> Any:
    return findings
