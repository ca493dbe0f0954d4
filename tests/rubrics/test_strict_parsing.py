"""A broken definition is refused with source, line or key, and what was expected."""

from __future__ import annotations

import re

import pytest

from rubrics import library
from rubrics.errors import DefinitionError

TEXTS = {one.key: one.text for one in library.packaged() if one.version == 1}

# definition, what to change, into what, code, key in the refusal, part of what was expected
BROKEN = [
    ("basic-operation", 'kind = "rubric"', 'kind = "rubrik"', "wrong_value", "kind", "rubric"),
    ("basic-operation", "version = 1", "version = 0", "wrong_value", "version", "at least 1"),
    ("basic-operation", "version = 1", 'version = "1"', "wrong_type", "version", "whole number"),
    ("basic-operation", "version = 1", "version = true", "wrong_type", "version", "whole number"),
    ("basic-operation", 'key = "basic-operation"', 'key = "Basic Op"', "wrong_value", "key", "hyphens"),
    ("basic-operation", "total = 100", "totals = 100", "missing_key", "total", "a number"),
    ("basic-operation", "total = 100", "total = 100\ncolour = 1", "unknown_key", "colour", "only"),
    ("basic-operation", "weight = 20", "weight = 21", "wrong_sum", "criteria", "add up to 100"),
    (
        "basic-operation",
        "weight = 20",
        "weight = nan",
        "wrong_value",
        "criteria[BO1].weight",
        "from 0.01 to 100",
    ),
    (
        "basic-operation",
        "weight = 20",
        "weight = -20",
        "wrong_value",
        "criteria[BO1].weight",
        "from 0.01 to 100",
    ),
    ("basic-operation", 'id = "BO2"', 'id = "BO1"', "duplicate", "criteria", "once"),
    (
        "basic-operation",
        'evidence = ["span"]',
        'evidence = ["film"]',
        "unknown_reference",
        "BO1].evi",
        "span",
    ),
    ("basic-operation", 'evidence = ["span"]', "evidence = []", "wrong_value", "BO1].evidence", "at least 1"),
    ("basic-operation", '["2.2.2"]', '["2.2.9"]', "unknown_reference", "criteria[BO1].jyt0646", "2.2.2"),
    ("basic-operation", '["2.2.2"]', '["2.2.2", "2.2.2"]', "duplicate", "criteria[BO1].jyt0646", "once"),
    ("basic-operation", "gate = 2", "gate = 1", "wrong_value", "criteria[BO4].gate", "from 2 to 4"),
    ("basic-operation", "share = 0.8", "share = 1.2", "wrong_value", "scale[3].share", "from 0 to 1"),
    ("basic-operation", "share = 0.8", "share = 0.6", "wrong_order", "scale", "larger share"),
    ("basic-operation", "min = 85", "min = 55", "wrong_order", "bands", "smaller min"),
    ("basic-operation", 'id = "pass"', 'id = "passed"', "wrong_value", "bands", "excellent, pass, fail"),
    ("basic-operation", "blind = true", 'blind = "yes"', "wrong_type", "panel.blind", "true or false"),
    ("basic-operation", "primary = {", "primery = {", "unknown_reference", "video.minutes", "primary"),
    (
        "basic-operation",
        "least = 15, most = 45",
        "least = 45, most = 15",
        "wrong_value",
        "primary.most",
        "45",
    ),
    ("basic-operation", 'zh = "投屏与画面切换"', 'zh = ""', "wrong_value", "criteria[BO1].zh", "not empty"),
    (
        "tier-policy-default",
        "online = 5.5,",
        "online = 6,",
        "wrong_sum",
        "tiers[basic].hours_check.online",
        "5.5",
    ),
    ("tier-policy-default", "min = 36", "min = 37", "wrong_order", "age_bands", "follow one another"),
    ("tier-policy-default", "min = 0\n", "min = 1\n", "wrong_order", "age_bands", "from 0"),
    (
        "tier-policy-default",
        'S2 = "integrated"',
        'S2 = "middle"',
        "wrong_value",
        "matrix.middle.S2",
        "integrated",
    ),
    (
        "tier-policy-default",
        '[matrix.young]\nS0 = "innovation-bridge"',
        "[matrix.young]",
        "missing_key",
        "S0",
        "text",
    ),
    ("tier-policy-default", "[matrix.young]", "[matrix.teen]", "unknown_reference", "matrix", "young"),
    (
        "tier-policy-default",
        "lessons_min = 1",
        "lessons_min = 0",
        "wrong_value",
        "tiers[basic].lessons_min",
        "1",
    ),
    (
        "tier-policy-default",
        "lessons_min = 1",
        "lessons_min = 2",
        "wrong_sum",
        "tiers[basic].lesson_slots",
        "2",
    ),
    (
        "tier-policy-default",
        '["task-L2", "task-M1"]',
        '["task-L1"]',
        "duplicate",
        "tiers[basic].optional",
        "required",
    ),
    (
        "tier-policy-default",
        '["task-L2", "task-M1"]',
        '["task-X"]',
        "unknown_reference",
        "basic].optional",
        "task-L2",
    ),
    ("tier-policy-default", "steps = 1", "", "wrong_value", "by_choice[neighbour]", "either tier or steps"),
    (
        "tier-policy-default",
        'overrides = ["O3"]',
        'overrides = ["O9"]',
        "unknown_reference",
        "overrides[O4]",
        "O3",
    ),
    (
        "tier-policy-default",
        "counts = { lessons = 5",
        "counts = { lessons = 0",
        "wrong_value",
        "counts.lessons",
        "1",
    ),
    (
        "award-rules-default",
        "lowest_min = 75",
        "lowest_min = 95",
        "wrong_value",
        "excellence.lowest_min",
        "to 85",
    ),
    (
        "award-rules-default",
        "absence_limit = 0.2",
        "absence_limit = 20",
        "wrong_value",
        "absence_limit",
        "to 1",
    ),
    ("award-rules-default", "pass = {", "passed = {", "missing_key", "outcomes.pass", "table"),
    (
        "award-rules-default",
        '"professional"',
        '"major"',
        "wrong_value",
        "hours.subject_class",
        "professional",
    ),
    (
        "diagnosis-entry",
        'shows = ["cast"]',
        'shows = ["cats"]',
        "unknown_reference",
        "options[c].shows",
        "cast",
    ),
    (
        "diagnosis-entry",
        'shows = ["cast"]',
        "shows = []",
        "wrong_value",
        "items[D01].options[c].shows",
        "at least 1",
    ),
    ("diagnosis-entry", '"2.2.2" = 0.6', '"2.2.2" = 6', "wrong_value", "options[c].evidence.2.2.2", "to 1"),
    ("diagnosis-entry", '"2.2.2" = 0.6', '"2.2" = 0.6', "unknown_reference", "options[c].evidence", "2.2.2"),
    ("diagnosis-entry", '"D08", "D09", ', "", "not_covered", "short_form", "every axis"),
    ("diagnosis-entry", '"D05", ', "", "not_covered", "short_form", "every ability"),
    ("diagnosis-entry", '"D05", ', '"D99", ', "unknown_reference", "short_form", "D05"),
    ("diagnosis-entry", '[[skills]]\nid = "S0"\n', "", "wrong_order", "skills", "every level but the last"),
    (
        "diagnosis-entry",
        '{ all = ["interact", "record", "data"] }',
        "{ all = [] }",
        "wrong_value",
        "any_of",
        "1",
    ),
]


