"""The whole format of a rubric, read from one that has everything, and every refusal of its newer keys."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from rubrics import library
from rubrics.errors import DefinitionError
from rubrics.model import Identity, LevelPoints, Rubric
from rubrics.scoring import score

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden" / "rubrics"
EVERYTHING = (GOLDEN / "everything.toml").read_text(encoding="utf-8")
BASIC = next(one.text for one in library.packaged() if (one.key, one.version) == ("basic-operation", 1))


def parsed(text: str) -> Rubric:
    rubric = library.parse(text)
    assert isinstance(rubric, Rubric)
    return rubric


def points(least: str, middle: str, most: str) -> LevelPoints:
    return LevelPoints(Decimal(middle), Decimal(least), Decimal(most))


RUBRIC = parsed(EVERYTHING)
CRITERIA = {criterion.id: criterion for criterion in RUBRIC.criteria}


def test_a_level_may_have_a_range_in_shares() -> None:
    assert RUBRIC.step == Decimal("0.5")
    assert CRITERIA["E2"].points == {
        4: points("18", "20", "20"),
        3: points("14", "16", "17.8"),
        2: points("10", "12", "13.8"),
        1: points("4", "6", "9"),
    }


def test_the_levels_of_a_criterion_may_state_their_points() -> None:
    assert CRITERIA["E3"].states_points
    assert CRITERIA["E3"].points[3] == points("10.5", "12", "13")
    assert not CRITERIA["E2"].states_points


def test_points_are_kept_as_they_were_written() -> None:
    text = EVERYTHING.replace("points = 12\nleast = 10.5\nmost = 13\n", "points = 12.0\n", 1)
    stated = next(one for one in parsed(text).criteria if one.id == "E3").points[3]
    assert [str(number) for number in (stated.points, stated.least, stated.most)] == ["12.0"] * 3


def test_a_criterion_for_feedback_only_weighs_nothing() -> None:
    words, bearing = CRITERIA["E7"], CRITERIA["E8"]
    assert (words.feedback_only, words.weight, words.gate, words.points, words.levels) == (
        True,
        0,
        None,
        {},
        {},
    )
    assert (bearing.feedback_only, bearing.points, sorted(bearing.levels)) == (True, {}, [1, 2, 3, 4])
    assert not CRITERIA["E1"].feedback_only


def test_it_may_be_said_that_a_criterion_is_not_for_feedback_only() -> None:
    text = EVERYTHING.replace("weight = 20\n", "weight = 20\nfeedback_only = false\n", 1)
    assert parsed(text).criteria == RUBRIC.criteria


def test_a_criterion_that_may_be_left_out_says_when_and_where_its_weight_goes() -> None:
    left = CRITERIA["E5"].not_applicable
    assert left is not None
    assert (left.when.zh, left.when.en) == ("本课没有实验", "No experiment in this lesson")
    assert left.weight_to == {"E2": Decimal(10), "E6": Decimal(5)}
    assert CRITERIA["E1"].not_applicable is None


def test_names_from_elsewhere_are_kept_letter_for_letter() -> None:
    uri = "https://standards.example.org/CFRubrics/0b3f5d2e-4c7a-11ef-9a51-0242ac120002?v=1#top"
    assert RUBRIC.identity == Identity("0b3f5d2e-4c7a-11ef-9a51-0242ac120002", uri)
    assert CRITERIA["E1"].identity == Identity("E1-abc", "https://standards.example.org/CFRubricCriteria/E1")
    level = Identity("E1-4", "urn:uuid:5a1c9d60-4c7b-11ef-9a51-0242ac120002")
    assert CRITERIA["E1"].level_identities == {4: level}
    assert (CRITERIA["E2"].identity, CRITERIA["E2"].level_identities) == (None, {})


def test_a_rubric_of_the_first_format_has_none_of_this() -> None:
    basic = parsed(BASIC)
    assert (basic.step, basic.identity) == (None, None)
    for criterion in basic.criteria:
        assert (criterion.feedback_only, criterion.states_points, criterion.not_applicable) == (
            False,
            False,
            None,
        )
        assert all(one.least == one.points == one.most for one in criterion.points.values())


def stated(text: str) -> str:
    """The text with points for every level of every criterion, thirds among them, and no shares."""
    text = re.sub(r"(?m)^share = .*\n", "", text)
    weights = {4: 1, 3: Decimal("0.8"), 2: Decimal("0.6"), 1: Decimal("0.3")}
    parts = re.split(r"(?m)^weight = (\d+)\n", text)
    made = parts[0]
    for weight, rest in zip(parts[1::2], parts[2::2], strict=True):
        for level, share in weights.items():
            rest = rest.replace(f"level = {level}\n", f"level = {level}\npoints = {int(weight) * share}\n", 1)
        made += f"weight = {weight}\n{rest}"
    return made


def test_a_scale_needs_no_shares_where_every_criterion_states_its_points() -> None:
    rubric = parsed(stated(BASIC).replace("points = 6.0\n", "points = 6.67\n", 1))
    assert [level.share for level in rubric.scale] == [None] * 4
    marks = {criterion.id: 2 for criterion in rubric.criteria}
    assert score(rubric, marks).total == 60
    assert score(rubric, marks | {"BO1": 1}).total == Decimal("54.67")


# what to change in the rubric with everything, into what, code, key in the refusal, part of what was expected
BROKEN = [
    ("step = 0.5\n", "", "missing_key", "step", "a number"),
    ("step = 0.5\n", "step = 0\n", "wrong_value", "step", "at least 0.01"),
    ("step = 0.5\n", "step = 0.500000001\n", "wrong_value", "step", "at most 8 places"),
    ("total = 100\n", "total = 10000000\n", "wrong_value", "total", "from 1 to 1000000"),
    ("total = 100\n", "total = 0\n", "wrong_value", "total", "from 1 to"),
    ("share = 0.8\n", "", "missing_key", "scale[3].share", "a number"),
    ("share = 0.8\n", "share = 0.8000000000001\n", "wrong_value", "scale[3].share", "at most 12 places"),
    ("least = 0.7\n", "", "missing_key", "scale[3].least", "a number"),
    ("most = 0.89\n", "", "missing_key", "scale[3].most", "a number"),
    ("least = 0.7\n", "least = 0.81\n", "wrong_value", "scale[3].least", "from 0 to 0.8"),
    ("most = 0.89\n", "most = 0.79\n", "wrong_value", "scale[3].most", "from 0.8 to 1"),
    ("most = 1\n", "most = 1.01\n", "wrong_value", "scale[4].most", "from 1 to 1"),
    (
        "most = 0.69\n",
        "most = 0.7\n",
        "wrong_order",
        "scale",
        "most of level 2 to be smaller than least of level 3",
    ),
    ("points = 12\n", "", "levels_incomplete", "criteria[E3].levels", "points for every level or for none"),
    ("points = 12\n", "points = 16\n", "wrong_value", "criteria[E3].levels[3].points", "from 0 to 15"),
    ("points = 12\n", "points = 12.000000001\n", "wrong_value", "E3].levels[3].points", "at most 8 places"),
    ("least = 10.5\n", "least = 12.5\n", "wrong_value", "criteria[E3].levels[3].least", "from 0 to 12"),
    ("least = 10.5\n", "", "missing_key", "criteria[E3].levels[3].least", "a number"),
    ("most = 13\n", "most = 16\n", "wrong_value", "criteria[E3].levels[3].most", "from 12 to 15"),
    (
        "most = 13\n",
        "most = 13.5\n",
        "wrong_order",
        "criteria[E3].levels",
        "most of level 3 to be smaller than least of",
    ),
    (
        "points = 15\nleast = 13.5\nmost = 15\n",
        "points = 14\nleast = 13.5\nmost = 14\n",
        "wrong_sum",
        "criteria[E3].levels",
        "the highest level to earn the weight 15",
    ),
    ("feedback_only = true\n", "feedback_only = 1\n", "wrong_type", "E7].feedback_only", "true or false"),
    (
        "feedback_only = true\n",
        "feedback_only = true\nweight = 5\n",
        "wrong_value",
        "E7].weight",
        "no weight",
    ),
    ("feedback_only = true\n", "feedback_only = true\ngate = 2\n", "wrong_value", "E7].gate", "no gate"),
    (
        "weight = 15\nevidence",
        "weight = 15.000000001\nevidence",
        "wrong_value",
        "E3].weight",
        "at most 8 places",
    ),
    ("gate = 2\n", "gate = 2\nnot_applicable = 1\n", "wrong_value", "criteria[E1].not_applicable", "no gate"),
    ("E1 = 5, E2 = 5", "E1 = 5, E2 = 6", "wrong_sum", "E4].not_applicable.weight_to", "add up to 10"),
    ("E1 = 5, E2 = 5", "E1 = 5, E2 = 4.5", "wrong_sum", "E4].not_applicable.weight_to", "add up to 10"),
    ("E1 = 5, E2 = 5", "", "wrong_sum", "E4].not_applicable.weight_to", "add up to 10"),
    (
        "E1 = 5, E2 = 5",
        "E1 = 11, E2 = 5",
        "wrong_value",
        "E4].not_applicable.weight_to.E1",
        "from 0.01 to 10",
    ),
    ("E1 = 5, E2 = 5", "E1 = 10, E2 = 0", "wrong_value", "E4].not_applicable.weight_to.E2", "from 0.01"),
    ("E1 = 5, E2 = 5", "E1 = 5.000000001, E2 = 5", "wrong_value", "weight_to.E1", "at most 8 places"),
    ("E1 = 5, E2 = 5", "E1 = 5, E9 = 5", "unknown_reference", "weight_to.E9", "counts in every lesson"),
    ("E1 = 5, E2 = 5", "E1 = 5, E4 = 5", "unknown_reference", "weight_to.E4", "counts in every lesson"),
    ("E1 = 5, E2 = 5", "E1 = 5, E5 = 5", "unknown_reference", "weight_to.E5", "counts in every lesson"),
    ("E1 = 5, E2 = 5", "E1 = 5, E7 = 5", "unknown_reference", "weight_to.E7", "counts in every lesson"),
    ("E1 = 5, E2 = 5", "E1 = 5, E3 = 5", "unknown_reference", "weight_to.E3", "states no points: E1, E2, E6"),
    ("when = {", "if = {", "missing_key", "criteria[E4].not_applicable.when", "table"),
    ('"Fewer than six pupils"', '""', "wrong_value", "criteria[E4].not_applicable.when.en", "not empty"),
    ("weight_to = {", "weights = {", "missing_key", "criteria[E4].not_applicable.weight_to", "table"),
    ('identifier = "0b3f5d2e-4c7a-11ef-9a51-0242ac120002"\n', "", "missing_key", "identifier", "text"),
    ('identifier = "E1-abc"\n', "", "missing_key", "criteria[E1].identifier", "text"),
    ('identifier = "E1-4"\n', "", "missing_key", "criteria[E1].levels[4].identifier", "text"),
    ('uri = "urn:uuid', 'url = "urn:uuid', "missing_key", "criteria[E1].levels[4].uri", "text"),
]


@pytest.mark.parametrize(("old", "new", "code", "at", "expected"), BROKEN)
def test_what_does_not_fit_is_refused_by_key_with_what_was_expected(
    old: str, new: str, code: str, at: str, expected: str
) -> None:
    assert old in EVERYTHING
    with pytest.raises(DefinitionError) as refusal:
        library.parse(EVERYTHING.replace(old, new, 1), source="county.toml")
    assert refusal.value.code == f"definition.{code}"
    assert at in str(refusal.value.values["key"])
    assert expected in str(refusal.value.values["expected"])
    assert str(refusal.value).startswith("county.toml:")


def refused(text: str, *, at: str) -> DefinitionError:
    with pytest.raises(DefinitionError, match=re.escape(at)) as refusal:
        library.parse(text)
    return refusal.value


def test_a_step_without_ranges_is_refused() -> None:
    refusal = refused(BASIC.replace("total = 100\n", "total = 100\nstep = 0.5\n"), at="step")
    assert (refusal.code, refusal.values["found"]) == ("definition.wrong_value", "0.5")


def test_ranges_of_stated_points_alone_need_a_step_too() -> None:
    text = stated(BASIC).replace("points = 16.0\n", "points = 16.0\nleast = 15\nmost = 17\n", 1)
    assert refused(text, at="step").code == "definition.missing_key"
    assert parsed(text.replace("total = 100\n", "total = 100\nstep = 1\n", 1)).step == 1


def test_ranges_of_shares_alone_need_a_step_too() -> None:
    text = BASIC.replace("share = 0.8\n", "share = 0.8\nleast = 0.7\nmost = 0.8\n", 1)
    assert refused(text, at="step").code == "definition.missing_key"


def test_a_scale_without_shares_wants_points_everywhere() -> None:
    refusal = refused(stated(BASIC).replace("points = 16.0\n", "", 1), at="criteria[BO1].levels")
    assert refusal.code == "definition.levels_incomplete"
    assert "because the scale has no shares" in str(refusal.values["expected"])
    assert refusal.values["found"] == "points for [1, 2, 4]"


def test_points_that_do_not_rise_with_the_level_are_refused() -> None:
    refusal = refused(
        stated(BASIC).replace("points = 16.0\n", "points = 12.0\n", 1), at="criteria[BO1].levels"
    )
    assert refusal.code == "definition.wrong_order"


def test_a_criterion_that_states_points_is_never_left_out() -> None:
    """What takes over its weight could not know what the same level would have earned."""
    first = "[[criteria.levels]]\nlevel = 4\npoints = 15\n"
    left_out = '[criteria.not_applicable]\nwhen = { zh = "无", en = "None" }\nweight_to = { E1 = 15 }\n'
    refusal = refused(EVERYTHING.replace(first, left_out + first, 1), at="E3].not_applicable")
    assert (refusal.code, refusal.values["expected"]) == (
        "definition.wrong_value",
        "no points in a criterion that may be left out",
    )


def test_a_criterion_for_feedback_only_is_never_left_out() -> None:
    text = EVERYTHING.replace("feedback_only = true\n", "feedback_only = true\nnot_applicable = 1\n", 1)
    assert refused(text, at="E7].not_applicable").code == "definition.wrong_value"


def test_levels_of_feedback_earn_no_points_and_are_all_described() -> None:
    head, tail = EVERYTHING.split('id = "E8"\n')
    refusal = refused(
        head + 'id = "E8"\n' + tail.replace("level = 3\n", "level = 3\npoints = 1\n"), at="E8].levels[3]"
    )
    assert refusal.code == "definition.unknown_key"
    one = '[[criteria.levels]]\nlevel = 3\nzh = "大多清楚"\nen = "Mostly clear"\n'
    refusal = refused(head + 'id = "E8"\n' + tail.replace(one, ""), at="E8].levels")
    assert refusal.code == "definition.levels_incomplete"


def test_at_least_one_criterion_always_counts() -> None:
    """All for feedback only adds up to nothing, and weight never goes to what may be left out itself."""
    text = re.sub(r"(?m)^weight = \d+\n(gate = 2\n)?", "feedback_only = true\n", BASIC)
    assert refused(text, at="criteria").code == "definition.wrong_sum"
