"""The hours rules that ship say what their sources say, and broken ones are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rubrics import library
from rubrics.errors import DefinitionError
from rubrics.model import HoursRules

RULES = library.load("hours_rules", "hours-rules-default")
TEXT = next(one.text for one in library.packaged() if one.key == "hours-rules-default")


def test_the_packaged_rules_say_what_the_sources_say() -> None:
    assert [(duty.id, duty.years, duty.hours, duty.professional) for duty in RULES.duties] == [
        ("yearly", 1, 90, (2, 3)),
        ("registration", 5, 360, None),
    ]
    assert (RULES.annual_cap, RULES.absence_limit, RULES.hour_minutes) == (40, Decimal("0.2"), 45)
    assert RULES.credits == {}
    assert {fact.src for fact in RULES.facts} == {"verified", "memory"}
    assert [duty.src for duty in RULES.duties] == ["verified", "verified"]


def test_a_bureau_states_its_rates_and_may_have_no_cap() -> None:
    text = TEXT.replace("\n[credits]\n", "\n[credits]\nconcentrated = 6\ndistributed = 7.5\n")
    text = text.replace("[cap]\nhours = 40\ncarries_over = true\n", "")
    rules = library.parse(text)
    assert isinstance(rules, HoursRules)
    assert rules.credits == {"concentrated": 6, "distributed": Decimal("7.5")}
    assert rules.annual_cap is None


@pytest.mark.parametrize(
    ("old", "new", "code", "key", "expected"),
    [
        ("double_count = false", "double_count = true", "wrong_value", "double_count", "never counts twice"),
        ("carries_over = true", "carries_over = false", "wrong_value", "cap.carries_over", "never lost"),
        ("hours = 40", "hours = 0", "wrong_value", "cap.hours", "at least 1"),
        ("absence_limit = 0.2", "absence_limit = 0", "wrong_value", "absence_limit", "more than 0"),
        ("absence_limit = 0.2", "absence_limit = 20", "wrong_value", "absence_limit", "to 1"),
        (
            "parts = 2, of = 3",
            "parts = 3, of = 2",
            "wrong_value",
            "duties[yearly].professional.parts",
            "1 to 2",
        ),
        ("parts = 2, of = 3", "parts = 0.667, of = 1", "wrong_type", "professional.parts", "whole number"),
        ("years = 5", "years = 50", "wrong_value", "duties[registration].years", "from 1 to 10"),
        ("hours = 90", "hours = 0", "wrong_value", "duties[yearly].hours", "at least 1"),
        ('src = "memory"', 'src = "hearsay"', "wrong_value", "facts[order-7].src", "memory, verified"),
        ('"professional"\n', '"major"\n', "wrong_value", "subject_class", "general, professional"),
        ("hour_minutes = 45", "hour_minutes = 0", "wrong_value", "hour_minutes", "at least 1"),
        ("\n[credits]\n", "\n[credits]\nonline = 6\n", "unknown_reference", "credits", "concentrated"),
        (
            "\n[credits]\n",
            "\n[credits]\ndistributed = 0\n",
            "wrong_value",
            "credits.distributed",
            "at least 1",
        ),
        ("\n[credits]\n", "\n", "missing_key", "credits", "a table"),
        ('id = "registration"', 'id = "yearly"', "duplicate", "duties", "once"),
        ("hour_minutes = 45", "hour_minutes = 45\nrounding = 1", "unknown_key", "rounding", "only"),
    ],
)
def test_broken_hours_rules_are_refused_by_key_with_what_was_expected(
    old: str, new: str, code: str, key: str, expected: str
) -> None:
    assert old in TEXT
    with pytest.raises(DefinitionError) as refusal:
        library.parse(TEXT.replace(old, new, 1), source="county.toml")
    assert refusal.value.code == f"definition.{code}"
    assert key in str(refusal.value.values["key"])
    assert expected in str(refusal.value.values["expected"])
