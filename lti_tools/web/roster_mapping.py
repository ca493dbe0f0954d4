"""The page on which an officer says what each column of a sheet is, and each word we do not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.people.api import codes
from lti_tools.rosters import api as rosters
from lti_tools.rosters.api import RosterImport


@dataclass(frozen=True)
class Choice:
    """A select with its name, what stands beside it, its options as (value, text), and what is wrong with it."""

    name: str
    text: str
    options: list[tuple[str, str]]
    chosen: str
    hint: str = ""
    error: Any = ""


class MappingPage:
    """What the page shows: the guess or what was said before, or what an officer has just sent."""

    def __init__(
        self,
        roster: RosterImport,
        *,
        given: Mapping[str, str] | None = None,
        problems: Mapping[str, Any] | None = None,
    ):
        self.roster, self.given, self.problems = roster, given, problems or {}
        self.headings = [heading for heading in dict.fromkeys(roster.summary.get("header", [])) if heading]
        self.unknown = {
            table: _often_first(words) for table, words in roster.summary.get("asked", {}).items()
        }
        self.columns, self.codes = rosters.remembered_for(roster)
        self.language = get_language() or "zh-hans"

    @property
    def chosen(self) -> dict[str, str]:
        """Heading -> column key, as sent; what was not sent stays as it was."""
        given = self.given or {}
        return {
            heading: given.get(f"column-{place}", self.columns.get(heading, ""))
            for place, heading in enumerate(self.headings)
        }

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """Table -> word -> code, as sent."""
        given = self.given or {}
        return {
            table: {word: given.get(f"word-{table}-{place}", "") for place, word in enumerate(words)}
            for table, words in self.unknown.items()
        }

    def context(self) -> dict[str, Any]:
        return {
            "roster": self.roster,
            "columns": [self._column(place, heading) for place, heading in enumerate(self.headings)],
            "tables": [(self._name(table), self._words(table)) for table in self.unknown],
            "missing": self.problems.get("", ""),
        }

    def _column(self, place: int, heading: str) -> Choice:
        options = [(column.key, column.text(self.language)) for column in rosters.columns()]
        return Choice(
            name=f"column-{place}",
            text=heading,
            options=[("", _("Not stored")), *options],
            chosen=self.chosen[heading],
            error=self.problems.get(heading, ""),
        )

    def _words(self, table: str) -> list[Choice]:
        options = [(entry.code, entry.text(self.language)) for entry in codes.known(table)]
        before = self.codes.get(table, {})
        sent = self.words[table] if self.given is not None else {}
        return [
            Choice(
                name=f"word-{table}-{place}",
                text=word,
                options=[("", _("Leave it: rows with it are wrong")), *options],
                chosen=sent.get(word) or before.get(codes.plain(word), ""),
                hint=str(count),
            )
            for place, (word, count) in enumerate(self.unknown[table].items())
        ]

    def _name(self, table: str) -> str:
        return next(column.text(self.language) for column in rosters.columns() if column.key == table)


def _often_first(words: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(words.items(), key=lambda entry: (-entry[1], entry[0])))
