"""Rubrics from and to other systems: what is written where, and what is said about it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Run

from rubrics import library
from rubrics.command import output
from rubrics.command.main import main
from rubrics.exchange.formats import FORMATS, guess, read

Written = Callable[..., str]


@pytest.mark.parametrize("format", FORMATS)
def test_a_shipped_rubric_goes_into_every_format_and_losses_are_said_beside_it(run: Run, format: str) -> None:
    seen = run("convert", "basic-operation", "--to", format, "--scale")
    assert seen.code == 0, seen.err
    assert guess(seen.out) == format
    assert len(read(format, seen.out).sheet.criteria) == 8
    assert "Left behind: the gate (criteria, 3: BO4, BO6, BO8)." in " ".join(seen.err.split())


@pytest.mark.parametrize("format", FORMATS)
def test_what_came_from_elsewhere_becomes_a_definition_that_is_valid(
    run: Run, tmp_path: Path, format: str
) -> None:
    other, mine = str(tmp_path / "other.txt"), str(tmp_path / "mine.toml")
    assert run("convert", "basic-operation", "--to", format, "--scale", "--out", other).code == 0
    seen = run("convert", other, "--to", "toml", "--key", "from-elsewhere", "--version", "3", "--out", mine)
    assert (seen.code, seen.out) == (0, "")
    assert "Filled in: the rules of the panel, as in standard-lesson/v1." in seen.err
    definition = library.parse(Path(mine).read_text(encoding="utf-8"))
    assert (definition.key, definition.version) == ("from-elsewhere", 3)
    assert run("validate", mine).code == 0


def test_the_report_is_in_the_language_spoken(run: Run) -> None:
    seen = run("convert", "basic-operation", "--to", "case", lang="zh")
    assert "未带过去：否决线（评分项，3处：BO4, BO6, BO8）。" in seen.err
    assert "投屏与画面切换" in seen.out


def test_the_texts_taken_are_those_asked_for(run: Run) -> None:
    seen = run("convert", "basic-operation", "--to", "case", "--language", "en", lang="zh")
    assert "Casting and switching screens" in seen.out
    assert "投屏与画面切换" not in seen.out


def test_a_file_that_is_there_stays_unless_it_may_be_replaced(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "there.json"
    path.write_text("mine", encoding="utf-8")
    command = ["convert", "basic-operation", "--to", "case", "--out", str(path)]
    seen = run(*command)
    assert seen.code == 1
    assert "exists already and was left as it is" in seen.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run(*command, "--force").code == 0
    assert "CFRubric" in path.read_text(encoding="utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["there.json"]


def test_without_hard_links_nothing_is_overwritten_either(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_names: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "there.json"
    output.write_file(str(path), "one", force=False)
    assert run("convert", "basic-operation", "--to", "case", "--out", str(path)).code == 1
    assert path.read_text(encoding="utf-8") == "one"


def test_a_file_is_readable_as_any_other_the_person_makes(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    output.write_file(str(tmp_path / "made"), "text", force=False)
    assert (tmp_path / "made").stat().st_mode == ordinary.stat().st_mode


def test_a_folder_that_is_not_there_is_refused_and_nothing_is_left(run: Run, tmp_path: Path) -> None:
    seen = run("convert", "basic-operation", "--to", "case", "--out", str(tmp_path / "no" / "a.json"))
    assert seen.code == 1
    assert "cannot be written" in seen.err
    assert list(tmp_path.iterdir()) == []


def test_key_and_version_of_our_own_come_back_by_themselves(run: Run) -> None:
    case = run("convert", "basic-operation", "--to", "case", "--language", "zh").out
    seen = run("convert", "-", "--to", "toml", "--language", "zh", typed=case.encode())
    assert seen.code == 0, seen.err
    back = library.parse(seen.out)
    assert (back.key, back.version, back.title.zh) == ("basic-operation", 1, "基础操作公开课评分标准")


CANVAS = (
    "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range,Rating Name,Rating Description,"
)
CANVAS += "Rating Points"


@pytest.mark.parametrize(
    ("typed", "text", "told"),
    [
        (["--to", "toml"], f"{CANVAS}\nA,B,,,Good,,2\n", "A definition needs a key"),
        (["--to", "case"], "nothing of the kind", "expected case, ora2-xml, ora2-json, canvas, found"),
        (["--to", "case", "--from", "canvas"], "nothing of the kind", "standard input"),
        (["--to", "case", "--from", "ora2-xml"], "<!DOCTYPE a><rubric/>", "no document type"),
        (["--to", "case"], '{"CFRubric": 1}', "standard input"),
        (["--to", "case"], f"{CANVAS}\nA,B,,,Good,,2\nC,D,,,Good,,2\n", "--rubric"),
        (["--to", "case"], 'kind = "rubric"\n', "key: expected text, found nothing"),
        (["--to", "toml", "--key", "UPPER"], f"{CANVAS}\nA,B,,,Good,,2,Poor,,1\n", "lower-case words"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_place_and_advice(
    run: Run, typed: list[str], text: str, told: str
) -> None:
    seen = run("convert", "-", *typed, typed=text.encode())
    assert (seen.code, seen.out) == (1, "")
    assert told in seen.err


def test_one_rubric_of_several_is_chosen_by_its_title(run: Run) -> None:
    text = f"{CANVAS}\nA,B,,,Good,,2\nC,D,,,Good,,2\n"
    seen = run("convert", "-", "--to", "ora2-json", "--rubric", "C", typed=text.encode())
    assert seen.code == 0, seen.err
    assert '"D"' in seen.out
    assert '"B"' not in seen.out


def test_fractions_do_not_go_into_ora2_unless_all_points_are_multiplied(run: Run) -> None:
    seen = run("convert", "basic-operation", "--to", "ora2-json")
    assert seen.code == 1
    assert "--scale" in seen.err


@pytest.mark.parametrize("source", ["tier_policy:tier-policy-default", "nothing-like-it"])
def test_only_rubrics_that_are_there_can_be_converted(run: Run, source: str) -> None:
    assert run("convert", source, "--to", "case").code == 1


@pytest.mark.parametrize("one", library.packaged(), ids=lambda one: one.path)
def test_whatever_ships_can_be_copied_letter_for_letter(run: Run, one: library.Packaged) -> None:
    seen = run("convert", f"{one.kind}:{one.key}@{one.version}", "--to", "toml")
    assert (seen.code, seen.out) == (0, one.text)
    assert seen.err == f"A copy of {one.path}, with its comments.\n"


def test_a_copy_takes_the_key_and_version_asked_for_and_nothing_else(run: Run, written: Written) -> None:
    for source in (written(), "basic-operation"):
        seen = run("convert", source, "--to", "toml", "--key", "county-mine", "--version", "7")
        original = next(one.text for one in library.packaged() if one.key == "basic-operation")
        old = original.replace('key = "basic-operation"', 'key = "county-mine"')
        assert seen.out == old.replace("version = 1\n", "version = 7\n", 1)
        definition = library.parse(seen.out)
        assert (definition.key, definition.version) == ("county-mine", 7)


@pytest.mark.parametrize("asked", [("--key", 'a" b'), ("--key", "县"), ("--version", "0")])
def test_a_copy_under_what_is_no_key_or_version_is_refused(run: Run, asked: tuple[str, str]) -> None:
    seen = run("convert", "basic-operation", "--to", "toml", *asked)
    assert (seen.code, seen.out) == (1, "")
    assert "expected" in seen.err


def test_what_a_draft_lacks_is_said_of_the_file_it_came_from(run: Run) -> None:
    text = "Rubric Name,Criteria Name,Rating Name,Rating Description,Rating Points\nR,A,Good,,2\n"
    seen = run("convert", "-", "--to", "toml", "--key", "k", typed=text.encode())
    assert seen.code == 1
    assert "standard input: A: expected 2 levels" in seen.err


def test_a_policy_in_a_file_is_no_rubric(run: Run) -> None:
    policy = next(one.text for one in library.packaged() if one.kind == "tier_policy")
    seen = run("convert", "-", "--to", "case", typed=policy.encode())
    assert seen.code == 1
    assert "is no rubric but: tier_policy" in seen.err


@pytest.mark.parametrize("format", [*FORMATS, "toml"])
def test_a_pipe_carries_the_same_bytes_as_a_file_whatever_the_terminal_speaks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    path = tmp_path / "out"
    command = ["convert", "basic-operation", "--to", format, "--scale", "--language", "zh"]
    assert run(*command, "--out", str(path)).code == 0
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, encoding="gbk", newline="\r\n"))
    assert main(["--lang", "en", *command]) == 0
    assert pipe.getvalue() == path.read_bytes()
