from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports import tables
from reports.errors import ReportError
from reports.tables import write_csv, write_xlsx

COLUMNS = (
    ("seq", "序号"),
    ("name", "姓名"),
    ("staff_no", "教师编号"),
    ("hours", "合计学时"),
    ("issued", "发证日期"),
    ("remark", "备注"),
)
LIVE = ("=1+1", "+8613800000000", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", '=HYPERLINK("http://x","y")')


def rows(count: int = 3, **changes: Any) -> list[dict[str, Any]]:
    base = {
        "name": "马㛃",
        "staff_no": "00640302197001011234",
        "hours": Decimal("26.5"),
        "issued": date(2026, 11, 22),
        "remark": None,
    }
    return [{"seq": number, **base, **changes} for number in range(1, count + 1)]


def write(path: Path, table: list[dict[str, Any]], **changes: Any) -> int:
    settings = {"sheet": "花名册", "title": "红寺堡区参训教师花名册", "footer": "批次 R7 & 摘要 5f5f"}
    return write_xlsx(COLUMNS, table, path=path, **{**settings, **changes})


def test_a_roster_is_read_back_cell_by_cell_by_another_reader(tmp_path: Path) -> None:
    assert write(tmp_path / "r.xlsx", rows(250)) == 250
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["花名册"]
    assert sheet["A1"].value == "红寺堡区参训教师花名册"
    assert [cell.value for cell in sheet[2]] == [label for _, label in COLUMNS]
    assert sheet.max_row == 252
    assert [cell.value for cell in sheet[252]] == [
        250,
        "马㛃",
        "00640302197001011234",
        26.5,
        "2026-11-22",
        None,
    ]


@pytest.mark.parametrize("text", LIVE)
def test_text_that_looks_like_a_formula_stays_text_in_a_spreadsheet(tmp_path: Path, text: str) -> None:
    write(tmp_path / "r.xlsx", rows(1, remark=text))
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx").active["F3"]  # type: ignore[index]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize("text", LIVE)
def test_text_that_looks_like_a_formula_is_defused_in_csv(tmp_path: Path, text: str) -> None:
    write_csv(COLUMNS, rows(1, remark=text), path=tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][5] == f"'{text}"


def test_csv_carries_the_mark_excel_needs_and_all_rows(tmp_path: Path) -> None:
    assert write_csv(COLUMNS, rows(5), path=tmp_path / "r.csv") == 5
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[5] == ["5", "马㛃", "00640302197001011234", "26.5", "2026-11-22", ""]


def test_long_ids_keep_their_digits_and_whole_numbers_stay_whole_beside_gaps(tmp_path: Path) -> None:
    table = rows(2)
    table[1]["seq"] = None
    write(tmp_path / "r.xlsx", table)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert (sheet["A3"].value, type(sheet["A3"].value)) == (1, int)
    assert sheet["C3"].number_format == "@"
    assert sheet["C3"].value == "00640302197001011234"


def test_the_sheet_prints_landscape_with_its_header_on_every_page_and_the_signing_line(
    tmp_path: Path,
) -> None:
    write(tmp_path / "r.xlsx", rows())
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$2"
    left, right = sheet.oddFooter.left.text, sheet.oddFooter.right.text
    assert [
        word for word in ("制表人", "审核人", "单位盖章", "日期", "批次 R7 && 摘要") if word not in left
    ] == []
    assert right == "第 &P 页，共 &N 页"


def test_columns_are_wide_enough_for_chinese(tmp_path: Path) -> None:
    write(tmp_path / "r.xlsx", rows(1, remark="产假，顺延至2027年"))
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert sheet.column_dimensions["F"].width >= 18
    assert sheet.column_dimensions["A"].width >= 6


def test_an_empty_table_is_a_table_with_its_header(tmp_path: Path) -> None:
    assert write(tmp_path / "r.xlsx", []) == 0
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").active["B2"].value == "姓名"  # type: ignore[index]


def test_a_file_that_lost_cells_is_refused_and_never_takes_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_filled", lambda table: 10_000)
    with pytest.raises(ReportError, match=r"table\.cells_lost"):
        write(tmp_path / "r.xlsx", rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "table", "changes"),
    [
        ("table.key_missing", [{"seq": 1}], {}),
        ("table.key_unknown", rows(1, id_no="x"), {}),
        ("table.type_unknown", rows(1, hours=2.5), {}),
        ("table.type_unknown", rows(1, issued=datetime(2026, 1, 1)), {}),
        ("table.number_too_long", rows(1, hours=10**17), {}),
        ("table.sheet_name", rows(1), {"sheet": "一/二"}),
        ("table.sheet_name", rows(1), {"sheet": "长" * 32}),
        ("table.footer_too_long", rows(1), {"footer": "摘" * 255}),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(
    tmp_path: Path, code: str, table: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    with pytest.raises(ReportError) as refusal:
        write(tmp_path / "r.xlsx", table, **changes)
    assert refusal.value.code == code
    assert not (tmp_path / "r.xlsx").exists()


def test_two_columns_of_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"table\.columns_repeated"):
        write_xlsx((("a", "甲"), ("a", "乙")), [], sheet="s", path=tmp_path / "r.xlsx", title="t")
