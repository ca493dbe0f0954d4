"""`python bench/mutation.py [module ...]`: of the mistakes planted in judgement, how many do its tests notice?

mutmut changes one thing at a time (a comparison, a number, a name, an argument) in the modules that judge, and runs the
tests that reach it. A survivor is a change no test notices; each is printed as a difference. Those that remain in
marks, scoring and panel change nothing one could see: `strict=` of zips whose lists are made together, the start of
sums of Decimals, shortcuts whose long way gives the same, and ties that were settled a line before.

It works in a temporary copy with settings of its own, so nothing is left in the tree; hypothesis draws the same
examples every time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from support.service import ROOT, say

MODULES = ("marks", "scoring", "panel", "awards", "attempts")

#: Reads the source as text, in which a planted mistake stands beside the original.
NOT_RUN = ("test_codes.py",)

SETTINGS = """\
[mutmut]
source_paths = rubrics
only_mutate = {mutated}
also_copy = fixtures
pytest_add_cli_args =
    -p
    no:django
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
track_dependencies = false

[tool:pytest]
pythonpath = .
"""

SAME_EXAMPLES = """\
from hypothesis import settings

settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
settings.load_profile("mutation")
"""


def main(modules: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(prefix="shijie-mutation-") as folder:
        copy = Path(folder)
        _copy(copy, modules)
        log = _mutmut(copy, "run", "--max-children", str(os.cpu_count() or 1))
        found = _outcomes(copy, modules)
        if not any(found.values()):
            sys.exit(f"mutmut planted nothing; it said:\n{log[-4000:]}")
        for module in modules:
            _report(copy, module, found[module])
        everything = Counter(state for states in found.values() for state in states.values())
        _say("all together", everything)


def _copy(copy: Path, modules: tuple[str, ...]) -> None:
    """The package, its golden pairs and the tests that import one of the modules, with settings of their own."""
    without = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "rubrics", copy / "rubrics", ignore=without)
    shutil.copytree(ROOT / "fixtures/golden/rubrics", copy / "fixtures/golden/rubrics")
    shutil.copytree(ROOT / "tests/rubrics", copy / "tests/rubrics", ignore=without)
    (copy / "tests/conftest.py").write_text(SAME_EXAMPLES, encoding="utf-8")
    (copy / "setup.cfg").write_text(
        SETTINGS.format(
            mutated=_listed(f"rubrics/{module}.py" for module in modules),
            tests=_listed(path.relative_to(copy) for path in _tests(copy, modules)),
        ),
        encoding="utf-8",
    )


def _listed(entries: Iterable[object]) -> str:
    return "".join(f"\n    {entry}" for entry in entries)


def _tests(copy: Path, modules: tuple[str, ...]) -> list[Path]:
    return [
        path
        for path in sorted((copy / "tests/rubrics").glob("test_*.py"))
        if path.name not in NOT_RUN
        and any(f"rubrics.{module} " in path.read_text(encoding="utf-8") for module in modules)
    ]


def _mutmut(copy: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _outcomes(copy: Path, modules: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Module to planted mistake to what became of it: killed, survived, timeout, no tests, ..."""
    listed = [
        line.strip().rpartition(": ") for line in _mutmut(copy, "results", "--all", "true").splitlines()
    ]
    return {
        module: {name: state for name, _, state in listed if name.startswith(f"rubrics.{module}.")}
        for module in modules
    }


def _report(copy: Path, module: str, states: dict[str, str]) -> None:
    for name, state in states.items():
        if state not in ("killed", "timeout"):
            print(f"-- {state}: {_mutmut(copy, 'show', name)}", flush=True)
    _say(module, Counter(states.values()))


def _say(what: str, states: Counter[str]) -> None:
    """Noticed are mistakes some test failed on, or ran into an endless loop on."""
    noticed, planted = states["killed"] + states["timeout"], states.total()
    percent = round(100 * noticed / planted, 1) if planted else None
    say(module=what, planted=planted, noticed=noticed, percent=percent, outcomes=dict(states))


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or MODULES)
