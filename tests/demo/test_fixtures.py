"""The demo district is what it says: invented, well-formed, and built from its sources."""

from __future__ import annotations

import csv
import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openpyxl import load_workbook
from stdnum.cn import ric

FOLDER = Path(__file__).parents[2] / "fixtures" / "demo"
STORY = {"senior": (58, "S1", "乡村"), "middle": (42, "S2", "镇区"), "young": (28, "S2", "城区")}


def people() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))
    return data


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_demo", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sheet(name: str) -> list[list[Any]]:
    book = load_workbook(FOLDER / name, read_only=True)
    rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    book.close()
    return rows


def test_two_counties_six_schools_sixty_teachers_thirty_in_each_county() -> None:
    data = people()
    counties = [area["code"] for area in data["areas"] if area["level"] == "county"]
    in_county = {school["code"]: school["area"] for school in data["schools"]}
    numbers = [sum(in_county[t["school"]] == county for t in data["teachers"]) for county in counties]
    assert (len(counties), len(data["schools"]), numbers) == (2, 6, [30, 30])
    assert {school["location"] for school in data["schools"]} == {"城区", "镇区", "乡村"}
    assert sum(school["teaching_point"] for school in data["schools"]) == 1
    assert sum(school["remote"] for school in data["schools"]) == 2


def test_every_identity_number_is_well_formed_and_belongs_to_nobody() -> None:
    numbers = [teacher["id_number"] for teacher in people()["teachers"]]
    assert len(set(numbers)) == 60
    for teacher in people()["teachers"]:
        assert ric.is_valid(teacher["id_number"])
        assert teacher["id_number"].startswith("640000")
        assert teacher["id_number"][6:12] == teacher["birth_month"].replace("-", "")
        assert (int(teacher["id_number"][16]) % 2 == 1) == (teacher["sex"] == "男")


def test_area_codes_begin_with_a_number_that_no_province_has() -> None:
    data = people()
    assert all(area["code"].startswith("99") and len(area["code"]) == 6 for area in data["areas"])
    assert all(len(school["code"]) == 10 and school["code"].isdigit() for school in data["schools"])


@pytest.mark.parametrize("story", STORY)
def test_the_three_of_the_story_have_the_age_and_skill_that_the_story_tells(story: str) -> None:
    data = people()
    [teacher] = [teacher for teacher in data["teachers"] if teacher["story"] == story]
    [school] = [school for school in data["schools"] if school["code"] == teacher["school"]]
    on = date.fromisoformat(data["reference_date"])
    year, month = map(int, teacher["birth_month"].split("-"))
    age = on.year - year - (month > on.month)
    assert (age, teacher["skill"], school["location"]) == STORY[story]


def test_rare_characters_and_a_middle_dot_are_among_the_names() -> None:
    names = "".join(teacher["name"] for teacher in people()["teachers"])
    assert {"㛃", "䶮", "𬱖", "·"} <= set(names)


def test_staff_cover_every_school_and_the_raters_sit_in_different_places() -> None:
    data = people()
    by_role: dict[str, list[dict[str, Any]]] = {}
    for person in data["staff"]:
        by_role.setdefault(person["role"], []).append(person)
    covered = {code for person in by_role["specialist"] for code in person["schools"]}
    assert covered == {school["code"] for school in data["schools"]}
    assert len({person["school"] for person in by_role["rater"]}) == len(by_role["rater"]) == 5
    assert {"990121", "990122"} <= {person["area"] for person in by_role["officer"]}
    assert len(by_role["chair"]) == len(by_role["administrator"]) == 1


def test_the_rosters_in_both_formats_hold_the_same_cells_as_text() -> None:
    with (FOLDER / "roster.csv").open(encoding="utf-8", newline="") as source:
        as_csv = list(csv.reader(source))
    assert sheet("roster.xlsx") == as_csv
    assert len(as_csv) == 61
    assert all(isinstance(cell, str) for row in sheet("roster.xlsx") for cell in row)


def test_the_roster_with_errors_differs_in_the_named_cells_only() -> None:
    right, wrong = sheet("roster.xlsx"), sheet("roster-with-errors.xlsx")
    faults = json.loads((FOLDER / "roster-with-errors.expected.json").read_text(encoding="utf-8"))
    changed = [
        (row, right[0][column])
        for row, (before, after) in enumerate(zip(right, wrong, strict=False), start=1)
        for column in range(len(before))
        if before[column] != after[column]
    ]
    expected = {fault["code"]: (fault["row"], fault["column"]) for fault in faults}
    duplicate = expected.pop("duplicate")
    assert sorted(changed) == sorted(expected.values())
    assert wrong[duplicate[0] - 1] == wrong[9]
    assert not ric.is_valid(wrong[expected["id_check_digit"][0] - 1][2])


def test_the_countys_own_sheet_is_in_gb18030_with_headings_and_words_that_are_not_ours() -> None:
    with (FOLDER / "roster-own-words.csv").open(encoding="gb18030", newline="") as source:
        header, *rows = csv.reader(source)
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "roster-own-words.csv").read_text(encoding="utf-8")
    expected = json.loads((FOLDER / "roster-own-words.expected.json").read_text(encoding="utf-8"))
    assert set(expected["columns"]) == set(header) - {"科组"}
    ours = {teacher["name"]: teacher for teacher in people()["teachers"]}
    said = {row[0]: expected["words"].get(row[5], row[5]) for row in rows}
    changed = {name: title for name, title in said.items() if name in ours and title != ours[name]["title"]}
    assert changed == expected["changed"]
    assert [name for name in said if name not in ours] == expected["new"]
    for wrong in expected["wrong"]:
        assert wrong["value"] in rows[wrong["row"] - 2]
    good = [
        row for number, row in enumerate(rows, start=2) if number not in {w["row"] for w in expected["wrong"]}
    ]
    assert all(ric.is_valid(row[3]) for row in good)


def test_building_again_gives_the_committed_files(tmp_path: Path) -> None:
    builder().main(tmp_path)
    for file in tmp_path.iterdir():
        if file.suffix == ".xlsx":  # compressed by whatever zlib is at hand: the cells count
            continue
        assert file.read_bytes() == (FOLDER / file.name).read_bytes(), file.name
    assert {file.name for file in tmp_path.iterdir()} == {
        "people.json",
        "roster.csv",
        "roster.xlsx",
        "roster-own-words.csv",
        "roster-own-words.expected.json",
        "roster-with-errors.xlsx",
        "roster-with-errors.expected.json",
    }
