"""What the packaged question bank promises to the people who answer it: laws over its newest version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise, permutations

import pytest

from rubrics import library, references
from rubrics.diagnosis import assess
from rubrics.model import Item, Label
from tests.rubrics.bank_sheets import BANK, JUDGED, SAID, SCREEN, SINGLE, WATCHED, best, worth

FIRST = library.load("diagnosis_bank", "diagnosis-entry", 1)
POLICY = library.load("tier_policy", "tier-policy-default")
INDICATORS = [one.id for one in library.framework("jyt0646").at_level(3)]

by_id = {"ids": lambda one: one.id}


def labels(item: Item) -> Iterator[Label]:
    yield item.label
    yield from (one.label for one in (*item.options, *item.steps))


def about(indicator: str) -> list[Item]:
    return [one for one in BANK.items if any(indicator in option.evidence for option in one.options)]


# What is asked


def test_there_are_enough_questions_of_every_kind() -> None:
    kinds = Counter(one.kind for one in BANK.items)
    assert len(BANK.items) >= 66
    assert kinds["situation"] >= 25
    assert kinds["knowledge"] >= 14
    assert kinds["self_report"] >= 10
    assert kinds["hands_on"] >= 10
    assert len(WATCHED) >= 6
    assert len(SCREEN) >= 4


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_indicator_is_asked_about_more_than_once_and_never_by_self_report_alone(indicator: str) -> None:
    assert len(about(indicator)) >= 2
    assert [one for one in about(indicator) if one.kind != "self_report"]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_indicator_can_reach_the_top_and_the_low_end(indicator: str) -> None:
    values = [
        option.evidence[indicator]
        for one in about(indicator)
        for option in one.options
        if indicator in option.evidence
    ]
    assert max(values) >= Decimal("0.9")
    assert min(values) <= Decimal("0.1")


def test_the_bank_says_itself_that_it_covers_everything() -> None:
    assert BANK.covers == "all"


def test_every_ability_has_a_check_somebody_watches() -> None:
    for ability in BANK.abilities:
        assert [one.id for one in WATCHED if ability.id in one.options[0].shows], ability.id


def test_the_short_form_keeps_its_questions_and_what_their_answers_mean() -> None:
    """A teacher diagnosed with the version before stays comparable."""
    assert BANK.short_form == FIRST.short_form
    for item_id in FIRST.short_form:
        before, now = FIRST.item(item_id), BANK.item(item_id)
        assert before is not None
        assert now is not None
        meaning = {one.id: (one.shows, one.lacks, one.alone) for one in before.options}
        assert {one.id: (one.shows, one.lacks, one.alone) for one in now.options} == meaning


def test_what_was_asked_before_is_still_asked() -> None:
    assert {one.id for one in BANK.items} >= {one.id for one in FIRST.items}


# How answers are weighed


@pytest.mark.parametrize("item", JUDGED, **by_id)
def test_exactly_one_answer_is_best_and_it_is_best_in_everything(item: Item) -> None:
    top = best(item)
    assert min(top.evidence.values()) > 0
    for other in item.options:
        if other is not top:
            assert all(other.evidence.get(name, Decimal(0)) < value for name, value in top.evidence.items())


@pytest.mark.parametrize("item", JUDGED, **by_id)
def test_the_best_answer_earns_everything_in_something_and_has_real_rivals(item: Item) -> None:
    assert max(best(item).evidence.values()) == 1
    assert len([one for one in item.options if one.evidence]) >= 4


def test_most_questions_give_something_for_partial_practice() -> None:
    partial = [
        item
        for item in JUDGED
        if any(
            Decimal("0.3") <= value <= Decimal("0.8")
            for one in item.options
            if one is not best(item)
            for value in one.evidence.values()
        )
    ]
    assert len(partial) > len(JUDGED) / 2


@pytest.mark.parametrize("item", SAID, **by_id)
def test_what_is_only_said_never_counts_in_full(item: Item) -> None:
    for option in item.options:
        assert all(value <= Decimal("0.8") for value in option.evidence.values())
    together = Counter[str]()
    for option in item.options:
        together.update({name: int(value * 100) for name, value in option.evidence.items()})
    assert not item.multiple or max(together.values()) <= 80


@pytest.mark.parametrize("item", WATCHED, **by_id)
def test_a_check_runs_from_done_alone_to_not_done_and_lets_one_not_try(item: Item) -> None:
    *seen, not_tried = item.options
    assert [worth(one) for one in seen] == sorted(map(worth, seen), reverse=True)
    assert max(seen[0].evidence.values()) == 1
    assert (not_tried.evidence, not_tried.shows, not_tried.lacks) == ({}, (), ())


@pytest.mark.parametrize("item", [one for one in WATCHED if one.options[0].shows], **by_id)
def test_a_check_shows_the_ability_when_done_alone_and_denies_it_when_not_done(item: Item) -> None:
    assert item.options[-2].lacks == item.options[0].shows


def test_knowing_the_steps_is_not_doing_them() -> None:
    for item in SCREEN:
        assert [one for one in item.options if one.shows or one.lacks] == []
        assert max(value for one in item.options for value in one.evidence.values()) <= Decimal("0.8")


@pytest.mark.parametrize("item", SCREEN, **by_id)
def test_putting_steps_anywhere_rarely_earns_more_than_a_beginning(item: Item) -> None:
    right = [step.id for step in item.steps]
    least = item.options[1].right_least or 0
    orders = [sum(a == b for a, b in zip(order, right, strict=True)) for order in permutations(right)]
    assert sum(found >= least for found in orders) / len(orders) < 0.1
    assert 4 <= len(right) <= 6


def test_advice_names_tasks_of_the_policy_and_comes_with_weak_answers_only() -> None:
    tasks = {task.id for task in POLICY.tasks}
    for item in BANK.items:
        for option in item.options:
            assert set(option.advice) <= tasks
            assert not option.advice or option is not best(item), item.id
    for ability in BANK.abilities:
        assert set(ability.advice) <= tasks


def test_everything_packaged_in_its_newest_version_fits_together() -> None:
    newest = {(one.kind, one.key): one for one in library.packaged()}
    references.check_together(library.parse(one.text) for one in newest.values())


@pytest.mark.parametrize("item", BANK.items, **by_id)
def test_what_a_question_can_take_it_can_also_give(item: Item) -> None:
    """An indicator that even the best answer leaves low would pull a good teacher down."""
    most: dict[str, Decimal] = {}
    for option in item.options:
        for name, value in option.evidence.items():
            most[name] = (
                most.get(name, Decimal(0)) + value if item.multiple else max(value, most.get(name, value))
            )
    assert min(most.values()) >= Decimal("0.5")


# What an answer does not give away


def test_no_place_is_the_best_one_more_often_than_it_may() -> None:
    places = Counter(item.options.index(best(item)) for item in SINGLE)
    assert len(places) >= 4
    assert max(places.values()) <= len(SINGLE) * 2 / 5


def test_the_best_place_of_neighbours_follows_no_pattern() -> None:
    """Never five in a row in the same place, and no place calls for another next to it."""
    row = [item.options.index(best(item)) for item in JUDGED]
    assert not any(len(set(row[at : at + 5])) == 1 for at in range(len(row) - 4))
    followers = Counter(pairwise(row))
    assert max(followers.values()) < len(row) / 5


@pytest.mark.parametrize("extreme", [max, min], ids=["longest", "shortest"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_length_gives_no_answer_away(language: str, extreme: Callable[[Iterable[int]], int]) -> None:
    """Whoever always takes the longest (or the shortest) of four, by lot among equals, is right by less than half."""
    hits = 0.0
    for item in JUDGED:
        lengths = [len(option.label.text(language)) for option in item.options[:4]]
        mark = extreme(lengths)
        hits += (len(best(item).label.text(language)) == mark) / lengths.count(mark)
    assert hits < len(JUDGED) * 0.4


def test_no_two_answers_of_a_question_read_the_same() -> None:
    for item in BANK.items:
        for language in ("zh-hans", "en"):
            texts = [one.label.text(language) for one in (*item.options, *item.steps)]
            assert len(set(texts)) == len(texts), item.id


# How it reads


def test_both_languages_are_there_and_each_is_only_itself() -> None:
    for item in BANK.items:
        for label in labels(item):
            assert re.search("[\u4e00-\u9fff]", label.zh), item.id
            assert re.search("[A-Za-z]{2}", label.en), item.id
            assert not re.search("[\u3000-\u9fff\uff00-\uffef]", label.en), item.id


@pytest.mark.parametrize(
    "unwanted",
    [
        pytest.param("你", id="impolite"),
        pytest.param("赋能|范式|抓手|闭环|[A-Za-z]{2,}", id="jargon"),
        pytest.param("以上都|以下都", id="all of the above"),
        pytest.param("不是不|没有不|不得不|不无|非不", id="double negative"),
        pytest.param("落后|太差|笨|年纪大|老教师|丢人|不合格|不达标", id="shaming"),
    ],
)
def test_the_chinese_is_plain_and_kind(unwanted: str) -> None:
    said = {item.id: "".join(label.zh for label in labels(item)) for item in BANK.items}
    assert [name for name, text in said.items() if re.search(unwanted, text)] == []


def test_questions_and_answers_are_short() -> None:
    for item in BANK.items:
        sentences = re.split("[。？！；：]", item.label.zh)
        assert max(map(len, sentences)) <= 50, item.id
        assert len(item.label.zh) <= 80, item.id
        assert all(len(one.label.zh) <= 32 for one in (*item.options, *item.steps)), item.id


# The test of somebody else


def test_a_result_from_outside_is_evidence_and_shows_nothing_of_the_hands() -> None:
    [test] = BANK.outside
    assert test.most == 100
    assert [one for band in test.bands for one in band.shows] == []
    values = [set(band.evidence.values()) for band in test.bands]
    assert all(len(one) == 1 for one in values)
    assert [max(one) for one in values] == sorted((max(one) for one in values), reverse=True)
    assert assess(BANK, {}, outside={test.id: 90}).skill == "S0"


def test_the_levels_are_those_of_the_policy() -> None:
    assert [rule.id for rule in reversed(BANK.skills)] == [level.id for level in POLICY.skills]
