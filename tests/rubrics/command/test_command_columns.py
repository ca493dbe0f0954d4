"""Chinese characters are two columns wide, and no line is wider than it may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rubrics.command.columns import columns, hang, pad, table, wrap

texts = st.text(st.sampled_from("ab 学时，。（）“”1.,()é́"), max_size=60)


def test_a_chinese_character_takes_two_columns_and_a_combining_mark_none() -> None:
    assert columns("学时") == 4
    assert columns("（a）") == 5
    assert columns("e\u0301") == 1
    assert pad("学", 4) == "学  "


@given(texts, st.integers(2, 40))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_chinese_breaks_anywhere_but_before_its_punctuation() -> None:
    assert wrap("教师学习，然后上课", 9) == ["教师学", "习，然后", "上课"]
    assert wrap("（甲）（乙）", 6) == ["（甲）", "（乙）"]


def test_words_of_letters_stay_whole_unless_they_fit_in_no_line() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap("", 10) == [""]


def test_further_lines_hang_below_the_first() -> None:
    assert hang("- ", "学习上课学习", 8) == ["- 学习上", "  课学习"]


def test_a_table_lines_up_in_columns_and_names_them() -> None:
    rows = [["甲", "12"], ["second", "3"]]
    assert table(rows, 20, head=["name", "n"]) == ["name    n", "------  --", "甲      12", "second  3"]
    assert table([], 20, head=["name", "n"]) == []


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(20, 60))
def test_no_table_is_wider_than_its_terminal(rows: list[list[str]], width: int) -> None:
    assert all(columns(line) <= width for line in table(rows, width, head=["aa", "学时", "c"]))


def test_a_table_too_wide_for_its_terminal_puts_cells_below_one_another() -> None:
    row = ["a" * 20, "b" * 20, "c" * 20]
    assert table([row], 25, head=["x", "y", "z"]) == [f"x: {row[0]}", f"  y: {row[1]}", f"  z: {row[2]}"]
