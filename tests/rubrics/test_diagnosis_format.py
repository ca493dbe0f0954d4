"""What a diagnosis bank may say about checks, screen tasks, outside tests and doubt, and what is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from rubrics import library
from rubrics.errors import DefinitionError
from rubrics.model import Doubt, Way
from tests.rubrics.diagnosis_texts import TEXT, V1, bank

WATCHED = 'hands_on = ["interact", "record"]'
# Without it only the screen task shows that somebody records.
H01_SHOWS = 'shows = ["record"]\nevidence = { "2.2.2" = 1 }'
SHORT = '"D11", "D12",'
P01 = 'check = "screen"'

# what to change, into what, code, key in the refusal, part of what was expected or found
REFUSED = [
    ('check = "specialist"', 'check = "video"', "wrong_value", "items[H01].check", "screen, specialist"),
    ('kind = "self_report"', 'kind = "self_report"\ncheck = "screen"', "wrong_value", "D01].check", "hands_on"),
    (P01, 'check = "specialist"', "wrong_value", "items[P01].steps", "the check screen"),
    (P01, 'check = "screen"\nmultiple = true', "wrong_value", "items[P01].multiple", "false"),
    ('[[items.steps]]\nid = "place"\nzh = "放稳手机"\nen = "Set the phone up"\n'
     '[[items.steps]]\nid = "try"\nzh = "试录"\nen = "Record a trial"\n',
     "", "wrong_value", "items[P01].steps", "at least 3"),
    ('id = "try"', 'id = "place"', "duplicate", "items[P01].steps", "once"),
    ('id = "try"\nzh = "试录"', 'id = "try"', "missing_key", "items[P01].steps[try].zh", "text"),
    ("right_least = 4\n", "", "missing_key", "items[P01].options[right].right_least", "whole number"),
    ("right_least = 4", "right_least = 5", "wrong_order", "items[P01].options", "at most 4"),
    ("right_least = 2", "right_least = 4", "wrong_order", "items[P01].options", "falling"),
    ("right_least = 2", "right_least = 3", "wrong_order", "items[P01].options", "all but one step"),
    ("right_least = 0", "right_least = 1", "wrong_order", "items[P01].options", "to 0"),
    ('id = "a"\nzh = "自己录好了"', 'id = "a"\nright_least = 1\nzh = "自己录好了"',
     "wrong_value", "items[H01].options[a].right_least", "screen task"),
    (SHORT, '"D11", "D12", "H01",', "wrong_value", "short_form", "answers alone"),
    ("said = 0.25", "said = 0.6", "wrong_value", "doubt.said", "0.5"),
    ("said = 0.25", "said = 0.1", "wrong_order", "doubt", "at most the one before"),
    ("hands_on = 0.05", "hands_on = 0.11", "wrong_order", "doubt", "at most the one before"),
    ("outside = 0.1\n", "", "missing_key", "doubt.outside", "a number"),
    ("least = 80", "least = 101", "wrong_value", "outside[regional].bands[101].least", "100"),
    ("least = 80", "least = 0", "duplicate", "outside[regional].bands", "once"),
    ("\nleast = 0\n", "\nleast = 5\n", "wrong_order", "outside[regional].bands", "down to 0"),
    ("\nleast = 0\n", "\nleast = 90\n", "wrong_order", "outside[regional].bands", "down to 0"),
    ("most = 100", "most = 0", "wrong_value", "outside[regional].most", "at least 1"),
    ('least = 80\nshows = ["data"]', 'least = 80\nshows = ["date"]', "unknown_reference", "bands[80].shows", "data"),
    ('"2.2.1" = 0.9', '"2.2.1" = 9', "wrong_value", "bands[80].evidence.2.2.1", "0 to 1"),
    (WATCHED, 'hands_on = ["cast"]', "unknown_reference", "any_of[#1].hands_on", "interact, record"),
    ('shows = ["interact"]\nevidence = { "3.2.2" = 1 }', "", "not_covered", "items", "demanded hands-on"),
    ('until_watched = "lower"', 'until_watched = "never"', "wrong_value", "until_watched", "lower, provisional"),
    ('until_watched = "lower"\n', "", "missing_key", "until_watched", "text"),
    (H01_SHOWS, "", "not_covered", "items", "a specialist's check"),
    (f", {WATCHED}", "", "wrong_value", "until_watched", "demands hands_on"),
    ("short_minutes = 12", 'short_minutes = 12\ncovers = "most"', "wrong_value", "covers", "all"),
    ("short_minutes = 12", 'short_minutes = 12\ncovers = "all"', "not_covered", "items", "every indicator"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "at", "expected"), REFUSED)
def test_what_does_not_fit_is_refused_by_place_with_what_was_expected(
    old: str, new: str, code: str, at: str, expected: str
) -> None:
    # The last one: what version 1 holds comes first in the text.
    cut = TEXT.rindex(old) if old != 'kind = "self_report"' else TEXT.index(old)
    with pytest.raises(DefinitionError) as refusal:
        bank(TEXT[:cut] + new + TEXT[cut + len(old) :])
    assert refusal.value.code == f"definition.{code}"
    assert at in str(refusal.value.values["key"])
    assert expected in str(refusal.value.values["expected"])
    assert re.match(r"county\.toml(:\d+)?: ", str(refusal.value))


def test_a_bank_says_what_is_watched_and_what_holds_until_then() -> None:
    read = bank()
    watched = Way(all=("interact", "record", "data"), hands_on=("interact", "record"))
    assert read.skills[1].any_of == (watched,)
    assert read.until_watched == "lower"
    assert read.doubt == Doubt(*map(Decimal, ("0.25", "0.15", "0.1", "0.05")))


def test_a_check_nobody_is_named_for_is_the_specialists() -> None:
    checks = {item.id: item.check for item in bank().items if item.kind == "hands_on"}
    assert checks == {"H01": "specialist", "H02": "specialist", "P01": "screen"}


def test_a_screen_task_keeps_its_steps_in_their_right_order() -> None:
    item = bank().item("P01")
    assert item is not None
    assert [step.id for step in item.steps] == ["place", "try", "watch", "go"]
    assert [option.right_least for option in item.options] == [4, 2, 0]


def test_an_outside_test_keeps_its_bands() -> None:
    [test] = bank().outside
    assert (test.id, test.most) == ("regional", 100)
    assert [(band.least, band.shows) for band in test.bands] == [(80, ("data",)), (0, ())]


def test_a_bank_that_promises_everything_has_every_indicator_and_kind() -> None:
    asked = {name for item in bank().items for option in item.options for name in option.evidence}
    known = [item.id for item in library.framework("jyt0646").at_level(3)]
    missing = " , ".join(f'"{name}" = 1' for name in known if name not in asked)
    promises = TEXT.replace("short_minutes", 'covers = "all"\nshort_minutes', 1)
    whole = promises.replace(
        'lacks = ["interact"]\n\n[[items]]\nid = "P01"',
        f'lacks = ["interact"]\nevidence = {{ {missing} }}\n\n[[items]]\nid = "P01"',
    )
    assert bank(whole).covers == "all"
    with pytest.raises(DefinitionError, match="every kind"):
        bank(whole.replace('kind = "knowledge"', 'kind = "situation"'))


def test_a_bank_of_the_first_version_says_nothing_of_all_this() -> None:
    read = bank(V1)
    assert (read.doubt, read.outside, read.until_watched, read.covers) == (Doubt(), (), "", "")
    assert {item.check for item in read.items} == {""}
    assert all(not way.hands_on for rule in read.skills for way in rule.any_of)
