"""Whatever a spreadsheet may hold: the reader never breaks down, and never lets a wrong row in."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from datetime import date, datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st
from roster_district import DEMO, HEADER, csv_file, id_number, row

from lti_tools.errors import Refused
from lti_tools.people import codes
from lti_tools.rosters import columns, files
from lti_tools.rosters.mapping import Layout
from lti_tools.rosters.rows import KnownSchool, RowReader, Schools
from lti_tools.rosters.sheet import ErrorValue, Formula, Merged, roster_heading

TODAY = date(2026, 9, 1)
SCHOOL = KnownSchool(
    id="s1",
    code="2199012101",
    name="青禾县实验小学",
    area="青禾县",
    area_words=frozenset({"青禾县"}),
    in_scope=True,
)
ELSEWHERE = KnownSchool(
    id="s2", code="3199012201", name="白塬县第二中学", area="白塬县", area_words=frozenset(), in_scope=False
)
with zipfile.ZipFile(DEMO / "roster.xlsx") as _demo:
    WORKBOOK = {name: _demo.read(name) for name in _demo.namelist()}
PARTS = sorted(WORKBOOK)
RIGHT = dict(zip(HEADER, row(), strict=True))


def reader() -> RowReader:
    keys = [columns.heading(heading).key for heading in HEADER]  # type: ignore[union-attr]
    return RowReader(
        layout=Layout(
            places={key: place for place, key in enumerate(keys)},
            headings=dict(zip(keys, HEADER, strict=True)),
        ),
        schools=Schools(by_code={school.code: school for school in (SCHOOL, ELSEWHERE)}, area="青禾县"),
        today=TODAY,
    )


anything = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789.-/年月E+Xx ０１"),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.text().map(Formula),
    st.just(ErrorValue("#N/A")),
    st.just(Merged("C5")),
    st.builds(id_number, st.dates(date(1900, 1, 1), date(2030, 1, 1)).map(str), st.integers(0, 999)),
    st.sampled_from(
        ["2199012101", "3199012201", "小学", "1968-03", "王守田", "古丽·买买提", "赵㛃", 1968.1, 24899]
    ),
)


def assert_kept_rows_are_right(found: dict[str, object]) -> None:
    assert found["school"] == "s1"
    assert isinstance(found["name"], str)
    assert found["name"].strip()
    assert not any(character.isdigit() or character in "?\ufffd" for character in found["name"])
    assert found["staff_no"]
    assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(found["birth_month"]))
    assert 16 <= TODAY.year - int(str(found["birth_month"])[:4]) <= 91
    for table in ("sex", "stage", "title", "employment", "staff_status"):
        assert found[table] == "" or found[table] in {entry.code for entry in codes.known(table)}
    assert re.fullmatch(r"|[0-9a-f]{64}", str(found["id_hash"]))
    assert (
        not re.search(r"\d{17}[\dX]", f"{found['name']} {found['staff_no']}")
        or len(str(found["staff_no"])) != 18
    )


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(anything, max_size=len(HEADER) + 2), max_size=6))
def test_rows_of_anything_are_either_right_or_refused_with_reasons(rows: list[list[object]]) -> None:
    one = reader()
    for number, cells in enumerate(rows, start=2):
        found, problems = one.read(number, cells)
        assert all(problem.reason and problem.row == number for problem in problems)
        if not problems:
            assert_kept_rows_are_right(found)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(HEADER), anything)
def test_one_strange_cell_in_a_right_row_is_understood_or_named(heading: str, cell: object) -> None:
    cells = list((RIGHT | {heading: cell}).values())
    found, problems = reader().read(2, cells)
    if not problems:
        assert_kept_rows_are_right(found)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PARTS), st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=12), st.booleans()
)
def test_a_workbook_damaged_anywhere_is_read_or_refused(
    part: str, place: int, cut: int, put: bytes, in_the_archive: bool
) -> None:
    def damaged(content: bytes) -> bytes:
        at = place % len(content)
        return content[:at] + put + content[at + cut :]

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in WORKBOOK.items():
            new.writestr(name, damaged(content) if name == part and not in_the_archive else content)
    content = damaged(archive.getvalue()) if in_the_archive else archive.getvalue()
    with suppress(Refused):
        sheet = files.read(io.BytesIO(content), file_name="roster.xlsx", known=roster_heading)
        for number, cells in sheet.rows:
            reader().read(number, cells)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_files_of_any_bytes_are_read_or_refused(noise: bytes, as_archive: bool) -> None:
    content = (b"PK\x03\x04" if as_archive else csv_file([row()]).getvalue()) + noise
    with suppress(Refused):
        sheet = files.read(io.BytesIO(content), file_name="roster.csv", known=roster_heading)
        for number, cells in sheet.rows:
            reader().read(number, cells)


@given(
    st.one_of(
        st.dates(date(1936, 10, 1), date(2010, 8, 31)),
        st.datetimes(datetime(1940, 1, 1), datetime(2009, 1, 1)),
    )
)
def test_every_real_month_of_a_teacher_is_understood_as_a_date_cell(birth: date) -> None:
    cells = RIGHT | {"身份证号": None, "出生年月": birth}
    found, problems = reader().read(2, list(cells.values()))
    assert problems == []
    assert found["birth_month"] == f"{birth:%Y-%m}"


def test_times_are_no_months() -> None:
    _, problems = reader().read(2, list((RIGHT | {"出生年月": time(3, 4)}).values()))
    assert [problem.code for problem in problems] == ["impossible_birth_date"]
