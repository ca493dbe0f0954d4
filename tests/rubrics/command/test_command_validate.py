"""What an author is told about files, and that everything shipped is fine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Run

import rubrics
from rubrics import library
from rubrics.command import shipped
from rubrics.command.refusals import Refused
from rubrics.errors import DefinitionError

Written = Callable[..., str]


def test_everything_that_ships_is_fine(run: Run) -> None:
    seen = run("validate")
    assert seen.code == 0, seen.out
    for one in library.packaged():
        assert f"{one.path}: fine" in seen.out
    for key in library.FRAMEWORKS:
        assert f"framework {key}: counts as published" in seen.out
    for part in ("definitions.lock: every file", "crosswalk: 33 indicators", "references: everything"):
        assert part in seen.out
    assert seen.out.endswith("Nothing is wrong.\n")


def test_a_fine_file_of_a_bureau_is_said_to_be_fine(run: Run, written: Written) -> None:
    path = written()
    seen = run("validate", path)
    assert (seen.code, seen.err) == (0, "")
    assert f"{path}: fine (rubric “Basic-operation demo lesson”, version 1)" in seen.out


def test_the_first_problem_of_every_file_is_said_with_line_key_and_what_to_do(
    run: Run, written: Written
) -> None:
    weight = written(("weight = 20", "weight = 21"), name="a.toml")
    missing = written(('status = "proposal"\n', ""), name="b.toml")
    fine = written(name="c.toml", key="c")
    seen = run("validate", weight, missing, fine)
    assert seen.code == 1
    assert f"{weight}:" in seen.out
    assert "criteria: expected weights that add up to 100, found 101" in seen.out
    assert (
        f"{missing}: status: expected text, found nothing\n    Add the key, or correct its spelling.\n"
        in seen.out
    )
    assert f"{fine}: fine" in seen.out
    assert seen.out.endswith("2 problems: refused.\n")


def test_a_problem_is_said_in_chinese_too(run: Run, written: Written) -> None:
    seen = run("validate", written(("min_height = 480", "min_height = 0")), lang="zh")
    assert seen.code == 1
    assert "video.min_height: 应为不小于1的整数，实为0" in seen.out
    assert "请改动这个值。" in seen.out


def test_text_that_is_no_toml_is_refused_with_its_line(run: Run, written: Written) -> None:
    path = written(("total = 100", "total 100"))
    seen = run("validate", path)
    line = Path(path).read_text(encoding="utf-8").splitlines().index("total 100") + 1
    assert f"{path}:{line}: expected TOML" in seen.out
    assert "quotes, brackets" in seen.out


def test_a_task_nobody_defines_is_found_with_its_line_unless_the_file_stands_alone(
    run: Run, written: Written
) -> None:
    path = written(('task = "task-B1"', 'task = "task-Z9"'))
    line = Path(path).read_text(encoding="utf-8").splitlines().index('task = "task-Z9"') + 1
    seen = run("validate", path)
    assert seen.code == 1
    assert f"{path}:{line}: prerequisites[task-Z9]: expected one of task-A1" in seen.out
    assert run("validate", "--alone", path).code == 0


def test_a_published_version_written_anew_is_refused(run: Run, written: Written) -> None:
    path = written(("min_height = 480", "min_height = 720"), key="basic-operation")
    seen = run("validate", path)
    assert seen.code == 1
    assert "basic-operation version 1 is published with another text" in seen.out
    assert "version = 2" in seen.out
    assert run("validate", "--alone", path).code == 0


def test_a_shipped_file_named_by_its_path_is_fine(run: Run) -> None:
    path = Path(rubrics.__file__).parent / "definitions/basic-operation/v1.toml"
    assert run("validate", str(path)).code == 0


def test_what_breaks_another_definition_is_refused(run: Run, written: Written) -> None:
    """The shipped policy names criterion BO1 of this rubric."""
    path = written(('id = "BO1"', 'id = "XX1"'), ("version = 1", "version = 9"), key="basic-operation")
    seen = run("validate", path)
    assert seen.code == 1
    assert "tier_policy tier-policy-default" in seen.out
    assert "basic-operation#BO1" in seen.out


def test_two_files_with_one_name_and_two_texts_are_refused(run: Run, written: Written) -> None:
    one, two = written(name="a.toml"), written(("min_height = 480", "min_height = 720"), name="b.toml")
    seen = run("validate", one, two)
    assert seen.code == 1
    assert f"{two}: another file is county-basic version 1 too" in seen.out


def test_a_missing_file_a_folder_and_another_encoding_are_refused_each_with_its_reason(
    run: Run, tmp_path: Path, basic_text: str
) -> None:
    chinese = tmp_path / "gb.toml"
    chinese.write_bytes(basic_text.encode("gb18030"))
    seen = run("validate", str(tmp_path / "no.toml"), str(tmp_path), str(chinese))
    assert seen.code == 1
    assert f"{tmp_path / 'no.toml'}: there is no such file" in seen.out
    assert f"{tmp_path}: this is a folder" in seen.out
    assert f"{chinese}:10: the file is not in UTF-8" in seen.out
    assert "Save it as UTF-8" in seen.out
    assert seen.out.endswith("3 problems: refused.\n")


def test_a_name_that_cannot_be_opened_is_refused(run: Run, tmp_path: Path) -> None:
    seen = run("validate", str(tmp_path / ("x" * 300 + ".toml")))
    assert seen.code == 1
    assert "cannot be read" in seen.out


def test_standard_input_is_checked_like_a_file(run: Run, basic_text: str) -> None:
    bureau = basic_text.replace("basic-operation", "my-own").encode()
    assert run("validate", "--alone", "-", typed=b"\xef\xbb\xbf" + bureau).code == 0
    seen = run("validate", "-", typed=bureau.replace(b"total = 100", b"total = 99"))
    assert seen.code == 1
    assert "standard input" in seen.out


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of everything that ships."""
    for name in ("definitions", "policies"):
        shutil.copytree(Path(rubrics.__file__).parent / name, tmp_path / name)
    shutil.copy(Path(rubrics.__file__).parent / "definitions.lock", tmp_path)
    return tmp_path


