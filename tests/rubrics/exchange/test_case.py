"""CASE 1.1: what is required, what is never rewritten, and what stands where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from golden import GOLDEN, own

from rubrics.errors import ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.json_text import Json, dump
from rubrics.exchange.report import Read
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel
from rubrics.nouns.rubric import Identity


def package() -> Any:
    return json.loads((GOLDEN / "case-package.json").read_text(encoding="utf-8"))


def read(value: object) -> Read:
    return formats.read("case", json.dumps(value), source="upload")


def refused(change: Callable[[Any], object]) -> ExchangeError:
    value = package()["CFRubrics"][0]
    change(value)
    with pytest.raises(ExchangeError) as caught:
        read(value)
    return caught.value


@pytest.mark.parametrize("key", ["identifier", "uri", "lastChangeDateTime"])
def test_what_case_requires_of_each_thing_is_missed_by_its_path(key: str) -> None:
    assert refused(lambda rubric: rubric.pop(key)).values["where"] == f"$.{key}"
    error = refused(lambda rubric: rubric["CFRubricCriteria"][1].pop(key))
    assert (error.code, error.values["where"]) == ("exchange.missing", f"$.CFRubricCriteria[1].{key}")
    error = refused(
        lambda rubric: rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"][1].update({key: " "})
    )
    assert error.values["where"] == f"$.CFRubricCriteria[0].CFRubricCriterionLevels[1].{key}"


@pytest.mark.parametrize(
    ("key", "value"),
    [("position", 1.5), ("position", 5.0), ("weight", "2"), ("description", 3), ("CFItemURI", "x"),
     ("CFRubricCriterionLevels", {}), ("CFRubricCriterionLevels", ["x"])],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_its_path(key: str, value: object) -> None:
    error = refused(lambda rubric: rubric["CFRubricCriteria"][0].update({key: value}))
    assert error.code == "exchange.wrong_type"
    assert str(error.values["where"]).startswith(f"$.CFRubricCriteria[0].{key}")


def test_an_identifier_that_stands_twice_among_siblings_is_refused() -> None:
    def double(rubric: Any) -> None:
        rubric["CFRubricCriteria"][1]["identifier"] = rubric["CFRubricCriteria"][0]["identifier"]

    assert refused(double).code == "exchange.duplicate"


def test_only_what_is_required_is_required() -> None:
    bare = {"identifier": "a", "uri": "urn:a", "lastChangeDateTime": "2026-01-01", "CFRubricCriteria": []}
    sheet = read(bare).sheet
    assert sheet == Sheet((), "case", identity=Identity("a", "urn:a"), changed="2026-01-01")


def test_a_package_a_set_and_a_rubric_alone_are_read_alike() -> None:
    whole = package()
    [rubric] = whole["CFRubrics"]
    sheets = [read(value).sheet for value in (whole, {"CFRubrics": [rubric]}, {"CFRubric": rubric}, rubric)]
    assert sheets == [sheets[0]] * 4


def test_what_stands_around_the_rubrics_of_a_package_is_named() -> None:
    [entry] = read(package()).report
    assert (entry.code, dict(entry.values)) == (
        "exchange.lost_around",
        {"part": "package", "count": 2, "where": "CFDocument, CFItems"},
    )
    assert read(package()["CFRubrics"][0]).report == ()


def test_positions_order_what_the_file_has_in_another_order() -> None:
    assert [one.label for one in read(package()).sheet.criteria] == [
        "Gives reasons from the text",
        "Uses words of the subject",
    ]


def test_without_positions_the_order_of_the_file_stands_and_none_are_made_up() -> None:
    rubric = package()["CFRubrics"][0]
    for one in rubric["CFRubricCriteria"]:
        del one["position"]
    sheet = read(rubric).sheet
    assert sheet.criteria[0].label == "Uses words of the subject"
    written = json.loads(formats.write("case", sheet).text)
    assert all("position" not in one for one in written["CFRubricCriteria"])


def test_odd_uris_and_identifiers_are_written_as_they_came() -> None:
    rubric = package()["CFRubrics"][0]
    rubric |= {"identifier": "NOT-A-UUID ", "uri": "HTTPS://Example.ORG:443/a%2Fb/../c?x=%E4%BA%BA#F"}
    written = json.loads(formats.write("case", read(rubric).sheet).text)
    assert (written["identifier"], written["uri"]) == (rubric["identifier"], rubric["uri"])


def test_several_rubrics_are_refused_by_name_until_one_is_chosen() -> None:
    value = package()
    value["CFRubrics"].append(value["CFRubrics"][0] | {"title": "Another", "identifier": "b"})
    with pytest.raises(ExchangeError) as caught:
        read(value)
    assert caught.value.code == "exchange.several_rubrics"
    assert caught.value.values["expected"] == "one of Talking about a text, Another"
    for name in ("Another", "b"):
        assert formats.read("case", json.dumps(value), rubric=name).sheet.title == "Another"
    with pytest.raises(ExchangeError) as caught:
        formats.read("case", json.dumps(value), rubric="Third")
    assert caught.value.code == "exchange.no_such_rubric"
    assert len(formats.read_all("case", json.dumps(value))) == 2


def test_identifiers_are_made_from_key_version_criterion_and_level_and_are_the_same_each_time() -> None:
    one, two = (formats.write("case", own().sheet) for _ in range(2))
    assert one.text == two.text
    value = json.loads(one.text)
    levels = [level for c in value["CFRubricCriteria"] for level in c["CFRubricCriterionLevels"]]
    things = [value, *value["CFRubricCriteria"], *levels]
    assert len({thing["identifier"] for thing in things}) == 1 + 8 + 32
    assert all(thing["uri"] == f"urn:uuid:{thing['identifier']}" for thing in things)
    filled = {
        entry.values["part"]: entry.values["count"]
        for entry in one.report
        if entry.code.endswith("_identity")
    }
    assert filled == {"rubric": 1, "criterion": 8, "level": 32}


def test_another_version_gets_other_identifiers() -> None:
    first = own().sheet
    second = replace(first, code="standard-lesson/v2")
    ids = [json.loads(formats.write("case", one).text)["identifier"] for one in (first, second)]
    assert ids[0] != ids[1]


def test_two_things_of_one_name_get_two_identifiers() -> None:
    twice = Sheet((SheetCriterion("Same"), SheetCriterion("Same")), title="T")
    value = json.loads(formats.write("case", twice).text)
    assert len({one["identifier"] for one in value["CFRubricCriteria"]}) == 2


def test_the_time_of_the_last_change_may_be_given_where_none_is_known() -> None:
    written = formats.write("case", Sheet((), title="T"), changed="2026-11-22T00:00:00Z")
    assert json.loads(written.text)["lastChangeDateTime"] == "2026-11-22T00:00:00Z"
    assert "exchange.filled_changed" in {one.code for one in written.report}


def test_positions_that_contradict_the_order_are_counted_anew_and_said() -> None:
    sheet = Sheet((SheetCriterion("A", position=7), SheetCriterion("B", position=3)), title="T")
    written = formats.write("case", sheet)
    assert [one["position"] for one in json.loads(written.text)["CFRubricCriteria"]] == [1, 2]
    assert "exchange.changed_position" in {one.code for one in written.report}


def test_our_extension_stands_beside_those_of_others() -> None:
    rubric = package()["CFRubrics"][0]
    rubric["extensions"] = {"org.example": 1, "shijie": {"code": "talk/v1", "feedbackPrompt": "Keep?"}}
    sheet = read(rubric).sheet
    assert (sheet.code, sheet.feedback_prompt, dict(sheet.kept)) == (
        "talk/v1", "Keep?", {"extensions": {"org.example": Decimal(1)}},
    )  # fmt: skip
    assert json.loads(formats.write("case", sheet).text)["extensions"] == rubric["extensions"]


@pytest.mark.parametrize(
    ("extensions", "left"),
    [
        ([{"shijie": {"code": "4"}}], None),
        ([{"a": 1}, {"shijie": {"code": "4"}}], [{"a": 1}]),
        ({"a": 1, "shijie": {"code": "4"}}, {"a": 1}),
    ],
)
def test_extensions_of_a_level_are_a_list_or_an_object_and_stay_what_they_are(
    extensions: Json, left: Json
) -> None:
    rubric = package()["CFRubrics"][0]
    level = rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"][0]
    level["extensions"] = extensions
    sheet = read(rubric).sheet
    [found] = [one for each in sheet.criteria for one in each.levels if one.code]
    assert (found.code, json.loads(dump(found.kept.get("extensions")))) == ("4", left)
    assert json.dumps(extensions) in json.dumps(json.loads(formats.write("case", sheet).text))


def test_what_stood_beside_our_part_in_a_list_keeps_its_place() -> None:
    rubric = package()["CFRubrics"][0] | {"extensions": [{"a": 1, "shijie": {"code": "k/v1"}}, 2]}
    sheet = read(rubric).sheet
    assert (sheet.code, json.loads(dump(sheet.kept["extensions"]))) == ("k/v1", [{"a": 1}, 2])
    assert json.loads(formats.write("case", sheet).text)["extensions"] == [
        {"a": 1}, 2, {"shijie": {"code": "k/v1"}},
    ]  # fmt: skip


@pytest.mark.parametrize("extensions", [[{"a": 1}], {"shijie": {"newer": 1}}, {"shijie": "x"}, {}, None])
def test_extensions_of_another_shape_are_kept_as_they_are(extensions: object) -> None:
    rubric = package()["CFRubrics"][0] | {"extensions": extensions}
    sheet = read(rubric).sheet
    assert json.loads(formats.write("case", sheet).text)["extensions"] == extensions


@pytest.mark.parametrize(("key", "value"), [("feedback", "often"), ("enableRange", "yes")])
def test_a_wrong_value_in_our_own_extension_is_refused_by_its_path(key: str, value: str) -> None:
    error = refused(lambda rubric: rubric["CFRubricCriteria"][0].update(extensions={"shijie": {key: value}}))
    assert error.values["where"] == f"$.CFRubricCriteria[0].extensions.shijie.{key}"


def test_a_level_without_a_score_is_a_level_all_the_same() -> None:
    rubric = package()["CFRubrics"][0]
    del rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"][0]["score"]
    assert read(rubric).sheet.criteria[1].levels[0].points is None


def test_a_parent_named_otherwise_than_the_nesting_has_it_is_reported_where_it_is_lost() -> None:
    rubric = package()["CFRubrics"][0]
    rubric["CFRubricCriteria"][0]["rubricId"] = "another"
    lost = formats.write("canvas", read(rubric).sheet).report
    kept = {one.values["part"]: one.values["where"] for one in lost if one.code == "exchange.lost_kept"}
    assert kept["criterion"] == "Uses words of the subject: rubricId"


def test_a_level_stated_in_full_is_written_in_full() -> None:
    level = SheetLevel("Q", "D", Decimal("4.50"), "F", "c", Identity("i", "u"), "2026", 1)
    sheet = Sheet((SheetCriterion("L", (level,), identity=Identity("a", "b"), changed="2026", position=1),),
                  identity=Identity("r", "s"), changed="2026")  # fmt: skip
    [criterion] = json.loads(formats.write("case", sheet).text, parse_float=str)["CFRubricCriteria"]
    assert criterion["CFRubricCriterionLevels"] == [
        {"identifier": "i", "uri": "u", "description": "D", "quality": "Q", "score": "4.50", "feedback": "F",
         "position": 1, "rubricCriterionId": "a", "lastChangeDateTime": "2026",
         "extensions": [{"shijie": {"code": "c"}}]}
    ]  # fmt: skip
