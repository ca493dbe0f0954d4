"""What the documentation says is so: settings, links, paths, commands, licences, decisions."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from house import ROOT, files, modules, short
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGES = [path for path in files() if path.suffix == ".md"]
READMES = ("README.md", "README.zh-CN.md")
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\bSHIJIE_[A-Z0-9_]+\b")
SHIPPED = ("reports", "measurement", "service", "services", "xblocks")
# Which reader of lti_tools/config/env.py goes with which word in the page.
TYPES = {
    "text": "text", "whole": "whole", "flag": "flag", "words": "words", "keys": "keys", "secret": "secret",
    "folder": "folder", "web_address": "address",
}  # fmt: skip


def rows(page: str) -> Iterator[list[str]]:
    """Cells of every table row whose first cell is a name in backquotes or a plain word."""
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if line.startswith("| ") and len(cells) >= 3 and set(cells[0]) - set("-"):
            yield cells


# Settings


def documented() -> dict[str, tuple[str, str]]:
    """Variable to (type, default)."""
    return {row[0].strip("`"): (row[1], row[2]) for row in rows("docs/settings.md") if row[0].startswith("`")}


def read_by_the_service() -> set[str]:
    from lti_tools.config import env

    return set(env.READ)


def read_elsewhere() -> set[str]:
    """By the demo, the LMS app, the tests and the scripts, in any of the ways in which they ask."""
    texts = [path.read_text(encoding="utf-8") for path in files("lti_tools/demo", "tests", "tools")
             if path.suffix in {".py", ".sh"} and "architecture" not in path.parts]  # fmt: skip
    asked = {name for text in texts for name in re.findall(r"environ(?:\.get\(|\[)\"(SHIJIE_\w+)\"", text)}
    asked |= {name for text in texts for name in re.findall(r"\$\{(SHIJIE_\w+):=", text)}
    for path in files("xblocks"):
        if path.suffix == ".py":
            asked |= set(re.findall(r"\"(SHIJIE_\w+[A-Z])\"", path.read_text(encoding="utf-8")))
    return asked


def test_every_setting_of_the_service_is_documented() -> None:
    missing = read_by_the_service() - set(documented())
    assert not missing


def test_every_other_variable_is_documented() -> None:
    missing = read_elsewhere() - set(documented())
    assert not missing


def test_no_setting_is_documented_that_nothing_reads() -> None:
    assert not set(documented()) - read_by_the_service() - read_elsewhere()


def env_calls() -> Iterator[tuple[str, str, ast.expr | None]]:
    """(variable, reader, default) of every typed reading in the settings."""
    (settings,) = [one for one in modules("lti_tools") if one.name == "lti_tools.config.settings"]
    for node in ast.walk(settings.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env."):
            name = node.args[0]
            assert isinstance(name, ast.Constant)
            yield str(name.value), ast.unparse(node.func)[4:], node.args[1] if len(node.args) > 1 else None


@pytest.mark.parametrize(
    ("variable", "reader", "default"),
    list(env_calls()),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_type_and_default_of_a_setting_are_as_documented(
    variable: str, reader: str, default: ast.expr | None
) -> None:
    kind, said = documented()[variable]
    assert kind == TYPES[reader], variable
    if default is None:
        assert said == ("none" if reader == "words" else "required"), variable
        return
    try:
        value = eval(compile(ast.Expression(default), "settings", "eval"), {})  # noqa: S307
    except NameError:
        return  # depends on another setting: the page says so in words
    shown = str(int(value)) if isinstance(value, bool) else str(value)
    assert said == f"`{shown}`" if shown else said.startswith("empty"), variable


def test_variables_named_in_any_page_exist() -> None:
    known = set(documented())
    for page in PAGES:
        for name in VARIABLE.findall(page.read_text(encoding="utf-8")):
            assert name in known, f"{short(page)} names {name}"


# Links, paths and commands


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://", "mailto:", "#")):
            continue
        target = (page.parent / unquote(link.split("#")[0])).resolve()
        assert target.exists(), f"{short(page)} links to {link}"


@pytest.mark.parametrize("page", [page for page in PAGES if "decisions" not in page.parts], ids=short)
def test_every_path_named_in_a_page_exists(page: Path) -> None:
    """In backquotes, from the top of the repository; placeholders in <> and made folders are no paths."""
    tops = {short(path).split("/")[0] for path in files()} - {"Makefile"}
    for name in re.findall(r"`([\w./-]+/[\w./-]*)`", page.read_text(encoding="utf-8")):
        if name.split("/")[0] in tops:
            assert (ROOT / name).exists(), f"{short(page)} names {name}"


def make_targets() -> set[str]:
    return set(
        re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_command_named_in_a_page_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", text, flags=re.MULTILINE))
    assert not named - make_targets()


def test_make_help_names_every_command_a_person_would_use() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    helped = set(re.findall(r"echo \"make ([\w-]+)", makefile))
    assert make_targets() - helped <= {"help", "setup", "format", "messages", "clean"}


@pytest.mark.parametrize("name", READMES)
def test_the_first_screen_shows_the_two_commands_and_nothing_before_them(name: str) -> None:
    before, block = (ROOT / name).read_text(encoding="utf-8").split("```", 2)[:2]
    commands = [line.split("#")[0].strip() for line in block.strip().splitlines()]
    assert commands == ["make demo", "make test"]
    assert len(before.splitlines()) <= 10
    assert re.search(r"!\[[^\]]{20,}\]\(docs/images/path\.png\)", before), (
        "the picture needs words for those who cannot see it"
    )


def test_both_readmes_show_the_same_map() -> None:
    maps = [[line.split()[0] for line in (ROOT / name).read_text(encoding="utf-8").split("```")[3].strip().splitlines()]
            for name in READMES]  # fmt: skip
    assert maps[0] == maps[1]
    assert len(maps[0]) == 10
    assert all((ROOT / entry).exists() for entry in maps[0])


# Decisions


def decisions() -> list[Path]:
    return [path for path in files("docs/decisions") if path.suffix == ".md"]


def test_decisions_are_numbered_once_and_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_says_why_what_and_what_follows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.search(
        r"^Status: (accepted|replaced by \d{4})\. Date: \d{4}-\d\d-\d\d\.$", text, flags=re.MULTILINE
    )
    for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
        assert part in text, f"{short(page)} lacks {part}"


# Licences


def shipped() -> set[str]:
    """Names of everything that the shipped extras bring into this environment."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [("shijie", SHIPPED)]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in found:
            continue
        found.add((name, extras))
        for line in importlib.metadata.requires(name) or []:
            wanted = Requirement(line)
            if any(
                wanted.marker is None or wanted.marker.evaluate({"extra": extra}) for extra in extras or ("",)
            ):
                waiting.append((canonicalize_name(wanted.name), tuple(sorted(wanted.extras))))
    return {name for name, _extras in found} - {"shijie"}


def licences() -> dict[str, tuple[str, str]]:
    """Package to (licence, extras)."""
    return {row[0]: (row[1], row[2]) for row in rows("docs/licences.md") if row[0] != "package"}


def test_every_package_that_ships_has_its_licence_on_the_page() -> None:
    assert not shipped() - set(licences())


def test_nothing_of_the_service_is_agpl_or_gpl_only() -> None:
    bad = {name: text for name, (text, extras) in licences().items()
           if re.search(r"(?<!L)GPL", text) and " OR " not in text and "service" in extras}  # fmt: skip
    assert not bad


def test_what_the_metadata_call_agpl_is_named_as_such() -> None:
    for name in shipped():
        meta = importlib.metadata.metadata(name)
        said = " ".join([meta.get("License-Expression") or "", *(meta.get_all("Classifier") or [])])
        if "Affero" in said or "AGPL" in said:
            assert "AGPL" in licences()[name][0], name


def test_the_licence_is_the_whole_apache_text() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
