"""Differences by meaning, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from terminal import Run

from rubrics import library
from rubrics.command.changes import changes
from rubrics.model import Rubric

Written = Callable[..., str]


def test_the_same_text_has_no_difference(run: Run, written: Written) -> None:
    seen = run("diff", "basic-operation", "rubric:basic-operation@v1")
    assert (seen.code, seen.err) == (0, "")
    assert seen.out.endswith("Both say the same.\n")


def test_another_layout_of_the_same_rubric_is_no_difference(run: Run, written: Written) -> None:
    one = written(name="a.toml")
    other = written(("# Signed off", "#\n# Signed   off"), ("weight = 20", "weight = 20.0"), name="b.toml")
    assert run("diff", one, other).code == 0


def test_a_weight_a_gate_and_a_descriptor_are_said_each_in_one_place(run: Run, written: Written) -> None:
    other = written(
        ("weight = 20", "weight = 25"),
        ("weight = 15", "weight = 10"),
        ('en = "Casting works in the main steps"', 'en = "Casting works in most steps"'),
        ("weight = 7\n", "weight = 7\ngate = 2\n"),
        key="basic-operation",
    )
    seen = run("diff", "basic-operation", other)
    assert seen.code == 1
    assert "- criterion BO1, weight: 20 -> 25\n" in seen.out
    assert "- criterion BO2, weight: 15 -> 10\n" in seen.out
    assert "- criterion BO1, level 2, English text: changed\n" in seen.out
    assert "    - Casting works in the main steps\n    + Casting works in most steps\n" in seen.out
    assert "- criterion BO7, gate: added: 2\n" in seen.out
    assert "points" not in seen.out
    assert seen.out.endswith("4 differences.\n")


def _criterion(text: str, name: str) -> str:
    start = text.index(f'[[criteria]]\nid = "{name}"')
    end = text.find("[[criteria]]", start + 1)
    return text[start:] if end < 0 else text[start:end]


def test_a_criterion_that_moved_is_a_move_and_nothing_else(
    run: Run, written: Written, basic_text: str
) -> None:
    third = _criterion(basic_text, "BO3")
    moved = written((third, ""), ('[[criteria]]\nid = "BO1"', third + '[[criteria]]\nid = "BO1"'))
    seen = run("diff", written(name="before.toml"), moved)
    assert seen.code == 1
    assert seen.out.endswith("- criterion BO3: moved to the beginning\n1 difference.\n")


def test_a_criterion_taken_out_is_said_with_what_it_was(run: Run, written: Written, basic_text: str) -> None:
    shorter = written((_criterion(basic_text, "BO8"), ""), ("weight = 20", "weight = 23"))
    seen = run("diff", written(name="before.toml"), shorter)
    assert "- criterion BO8: removed\n    - Digital safety; weight 3" in seen.out
    again = run("diff", shorter, written(name="before.toml"))
    assert "- criterion BO8: added\n    + Digital safety; weight 3" in again.out


def test_what_is_shorter_than_a_line_stays_on_it_in_chinese_too(run: Run, written: Written) -> None:
    seen = run("diff", "basic-operation", written(("max = 3", "max = 4"), key="basic-operation"), lang="zh")
    assert "- 提交次数，至多: 3 -> 4" in seen.out or "- 提交次数，至多：3 -> 4" in seen.out
    assert "1处不同。" in seen.out


def test_two_kinds_of_definition_can_be_compared_and_differ(run: Run) -> None:
    seen = run("diff", "basic-operation", "award-rules-default")
    assert seen.code == 1
    assert "- kind: rubric -> award rules" in seen.out


@pytest.mark.parametrize("one", library.packaged(), ids=lambda one: one.path)
def test_nothing_differs_from_itself(one: library.Packaged) -> None:
    assert changes(library.parse(one.text), library.parse(one.text)) == []


def test_every_difference_there_is_has_its_opposite() -> None:
    before, after = library.load("rubric", "standard-lesson"), library.load("rubric", "basic-operation")
    assert isinstance(before, Rubric)
    there, back = changes(before, after), changes(after, before)
    assert sorted(one.way for one in there) == sorted(one.way for one in back)


@pytest.mark.parametrize("names", [("nothing-like-it", "basic-operation"), ("basic-operation", "no.toml")])
def test_what_cannot_be_read_is_refused_as_diff_refuses(run: Run, names: tuple[str, str]) -> None:
    seen = run("diff", *names)
    assert seen.code == 2
    assert seen.out == ""
    assert seen.err.startswith("Refused. ")
