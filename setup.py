"""What setup.cfg cannot say: a wheel carries compiled catalogues and the browser libraries that its pages load."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# npm package, its files, and the folder where the same address finds them once the package is installed.
BROWSER = (
    ("htmx.org", ("LICENSE", "dist/htmx.min.js"), "lti_tools/web/static/npm/htmx"),
    # Collecting static files follows the script's reference to its map.
    ("tus-js-client", ("LICENSE", "dist/tus.min.js", "dist/tus.min.js.map"), "lti_tools/web/static/npm/tus"),
)


class BuildPy(build_py):
    """Adds both to what is built; a checkout installed in place has them where `make setup` put them."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib).resolve()
        _compile(target)
        _copy_browser_libraries(target)


def _compile(target: Path) -> None:
    """Only the build needs Babel. A catalogue compiled earlier in the tree may be older than its texts."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(target.rglob("*.po")):
        with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(texts, abort_invalid=True))


def _copy_browser_libraries(target: Path) -> None:
    for package, names, folder in BROWSER:
        found = [ROOT / "node_modules" / package / name for name in names]
        if not all(file.exists() for file in found):
            # The blocks need none of them, so this must not stop `pip install` of a checkout inside an LMS.
            print(f"warning: {package} is missing (npm ci): the service built here cannot serve its pages")
            continue
        (target / folder).mkdir(parents=True, exist_ok=True)
        for file in found:
            shutil.copy(file, target / folder)


setup(cmdclass={"build_py": BuildPy})
