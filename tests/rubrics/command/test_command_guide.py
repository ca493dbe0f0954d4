"""The guide for authors names every key of every shipped file, and only commands that exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rubrics import library
from rubrics.command.arguments import parser

ROOT = Path(__file__).parents[3]
GUIDES = ("docs/authoring.md", "docs/authoring.zh-CN.md")
EVERYTHING = (ROOT / "fixtures/golden/rubrics/everything.toml").read_text(encoding="utf-8")
# Their keys are names that the author gives: age bands, criteria, indicators, things counted.
OWN_NAMES = ("matrix", "weight_to", "evidence", "counts")


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from keys(one)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in OWN_NAMES:
                yield from keys(inner)


def guide(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


NEWEST = {(one.kind, one.key): one for one in library.packaged()}


@pytest.mark.parametrize("path", GUIDES)
@pytest.mark.parametrize("text", [*(one.text for one in NEWEST.values()), EVERYTHING])
def test_every_key_of_a_file_stands_in_the_guide(text: str, path: str) -> None:
    named = set(re.findall(r"[A-Za-z0-9_]+", " ".join(re.findall(r"`([^`\n]+)`", guide(path)))))
    assert not set(keys(tomllib.loads(text))) - named


@pytest.mark.parametrize("path", GUIDES)
def test_every_command_in_a_guide_can_be_typed(path: str) -> None:
    typed = re.findall(r"^ *shijie-rubric (.+)$", guide(path), re.MULTILINE)
    assert len(typed) >= 9
    for line in typed:
        words = re.split(r" {2,}", line)[0].replace(" ...", "").split()
        assert parser().parse_args(words).command == words[0]
