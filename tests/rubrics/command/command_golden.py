"""`python tests/rubrics/command/command_golden.py`: write the golden pages anew; read the diff before committing."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT)]

from rubrics.command.main import main  # noqa: E402

GOLDEN = ROOT / "fixtures" / "golden" / "command"
LANGUAGES = ("zh", "en")

#: The name of the page, its columns, and what is typed in the folder of golden files.
PAGES = {
    "show-rubric": (80, "show basic-operation@1"),
    "show-rubric-narrow": (40, "show basic-operation@1"),
    "show-rubric-everything": (80, "show ../rubrics/everything.toml"),
    "show-tier-policy": (80, "show tier-policy-default@1"),
    "show-award-rules": (80, "show award-rules-default@1"),
    "show-hours-rules": (80, "show hours-rules-default@1"),
    "show-diagnosis": (80, "show diagnosis-entry@1"),
    "show-framework": (80, "show unesco"),
    "diff-rubric": (80, "diff basic-operation@1 basic-operation-v2.toml"),
    "diff-award-rules": (80, "diff award-rules-default@1 award-rules-default@2"),
    "score-one": (80, "score basic-operation@1 BO1=4 BO2=3 BO3=2 BO4=4 BO5=4 BO6=3 BO7=4 BO8=1"),
    "score-inside-levels": (80, "score ../rubrics/everything.toml marks.csv"),
    "score-panel": (80, "score basic-operation@1 two-readings.csv"),
    "score-third": (80, "score basic-operation@1 three-readings.toml"),
    "validate-broken": (80, "validate broken.toml no-toml.toml missing.toml basic-operation-v2.toml"),
}


def cases() -> list[Path]:
    return [GOLDEN / f"{page}.{language}.txt" for page in PAGES for language in LANGUAGES]


def typed(expected: Path) -> tuple[int, list[str]]:
    """Columns and arguments of one golden file."""
    page, language, _ = expected.name.split(".")
    width, command = PAGES[page]
    return width, ["--lang", language, *shlex.split(command)]


def print_case(expected: Path) -> str:
    """What the command prints, then its exit code and what it remarks beside."""
    width, command = typed(expected)
    before, folder = os.environ.get("COLUMNS"), Path.cwd()
    results, remarks = io.StringIO(), io.StringIO()
    os.environ["COLUMNS"] = str(width)
    os.chdir(GOLDEN)
    try:
        with contextlib.redirect_stdout(results), contextlib.redirect_stderr(remarks):
            code = main(command)
    finally:
        os.chdir(folder)
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)
    return f"$ shijie-rubric {shlex.join(command)}\n{results.getvalue()}{remarks.getvalue()}[{code}]\n"


def write() -> None:
    for expected in cases():
        expected.write_text(print_case(expected), encoding="utf-8")


if __name__ == "__main__":
    write()
