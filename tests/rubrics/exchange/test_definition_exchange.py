"""From a sheet to a draft of our own and back: what is filled in, what stays behind, what only an author can add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from golden import own, sample

from rubrics import codes, library
from rubrics.errors import DefinitionError, ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.definition import of_rubric, to_definition
from rubrics.exchange.losses import LOST, lost
from rubrics.exchange.report import MOST_PLACES, Report, Written
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel
from rubrics.model import Identity, Rubric


def levels(*points: str | None, **more: Any) -> tuple[SheetLevel, ...]:
    words = ("Good", "Fair", "Poor", "None")
    return tuple(
        SheetLevel(word, f"{word} work", None if one is None else Decimal(one), **more)
        for word, one in zip(words, points, strict=False)
    )


def sheet(*criteria: Sequence[str | None]) -> Sheet:
    named = zip("ABCDE", criteria, strict=False)
    return Sheet(tuple(SheetCriterion(name, levels(*points), code=name) for name, points in named), title="T")


def parsed(written: Written) -> Rubric:
    rubric = library.parse(written.text)
    assert isinstance(rubric, Rubric)
    return rubric


def draft(source: Sheet) -> Rubric:
    return parsed(to_definition(source, key="from-elsewhere"))


def entries(written: Written) -> dict[str, dict[str, object]]:
    return {one.code: dict(one.values) for one in written.report}


def refused(source: Sheet) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        to_definition(source, key="from-elsewhere")
    assert caught.value.code == "exchange.incomplete"
    assert tuple(caught.value.values) == codes.REFUSALS["exchange.incomplete"]
    return caught.value


def test_points_in_the_same_proportion_become_shares_of_the_scale() -> None:
    rubric = draft(sheet(("10", "8", "5"), ("20", "16", "10")))
    assert [str(one.share) for one in rubric.scale] == ["1", "0.8", "0.5"]
    assert not any(one.states_points for one in rubric.criteria)
    assert (rubric.total, rubric.cut) == (30, 18)


@pytest.mark.parametrize(
    "criteria", [(("15", "5"),), (("10", "8"), ("10", "5")), (("5.0", "2.5"),), (("0.3", "0.1"), ("3", "1"))]
)
def test_points_that_are_no_clean_share_are_stated_by_each_level(
    criteria: tuple[tuple[str, str], ...],
) -> None:
    rubric = draft(sheet(*criteria))
    assert all(one.share is None for one in rubric.scale)
    found = [tuple(str(one.points[level].points) for level in (2, 1)) for one in rubric.criteria]
    assert found == list(criteria)


def test_worst_first_is_turned_best_first_by_the_points() -> None:
    rubric = draft(sheet(("1", "3", "5")))
    [criterion] = rubric.criteria
    assert criterion.levels[3].en == "Poor work"
    assert criterion.points[3].points == 5


def test_level_numbers_of_the_source_are_kept_where_they_are_numbers_and_counted_where_not() -> None:
    numbered = Sheet((SheetCriterion("A", tuple(
        replace(one, code=code) for one, code in zip(levels("5", "3", "1"), ("9", "4", "2"), strict=True)
    )),), title="T")  # fmt: skip
    written = to_definition(numbered, key="k")
    assert [one.level for one in parsed(written).scale] == [9, 4, 2]
    assert "exchange.filled_levels" not in entries(written)
    upside_down = replace(
        numbered, criteria=(replace(numbered.criteria[0], levels=numbered.criteria[0].levels[::-1]),)
    )
    assert [one.level for one in draft(upside_down).scale] == [9, 4, 2]
    wrong = replace(numbered.criteria[0].levels[0], code="1")
    broken = replace(
        numbered, criteria=(replace(numbered.criteria[0], levels=(wrong, *numbered.criteria[0].levels[1:])),)
    )
    written = to_definition(broken, key="k")
    assert [one.level for one in parsed(written).scale] == [3, 2, 1]
    assert entries(written)["exchange.filled_levels"] == {"most": 3}


@pytest.mark.parametrize(
    ("source", "where", "expected"),
    [
        (sheet(("5", "3", "1"), ("5", "3")), "B", "3 levels, as many as any criterion has"),
        (sheet(("5",)), "A", "2 levels, as many as any criterion has"),
        (sheet(("5", None)), "A/Fair", "points from 0"),
        (sheet(("5", "-1")), "A/Fair", "points from 0"),
        (sheet(("5", "5.0")), "A", "different points for each level"),
        (sheet(("0.005", "0")), "criterion 1", "at least 0.01 for the best level"),
        (sheet(("0.5", "0")), "rubric", "points that add up to at least 1"),
        (Sheet((SheetCriterion("A"),)), "rubric", "a criterion with levels"),
        (Sheet(()), "rubric", "a criterion with levels"),
    ],
)
def test_what_only_the_author_can_add_is_asked_for_by_name(source: Sheet, where: str, expected: str) -> None:
    error = refused(source)
    assert (error.values["where"], error.values["expected"]) == (where, expected)


@pytest.mark.parametrize(("key", "version"), [("Not a key", 1), ("", 1), ("a", 0)])
def test_a_key_or_version_that_is_none_is_refused_by_the_one_parser(key: str, version: int) -> None:
    with pytest.raises(DefinitionError):
        to_definition(sheet(("5", "1")), key=key, version=version)


def test_weights_that_multiply_are_multiplied_and_said_and_those_that_repeat_the_points_are_not() -> None:
    criteria = sheet(("4", "1"), ("4", "2")).criteria
    repeated = Sheet(tuple(replace(one, weight=Decimal(4)) for one in criteria), title="T")
    assert "exchange.changed_weighted" not in entries(to_definition(repeated, key="k"))
    assert draft(repeated).total == 8
    weighted = Sheet((replace(criteria[0], weight=Decimal("2.5")), criteria[1]), title="T")
    written = to_definition(weighted, key="k")
    assert entries(written)["exchange.changed_weighted"]["where"] == "A"
    assert [one.weight for one in parsed(written).criteria] == [10, 4]
    assert [str(one.points[1].points) for one in parsed(written).criteria] == ["2.5", "2"]


def test_every_filled_in_default_is_named() -> None:
    written = to_definition(sheet(("5", "3", "1")), key="k")
    like = {"like": "standard-lesson/v1"}
    assert entries(written) == {
        "exchange.filled_levels": {"most": 3},
        "exchange.filled_audience": {"tier": "integrated"},
        "exchange.filled_bands": {"excellent": Decimal("4.25"), "cut": Decimal(3)},
        "exchange.filled_panel": like,
        "exchange.filled_attempts": like,
        "exchange.filled_video": like,
        "exchange.filled_evidence": {"part": "criterion", "count": 1, "where": "A"},
        "exchange.filled_language": {"language": "zh"},
    }


def test_rules_come_from_the_rubric_it_is_to_be_like() -> None:
    like = library.load("rubric", "basic-operation", 1)
    rubric = parsed(to_definition(sheet(("5", "3")), key="k", like=like))
    assert (rubric.video.minutes, rubric.audience_tier) == (like.video.minutes, like.audience_tier)
    assert rubric.panel.total_gap == like.panel.total_gap * 5 / 100


def test_blanks_around_a_text_go_and_empty_texts_are_filled_and_both_are_said() -> None:
    source = Sheet(
        (SheetCriterion(" A\n", levels("5", "3")), SheetCriterion("", levels("5", "3"))), title=" "
    )
    written = to_definition(source, key="k")
    found = entries(written)
    assert found["exchange.changed_blanks"]["where"] == "title, C1"
    assert found["exchange.filled_text"]["where"] == "title, C2"
    assert [one.label.zh for one in parsed(written).criteria] == ["A", "C2"]


def test_codes_become_ids_and_those_missing_or_taken_are_made_up_and_said() -> None:
    criteria = sheet(("5", "3"), ("5", "3"), ("5", "3")).criteria
    named = [replace(one, code=code) for one, code in zip(criteria, ("C2", "C2", None), strict=True)]
    written = to_definition(Sheet(tuple(named), title="T"), key="k")
    assert [one.id for one in parsed(written).criteria] == ["C2", "C2a", "C3"]
    assert entries(written)["exchange.filled_code"]["where"] == "C2a, C3"


def test_two_criteria_that_are_alike_stay_two() -> None:
    criterion = sheet(("5", "3")).criteria[0]
    assert draft(Sheet((criterion, criterion), title="T")).total == 10


def test_feedback_without_levels_is_feedback_only_and_nothing_of_it_is_lost() -> None:
    source = Sheet(
        (*sheet(("5", "3")).criteria, SheetCriterion("Advice", code="F", feedback="required")), title="T"
    )
    written = to_definition(source, key="k")
    assert parsed(written).criteria[1].feedback_only
    assert "exchange.lost_feedback" not in entries(written)
    [_, back] = of_rubric(parsed(written), language="en").sheet.criteria
    assert (back.levels, back.feedback, back.code) == ((), "required", "F")


def test_descriptions_become_notes_beside_the_criteria() -> None:
    source = sheet(("5", "3"))
    source = replace(
        source, description="D", criteria=(replace(source.criteria[0], description="Look at x."),)
    )
    assert [(one.id, one.label.en) for one in draft(source).notes] == [
        ("description", "D"),
        ("about-A", "Look at x."),
    ]


def test_other_words_for_a_level_of_the_scale_are_named() -> None:
    criteria = sheet(("5", "3"), ("5", "3")).criteria
    renamed = replace(
        criteria[1], levels=(criteria[1].levels[0], replace(criteria[1].levels[1], label="So-so"))
    )
    written = to_definition(Sheet((criteria[0], renamed), title="T"), key="k")
    assert entries(written)["exchange.lost_label"] == {"part": "level", "count": 1, "where": "1: So-so"}


def test_texts_that_would_break_toml_do_not() -> None:
    odd = 'a "b" \\ \n[[criteria]]\nid = "x" \u2028 \u0085 \t é 目标 \x7f end'
    rubric = draft(replace(sheet(("5", "3")), title=odd))
    assert rubric.title.en == 'a "b" \\ \n[[criteria]]\nid = "x" \n \n   é 目标  end'


def test_signs_nobody_sees_are_left_out_and_said() -> None:
    odd = replace(sheet(("5", "3")), title="a\u200bb\u202ec\r\nd\te")
    written = to_definition(odd, key="k")
    rubric = library.parse(written.text)
    assert rubric.title.en == "abc\nd e"
    assert "exchange.changed_signs" in entries(written)


FULL = Sheet(
    criteria=(
        SheetCriterion(
            label="A",
            levels=tuple(
                replace(one, feedback="F", code=f"c{at}", identity=Identity(f"i{at}", f"u{at}"), changed="2026",
                        position=at * 10, kept={"x": None})
                for at, one in enumerate(levels("5", "1.125"), start=1)
            ),
            description="D", category="C", weight=Decimal(2), feedback="optional", ranged=True, item={"uri": "u"},
            code="a", identity=Identity("i", "u"), changed="2026", position=10, kept={"y": None},
        ),
    ),
    title="T", description="D", feedback_prompt="P", feedback_default="Q", code="other/v1",
    identity=Identity("r", "s"), changed="2026", kept={"z": None},
)  # fmt: skip

CARRIED = {
    "case": set(LOST),
    "ora2-xml": {"rubric feedback_prompt", "rubric feedback_default", "criterion code", "criterion label",
                 "criterion description", "criterion feedback", "level code", "level label", "level description",
                 "level points"},
    "canvas": {"rubric title", "criterion label", "criterion description", "criterion ranged", "level label",
               "level description", "level points"},
    "definition": {"rubric title", "rubric description", "rubric identity", "criterion code", "criterion label",
                   "criterion description", "criterion weight", "criterion identity", "level code", "level label",
                   "level description", "level points", "level identity"},
}  # fmt: skip
CARRIED["ora2-json"] = CARRIED["ora2-xml"] | {"rubric title"}


@pytest.mark.parametrize("format", CARRIED)
def test_every_loss_is_reported_exactly_once(format: str) -> None:
    written = (
        to_definition(FULL, key="k") if format == "definition" else formats.write(format, FULL, scale=True)
    )
    told = [
        (one.code, one.values.get("part")) for one in written.report if one.code.startswith("exchange.lost_")
    ]
    told = [one for one in told if one[0] != "exchange.lost_precision"]
    assert len(told) == len(set(told))
    parts = {"rubric": FULL, "criterion": FULL.criteria[0], "level": FULL.criteria[0].levels[0]}
    expected = {("exchange.lost_kept", part) for part in parts} | {
        (code, part)
        for part, thing in parts.items()
        for name, code in lost(part).items()
        if getattr(thing, name, None) is not None and not {name, f"{part} {name}"} & CARRIED[format]
    }
    assert set(told) == expected


def test_a_position_is_a_loss_only_where_its_number_says_more_than_the_order() -> None:
    plain = replace(FULL, criteria=(replace(FULL.criteria[0], position=1, levels=tuple(
        replace(one, position=at) for at, one in enumerate(FULL.criteria[0].levels)
    )),))  # fmt: skip
    assert "exchange.lost_position" not in {one.code for one in formats.write("canvas", plain).report}
    assert "exchange.lost_position" in {one.code for one in formats.write("canvas", FULL).report}


def test_a_long_list_of_places_is_cut_but_counted() -> None:
    report = Report()
    for at in range(MOST_PLACES + 1):
        report.at("exchange.lost_code", "level", str(at))
    [entry] = report.reasons()
    assert entry.values == {"part": "level", "count": 9, "where": "0, 1, 2, 3, 4, 5, 6, 7, ..."}


def test_each_entry_of_a_draft_carries_the_values_its_code_promises() -> None:
    for source in (own().sheet, sample("case-package.json").sheet, FULL):
        for one in to_definition(source, key="k").report:
            assert tuple(one.values) == codes.REPORTS[one.code]


RANGED = """
[[scale]]
level = 2
share = 0.9
least = 0.8
most = 1
zh = "好"
en = "Good"

