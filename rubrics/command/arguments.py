"""What may be typed, with the help for it, in the language that is spoken."""

from __future__ import annotations

import argparse
from gettext import gettext as _

from rubrics.command.columns import wrap
from rubrics.command.language import LANGUAGES
from rubrics.command.phrases import N_
from rubrics.exchange.formats import FORMATS

TOML = "toml"
EVERY_FORMAT = (*FORMATS, TOML)

#: Texts of Python's own argparse that a person may see; in the catalogue, because it looks them up in ours.
ARGPARSE = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("the following arguments are required: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("expected at most one argument"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
    N_("not allowed with argument %s"),
)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Wraps by columns, where argparse would count a Chinese character as one."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrap(text, width - len(indent)))


def parser() -> argparse.ArgumentParser:
    """Made anew for each run: its texts are in the language spoken at that moment."""
    top = argparse.ArgumentParser(
        prog="shijie-rubric",
        description=_("For authors of rubrics, tier policies, award rules, hours rules and diagnosis banks."),
        epilog=_(
            "A definition is named by its file, by - for standard input, or by the key of one that ships:"
            " basic-operation, basic-operation@1, rubric:basic-operation@1."
        ),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    _language(top)
    commands = top.add_subparsers(dest="command", required=True, metavar=_("command"))
    _validate(_command(commands, "validate", _("check files, or without any everything that ships")))
    _show(_command(commands, "show", _("a definition or framework as a page to read")))
    _diff(
        _command(
            commands, "diff", _("what changed between two definitions, in words; exit code 1 if they differ")
        )
    )
    _convert(
        _command(
            commands,
            "convert",
            _(
                "a rubric from or to the format of another system; to toml, a copy of any definition that ships"
            ),
        )
    )
    _score(
        _command(commands, "score", _("points, bands and gates of one reading, or the decision on several"))
    )
    return top


def _language(to: argparse.ArgumentParser) -> None:
    # Read beforehand by `language.chosen`; a subcommand must not reset what stood before it.
    to.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=_("language: zh or en"))


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=about, description=about, formatter_class=_Help, allow_abbrev=False)
    _language(made)
    return made


def _validate(to: argparse.ArgumentParser) -> None:
    to.add_argument("files", nargs="*", metavar=_("file"), help=_("a TOML file, or - for standard input"))
    to.add_argument("--alone", action="store_true", help=_("do not compare with what ships"))


def _show(to: argparse.ArgumentParser) -> None:
    about = _("a file, a key, key@version, or a kind and a key; also the key of a framework")
    to.add_argument("what", nargs="+", metavar=_("definition"), help=about)
    to.add_argument("--items", action="store_true", help=_("every question of a diagnosis bank"))


def _diff(to: argparse.ArgumentParser) -> None:
    to.add_argument("before", metavar="A", help=_("the definition before"))
    to.add_argument("after", metavar="B", help=_("the definition after"))


def _convert(to: argparse.ArgumentParser) -> None:
    to.add_argument("source", metavar=_("rubric"), help=_("a file, a key, or - for standard input"))
    to.add_argument("--to", required=True, choices=EVERY_FORMAT, help=_("the format wanted"))
    to.add_argument(
        "--from", dest="origin", choices=EVERY_FORMAT, help=_("the format given, where it is not plain")
    )
    to.add_argument(
        "--out", default="-", metavar=_("file"), help=_("where to write it; standard output without")
    )
    to.add_argument("--force", action="store_true", help=_("replace a file that is there already"))
    to.add_argument(
        "--language", choices=LANGUAGES, help=_("which of its texts to take, or the language they are in")
    )
    to.add_argument("--rubric", default="", metavar=_("title"), help=_("which one, in a file of several"))
    to.add_argument("--key", help=_("to toml: the key of the definition"))
    to.add_argument("--version", type=int, help=_("to toml: its version"))
    about = _("to ORA2: make fractions whole by multiplying all points")
    to.add_argument("--scale", action="store_true", help=about)


def _score(to: argparse.ArgumentParser) -> None:
    to.add_argument("rubric", metavar=_("rubric"), help=_("a file or a key"))
    about = _("marks such as BO1=4 BO3=3:12.5 BO6=-, or one CSV or TOML file")
    to.add_argument("marks", nargs="*", metavar=_("marks"), help=about)
    to.add_argument(
        "--rating",
        nargs="+",
        action="append",
        default=[],
        metavar=(_("rater"), _("marks")),
        help=_("one of several readings: a name, then its marks"),
    )
    to.add_argument("--lot", action="store_true", help=_("as if the lesson were drawn for a third reading"))
