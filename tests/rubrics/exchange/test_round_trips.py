"""There and back: nothing a format can hold is changed on the way, whatever the texts and numbers."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from golden import GOLDEN, as_json
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import CANVAS, JSON, KEPT, NAME, ORA2, SHEET, TEXT, placed

from rubrics import library
from rubrics.exchange import formats
from rubrics.exchange.definition import of_rubric, to_definition
from rubrics.exchange.json_text import Json, dump, load
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel
from rubrics.exchange.toml_text import string, table
from rubrics.model import Identity, Rubric
from rubrics.scoring import score

FEW = settings(max_examples=30, deadline=None)


def there_and_back(format: str, sheet: Sheet) -> Sheet:
    return formats.read(format, formats.write(format, sheet).text, language=sheet.language).sheet


def same(one: Sheet, other: Sheet) -> bool:
    """The same sheet to the digit, wherever it was read from: Decimals alone would call 5 and 5.0 equal."""
    plain = {"origin": "", "kept": {}}
    found = [
        replace(
            sheet,
            **plain,
            criteria=tuple(
                replace(c, kept={}, levels=tuple(replace(level, kept={}) for level in c.levels))
                for c in sheet.criteria
            ),
        )
        for sheet in (one, other)
    ]
    return found[0] == found[1] and as_json(found[0]) == as_json(found[1])


@FEW
@given(SHEET)
def test_case_holds_all_of_a_sheet(sheet: Sheet) -> None:
    assert same(there_and_back("case", sheet), sheet)


@FEW
@given(SHEET, KEPT)
def test_what_only_case_knows_comes_back_in_case(sheet: Sheet, kept: dict[str, Json]) -> None:
    criteria = tuple(
        replace(one, code=None, description=None, feedback=None, ranged=None) for one in sheet.criteria
    )
    source = replace(sheet, origin="case", kept=kept, criteria=criteria)
    source = replace(source, code=None, feedback_prompt=None, feedback_default=None)
    text = formats.write("case", source).text
    again = formats.read("case", text).sheet
    assert dict(again.kept) == kept
    assert formats.write("case", again).text == text


@FEW
@given(ORA2)
def test_ora2_holds_its_own_in_xml(sheet: Sheet) -> None:
    assert same(there_and_back("ora2-xml", sheet), sheet)


@FEW
@given(ORA2)
def test_ora2_holds_its_own_in_json_and_counts_from_nought(sheet: Sheet) -> None:
    back = there_and_back("ora2-json", sheet)
    assert [one.position for one in back.criteria] == list(range(len(sheet.criteria)))
    assert placed(replace(back, origin="")) == placed(sheet)
    assert formats.write("ora2-json", back).text == formats.write("ora2-json", sheet).text


@FEW
@given(CANVAS)
def test_canvas_holds_its_own(sheet: Sheet) -> None:
    assert same(there_and_back("canvas", sheet), sheet)


@FEW
@given(JSON)
def test_json_is_written_as_it_was_read_to_the_digit(value: Json) -> None:
    text = dump(value)
    assert dump(load(text, source="x")) == text
    assert json.loads(text, parse_int=Decimal, parse_float=Decimal) == value


@FEW
@given(TEXT | st.text(st.characters(codec="utf-8"), max_size=8))
def test_any_text_is_a_string_in_toml_on_one_line(text: str) -> None:
    written = table("", {"key": text, "list": (text,), "inner": {"key": text}})
    assert tomllib.loads(written) == {"key": text, "list": [text], "inner": {"key": text}}
    assert len(string(text).splitlines()) == 1


@FEW
@given(
    SHEET, st.lists(st.tuples(NAME, st.sampled_from([("15", "5"), ("5.0", "1.75")])), min_size=1, max_size=3)
)
def test_identifiers_and_uris_survive_case_to_definition_to_case(
    sheet: Sheet, criteria: list[tuple[str, tuple[str, str]]]
) -> None:
    source = _gradable(sheet, criteria)
    read = formats.read("case", formats.write("case", source).text).sheet
    rubric = library.parse(to_definition(read, key="there-and-back").text)
    assert isinstance(rubric, Rubric)
    back = formats.read("case", formats.write("case", of_rubric(rubric, language="en").sheet).text).sheet
    assert back.identity == source.identity
    for one, other in zip(back.criteria, source.criteria, strict=True):
        assert one.identity == other.identity
        assert [level.identity for level in one.levels] == [level.identity for level in other.levels]
        assert [str(level.points) for level in one.levels] == [str(level.points) for level in other.levels]


def _gradable(sheet: Sheet, drawn: list[tuple[str, tuple[str, str]]]) -> Sheet:
    """Criteria with two levels each, with points, under identities of their own."""

    def identity(name: str) -> Identity:
        return Identity(str(uuid5(UUID(int=1), name)), f"https://x.org/{name}?a=1&b=2#top")

    criteria = tuple(
        SheetCriterion(
            label=label,
            identity=identity(f"{at}"),
            levels=tuple(
                SheetLevel(label=f"L{number}", points=Decimal(one), identity=identity(f"{at}/{number}"))
                for number, one in enumerate(points)
            ),
        )
        for at, (label, points) in enumerate(drawn)
    )
    return replace(sheet, criteria=criteria, code=None)


@pytest.mark.parametrize("digits", ["5", "5.0", "1.75", "0.30", "100"])
@pytest.mark.parametrize("format", ["case", "canvas"])
def test_points_keep_the_digits_they_were_written_with(format: str, digits: str) -> None:
    name = {"case": "case-package.json", "canvas": "canvas-rubric.csv"}[format]
    text = (GOLDEN / name).read_text(encoding="utf-8-sig")
    changed = (
        text.replace('"score": 5.0,', f'"score": {digits},')
        .replace("apptly,5.0,", "")
        .replace("aptly,5.0,", f"aptly,{digits},")
    )
    sheet = formats.read(format, changed).sheet
    assert str(sheet.criteria[1].levels[0].points) == digits
    assert str(there_and_back(format, sheet).criteria[1].levels[0].points) == digits


def test_a_case_file_comes_back_whole_but_for_what_stood_around_it() -> None:
    package = json.loads((GOLDEN / "case-package.json").read_text(encoding="utf-8"), parse_float=Decimal)
    [rubric] = package["CFRubrics"]
    rubric["CFRubricCriteria"].sort(key=lambda one: one["position"])
    back = json.loads(
        (GOLDEN / "case-package.json.to.case.json").read_text(encoding="utf-8"), parse_float=Decimal
    )
    assert back == rubric
    assert str(back["CFRubricCriteria"][1]["CFRubricCriterionLevels"][0]["score"]) == "5.0"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("format", formats.FORMATS)
def test_each_shipped_rubric_goes_out_and_comes_back(rubric: Rubric, format: str, language: str) -> None:
    sent = of_rubric(rubric, language=language).sheet
    written = formats.write(format, sent, scale=True)
    back = formats.read(format, written.text, language=language).sheet
    factors = [one.values["factor"] for one in written.report if one.code == "exchange.changed_scaled"]
    factor = int(factors[0]) if factors else 1
    assert [one.label for one in back.criteria] == [one.label for one in sent.criteria]
    for one, other in zip(back.criteria, sent.criteria, strict=True):
        assert [level.description for level in one.levels] == [level.description for level in other.levels]
        assert [level.points for level in one.levels] == [
            (level.points or 0) * factor for level in other.levels
        ]
    lost = {one.code for one in written.report if one.code.startswith("exchange.lost_")}
    assert (
        lost
        == {
            "case": set(),
            "ora2-xml": {"exchange.lost_title", "exchange.lost_code"},
            "ora2-json": {"exchange.lost_code"},
            "canvas": {"exchange.lost_code"},
        }[format]
    )


def test_each_shipped_rubric_says_what_stays_behind(rubric: Rubric) -> None:
    entries = {one.code: one.values for one in of_rubric(rubric, language="zh").report}
    gates = [one.id for one in rubric.criteria if one.gate is not None]
    assert entries["exchange.lost_gate"] == {
        "part": "criterion",
        "count": len(gates),
        "where": ", ".join(gates),
    }
    assert entries["exchange.lost_other_language"] == {"language": "en"}
    assert entries["exchange.lost_bands"] == {"excellent": Decimal(85), "cut": Decimal(60)}
    assert ("exchange.lost_prerequisites" in entries) == bool(rubric.prerequisites)
    assert ("exchange.lost_attachments" in entries) == bool(rubric.attachments)


def test_each_shipped_rubric_is_scored_alike_after_the_way_through_case(rubric: Rubric) -> None:
    sent = formats.write("case", of_rubric(rubric, language="zh").sheet).text
    draft = library.parse(to_definition(formats.read("case", sent, language="zh").sheet, key="back").text)
    assert isinstance(draft, Rubric)
    for level in (1, 2, 3, 4):
        marks = {one.id: level for one in rubric.criteria}
        assert score(draft, marks).total == score(rubric, marks).total
    assert draft.cut == rubric.cut