@pytest.mark.parametrize(("key", "old", "new", "code", "at", "expected"), BROKEN)
def test_a_broken_definition_is_refused_by_key_with_what_was_expected(
    key: str, old: str, new: str, code: str, at: str, expected: str
) -> None:
    assert old in TEXTS[key]
    with pytest.raises(DefinitionError) as refusal:
        library.parse(TEXTS[key].replace(old, new, 1), source="county.toml")
    assert refusal.value.code == f"definition.{code}"
    assert at in str(refusal.value.values["key"])
    assert expected in str(refusal.value.values["expected"])
    assert re.match(r"county\.toml(:\d+)?: ", str(refusal.value))
    assert refusal.value.permanent


# definition, what to change, into what, lines from there to the one the refusal must name
LINES = [
    ("basic-operation", "total = 100", "total = 100\ncolour = 1", 1),
    ("basic-operation", "weight = 20", "weight = 0", 0),
    ("basic-operation", 'zh = "全程只播放课件"', "", -2),  # a missing key: the table it should stand in
    ("standard-lesson", "gate = 2", "gate = 9", 0),
    ("tier-policy-default", "hours_check = { online = 8.5", "hours_check = { online = 9", 0),
    ("tier-policy-default", 'S2 = "integrated"', 'S2 = "middle"', 0),
    ("diagnosis-entry", 'evidence = { "2.2.2" = 0.6 }', 'evidence = { "2.2.2" = 6 }', 0),
]


