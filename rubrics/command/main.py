"""``shijie-rubric``: validate, show, diff, convert and score definitions in a terminal.

Exit codes: 0 fine, 1 refused (for ``diff``: they differ), 2 not understood (for ``diff`` also: refused).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from gettext import gettext as _

from rubrics.command import convert, diff, score, show, validate
from rubrics.command.arguments import parser
from rubrics.command.language import chosen, complete, speaking
from rubrics.command.output import Out, of_process
from rubrics.command.problems import said
from rubrics.command.refusals import Refused
from rubrics.errors import RubricsError

COMMANDS: dict[str, Callable[[argparse.Namespace, Out], int]] = {
    "validate": validate.run,
    "show": show.run,
    "diff": diff.run,
    "convert": convert.run,
    "score": score.run,
}
# What a shell reports for a program that a closed pipe or Ctrl-C ended.
_PIPE_CLOSED, _INTERRUPTED = 141, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; nothing is raised at the person who typed the command."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    with speaking(chosen(typed, os.environ)):
        try:
            code = _run(typed, of_process())
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read us has seen enough; Python would complain once more when it flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _PIPE_CLOSED
        except KeyboardInterrupt:
            return _INTERRUPTED
        return code


def _run(typed: Sequence[str], out: Out) -> int:
    if not complete():
        out.remark(
            "中文文本尚未编译，以下为英文（make setup）。Chinese texts are not compiled: English follows.\n"
        )
    try:
        asked = parser().parse_args(typed)
    except SystemExit as ended:
        return int(ended.code or 0)
    try:
        return COMMANDS[asked.command](asked, out)
    except (Refused, RubricsError) as error:
        out.remark(_("Refused. ") + said(error, out.width))
        return 2 if asked.command == "diff" else 1
