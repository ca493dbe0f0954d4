"""Canvas's import file: ragged lines, decimal commas, several rubrics, and what a spreadsheet would make of a cell."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from golden import GOLDEN

from rubrics.errors import ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel

HEAD = "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
ONE = ",Rating Name,Rating Description,Rating Points"


def read(*lines: str, ratings: int = 2) -> Sheet:
    return formats.read("canvas", "\n".join([HEAD + ONE * ratings, *lines])).sheet


def refused(*lines: str, header: str = HEAD + ONE * 2) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        formats.read("canvas", "\r\n".join([header, *lines]), source="upload.csv")
    return caught.value


def test_lines_may_have_as_many_ratings_as_they_like() -> None:
    sheet = read("R,A,,false,Good,g,2,Bad,b,1", "R,B,,false,Good,g,2", "R,C,,false,Good,g,2,,,")
    assert [len(one.levels) for one in sheet.criteria] == [2, 1, 1]


def test_a_line_longer_than_the_header_goes_on_in_threes_and_is_named() -> None:
    found = formats.read("canvas", f"{HEAD}{ONE}\nR,A,,,Good,g,2,Bad,b,1,Worse,w,0\n")
    assert [one.label for one in found.sheet.criteria[0].levels] == ["Good", "Bad", "Worse"]
    assert found.report[0].code == "exchange.read_beyond_header"
    assert found.report[0].values["where"] == "row 2, column 8, row 2, column 11"


@pytest.mark.parametrize(
    ("cell", "points"), [('"1,75"', "1.75"), ("1.75", "1.75"), ("5", "5"), ("5.0", "5.0"), (" 0 ", "0")]
)
def test_a_decimal_comma_is_a_decimal_point(cell: str, points: str) -> None:
    assert str(read(f"R,A,,,Good,g,{cell}").criteria[0].levels[0].points) == points


def test_each_decimal_comma_is_named_because_it_might_have_been_thousands() -> None:
    found = formats.read("canvas", f'{HEAD}{ONE}\nR,A,,,Good,g,"1,000"\n')
    assert str(found.sheet.criteria[0].levels[0].points) == "1.000"
    assert found.report[0].values["where"] == "row 2, column 7: 1,000"


@pytest.mark.parametrize(
    "cell", ["", "x", '"1,2,3"', "1e3", "NaN", "=1+1", "5 pts", "٣", "1" * 30, ".5", "5."]
)
def test_points_that_are_no_number_are_refused_by_row_and_column(cell: str) -> None:
    error = refused("R,A,,,Good,g,2", f"R,B,,,Good,g,{cell}")
    assert (error.code, error.values["where"]) == ("exchange.wrong_value", "row 3, column 7")


def test_rows_are_counted_as_a_person_would_with_line_breaks_in_cells() -> None:
    error = refused('R,A,"two\r\nlines",,Good,g,2', "", "R,B,,,Good,g,x")
    assert error.values["where"] == "row 5, column 7"


def test_lines_of_one_name_are_one_rubric_wherever_they_stand() -> None:
    lines = ["R,A,,,Good,g,2", "S,B,,,Good,g,2", "R,C,,,Good,g,2"]
    text = "\n".join([HEAD + ONE, *lines])
    found = formats.read_all("canvas", text)
    assert [(one.sheet.title, [c.label for c in one.sheet.criteria]) for one in found] == [
        ("R", ["A", "C"]),
        ("S", ["B"]),
    ]
    assert formats.read("canvas", text, rubric="S").sheet.title == "S"
    with pytest.raises(ExchangeError) as caught:
        formats.read("canvas", text)
    assert caught.value.code == "exchange.several_rubrics"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (",A,,,Good,g,2", "row 2, column 1"),
        ("R, ,,,Good,g,2", "row 2, column 2"),
        ("R,A,x,false,,,", "row 2"),
    ],
)
def test_what_canvas_would_miss_is_refused(line: str, where: str) -> None:
    error = refused(line)
    assert (error.code, error.values["where"]) == ("exchange.missing", where)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Rubric Name,Criteria Name",
        HEAD,
        f"{HEAD}{ONE},Rating Name",
        f"{HEAD},Rubric Name{ONE}",
    ],
)
def test_a_header_without_its_columns_is_refused(header: str) -> None:
    error = refused(header=header)
    assert error.code == "exchange.missing"
    assert error.values["where"] == "row 1"


@pytest.mark.parametrize("sign", [";", "\t"])
def test_another_sign_than_the_comma_is_named(sign: str) -> None:
    header = f"{HEAD}{ONE}".replace(",", sign)
    assert formats.guess(header) == "canvas"
    error = refused(header=header)
    assert (error.code, error.values["expected"]) == ("exchange.syntax", "CSV with commas")
    assert error.values["found"] == repr(sign)


def test_the_two_columns_canvas_can_do_without_may_be_missing() -> None:
    text = "Rubric Name,Criteria Name" + ONE + "\nR,A,Good,g,2\n"
    [criterion] = formats.read("canvas", text).sheet.criteria
    assert (criterion.label, criterion.description, criterion.ranged) == ("A", None, None)


def test_a_file_with_a_header_alone_holds_no_rubric() -> None:
    assert refused().code == "exchange.missing"


def test_columns_are_found_by_name_numbered_or_not_and_others_named() -> None:
    text = "Note,Rating Name 1,Rating Description 1,Rating Points 1," + HEAD + "\nx,Good,g,2,R,A,d,TRUE\n"
    found = formats.read("canvas", text)
    assert found.sheet.criteria == (
        SheetCriterion("A", (SheetLevel("Good", "g", Decimal(2)),), description="d", ranged=True),
    )
    assert [(one.code, one.values["where"]) for one in found.report] == [
        ("exchange.lost_around", "column Note")
    ]


@pytest.mark.parametrize(
    ("cell", "ranged"), [("true", True), ("1", True), ("FALSE", False), ("0", False), ("", None)]
)
def test_ranges_are_on_or_off_or_not_said(cell: str, ranged: bool | None) -> None:
    assert read(f"R,A,,{cell},Good,g,2").criteria[0].ranged is ranged


def test_another_word_for_on_is_refused() -> None:
    assert refused("R,A,,yes,Good,g,2").values["where"] == "row 2, column 4"


def test_the_mark_and_line_ends_of_windows_change_nothing() -> None:
    data = (GOLDEN / "canvas-rubric.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    assert formats.read("canvas", data).sheet == formats.read("canvas", plain).sheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_a_spreadsheet_would_run_is_written_as_it_is_with_a_warning(start: str) -> None:
    cell = f'{start}HYPERLINK("x")'
    level = SheetLevel("Good", cell, Decimal(-1))
    written = formats.write("canvas", Sheet((SheetCriterion(cell, (level,)),), title="T"))
    [_, row] = csv.reader(io.StringIO(written.text, newline=""))
    assert row == ["T", cell, "", "", "Good", cell, "-1"]
    [entry] = [one for one in written.report if one.code == "exchange.formula"]
    assert entry.values["count"] == 2


def test_points_canvas_would_round_are_named_and_written_whole() -> None:
    level = SheetLevel("Good", None, Decimal("1.125"))
    written = formats.write("canvas", Sheet((SheetCriterion("A", (level,)),), title="T"))
    assert [(one.code, one.values["where"]) for one in written.report] == [
        ("exchange.lost_precision", "A/Good: 1.125")
    ]
    assert "1.125" in written.text


def test_a_level_without_points_is_refused_and_a_criterion_without_levels_named() -> None:
    with pytest.raises(ExchangeError) as caught:
        formats.write("canvas", Sheet((SheetCriterion("A", (SheetLevel("Good"),)),), title="T"))
    assert (caught.value.code, caught.value.values["where"]) == ("exchange.cannot_carry", "A/Good")
    with pytest.raises(ExchangeError) as caught:
        formats.write("canvas", Sheet((SheetCriterion("A"),), title="T"))
    assert caught.value.values["where"] == "rubric"


def test_names_canvas_needs_are_filled_in_and_said() -> None:
    levels = (SheetLevel(None, "Described", Decimal(2)), SheetLevel(points=Decimal(1)))
    written = formats.write("canvas", Sheet((SheetCriterion(None, levels),)))
    [_, row] = csv.reader(io.StringIO(written.text, newline=""))
    assert row == ["Rubric", "Criterion 1", "", "", "Described", "Described", "2", "Rating 2", "", "1"]
    assert [one.values["count"] for one in written.report if one.code == "exchange.filled_name"] == [1, 1, 2]
