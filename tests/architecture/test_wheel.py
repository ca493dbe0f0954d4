"""The wheel holds exactly the four packages, everything they need at run time, and nothing else."""

from __future__ import annotations

import email
import email.message
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from house import PACKAGES, ROOT, files, short

BUILD_FILES = ("setup.cfg", "setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
# Not needed by anything that runs.
LEFT_OUT = {"rubrics/.gitattributes"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy without compiled catalogues, as from a fresh clone after `npm ci`."""
    source = tmp_path_factory.mktemp("source")
    for path in [*files(*PACKAGES), *(ROOT / name for name in BUILD_FILES)]:
        _copy(path, source / short(path))
    (source / "xblocks/tiered_path/translations/zh_CN").symlink_to("zh_Hans")
    (source / "node_modules").symlink_to(ROOT / "node_modules")
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


@pytest.fixture(scope="module")
def unpacked(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    wheel.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def names(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> email.message.Message:
    (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def test_the_wheel_holds_exactly_the_four_packages(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == set(PACKAGES)


def test_the_demo_and_the_tests_stay_at_home(names: set[str]) -> None:
    assert not [
        name
        for name in names
        if name.startswith("lti_tools/demo") or "/tests/" in name or "__pycache__" in name
    ]


def test_every_file_of_the_packages_is_in_the_wheel(names: set[str]) -> None:
    """Templates, styles, scripts, definitions, catalogues: what is missing would be missed in production only."""
    ours = {short(path) for path in files(*PACKAGES)}
    wanted = {name for name in ours if not name.startswith("lti_tools/demo/")} - LEFT_OUT
    assert not wanted - names


def test_nothing_else_is_in_the_wheel_but_what_the_build_makes(names: set[str]) -> None:
    ours = {short(path) for path in files(*PACKAGES)}
    extra = {name for name in names - ours if "/translations/zh_CN/" not in name}
    made = {name for name in extra if name.endswith(".mo") or name.startswith("lti_tools/web/static/npm/")}
    assert not extra - made


def test_every_catalogue_is_compiled(names: set[str]) -> None:
    sources = {name for name in names if name.endswith(".po")}
    assert len(sources) >= 4
    assert not {name[:-3] + ".mo" for name in sources} - names


def test_the_browser_libraries_come_with_their_licences(names: set[str]) -> None:
    for library, file in (("htmx", "htmx.min.js"), ("tus", "tus.min.js")):
        assert {f"lti_tools/web/static/npm/{library}/{name}" for name in (file, "LICENSE")} <= names


def test_the_base_has_no_dependency(metadata: email.message.Message) -> None:
    """`pip install shijie` inside edx-platform must not change a single pin there."""
    assert not [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]


def test_the_metadata_says_what_it_is(metadata: email.message.Message) -> None:
    assert metadata["Name"] == "shijie"
    assert {"xblocks", "reports", "measurement", "service", "dev"} <= set(
        metadata.get_all("Provides-Extra", [])
    )
    assert "Apache-2.0" in (metadata["License-Expression"] or metadata["License"] or "")
    assert metadata.get_all("License-File") == ["LICENSE"]


def test_no_shipped_extra_asks_for_an_agpl_package_by_name(metadata: email.message.Message) -> None:
    shipped = [
        line for line in metadata.get_all("Requires-Dist", []) if not line.endswith(("'demo'", '"demo"'))
    ]
    assert not [
        line for line in shipped if line.startswith(("xblock-sdk", "openedx-filters", "edx-event-routing"))
    ]


INSTALLED = """
import sys
sys.path.insert(0, {folder!r})
import lti_tools, reports, rubrics, xblocks
for package in (lti_tools, reports, rubrics, xblocks):
    assert package.__file__.startswith({folder!r}), package.__file__
"""
SERVICE = """
import os
os.environ.update(
    DJANGO_SETTINGS_MODULE="lti_tools.config.settings", SHIJIE_BASE_URL="https://shijie.example",
    SHIJIE_DATA_DIR={data!r}, SHIJIE_STATIC_ROOT={data!r} + "/static",
    SHIJIE_SECRET_KEY="s" * 40, SHIJIE_MASTER_KEYS="1:" + "m" * 40, SHIJIE_ID_KEYS="1:" + "i" * 40,
)
import django
django.setup()
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils.translation import gettext, override
from pathlib import Path
call_command("collectstatic", interactive=False, verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
assert get_resolver().url_patterns
for screen in Path(lti_tools.__file__).parent.glob("web/templates/shijie/*.html"):
    get_template("shijie/" + screen.name)
with override("zh-hans"):
    assert gettext("Sign in") != "Sign in"
from django.templatetags.static import static
for file in ("shijie/shijie.css", "npm/htmx/htmx.min.js", "npm/tus/tus.min.js"):
    assert static(file) != "/static/" + file, file
"""
JUDGEMENT = """
from rubrics import library
assert len(library.packaged()) >= 6
for key in library.FRAMEWORKS:
    library.framework(key)
import contextlib, io
from importlib.metadata import distributions
(here,) = [one for one in distributions(path=[{folder!r}]) if one.metadata["Name"] == "shijie"]
(command,) = here.entry_points.select(group="console_scripts", name="shijie-rubric")
with contextlib.redirect_stdout(io.StringIO()) as said:
    assert command.load()(["--lang", "zh", "validate"]) == 0, said.getvalue()
assert "没有发现问题" in said.getvalue()
"""
DOCUMENTS = """
from pathlib import Path
from reports.documents import certificate
from reports.evidence import from_json
pdf = certificate.render(from_json(Path({golden!r}).read_text(encoding="utf-8")))
assert pdf.startswith(b"%PDF")
"""
BLOCKS = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["xblocks.lms_app"])
django.setup()
from importlib.metadata import distributions
(here,) = [one for one in distributions(path=[{folder!r}]) if one.metadata["Name"] == "shijie"]
for entry in here.entry_points:
    if entry.group == "console_scripts":
        continue
    assert entry.load().__module__.startswith("xblocks."), entry
from xblock.utils.resources import ResourceLoader
loader = ResourceLoader("xblocks.tiered_path.block")
assert loader.load_unicode("public/tiered_path.js") and loader.load_scenarios_from_path("scenarios")
"""


@pytest.mark.parametrize(
    "part", [JUDGEMENT, DOCUMENTS, BLOCKS, SERVICE], ids=["rubrics", "reports", "xblocks", "lti_tools"]
)
def test_what_is_installed_from_the_wheel_runs(unpacked: Path, tmp_path: Path, part: str) -> None:
    """In a process that sees the unpacked wheel before the checkout, from a folder without either."""
    golden = ROOT / "fixtures/golden/reports/certificate-pass.json"
    program = (INSTALLED + part).format(folder=str(unpacked), data=str(tmp_path), golden=str(golden))
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("SHIJIE_", "DJANGO_"))
    }
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