@pytest.mark.parametrize(("key", "old", "new", "below"), LINES)
def test_a_refusal_names_the_line(key: str, old: str, new: str, below: int) -> None:
    text = TEXTS[key]
    assert old in text
    with pytest.raises(DefinitionError) as refusal:
        library.parse(text.replace(old, new, 1))
    assert refusal.value.values["line"] == text[: text.index(old)].count("\n") + 1 + below


def test_text_that_is_not_toml_is_refused_with_its_line() -> None:
    with pytest.raises(DefinitionError, match=re.escape("line 2")) as refusal:
        library.parse('kind = "rubric"\nkey = \n', source="county.toml")
    assert refusal.value.code == "definition.syntax"


@pytest.mark.parametrize("key", sorted(TEXTS))
@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "{a = " * 5_000, "nested too deeply"),
        ("x = " + "9" * 5_000, "too long to read"),
        ("x = 1e" + "9" * 20, "too long to read"),
        ("# \udc80", "not UTF-8"),
        ("#" * 1_000_000, "more than 1000000 characters"),
    ],
    ids=["lists", "tables", "digits", "exponent", "surrogate", "long"],
)
def test_text_nobody_could_have_meant_is_refused_before_it_is_read(key: str, first: str, found: str) -> None:
    with pytest.raises(DefinitionError, match=found) as caught:
        library.parse(f"{first}\n{TEXTS[key]}", source="page")
    assert caught.value.code == "definition.syntax"
    assert caught.value.values["source"] == "page"


@pytest.mark.parametrize("sign", ["\\u0000", "\\u0007", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad"])
@pytest.mark.parametrize("key", sorted(TEXTS))
def test_text_with_a_sign_that_nobody_can_see_is_refused(key: str, sign: str) -> None:
    text = TEXTS[key].replace('zh = "', f'zh = "{sign}', 1)
    with pytest.raises(DefinitionError, match="invisible") as caught:
        library.parse(text, source="page")
    assert sign not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "pattern", "value", "expected"),
    [
        ("hours-rules-default", r"hours = 90", "hours = 1e30", "a number of at most 1000000"),
        ("hours-rules-default", r"absence_limit = 0.2", "absence_limit = 1e-400", "at most 12 places"),
        ("award-rules-default", r"mean_min = 85", "mean_min = 1e999999", "a number of at most 1000000"),
        ("award-rules-default", r"years = 3", "years = 9999", "from 1 to 50"),
        ("award-rules-default", r"window_months = 6", "window_months = 99999", "from 1 to 600"),
        ("tier-policy-default", r"practice = 4", "practice = 1e-30", "at most 12 places"),
        ("tier-policy-default", r"hour_minutes = 45", f"hour_minutes = {10**30}", "at most 1000000"),
        ("basic-operation", r"appeal_days = 5", f"appeal_days = {10**9}", "from 0 to 3650"),
        ("basic-operation", r"version = 1", f"version = {2**40}", "at most 1000000"),
        (
            "basic-operation",
            r'key = "basic-operation"',
            f'key = "{"a" * 81}"',
            "at most 80 characters; found 81",
        ),
    ],
)
def test_numbers_no_programme_needs_are_refused_before_they_are_computed_with(
    key: str, pattern: str, value: str, expected: str
) -> None:
    text, changed = re.subn(rf"(?<![\w.]){pattern}(?![\w.])", value, TEXTS[key], count=1)
    assert changed
    with pytest.raises(DefinitionError, match=expected):
        library.parse(text)


def test_a_level_left_undescribed_is_refused() -> None:
    text = TEXTS["basic-operation"]
    levels = '[[criteria.levels]]\nlevel = 1\nzh = "大部分时间无法投屏"\nen = "No casting most of the time"\n'
    assert levels in text
    with pytest.raises(DefinitionError, match=re.escape("criteria[BO1].levels")) as refusal:
        library.parse(text.replace(levels, ""))
    assert refusal.value.code == "definition.levels_incomplete"


def test_numbers_are_read_exactly_as_written() -> None:
    text = TEXTS["basic-operation"].replace("share = 0.6", "share = 0.600000000001")
    rubric = library.parse(text)
    assert str(rubric.scale[2].share) == "0.600000000001"  # type: ignore[union-attr]
