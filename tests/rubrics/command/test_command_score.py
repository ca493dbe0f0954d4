"""Marks as typed or filed, and the lines that explain what they come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Run

from rubrics import library

PASS = [f"{one.id}=2" for one in library.load("rubric", "basic-operation", 1).criteria]
GOOD = [one.replace("=2", "=3") for one in PASS]
BEST = [one.replace("=2", "=4") for one in PASS]
Written = Callable[..., str]


@pytest.fixture
def filed(tmp_path: Path) -> Callable[[str, str], str]:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_an_all_pass_lesson_comes_to_exactly_sixty(run: Run) -> None:
    seen = run("score", "basic-operation", *PASS)
    assert seen.code == 0
    assert "= 60\n" in seen.out
    assert "60 points: “Pass”, from 60" in seen.out
    assert "outcome  Pass\n" in seen.out


def test_a_missed_gate_fails_the_lesson_and_says_so(run: Run) -> None:
    seen = run("score", "basic-operation", *[one for one in BEST if "BO8" not in one], "BO8=1")
    assert "missed (BO8 < 2): the lesson fails, whatever the total" in seen.out
    assert "outcome  Not passed\n" in seen.out
    assert seen.code == 0


def test_two_readings_that_agree_are_decided(run: Run) -> None:
    seen = run("score", "basic-operation", "--rating", "A:", *GOOD, "--rating", "B", *PASS)
    assert "70 is the mean of 60 and 80." in seen.out or "more than 10 points apart" in seen.out
    assert "Reading A\n" in seen.out


def test_two_readings_far_apart_need_a_third_with_the_reasons(run: Run) -> None:
    seen = run("score", "basic-operation", "--rating", "A:", *BEST, "--rating", "B:", *PASS, lang="zh")
    assert "尚未决定：需要第三份评分。" in seen.out
    assert "BO1（" in seen.out or "BO1 (" in seen.out
    assert "相差超过10分" in seen.out


def test_three_readings_are_decided_by_the_two_closest(run: Run) -> None:
    ratings = [
        word
        for name, marks in zip("ABC", (BEST, PASS, GOOD), strict=True)
        for word in ("--rating", name, *marks)
    ]
    seen = run("score", "basic-operation", *ratings)
    assert "The panel\n" in seen.out
    assert "is the mean of the two closest totals" in seen.out or "lie evenly apart" in seen.out


def test_a_lesson_drawn_by_lot_needs_a_third(run: Run) -> None:
    seen = run("score", "basic-operation", "--lot", "--rating", "A", *PASS, "--rating", "B", *PASS)
    assert "drawn by lot" in seen.out


@pytest.mark.parametrize("name", ["wide.csv", "long.csv", "readings.toml"])
def test_readings_from_a_file_come_to_the_same_as_typed(
    run: Run, filed: Callable[[str, str], str], name: str
) -> None:
    names = [one.split("=")[0] for one in PASS]
    texts = {
        "wide.csv": f"rater,{','.join(names)}\nA,{','.join('4' * len(names))}\nB,{','.join('3' * len(names))}\n",
        "long.csv": "\ufeffrater,criterion,mark\n"
        + "".join(f"{rater},{one},{level}\n" for rater, level in (("A", 4), ("B", 3)) for one in names),
        "readings.toml": "".join(
            f"[{rater}]\n" + "".join(f"{one} = {level}\n" for one in names)
            for rater, level in (("A", 4), ("B", 3))
        ),
    }
    typed = run("score", "basic-operation", "--rating", "A:", *BEST, "--rating", "B:", *GOOD)
    assert run("score", "basic-operation", filed(name, texts[name])).out == typed.out


def test_one_reading_from_a_file_comes_to_the_same_as_typed(
    run: Run, filed: Callable[[str, str], str]
) -> None:
    typed = run("score", "basic-operation", *GOOD)
    rows = "".join(one.replace("=", ",") + "\n" for one in GOOD)
    assert run("score", "basic-operation", filed("one.csv", "criterion,mark\n" + rows)).out == typed.out
    lines = "".join(one.replace("=", " = ") + "\n" for one in GOOD)
    assert run("score", "basic-operation", filed("one.toml", lines)).out == typed.out
    assert run("score", "basic-operation", "-", typed=lines.encode()).out == typed.out
    assert (
        run("score", "basic-operation", "--rating", "A", filed("x.toml", lines), "--rating", "B", *GOOD).code
        == 0
    )


RANGED = ("share = 0.8\n", "share = 0.8\nleast = 0.7\nmost = 0.9\n")


def test_points_inside_a_level_are_counted_and_the_range_is_said(run: Run, written: Written) -> None:
    path = written(RANGED, ("total = 100\n", "total = 100\nstep = 0.5\n"))
    seen = run("score", path, "BO1=3:17", *BEST[1:])
    assert "BO1: this level earns 14 to 18 points" in seen.out
    assert "= 97\n" in seen.out


WITHOUT = (
    "weight = 7\n",
    'weight = 7\nnot_applicable = { when = { zh = "无", en = "Nothing failed" }, weight_to = { BO1 = 7 } }\n',
)


def test_a_criterion_that_does_not_apply_hands_its_weight_on_and_both_are_said(
    run: Run, written: Written
) -> None:
    seen = run("score", written(WITHOUT), *[one for one in BEST if "BO7" not in one], "BO7=-")
    assert seen.code == 0, seen.err
    assert "BO7 does not apply to this lesson" in seen.out
    assert "BO1 takes over the weight 7 of BO7" in seen.out
    assert "= 100\n" in seen.out


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ([], "Give either the marks of one reading"),
        ([*PASS, "--rating", "A", *PASS], "Give either the marks of one reading"),
        (PASS[1:], "No mark for: BO1."),
        ([*PASS, "XX=2"], "The rubric has no criterion: XX."),
        (["BO1=9", *PASS[1:]], "BO1: the scale has no level 9, only 4, 3, 2, 1."),
        ([*PASS, "BO1=2"], "BO1 has two marks"),
        (["BO1=good", *PASS[1:]], "BO1: “good” is no mark"),
        (["BO1=-1", *PASS[1:]], "BO1: “-1” is no mark"),
        (["BO1=3:1e5", *PASS[1:]], "BO1: “3:1e5” is no mark"),
        (["=2", *PASS], "“=2” is no mark"),
        (["BO1=-", *PASS[1:]], "BO1: the rubric does not let this criterion be left out"),
        (["BO1=3:12.5", *PASS[1:]], "BO1"),
        (["no.csv"], "no.csv: there is no such file"),
        (["--rating", "A:"], "--rating A:: a name and then marks are needed"),
        (["--rating", *PASS], "a name and then marks are needed"),
        (["--rating", "A", *PASS, "--rating", "A", *PASS], "A has more than one reading"),
        ([part for name in "ABCD" for part in ("--rating", name, *PASS)], "two or three readings, not 4"),
        (["--rating", "A", *PASS[1:], "--rating", "B", *PASS], "A: No mark for: BO1."),
    ],
)
def test_marks_that_do_not_fit_are_refused_by_name(run: Run, typed: list[str], told: str) -> None:
    seen = run("score", "basic-operation", *typed)
    assert (seen.code, seen.out) == (1, "")
    assert told in seen.err


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "criterion,mark\nBO1\n", "not every line has as many cells as the first"),
        ("a.csv", "who,what\nA,4\n", "the first line is not one of marks: who,what"),
        ("a.csv", "", "the first line is not one of marks"),
        ("a.csv", "criterion,mark\nBO1,4\nBO1,3\n", "BO1 has two marks"),
        ("a.csv", "rater,BO1\nA,x\n", "A: BO1: “x” is no mark"),
        ("a.csv", "rater,BO1\nA,4\nA,3\n", "A has more than one reading"),
        ("a.toml", "BO1 = ", "a.toml: "),
        ("a.toml", "BO1 = true\n", "“True” is no mark"),
        ("a.toml", "BO1 = 4\n[A]\nBO1 = 4\n", "either one reading, or one table for each rater"),
    ],
)
def test_files_of_marks_that_do_not_fit_are_refused(
    run: Run, filed: Callable[[str, str], str], name: str, text: str, told: str
) -> None:
    seen = run("score", "basic-operation", filed(name, text))
    assert (seen.code, seen.out) == (1, "")
    assert told in seen.err


def test_only_a_rubric_can_be_scored(run: Run) -> None:
    seen = run("score", "tier-policy-default", "A=1")
    assert seen.code == 1
    assert "Nothing that ships is called rubric tier-policy-default" in seen.err
    assert "is no rubric but" in run("score", "tier_policy:tier-policy-default", "A=1").err


def test_what_is_for_feedback_only_is_not_said_to_be_left_out(run: Run) -> None:
    everything = str(Path(__file__).parents[3] / "fixtures/golden/rubrics/everything.toml")
    seen = run("score", everything, "E1=4", "E2=4", "E3=4", "E4=-", "E5=4", "E6=4")
    assert "E7 is for feedback only" in seen.out
    assert "E4 does not apply to this lesson" in seen.out


def test_signs_of_a_chinese_keyboard_are_understood(run: Run) -> None:
    marks = [f"BO{number}=3" for number in range(1, 9)]
    wide = [one.replace("=", "＝").replace("3", "３") for one in marks]
    assert run("score", "basic-operation", *wide).out == run("score", "basic-operation", *marks).out
    several = ["--rating", "甲：", *wide, "--rating", "乙：", *wide]
    plain = ["--rating", "甲:", *marks, "--rating", "乙:", *marks]
    assert run("score", "basic-operation", *several).out == run("score", "basic-operation", *plain).out


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_may_end_its_lines_as_any_system_does(run: Run, end: str) -> None:
    lines = ["rater," + ",".join(f"BO{number}" for number in range(1, 9)), "A" + ",３" * 8, ""]
    typed = end.join(lines).encode()
    seen = run("score", "basic-operation", "-", typed=typed)
    assert (seen.code, seen.err) == (0, "")


def test_a_file_that_is_no_csv_is_refused_with_its_line(run: Run) -> None:
    typed = b'rater,BO1\nA,"' + b"4" * 200_000 + b'"\n'
    seen = run("score", "basic-operation", "-", typed=typed, lang="zh")
    assert seen.code == 1
    assert "：不能按CSV读取（" in seen.err
