"""Whatever stands in a file, its author is told in words, and the terminal stays what it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from terminal import Run

from rubrics import library

BASIC = next(one.text for one in library.packaged() if one.key == "basic-operation")
Written = Callable[..., str]
cheap = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cheap
@given(at=st.integers(0, len(BASIC)), length=st.integers(1, 200), instead=st.text(max_size=5))
def test_whatever_is_cut_out_or_pasted_in_the_author_is_told_in_words(
    run: Run, at: int, length: int, instead: str
) -> None:
    text = BASIC[:at] + instead + BASIC[at + length :]
    seen = run("validate", "--alone", "-", typed=text.encode("utf-8", "surrogatepass"))
    assert seen.code in (0, 1)
    assert seen.err == ""
    assert seen.out.endswith(("Nothing is wrong.\n", "1 problem: refused.\n"))


@cheap
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_by_every_command_that_reads(run: Run, raw: bytes) -> None:
    for command in (
        ["validate", "-"],
        ["show", "-"],
        ["convert", "-", "--to", "case"],
        ["score", "-", "A=1"],
    ):
        seen = run(*command, typed=raw)
        assert seen.code == 1
        assert (seen.out + seen.err).strip()
    assert run("diff", "-", "basic-operation", typed=raw).code == 2
    assert run("score", "basic-operation", "-", typed=raw).code == 1


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "9" * 5_000, "a = 1e" + "9" * 30])
def test_endless_brackets_and_numbers_are_refused_in_words(run: Run, text: str) -> None:
    seen = run("validate", "-", typed=text.encode())
    assert seen.code == 1
    assert seen.out.startswith("standard input")
    assert run("score", "basic-operation", "-", typed=text.encode()).code == 1


def test_a_number_too_long_to_be_written_out_is_shown_short(run: Run) -> None:
    rules = next(one.text for one in library.packaged() if one.path == "policies/award-rules-default/v2.toml")
    seen = run("show", "-", typed=rules.replace("hours = 8", "hours = 8e999999").encode())
    assert len(seen.out + seen.err) < 5_000
    assert "8E+999999" in seen.out + seen.err


ESCAPE = 'en = "Basic\\u001b]0;owned\\u0007\\u202e-operation demo lesson"'


def test_signs_that_steer_a_terminal_are_shown_and_do_nothing(run: Run, written: Written) -> None:
    path = written(('en = "Basic-operation demo lesson"', ESCAPE))
    for command in (["show", path], ["validate", path], ["diff", "basic-operation", path]):
        seen = run(*command)
        assert not {"\033", "\a", "\u202e"} & set(seen.out + seen.err)
        assert "]0;owned" in "".join((seen.out + seen.err).split("\n    ")), command


def test_a_refusal_repeats_nothing_that_steers_a_terminal(run: Run) -> None:
    seen = run("show", "\033[31mred")
    assert seen.code == 1
    assert "\033" not in seen.err
    seen = run("score", "basic-operation", "BO1=\033[31m")
    assert "\033" not in seen.err
