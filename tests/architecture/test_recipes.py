"""The recipes of CONTRIBUTING.md: when a step was left out, the failing test names the file that is missing."""

from __future__ import annotations

import configparser
import importlib

import pytest
from house import ROOT, files, short

from rubrics import library

RECIPE = "see 'How to add' in CONTRIBUTING.md"
NOT_BLOCKS = {"lms_app", "lti_platform", "shared", "__init__.py"}
SHELVES = ("rubrics/definitions", "rubrics/policies")


def definitions() -> list[str]:
    return [short(path) for path in files(*SHELVES) if path.suffix == ".toml"]


def documents() -> list[str]:
    """A document is a module that can print itself from evidence."""
    names = [path.stem for path in files("reports/documents") if path.stem != "__init__"]
    return [name for name in names if hasattr(importlib.import_module(f"reports.documents.{name}"), "render")]


def blocks() -> list[str]:
    return sorted({short(path).split("/")[1] for path in files("xblocks")} - NOT_BLOCKS)


# A rubric, a policy, rules or a diagnosis


@pytest.mark.parametrize("path", definitions())
def test_a_definition_is_locked(path: str) -> None:
    locked = (ROOT / "rubrics/definitions.lock").read_text(encoding="utf-8")
    line = path.removeprefix("rubrics/")
    assert f"  {line}\n" in locked, f"{line} has no line in rubrics/definitions.lock; {RECIPE}"


def test_a_rubric_is_used_by_a_tier() -> None:
    """A rubric that no lesson slot of the newest policy names is never asked of anybody."""
    asked = {
        key
        for one in library.packaged()
        if one.kind == "tier_policy"
        for tier in library.load("tier_policy", one.key).tiers
        for slot in tier.lesson_rubrics
        for key in slot
    }
    unused = {one.key for one in library.packaged() if one.kind == "rubric"} - asked
    assert not unused, f"no tier of a tier policy names {sorted(unused)} in lesson_rubrics; {RECIPE}"


# A document


@pytest.mark.parametrize("document", documents())
def test_a_document_has_a_golden_pair_in_both_languages(document: str) -> None:
    folder = ROOT / "fixtures/golden/reports"
    evidence = sorted(folder.glob(f"{document}-*.json"))
    assert evidence, f"fixtures/golden/reports/{document}-<case>.json is missing; {RECIPE}"
    for one in evidence:
        for language in ("zh-Hans", "en"):
            text = one.with_name(f"{one.stem}.{language}.txt")
            assert text.exists(), f"{short(text)} is missing; {RECIPE}"


@pytest.mark.parametrize("document", documents())
def test_a_document_has_its_template_and_its_sheet(document: str) -> None:
    for name in (f"reports/templates/{document}.html", f"reports/theme/{document}.css"):
        assert (ROOT / name).exists(), f"{name} is missing; {RECIPE}"


# A task


@pytest.mark.parametrize(
    "policy", [one for one in library.packaged() if one.kind == "tier_policy"], ids=lambda p: p.path
)
def test_a_task_can_be_passed(policy: library.Packaged) -> None:
    """By answers, by a lesson, or by what a specialist sees: a task of any other category stays open for ever."""
    from lti_tools.tasks.api import SIGN_OFF_CATEGORIES

    passable = SIGN_OFF_CATEGORIES | {"diagnosis", "lesson"}
    stuck = {
        task.id: task.category
        for task in library.load("tier_policy", policy.key, policy.version).tasks
        if task.category not in passable
    }
    assert not stuck, f"nobody can pass {stuck}: name the category in tasks.api.SIGN_OFF_CATEGORIES; {RECIPE}"


@pytest.mark.parametrize("category", ["diagnosis", "lesson", "common"])
def test_how_a_task_is_passed_is_said_in_both_languages(category: str) -> None:
    from django.utils.translation import override

    from lti_tools.web.wording import how_passed

    with override("en"):
        english = how_passed(category)
    with override("zh-hans"):
        assert english != how_passed(category), f"how_passed({category!r}) has no Chinese; {RECIPE}"


def test_every_task_of_the_policy_is_asked_of_somebody() -> None:
    for one in library.packaged():
        if one.kind == "tier_policy":
            policy = library.load("tier_policy", one.key, one.version)
            asked = {task for tier in policy.tiers for task in (*tier.required, *tier.optional)}
            forgotten = {task.id for task in policy.tasks} - asked - set(policy.rural_optional)
            assert not forgotten, f"{one.path}: no tier lists {sorted(forgotten)}; {RECIPE}"


# A block


@pytest.mark.parametrize("block", blocks())
def test_a_block_is_announced_to_the_lms(block: str) -> None:
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    announced = setup["options.entry_points"]["xblock.v1"]
    wanted = f"{block} = xblocks.{block}.block:"
    assert wanted in announced, f"setup.cfg lacks '{wanted}...' under xblock.v1; {RECIPE}"


@pytest.mark.parametrize("block", blocks())
def test_a_block_speaks_chinese_under_both_names_of_the_language(block: str) -> None:
    """Django says zh_Hans, edx-platform zh_CN: the second is a link to the first."""
    for locale in ("zh_Hans", "zh_CN"):
        catalogue = ROOT / "xblocks" / block / "translations" / locale / "LC_MESSAGES" / "text.po"
        assert catalogue.exists(), f"{short(catalogue)} is missing; {RECIPE}"


@pytest.mark.parametrize("block", blocks())
def test_a_block_has_tests_and_a_scenario(block: str) -> None:
    tests = ROOT / "tests/xblocks" / block
    assert list(tests.glob("test_*.py")), f"tests/xblocks/{block}/test_*.py is missing; {RECIPE}"
    scenarios = ROOT / "xblocks" / block / "scenarios"
    assert list(scenarios.glob("*.xml")), f"xblocks/{block}/scenarios/*.xml is missing; {RECIPE}"


# An applet of the service


def test_the_models_of_every_applet_are_known_to_django() -> None:
    from house import APPLETS

    known = (ROOT / "lti_tools/models.py").read_text(encoding="utf-8")
    for applet in APPLETS:
        assert f"from lti_tools.{applet}.models import" in known, f"lti_tools/models.py lacks {applet}"


def test_there_is_something_to_add_to() -> None:
    """An empty list would let every test above pass."""
    assert len(definitions()) >= 6
    assert set(documents()) >= {"certificate", "appraisal"}
    assert "tiered_path" in blocks()
