"""Where results go: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import TextIO

from rubrics.command.page import Page
from rubrics.command.refusals import Refused


@dataclass(frozen=True, slots=True)
class Out:
    """Results go to ``results``, remarks on them to ``remarks``, so that a pipe carries results only."""

    results: TextIO
    remarks: TextIO
    width: int
    bold: bool

    def page(self) -> Page:
        return Page(self.width, bold=self.bold)

    def write(self, text: str) -> None:
        self.results.write(text)

    def write_file_text(self, text: str) -> None:
        """What is a file in itself: in UTF-8 and with its own line ends, whatever the terminal's are."""
        buffer = getattr(self.results, "buffer", None)
        if buffer is None or self.results.isatty():
            self.results.write(text)
            return
        self.results.flush()
        buffer.write(text.encode())
        buffer.flush()

    def remark(self, text: str) -> None:
        self.remarks.write(text)


def of_process() -> Out:
    """The process's own streams. Signs that the terminal's encoding lacks are shown as ``?``, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Out(sys.stdout, sys.stderr, shutil.get_terminal_size((80, 24)).columns, bold)


def write_file(path: str, text: str, *, force: bool) -> None:
    """Complete or not at all. An existing file stays unless ``force``; also one made in the same moment."""
    target = Path(path)
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=".shijie-", delete=False) as file:
            temporary = file.name
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        _place(temporary, target, force=force)
    except FileExistsError:
        advice = _("Choose another name, or add --force to replace it.")
        raise Refused(_("%s exists already and was left as it is") % path, advice=advice) from None
    except OSError as error:
        said = {"path": path, "reason": error.strerror or str(error)}
        advice = _("Check the folder and that it may be written to.")
        raise Refused(_("%(path)s cannot be written (%(reason)s)") % said, advice=advice) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _place(temporary: str, target: Path, *, force: bool) -> None:
    if not force:
        try:
            os.link(temporary, target)
            return
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links: the name is claimed first, which fails where it is taken.
            target.open("xb").close()
    Path(temporary).replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
