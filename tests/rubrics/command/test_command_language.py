"""Which language is spoken, and that both are complete."""

from __future__ import annotations

import argparse
import ast
import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from babel.messages.pofile import read_po
from parser_expectations import BLANK, expectations
from terminal import Run

import rubrics
from rubrics import codes, model
from rubrics.command import (
    arguments,
    fields,
    language,
    names,
    phrases,
    reason_words,
    refusal_words,
    report_words,
    words,
)
from rubrics.errors import DefinitionError, ExchangeError, RubricsError
from rubrics.model import Reason

HOUSE = Path(rubrics.__file__).parent
# What nobody reaches from this command: it measures no raters.
NOT_OURS = ("agreement.", "study.", "facets.")


def texts() -> Iterator[str]:
    """Every text that is looked up, out of the source."""
    for file in sorted((HOUSE / "command").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_", "ngettext"):
                yield from (
                    one.value
                    for one in node.args[: 2 if node.func.id == "ngettext" else 1]  # type: ignore[attr-defined]
                    if isinstance(one, ast.Constant)
                )


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    found = {}
    with (language.LOCALE_DIR / "zh_Hans/LC_MESSAGES/rubrics.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    assert not [message.id for message, errors in catalogue.check() if errors]
    for message in catalogue:
        plural = isinstance(message.id, tuple)
        for one in message.id if plural else (message.id,):
            found[one] = message.string[0] if plural else message.string
    return found


@pytest.mark.parametrize(
    ("typed", "environ", "expected"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "EN"}, "en"),
        ([], {"LC_ALL": "", "LANG": "en"}, "en"),
        (["--lang", "zh"], {"LANG": "en"}, "zh"),
        (["show", "x", "--lang=en"], {}, "en"),
        (["--lang", "fr"], {"LANG": "en"}, "en"),
        (["--lang"], {}, "zh"),
        (["--", "--lang", "en"], {}, "zh"),
    ],
)
def test_the_language_is_the_one_asked_for_or_that_of_the_environment(
    typed: list[str], environ: dict[str, str], expected: str
) -> None:
    assert language.chosen(typed, environ) == expected


def test_the_process_is_as_before_once_the_command_has_spoken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "xx")
    before = gettext.textdomain()
    run("show", "nothing-like-it", lang="zh")
    assert (gettext.textdomain(), os.environ["LANGUAGE"]) == (before, "xx")


def test_every_text_of_the_command_has_its_chinese(chinese: dict[str, str]) -> None:
    assert len(list(texts())) > 500
    assert not [text for text in texts() if not chinese.get(text)]


def test_the_chinese_keeps_every_blank_to_be_filled(chinese: dict[str, str]) -> None:
    for text, said in chinese.items():
        if text:
            assert set(re.findall(r"\{(\w+)\}", said)) == set(re.findall(r"\{(\w+)\}", text)), text
            assert set(re.findall(r"%\((\w+)\)", said)) == set(re.findall(r"%\((\w+)\)", text)), text


def test_texts_of_argparse_are_those_it_really_looks_up() -> None:
    source = Path(argparse.__file__).read_text(encoding="utf-8")
    tree = ast.walk(ast.parse(source))
    known = {node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not set(arguments.ARGPARSE) - known


def test_help_and_mistakes_are_in_the_language_spoken(run: Run) -> None:
    assert run("--help", lang="zh").out.startswith("用法：")
    assert "显示本帮助后退出" in run("score", "-h", lang="zh").out
    mistake = run("show", lang="zh")
    assert mistake.code == 2
    assert "缺少以下参数" in mistake.err
    assert "the following arguments are required" in run("show").err


def test_without_a_compiled_catalogue_the_english_stands_and_it_is_said_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(language, "LOCALE_DIR", tmp_path)
    seen = run("show", "iste", lang="zh")
    assert seen.code == 0
    assert "framework" in seen.out
    assert seen.err.count("\n") == 1
    assert "not compiled" in seen.err
    assert run("show", "iste", lang="en").err == ""


def test_a_bare_python_without_any_package_runs_the_command() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(HOUSE.parent)!r}); from rubrics.command.main import main; "
    )
    program += "sys.exit(main(['--lang', 'en', 'show', 'iste']))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ISTE")


def ours(listed: Any) -> dict[str, tuple[str, ...]]:
    return {code: values for code, values in listed.items() if not code.startswith(NOT_OURS)}


def blanks(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_every_reason_is_worded_with_all_its_values() -> None:
    worded = {code: blanks(text) for code, text in reason_words.REASONS.items()}
    assert worded == {code: set(values) for code, values in ours(codes.REASONS).items()}


def test_everything_a_conversion_reports_is_worded_with_all_its_values() -> None:
    worded = {code: blanks(text) for code, text in report_words.REPORTS.items()}
    assert worded == {code: set(values) for code, values in codes.REPORTS.items()}


def test_every_refusal_is_worded_with_all_its_values() -> None:
    """Definitions and files of other systems are said in one way, so theirs is only what to do."""
    stated = {code for code in ours(codes.REFUSALS) if code.startswith(("definition.", "exchange."))}
    assert set(refusal_words.ADVICE) == stated
    worded = {code: blanks(text) for code, text in refusal_words.REFUSALS.items()}
    others = {code: set(values) for code, values in ours(codes.REFUSALS).items() if code not in stated}
    assert worded == others


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_every_code_becomes_a_whole_sentence_in_both_languages(lang: str) -> None:
    with language.speaking(lang):
        for code, values in {**ours(codes.REASONS), **codes.REPORTS}.items():
            said = words.reason(Reason(code, {name: f"<{name}>" for name in values}))
            assert all(f"<{name}>" in said for name in values), code
            assert said.endswith("." if lang == "en" else "。"), said
        for code, values in ours(codes.REFUSALS).items():
            said, _advice = words.refusal(_refusal(code, values))
            assert all(f"<{name}>" in said for name in values), code


def _refusal(code: str, values: tuple[str, ...]) -> RubricsError:
    families = {"definition": DefinitionError, "exchange": ExchangeError}
    kind = families.get(code.partition(".")[0], RubricsError)
    return kind(code, **{name: f"<{name}>" for name in values})


def test_what_parsers_expect_is_known_phrase_by_phrase() -> None:
    found = [text for _file, text in expectations()]
    assert len(found) > 60
    assert not [text for text in found if text.strip(f"{BLANK}: ") and not phrases.known(text)]


def test_phrases_keep_their_names_and_numbers_in_chinese() -> None:
    with language.speaking("zh"):
        assert phrases.phrase("a whole number from 1 to 4") == "1至4的整数"
        assert phrases.phrase("one of a, b") == "以下之一：a, b"
        assert phrases.phrase("nothing") == "无"
        assert phrases.phrase("'nothing'") == "'nothing'"


def nouns(hint: Any) -> Iterator[type]:
    if is_dataclass(hint):
        yield hint  # type: ignore[misc]
        for inner in get_type_hints(hint).values():
            yield from nouns(inner)
    for inner in get_args(hint):
        yield from nouns(inner)


def test_every_field_of_a_definition_has_a_name_in_words() -> None:
    found = {name for noun in nouns(model.AnyDefinition) for name in get_type_hints(noun)}
    assert not found - set(fields.FIELDS) - {"hash"}
    assert not set(fields.ENTRIES) - found


def test_every_kind_of_definition_has_a_name_in_words() -> None:
    from rubrics.library import KINDS

    assert not set(KINDS) - set(names.VALUES)
