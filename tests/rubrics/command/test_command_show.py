"""Pages a person can read, in any width and without signs a pipe would choke on."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Run

from rubrics import library
from rubrics.command.columns import columns
from rubrics.command.page import Page

EVERYTHING = [*(f"{one.kind}:{one.key}@{one.version}" for one in library.packaged()), *library.FRAMEWORKS]
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_line_of_any_page_is_wider_than_the_terminal(run: Run, name: str) -> None:
    for lang, width in (("zh", 40), ("en", 20), ("zh", 80), ("en", 300)):
        seen = run("show", "--items", name, columns=width, lang=lang)
        assert seen.code == 0, seen.err
        assert max(map(columns, seen.out.splitlines())) <= min(width, 100)
        assert "\033" not in seen.out


def test_a_rubric_is_shown_whole(run: Run) -> None:
    rubric = library.load("rubric", "basic-operation", 1)
    seen = " ".join(run("show", "basic-operation@1").out.split())
    for criterion in rubric.criteria:
        assert f"{criterion.id} {criterion.label.en}" in seen
        for descriptor in criterion.levels.values():
            assert descriptor.en.split(";")[0][:20] in seen
    for part in (
        rubric.hash,
        "a proposal",
        "at least 480 pixels",
        "15-45",
        "task-B1",
        "2 levels or more apart",
    ):
        assert part in seen


def test_every_question_is_shown_only_when_asked_for(run: Run) -> None:
    bank = library.load("diagnosis_bank", "diagnosis-entry")
    first = bank.items[0].label.zh[:8]
    assert first not in run("show", "diagnosis-entry", lang="zh").out
    assert first in run("show", "diagnosis-entry", "--items", lang="zh").out


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["nothing-like-it"], "Nothing that ships is called nothing-like-it"),
        (["basic-operation@99"], "Nothing that ships is called basic-operation@99"),
        (["tier_policy", "basic-operation"], "Nothing that ships is called tier_policy basic-operation"),
        (["planet", "basic-operation"], "What to show was not understood"),
        (["rubric", "a", "b"], "What to show was not understood"),
        (["./no.toml"], "./no.toml: there is no such file"),
        (["framework", "basic-operation"], "Nothing that ships is called framework basic-operation"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(run: Run, typed: list[str], told: str) -> None:
    seen = run("show", *typed)
    assert (seen.code, seen.out) == (1, "")
    assert told in seen.err


@pytest.mark.parametrize(
    "typed", [["rubric", "basic-operation"], ["tier-policy", "tier-policy-default@1"], ["framework", "iste"]]
)
def test_a_kind_may_stand_before_a_key(run: Run, typed: list[str]) -> None:
    assert run("show", *typed).code == 0


def test_a_file_from_standard_input_is_shown(run: Run, basic_text: str) -> None:
    seen = run("show", "-", typed=basic_text.encode())
    assert "read from  standard input" in seen.out


def test_a_broken_file_is_refused_not_shown(run: Run, basic_text: str) -> None:
    seen = run("show", "-", typed=basic_text.replace("total = 100", "total = 5").encode())
    assert (seen.code, seen.out) == (1, "")
    assert "standard input:" in seen.err


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rubrics.command", "--lang", "en", *arguments]


def test_a_reader_that_leaves_early_ends_the_command_without_a_word() -> None:
    """As `shijie-rubric show ... | head -1` does; the page is longer than a pipe holds."""
    shell = 'set -o pipefail; "$@" | head -n 1'
    done = subprocess.run(
        ["bash", "-c", shell, "bash", *command("show", "--items", "diagnosis-entry")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.stdout == "Entry diagnosis\n"
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_a_pipe_gets_eighty_columns_and_no_marks_of_a_terminal() -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    done = subprocess.run(
        command("show", "basic-operation"), capture_output=True, text=True, cwd=ROOT, env=environ, check=True
    )
    assert max(map(columns, done.stdout.splitlines())) <= 80
    assert "\033" not in done.stdout


def test_a_terminal_gets_bold_titles_unless_it_declines() -> None:
    assert _in_terminal({"TERM": "xterm"}).startswith("\033[1mISTE")
    assert "\033" not in _in_terminal({"TERM": "xterm", "NO_COLOR": "1"})


def _in_terminal(environ: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("show", "iste"), stdout=theirs, cwd=ROOT, env={"PATH": os.environ["PATH"], **environ}
    ):
        os.close(theirs)
        seen = b""
        try:
            while more := os.read(ours, 65536):
                seen += more
        except OSError:
            pass
    os.close(ours)
    return seen.decode()


def test_a_stream_without_chinese_shows_a_question_mark_rather_than_fail() -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*command()[:-1], "zh", "show", "iste"], capture_output=True, cwd=ROOT, env=environ, check=True
    )
    assert b"?" in done.stdout


def test_the_page_leaves_out_facts_that_say_nothing() -> None:
    page = Page(40)
    page.facts([("a", ""), ("b", "1")])
    assert page.rendered() == "b  1\n"