[[scale]]
level = 1
share = 0.5
zh = "差"
en = "Poor"
"""


def test_points_inside_a_level_stay_behind_by_name() -> None:
    text = to_definition(sheet(("10", "5"), ("10", "5")), key="k").text
    head, _, rest = text.partition("\n[[scale]]")
    rubric = library.parse(_with_ranges(head, rest))
    assert isinstance(rubric, Rubric)
    read = of_rubric(rubric, language="en")
    found = {one.code: dict(one.values) for one in read.report}
    assert found["exchange.lost_points_range"] == {"part": "level", "count": 2, "where": "A/2, B/2"}
    assert all(one.ranged for one in read.sheet.criteria)
    assert [one.points for one in read.sheet.criteria[0].levels] == [9, 5]


def _with_ranges(head: str, rest: str) -> str:
    top, audience, bottom = head.partition("\n[audience]")
    return f"{top}\nstep = 1\n{audience}{bottom}\n{RANGED}\n[[bands]]" + rest.partition("\n[[bands]]")[2]


def test_what_a_level_says_back_is_not_taken_for_a_question_to_the_rater() -> None:
    codes = {(one.code, one.values.get("part")) for one in formats.write("canvas", FULL).report}
    assert ("exchange.lost_feedback_text", "level") in codes
    assert ("exchange.lost_feedback", "criterion") in codes
    assert ("exchange.lost_feedback", "level") not in codes


@pytest.mark.parametrize("format", ["case", "ora2-json"])
def test_descriptions_go_through_our_own_form_and_come_out_again(format: str) -> None:
    draft = to_definition(FULL, key="k").text
    back = of_rubric(library.parse(draft), language="en")
    assert (back.sheet.description, back.sheet.criteria[0].description) == ("D", FULL.criteria[0].description)
    assert "exchange.lost_notes" not in {one.code for one in back.report}
    again = formats.read(format, formats.write(format, back.sheet, scale=True).text).sheet
    assert again.criteria[0].description == FULL.criteria[0].description


def test_other_remarks_stay_behind_and_are_named() -> None:
    note = '\n[[notes]]\nid = "about-nobody"\nzh = "x"\nen = "x"\n'
    back = of_rubric(library.parse(to_definition(FULL, key="k").text + note), language="en")
    [lost_notes] = [one for one in back.report if one.code == "exchange.lost_notes"]
    assert lost_notes.values["where"] == "about-nobody"


def test_a_short_name_keeps_no_sign_that_nobody_sees() -> None:
    plain = sheet(("5", "3"))
    odd = replace(plain, criteria=(replace(plain.criteria[0], code="a\r\nb\u202e"),))
    written = to_definition(odd, key="k")
    rubric = library.parse(written.text)
    assert isinstance(rubric, Rubric)
    assert rubric.criteria[0].id == "a b"
    assert "exchange.changed_signs" in entries(written)
