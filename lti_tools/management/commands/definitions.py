"""`manage.py definitions [FILE ...]`: publishes what ships, or a bureau's own, and lists what is published."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.definitions import api as definitions
from lti_tools.errors import ShijieError
from rubrics.command import language, problems
from rubrics.errors import DefinitionError

WIDTH = 100


class Command(BaseCommand):
    """All files are published or none. A published version never changes; publishing the same text again is no error.

    Exit code 1 when something is refused, with file, line, key and what was expected.
    """

    help = (
        "Publish the shipped definitions, or the files named (rubrics, policies, rules, diagnoses in TOML)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE")

    def handle(self, *_args: object, files: list[str], **_options: object) -> None:
        new = self._published(files) if files else definitions.seed()
        self.stdout.write(_("Newly published: %(number)s.") % {"number": new})
        for kind in definitions.KINDS:
            for one in definitions.published(kind):
                self.stdout.write(f"{one.kind}  {one.key}  v{one.version}  {one.status}  {one.hash}")

    def _published(self, files: list[str]) -> int:
        try:
            return len(definitions.publish({name: _text(name) for name in files}, by="system"))
        except DefinitionError as problem:
            spoken = "zh" if (get_language() or "zh").startswith("zh") else "en"
            with language.speaking(spoken):
                raise CommandError(problems.said(problem, WIDTH)) from None
        except ShijieError as problem:
            said = _(
                "%(key)s version %(version)s is published with another text, and stays. Take the next version."
            )
            raise CommandError(said % problem.values) from None


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        said = _("%(file)s cannot be read as a text in UTF-8: %(problem)s")
        raise CommandError(said % {"file": name, "problem": problem}) from None
