"""HTML to PDF by WeasyPrint: nothing fetched, nothing drawn as an empty box, the costly parts shared.

A `Press` keeps what every document of a batch needs (cut fonts, parsed style sheets); `Press.print` is then
bound by layout alone. The garbage collector rests meanwhile.
"""

from __future__ import annotations

import gc
import logging
import string
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from . import fonts
from .errors import EnvironmentNotReady, ReportError
from .wording import translations

THEME = Path(__file__).parent / "theme"
# Preference lists, the bureau's own licensed fonts first; the last is what Debian's fonts-noto-cjk brings.
FACES = {
    "serif": "FZXiaoBiaoSong-B05,Noto Serif CJK SC",
    "fangsong": "FangSong_GB2312,FangSong,Noto Serif CJK SC",
    "sans": "SimHei,Noto Sans CJK SC",
}
_WEIGHTS = ("400", "700")
# What style sheets add by themselves: page numbers and section numbers.
_ALWAYS = frozenset(string.printable + "一二三四五六七八九十、—")
# Characters of real names that common fonts lack.
RARE = "㛃䶮𬱖𬭎"
_logger = logging.getLogger("weasyprint")
_lock = threading.Lock()


class Press:
    """What one batch's documents share: fonts cut to their characters once, style sheets parsed once.

    The same glyphs as the system's fonts give, in an eighth of the bytes (see `reports.fonts`).
    Characters outside `corpus` still print, from the system's fonts.
    """

    def __init__(self, *sheets: str, corpus: Collection[str], compress: bool = True) -> None:
        weasyprint, font_configuration = _weasyprint()
        css = "".join(_sheet(name) for name in ("tokens", *sheets))
        faces = {face: families for face, families in FACES.items() if f"var(--{face})" in css}
        self._html = weasyprint.HTML
        self._compress = compress
        self._fonts = font_configuration()
        self._fetcher = _fetcher(_cut_faces(faces, set(corpus) | set(css) | _ALWAYS))
        with _lock, _complaints_refused():
            self._css = weasyprint.CSS(
                string=_faces_css(faces) + css, font_config=self._fonts, url_fetcher=self._fetcher
            )

    def print(self, html: str) -> bytes:
        """The PDF. Refuses a character no installed font can draw, and markup WeasyPrint complains about."""
        with _lock, _collector_resting(), _complaints_refused():
            page = self._html(string=html, url_fetcher=self._fetcher)
            content: bytes = page.write_pdf(
                font_config=self._fonts, stylesheets=[self._css], uncompressed_pdf=not self._compress
            )
        return content


def print_one(html: str, *sheets: str) -> bytes:
    return Press(*sheets, corpus=html).print(html)


def check_environment() -> None:
    """Refuses a machine that would print slowly, in boxes or in English; names the Debian package to install.

    Without `libharfbuzz-subset0` a document costs twenty times as long and nothing else tells.
    """
    _weasyprint()
    fonts.require_cutter()
    for families in FACES.values():
        installed = fonts.locate(families.rsplit(",", 1)[-1])
        if lacking := fonts.lacking(installed, RARE + "教师证书"):
            raise EnvironmentNotReady(
                "environment.font_missing", install="fonts-noto-cjk", characters=_code_points(lacking)
            )
    translations("zh-Hans")


def _weasyprint() -> tuple[Any, Any]:
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except OSError:  # its bindings are loaded when it is imported
        raise EnvironmentNotReady(
            "environment.library_missing", install="libpango-1.0-0 libpangoft2-1.0-0"
        ) from None
    return weasyprint, FontConfiguration


@cache
def _sheet(name: str) -> str:
    return (THEME / f"{name}.css").read_text(encoding="utf-8")


def _faces_css(faces: Mapping[str, str]) -> str:
    """The `--serif`, `--fangsong`, `--sans` of the sheets, the cut copies in front."""
    stacks = " ".join(_stack(face, families) for face, families in faces.items())
    return f":root {{ {stacks} }}\n" + "".join(_rule(face, weight) for face in faces for weight in _WEIGHTS)


def _stack(face: str, families: str) -> str:
    return f"--{face}: " + ", ".join(f'"{name}"' for name in [f"Shijie {face}", *families.split(",")]) + ";"


def _rule(face: str, weight: str) -> str:
    source = f'font-weight: {weight}; src: url("cut:{face}-{weight}");'
    return f'@font-face {{ font-family: "Shijie {face}"; {source} }}\n'


def _cut_faces(faces: Mapping[str, str], corpus: Collection[str]) -> dict[str, bytes]:
    return {
        f"cut:{face}-{weight}": fonts.cut(fonts.locate(families, bold=weight == "700"), corpus)
        for face, families in faces.items()
        for weight in _WEIGHTS
    }


def _fetcher(files: dict[str, bytes]) -> Any:
    """Answers for the cut fonts alone: a document never reads the disk or the network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            if url not in files:
                raise ReportError("document.reaches_outside")
            return URLFetcherResponse(url, body=files[url])

    return Fetcher()


@contextmanager
def _collector_resting() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _complaints_refused() -> Iterator[None]:
    """WeasyPrint draws a box for a missing glyph and only logs it; on a certificate that is somebody."""
    heard = _Listener(level=logging.WARNING)
    with _listening(heard):
        yield
    if heard.missing:
        raise ReportError("font.glyph_missing", characters=_code_points(heard.missing))
    if heard.complaints:
        raise ReportError("document.malformed", complaint=heard.complaints[0])


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    """Hears warnings whatever the application set; keeps them, for they quote names, out of its logs."""
    before = (_logger.level, _logger.propagate, _logger.disabled, logging.root.manager.disable)
    logging.disable(logging.NOTSET)
    _logger.setLevel(logging.WARNING)
    _logger.propagate, _logger.disabled = False, False
    _logger.addHandler(handler)
    try:
        yield
    finally:
        _logger.removeHandler(handler)
        _logger.setLevel(before[0])
        _logger.propagate, _logger.disabled = before[1], before[2]
        logging.disable(before[3])


class _Listener(logging.Handler):
    def __init__(self, *, level: int) -> None:
        super().__init__(level)
        self.missing = ""
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef"):
            self.missing += str(record.args[0]) if isinstance(record.args, tuple) else "?"
        else:
            self.complaints.append(str(record.msg)[:80])


def _code_points(characters: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in sorted(set(characters)))
