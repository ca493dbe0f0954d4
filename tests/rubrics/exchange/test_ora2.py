"""ORA2, XML and JSON: what it would not load itself is refused, whole points only, feedback without options."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from golden import GOLDEN

from rubrics.errors import ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel

XML = (GOLDEN / "ora2-block.xml").read_text(encoding="utf-8")


def rubric() -> Any:
    return json.loads((GOLDEN / "ora2-rubric.json").read_text(encoding="utf-8"))


def refused(format: str, data: object) -> ExchangeError:
    text = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(ExchangeError) as caught:
        formats.read(format, text, source="upload")
    return caught.value


def sheet(*points: str, **more: Any) -> Sheet:
    levels = tuple(SheetLevel(f"L{at}", points=Decimal(one)) for at, one in enumerate(points))
    return Sheet((SheetCriterion("A", levels),), title="T", **more)


def test_the_same_rubric_in_xml_and_json_is_the_same_sheet() -> None:
    read = formats.read("ora2-xml", XML).sheet
    written = formats.write("ora2-json", read)
    assert written.report == ()
    back = formats.read("ora2-json", written.text).sheet
    assert [(one.code, one.label, one.description, one.feedback) for one in back.criteria] == [
        (one.code, one.label, one.description, one.feedback) for one in read.criteria
    ]
    assert (back.title, back.feedback_prompt) == (read.title, read.feedback_prompt)


@pytest.mark.parametrize("points", ["1.5", "-1", "", "x", "1e3", "٣", "²"])
def test_points_that_are_not_whole_are_refused_with_their_line(points: str) -> None:
    error = refused("ora2-xml", XML.replace('points="3"', f'points="{points}"'))
    assert (error.code, error.values["where"]) == ("exchange.wrong_value", "line 11, <option>")


@pytest.mark.parametrize("points", ["1.5", "5.0", "-1"])
def test_points_that_are_not_whole_are_refused_with_their_path(points: str) -> None:
    text = json.dumps(rubric()).replace('"points": 3', f'"points": {points}')
    assert refused("ora2-json", text).values["where"] == "$.criteria[1].options[1].points"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<name>reasons</name>", "", "exchange.missing"),
        ("<name>reasons</name>", "<name> </name>", "exchange.missing"),
        ("<name>reasons</name>", "<name>advice</name>", "exchange.duplicate"),
        ("<name>secure</name>", "<name>developing</name>", "exchange.duplicate"),
        ("<prompt>What should come next?</prompt>", "", "exchange.missing"),
        ("<explanation>Claims without a line</explanation>", "", "exchange.missing"),
        ('feedback="required"', "", "exchange.missing"),
        ('feedback="required"', 'feedback="sometimes"', "exchange.wrong_value"),
        (' points="3"', "", "exchange.wrong_value"),
        ("rubric>", "table>", "exchange.missing"),
        ("criterion", "criteria", "exchange.missing"),
    ],
)
def test_xml_that_ora2_would_not_load_is_refused(old: str, new: str, code: str) -> None:
    assert old in XML
    error = refused("ora2-xml", XML.replace(old, new))
    assert error.code == code
    assert str(error.values["where"]).startswith("line ")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"criteria": []}, "$.criteria"),
        ({"criteria": None}, "$.criteria"),
        ({"criteria": [{"name": "a", "options": []}]}, "$.criteria[0].options"),
        ({"criteria": [{"name": "a", "feedback": "often", "options": []}]}, "$.criteria[0].feedback"),
        ({"criteria": [{"feedback": "required"}]}, "$.criteria[0].name"),
        ({"criteria": [{"name": "a", "options": [{"name": "b"}]}]}, "$.criteria[0].options[0].points"),
        ({"criteria": [{"name": "a", "order_num": "1"}]}, "$.criteria[0].order_num"),
        ({"feedbackprompt": "one too many"}, "$.feedback_prompt"),
    ],
)
def test_json_that_ora2_would_not_take_is_refused_by_its_path(change: dict[str, object], where: str) -> None:
    assert refused("ora2-json", rubric() | change).values["where"] == where


def test_names_that_stand_twice_are_refused_in_json_too() -> None:
    value = rubric()
    value["criteria"][0]["name"] = "reasons"
    assert refused("ora2-json", value).code == "exchange.duplicate"


def test_a_missing_label_is_the_name_as_ora2_has_it() -> None:
    assert formats.read("ora2-xml", XML).sheet.criteria[0].levels[1].label == "developing"
    value = rubric()
    del value["criteria"][0]["label"]
    assert formats.read("ora2-json", json.dumps(value)).sheet.criteria[1].label == "advice"


def test_what_ora2_passes_over_is_named_once() -> None:
    text = XML.replace("<prompt>What", "<note>x</note><prompt>What <b>should</b> 2nd ").replace(
        "</rubric>", "<feedbackprompt>again</feedbackprompt></rubric>"
    )
    found = {one.values["part"]: one.values["where"] for one in formats.read("ora2-xml", text).report}
    assert found["criterion"] == "line 23, <note>"
    assert found["text"] == "line 23, <b>, line 23, text in <prompt>"
    assert found["rubric"] == "line 27, <feedbackprompt>"


def test_what_only_the_json_has_comes_back_in_the_json_and_is_named_elsewhere() -> None:
    read = formats.read("ora2-json", json.dumps(rubric()))
    assert json.loads(formats.write("ora2-json", read.sheet).text)["prompts"] == rubric()["prompts"]
    [lost] = [one for one in formats.write("ora2-xml", read.sheet).report if one.code == "exchange.lost_kept"]
    assert lost.values["where"] == "rubric: prompts"


def test_a_rubric_under_its_own_key_is_read_and_what_is_beside_it_named() -> None:
    read = formats.read("ora2-json", json.dumps({"rubric": rubric(), "submission_due": None}))
    assert read.sheet == formats.read("ora2-json", json.dumps(rubric())).sheet
    assert read.report[0].values["where"] == "submission_due"


@pytest.mark.parametrize("format", ["ora2-xml", "ora2-json"])
def test_fractions_are_refused_unless_all_points_may_be_scaled(format: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        formats.write(format, sheet("4.5", "3", "0"))
    assert (caught.value.code, caught.value.values["where"]) == ("exchange.cannot_carry", "A/L0")
    written = formats.write(format, sheet("4.5", "1.25", "0"), scale=True)
    assert [one.values for one in written.report if one.code == "exchange.changed_scaled"] == [{"factor": 4}]
    assert [int(one.points or 0) for one in formats.read(format, written.text).sheet.criteria[0].levels] == [
        18,
        5,
        0,
    ]


def test_the_factor_makes_every_point_whole_and_is_the_smallest() -> None:
    written = formats.write("ora2-xml", sheet("1.25", "0.2", "3"), scale=True)
    assert [one.values for one in written.report if one.code == "exchange.changed_scaled"] == [{"factor": 20}]
    assert [one.points for one in formats.read("ora2-xml", written.text).sheet.criteria[0].levels] == [
        25,
        4,
        60,
    ]


@pytest.mark.parametrize("format", ["ora2-xml", "ora2-json"])
def test_whole_points_written_with_a_fraction_of_nothing_become_whole_without_scaling(format: str) -> None:
    written = formats.write(format, sheet("5.0", "2"), scale=True)
    assert "exchange.changed_scaled" not in {one.code for one in written.report}
    assert [str(one.points) for one in formats.read(format, written.text).sheet.criteria[0].levels] == [
        "5",
        "2",
    ]


@pytest.mark.parametrize("format", ["ora2-xml", "ora2-json"])
def test_points_missing_or_below_nought_are_refused_scaled_or_not(format: str) -> None:
    for wrong in (sheet("-1", "2"), Sheet((SheetCriterion("A", (SheetLevel("L"),)),)), Sheet(())):
        with pytest.raises(ExchangeError) as caught:
            formats.write(format, wrong, scale=True)
        assert caught.value.code == "exchange.cannot_carry"


def test_names_are_made_to_differ_and_said() -> None:
    level = SheetLevel(points=Decimal(1))
    twice = Sheet(tuple(SheetCriterion(label, (level, level)) for label in ("A", "A", "A (2)", None)))
    written = formats.write("ora2-xml", twice)
    root = ET.fromstring(written.text)  # noqa: S314 - written a line ago
    assert [one.findtext("name") for one in root.iter("criterion")] == [
        "A",
        "A (2) (2)",
        "A (2)",
        "criterion 4",
    ]
    assert [one.findtext("name") for one in root[0].iter("option")] == ["option 1", "option 2"]
    filled = {
        one.values["part"]: one.values["count"]
        for one in written.report
        if one.code == "exchange.filled_name"
    }
    assert filled == {"criterion": 2, "level": 8}


def test_a_criterion_without_levels_asks_for_feedback_and_says_so() -> None:
    written = formats.write("ora2-xml", Sheet((SheetCriterion("A", feedback="optional"),)))
    assert '<criterion feedback="required">' in written.text
    assert "exchange.filled_feedback" in {one.code for one in written.report}


def test_any_xml_reader_finds_the_texts_as_they_were() -> None:
    odd = 'a<b>&amp; "c" ]]> \r\n\t'
    written = formats.write("ora2-xml", replace(sheet("1"), feedback_prompt=odd)).text
    assert ET.fromstring(written).findtext("feedbackprompt") == odd  # noqa: S314 - written a line ago


@pytest.mark.parametrize("format", ["ora2-xml", "ora2-json"])
def test_a_name_of_blanks_is_filled_in(format: str) -> None:
    level = SheetLevel(" ", "D", Decimal(1))
    written = formats.write(format, Sheet((SheetCriterion("  ", (level,)),)))
    [criterion] = formats.read(format, written.text).sheet.criteria
    assert (criterion.code, criterion.levels[0].code) == ("criterion 1", "option 1")
    assert "exchange.filled_name" in {one.code for one in written.report}
