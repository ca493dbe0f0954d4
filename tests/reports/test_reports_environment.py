from __future__ import annotations

import builtins
import ctypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_samples import certificate

from reports import fonts, locale_build, pdf, typeset, wording
from reports.documents.certificate import render
from reports.errors import EnvironmentNotReady, ReportError


@pytest.fixture
def _fresh() -> Iterator[None]:
    """What the process remembers about the machine is forgotten before and after."""
    remembered = (fonts.locate, fonts._library, wording.translations, typeset._environment)
    for memory in remembered:
        memory.cache_clear()
    yield
    for memory in remembered:
        memory.cache_clear()


def test_this_machine_can_print() -> None:
    pdf.check_environment()


@pytest.mark.usefixtures("_fresh")
def test_a_machine_without_the_font_cutter_is_told_the_debian_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = ctypes.CDLL

    def missing(name: str, *args: Any) -> Any:
        if "subset" in name:
            raise OSError(name)
        return original(name, *args)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(EnvironmentNotReady) as refusal:
        pdf.check_environment()
    assert refusal.value.values["install"] == "libharfbuzz-subset0"


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize(
    ("answer", "install"),
    [
        ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf\n0\nDejaVu Sans", "fonts-noto-cjk"),
        (None, "fontconfig"),
    ],
)
def test_a_machine_without_chinese_fonts_is_told_the_debian_package(
    monkeypatch: pytest.MonkeyPatch, answer: str | None, install: str
) -> None:
    def matched(*args: Any, **kwargs: Any) -> Any:
        if answer is None:
            raise FileNotFoundError("fc-match")
        return subprocess.CompletedProcess(args, 0, stdout=answer)

    monkeypatch.setattr(subprocess, "run", matched)
    with pytest.raises(EnvironmentNotReady) as refusal:
        pdf.check_environment()
    assert refusal.value.values["install"] == install


def test_a_machine_without_pango_is_told_the_debian_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(EnvironmentNotReady) as refusal:
        pdf.check_environment()
    assert "libpango-1.0-0" in str(refusal.value.values["install"])


@pytest.mark.usefixtures("_fresh")
def test_a_chinese_paper_without_its_catalogue_is_refused_and_never_printed_in_english(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wording, "LOCALE_DIR", tmp_path)
    with pytest.raises(EnvironmentNotReady) as refusal:
        render(certificate())
    assert refusal.value.values["install"] == "python -m reports.locale_build"


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:image/png;base64,AA"]
)
def test_a_document_that_reaches_for_the_disk_or_the_network_is_refused(address: str) -> None:
    with pytest.raises(ReportError, match=r"document\.malformed"):
        pdf.print_one(f'<html><body><img src="{address}" alt=""></body></html>', "certificate")


def test_a_template_that_names_a_value_it_was_not_given_is_refused() -> None:
    import jinja2

    with pytest.raises(jinja2.UndefinedError):
        typeset.fill("certificate.html", lang="zh-Hans", it=certificate(), host="x")


def test_cut_fonts_draw_the_same_outlines_as_the_systems_own() -> None:
    import io

    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.ttLib import TTFont

    source = fonts.locate(pdf.FACES["serif"], bold=True)
    whole = TTFont(source.path, fontNumber=source.index, lazy=True)
    small = TTFont(io.BytesIO(fonts.cut(source, "马㛃证")))
    drawn = []
    for font in (whole, small):
        pen = RecordingPen()
        font.getGlyphSet()[font.getBestCmap()[ord("㛃")]].draw(pen)
        drawn.append(pen.value)
    assert drawn[0] == drawn[1]
    assert set(small.getBestCmap()) == set(map(ord, "马㛃证"))


def test_reports_import_without_django_celery_or_a_database() -> None:
    code = (
        "import sys, reports.evidence, reports.tables;"
        "import reports.documents.certificate, reports.documents.appraisal;"
        "heavy = {'django', 'celery', 'sqlite3', 'lti_tools', 'weasyprint', 'pandas'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_compiling_names_every_text_without_words(tmp_path: Path) -> None:
    source = tmp_path / "reports.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Name"\nmsgstr ""\n'
    )
    assert locale_build.compile_catalogue(source) == ["Name"]
    assert source.with_suffix(".mo").exists()
