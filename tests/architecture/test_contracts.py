"""The contracts of setup.cfg hold, and each of them notices when it is broken."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house import PACKAGES, ROOT, modules, short

CONTRACT = "importlinter:contract:"
# contract, file that is planted, its one line, what the report must name
PLANTS = [
    (
        "packages",
        "reports/planted.py",
        "import lti_tools.errors",
        "reports is not allowed to import lti_tools",
    ),
    ("packages", "rubrics/planted.py", "import reports.errors", "rubrics is not allowed to import reports"),
    ("packages", "lti_tools/web/planted.py", "import xblocks.lms_app.api", "lti_tools"),
    ("packages", "xblocks/shared/planted.py", "import lti_tools.errors", "xblocks"),
    ("xblocks-stay-light", "xblocks/shared/planted.py", "import lti_tools.errors", "lti_tools"),
    ("xblocks-stay-light", "xblocks/tiered_path/planted.py", "import reports.errors", "reports"),
    ("xblocks-stay-light", "xblocks/shared/planted.py", "import celery", "celery"),
    ("xblocks-stay-light", "xblocks/lti_platform/planted.py", "import pylti1p3", "pylti1p3"),
    ("xblocks-stay-light", "xblocks/lms_app/planted.py", "import weasyprint", "weasyprint"),
    ("xblocks-django", "xblocks/lti_platform/planted.py", "import django", "django"),
    ("xblocks-django", "xblocks/tiered_path/planted.py", "from django.conf import settings", "django"),
    ("rubrics-standard-library", "rubrics/planted.py", "import numpy", "numpy"),
    ("rubrics-standard-library", "rubrics/parsing/planted.py", "import django", "django"),
    (
        "measurement-apart",
        "rubrics/scoring.py",
        "import rubrics.measurement.agreement",
        "rubrics.scoring",
    ),
    ("measurement-apart", "xblocks/shared/planted.py", "import rubrics.measurement.facets", "xblocks"),
    ("reports-pure", "reports/planted.py", "from django.db import models", "django"),
    ("reports-pure", "reports/documents/planted.py", "import celery", "celery"),
    ("service-layers", "lti_tools/people/planted.py", "from lti_tools import journey", "lti_tools.people"),
    ("service-layers", "lti_tools/tasks/planted.py", "import lti_tools.results.api", "lti_tools.tasks"),
    ("service-layers", "lti_tools/errors.py", "import lti_tools.audit.api", "lti_tools.errors"),
    ("service-layers", "lti_tools/web/planted.py", "import lti_tools.jobs", "lti_tools.web"),
    # Exhaustive: a room that is on no layer is a broken contract, even while it imports nothing.
    ("service-layers", "lti_tools/helpers/__init__.py", "", "helpers"),
]


def linted(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def contracts() -> set[str]:
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return {name.removeprefix(CONTRACT) for name in setup.sections() if name.startswith(CONTRACT)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The four packages' Python files and setup.cfg, free to be broken."""
    for path in [ROOT / "setup.cfg", *(one.path for one in modules(*PACKAGES))]:
        target = tmp_path / short(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def test_every_contract_holds() -> None:
    answer = linted(ROOT)
    assert answer.returncode == 0, answer.stdout


def test_the_copy_that_is_broken_below_is_whole_before(copy: Path) -> None:
    answer = linted(copy)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("contract", "file", "line", "named"), PLANTS)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, contract: str, file: str, line: str, named: str
) -> None:
    planted = copy / file
    planted.parent.mkdir(parents=True, exist_ok=True)
    before = planted.read_text(encoding="utf-8") if planted.exists() else ""
    planted.write_text(f"{before}\n{line}\n", encoding="utf-8")
    answer = linted(copy, "--contract", contract)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "1 broken" in answer.stdout
    assert named in answer.stdout


def test_every_contract_is_among_those_proved_to_fail() -> None:
    assert contracts() == {contract for contract, *_ in PLANTS}


def test_the_demo_alone_may_import_both_sides_of_the_wire() -> None:
    both = {
        one.name
        for one in modules("lti_tools")
        if any(name.split(".")[0] == "xblocks" for name in one.imports())
    }
    assert all(name.startswith("lti_tools.demo.") for name in both)


def test_only_the_lms_app_and_the_compat_seam_import_django_in_xblocks() -> None:
    """Read from the files, so that a block added tomorrow is checked without a line in setup.cfg."""
    found = {
        one.name
        for one in modules("xblocks")
        if any(name.split(".")[0] == "django" for name in one.imports())
    }
    assert {name for name in found if not name.startswith("xblocks.lms_app.")} == {"xblocks.shared.compat"}


def judgement() -> list[str]:
    names = [one.name for one in modules("rubrics")]
    return [name for name in names if not name.startswith("rubrics.measurement")]


def test_judgement_runs_on_a_bare_python() -> None:
    """No site-packages (-S), no environment, no user folder (-I): what a court's expert would have at hand."""
    program = (
        f"import importlib, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        f"for name in {judgement()!r}: importlib.import_module(name)\n"
        "from rubrics import library\n"
        "[library.parse(one.text) for one in library.packaged()]\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True)


def test_judgement_imports_the_standard_library_and_itself_only() -> None:
    allowed = sys.stdlib_module_names | {"rubrics"}
    foreign = {
        (one.name, name)
        for one in modules("rubrics")
        if not one.name.startswith("rubrics.measurement")
        for name in one.imports()
        if name.split(".")[0] not in allowed
    }
    assert not foreign


def test_every_layer_says_why_it_exists() -> None:
    """A contract without its reason is deleted by the first person whom it hinders."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    for contract in contracts():
        after = text.split(f"[{CONTRACT}{contract}]\n", 1)[1]
        assert after.startswith("# "), f"{contract} has no comment that says why"