def problems(house: Path) -> list[str]:
    return [one.happened for one in shipped.locked(house) if isinstance(one, Refused)]


def test_a_published_file_that_was_edited_is_found(house: Path) -> None:
    assert problems(house) == []
    path = house / "definitions/basic-operation/v1.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (found,) = problems(house)
    assert found.startswith(
        "definitions/basic-operation/v1.toml: is not the text whose hash stands in definitions.lock:"
    )


def test_a_published_file_that_is_gone_and_one_without_its_line_are_found(house: Path) -> None:
    (house / "definitions/basic-operation/v1.toml").rename(house / "definitions/basic-operation/v9.toml")
    fresh, gone = problems(house)
    assert fresh == "definitions/basic-operation/v9.toml: has no line in definitions.lock"
    assert gone.endswith("definitions/basic-operation/v1.toml is not there")
    misplaced = [one for one in shipped.definitions(house) if isinstance(one, DefinitionError)]
    assert [one.code for one in misplaced] == ["definition.misplaced"]


def test_a_shipped_file_that_is_broken_does_not_hide_the_others(house: Path) -> None:
    path = house / "definitions/basic-operation/v1.toml"
    path.write_text("kind = 1", encoding="utf-8")
    found = list(shipped.definitions(house))
    assert len(found) == len(library.packaged())
    assert sum(isinstance(one, DefinitionError) for one in found) == 1


def test_what_ships_together_is_checked_together(house: Path) -> None:
    known = [one for one in shipped.definitions(house) if not isinstance(one, Exception)]
    assert list(shipped.newest_together(known)) == []
    fewer = [one for one in known if one.definition.key != "basic-operation"]
    (problem,) = shipped.newest_together(fewer)
    assert isinstance(problem, DefinitionError)
    assert problem.code == "definition.unknown_reference"


@pytest.mark.parametrize(
    ("old", "new", "sign", "column"),
    [
        ("version = 1", "version ＝ 1", "＝", 9),
        ('"county-basic"', "“county-basic”", "“", 7),
        ('", en = ', '"， en = ', "，", 29),
        ("total = 100", "total = １００", "１", 9),
        ("[panel]", "【panel】", "【", 1),
    ],
)
def test_a_full_width_sign_is_named_with_its_place(
    run: Run, written: Written, old: str, new: str, sign: str, column: int
) -> None:
    seen = run("validate", written((old, new)), lang="zh")
    assert seen.code == 1
    assert f"实为全角的 {sign} （第" in seen.out
    assert f"第{column}列），请换成英文半角" in seen.out


def test_full_width_signs_in_quotes_and_remarks_are_not_blamed(run: Run, written: Written) -> None:
    seen = run("validate", written(("share = 0.8", "share = 0,8 # 八成，即“0.8”")))
    assert "full-width" not in seen.out
    assert "Expected newline or end of document after a statement" in seen.out


def test_a_misspelt_key_is_shown_beside_the_one_that_is_missing(run: Run, written: Written) -> None:
    seen = run("validate", written(("weight = 20", "wieght = 20")))
    assert "criteria[BO1].weight: expected a number, found wieght\n" in seen.out


def test_a_pattern_the_terminal_left_alone_means_its_files(run: Run, written: Written) -> None:
    one, other = written(name="a.toml", key="a"), written(name="b.toml", key="b")
    seen = run("validate", str(Path(one).parent / "*.toml"))
    assert seen.code == 0
    assert f"{one}: fine" in seen.out
    assert f"{other}: fine" in seen.out
    seen = run("validate", str(Path(one).parent / "*.json"))
    assert seen.code == 1
    assert "there is no such file" in seen.out
