"""The command run inside the test, with what a person would see of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Run, Seen

from rubrics import library
from rubrics.command.main import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """In English unless said otherwise, in a terminal of 80 columns; `typed` is what comes by standard input."""

    def command(*arguments: str, lang: str = "en", columns: int = 80, typed: bytes = b"") -> Seen:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        code = main(["--lang", lang, *arguments])
        seen = capsys.readouterr()
        return Seen(code, seen.out, seen.err)

    return command


@pytest.fixture
def basic_text() -> str:
    return next(one.text for one in library.packaged() if one.key == "basic-operation")


@pytest.fixture
def written(tmp_path: Path, basic_text: str) -> Callable[..., str]:
    """A file with the shipped rubric as the next version of a bureau's own, each `old` replaced by its `new` once."""

    def write(*changes: tuple[str, str], name: str = "mine.toml", key: str = "county-basic") -> str:
        text = basic_text.replace('key = "basic-operation"', f'key = "{key}"')
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
