"""A strict reader of one TOML table: every key is asked for by name and type, and none may be left over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from rubrics.errors import DefinitionError
from rubrics.nouns.base import Label
from rubrics.parsing.lines import Trail, line_of

#: No count, no sum and no number of places in a definition needs more; far larger ones would be rounded or overflow.
LARGEST, PLACES = 1_000_000, 12


@dataclass(frozen=True, slots=True)
class Origin:
    """The text being read and what to call it in a refusal."""

    source: str
    text: str


@dataclass(slots=True)
class Table:
    """One table of a definition. Refuses with :class:`DefinitionError`, naming source, line, key and
    expectation."""

    origin: Origin
    data: Mapping[str, Any]
    trail: Trail = ()
    path: str = ""
    _asked: set[str] = field(default_factory=set)
    _inner: dict[Trail, Table] = field(default_factory=dict)

    def refusal(self, code: str, *, key: str = "", expected: str, found: object) -> DefinitionError:
        """The refusal to raise about ``key`` of this table, or about the table itself."""
        line = line_of(self.origin.text, (*self.trail, key) if key else self.trail)
        where = {"line": line} if line else {}
        name = ".".join(part for part in (self.path, key) if part)
        return DefinitionError(
            code, source=self.origin.source, key=name, **where, expected=expected, found=str(found)
        )

    def has(self, key: str) -> bool:
        return key in self.data

    def names(self) -> tuple[str, ...]:
        return tuple(self.data)

    def text(self, key: str) -> str:
        """A text that is not empty, carries no blank at either end and has no sign in it that nobody can see: two
        names that look the same are the same, and every text can be printed."""
        value = self._take(key, str, "text")
        if not value or value != value.strip():
            raise self._wrong(key, "text without blanks around it, not empty", repr(value))
        if any(_unseen(sign) for sign in value):
            raise self._wrong(key, "text without control characters and invisible signs", ascii(value))
        return str(value)

    def boolean(self, key: str) -> bool:
        return bool(self._take(key, bool, "true or false"))

    def integer(self, key: str, *, least: int = 0, most: int | None = None) -> int:
        value = self._take(key, int, "a whole number")
        if value < least or (most is not None and value > most):
            raise self._wrong(key, f"a whole number {_range(least, most)}", value)
        if value > LARGEST:
            raise self._wrong(key, f"a whole number of at most {LARGEST}", value)
        return int(value)

    def decimal(self, key: str, *, least: int | Decimal = 0, most: int | Decimal | None = None) -> Decimal:
        """A finite number, exactly as written: 0.8 is eight tenths, never a binary fraction."""
        return self._decimal(key, self._take(key, (int, Decimal), "a number"), least=least, most=most)

    def choice(self, key: str, options: Collection[str]) -> str:
        value = self.text(key)
        if value not in options:
            raise self._wrong(key, f"one of {_list(options)}", repr(value))
        return value

    def texts(self, key: str, *, among: Collection[str] | None = None, least: int = 0) -> tuple[str, ...]:
        """A list of different texts; with ``among``, each must be one of those."""
        values = self._take(key, list, "a list of texts")
        if len(values) < least or not all(isinstance(value, str) and value for value in values):
            raise self._wrong(key, f"a list of at least {least} texts, none empty", values)
        if len(set(values)) != len(values):
            raise self.refusal("definition.duplicate", key=key, expected="each entry once", found=values)
        if among is not None:
            self.known(key, values, among)
        return tuple(values)

    def label(self, key: str = "") -> Label:
        """Chinese and English: the keys ``zh`` and ``en`` of this table, or of the inner table ``key``."""
        table = self.table(key) if key else self
        return Label(table.text("zh"), table.text("en"))

    def table(self, key: str) -> Table:
        return self._open(self._take(key, dict, "a table"), (key,), key)

    def tables(self, key: str, *, by: str = "id", least: int = 0) -> list[Table]:
        """An array of tables; ``by`` is the key that names each one in refusals and must not repeat."""
        values = self._take(key, list, "a list of tables")
        if len(values) < least or not all(isinstance(value, dict) for value in values):
            raise self._wrong(key, f"a list of at least {least} tables", values)
        names = [value.get(by, f"#{number}") for number, value in enumerate(values, start=1)]
        self._different(key, names)
        return [self._open(value, (key, at), f"{key}[{names[at]}]") for at, value in enumerate(values)]

    def known(self, key: str, values: Iterable[str], known: Collection[str]) -> None:
        """Refuses the first value that nothing known is called."""
        for value in values:
            if value not in known:
                raise self.refusal(
                    "definition.unknown_reference", key=key, expected=f"one of {_list(known)}", found=value
                )

    def finish(self) -> None:
        """Refuses any key nobody asked for, here and in every table opened from here."""
        for key in self.data:
            if key not in self._asked:
                raise self.refusal(
                    "definition.unknown_key", key=key, expected=f"only {_list(self._asked)}", found=key
                )
        for table in self._inner.values():
            table.finish()

    def _take(self, key: str, kind: type | tuple[type, ...], expected: str) -> Any:
        self._asked.add(key)
        if key not in self.data:
            raise self.refusal("definition.missing_key", key=key, expected=expected, found=self._like(key))
        value = self.data[key]
        is_flag_for_number = isinstance(value, bool) and kind is not bool
        if is_flag_for_number or not isinstance(value, kind):
            raise self.refusal("definition.wrong_type", key=key, expected=expected, found=repr(value))
        return value

    def _like(self, key: str) -> str:
        """A key that is there, which nobody has asked for and which reads like the one that is missing."""
        others = [other for other in self.data if other not in self._asked]
        return next(iter(get_close_matches(key, others, n=1, cutoff=0.75)), "nothing")

    def _decimal(
        self, key: str, value: int | Decimal, *, least: int | Decimal, most: int | Decimal | None
    ) -> Decimal:
        number = Decimal(value)
        if not number.is_finite() or number < least or (most is not None and number > most):
            raise self._wrong(key, f"a number {_range(least, most)}", value)
        if number > LARGEST:
            raise self._wrong(key, f"a number of at most {LARGEST}", value)
        if -int(number.as_tuple().exponent) > PLACES:
            raise self._wrong(key, f"a number with at most {PLACES} places after the point", value)
        return number

    def _open(self, value: Mapping[str, Any], step: Trail, name: str) -> Table:
        if step not in self._inner:
            path = ".".join(part for part in (self.path, name) if part)
            self._inner[step] = Table(self.origin, value, (*self.trail, *step), path)
        return self._inner[step]

    def _different(self, key: str, names: list[Any]) -> None:
        seen: set[object] = set()
        for name in names:
            known = name if isinstance(name, (str, int, Decimal)) else repr(name)
            if known in seen:
                raise self.refusal("definition.duplicate", key=key, expected="each id once", found=name)
            seen.add(known)

    def _wrong(self, key: str, expected: str, found: object) -> DefinitionError:
        return self.refusal("definition.wrong_value", key=key, expected=expected, found=found)


def _unseen(sign: str) -> bool:
    """Control characters other than a line end or a tab, marks that turn or hide text, and halves of characters."""
    return sign not in "\n\t" and category(sign) in ("Cc", "Cf", "Cs")


def _range(least: int | Decimal, most: int | Decimal | None) -> str:
    return f"of at least {least}" if most is None else f"from {least} to {most}"


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
