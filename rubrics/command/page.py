"""A page in the terminal: titles, facts, tables, paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rubrics.command.columns import columns, hang, pad, table, wrap

NARROWEST, WIDEST = 20, 100


class Page:
    """Collects lines no wider than ``width``; ``bold`` marks titles where a terminal shows it."""

    def __init__(self, width: int, *, bold: bool = False) -> None:
        self.width = min(max(width, NARROWEST), WIDEST)
        self._bold = bold
        self._lines: list[str] = []

    def title(self, text: str) -> None:
        self._heading(text, "=")

    def heading(self, text: str) -> None:
        self.blank()
        self._heading(text, "-")

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self, text: str, *, indent: int = 0) -> None:
        self._put(wrap(text, self.width - indent), indent)

    def item(self, head: str, text: str, *, indent: int = 0) -> None:
        """``head`` with the text beside it, e.g. a bullet."""
        self._put(hang(head, text, self.width - indent), indent)

    def bullets(self, texts: Iterable[str], *, indent: int = 0) -> None:
        for text in texts:
            self.item("- ", text, indent=indent)

    def facts(self, pairs: Iterable[tuple[str, str]], *, indent: int = 0) -> None:
        """Names with their values in line; empty values are left out."""
        filled = [(name, value) for name, value in pairs if value]
        widest = max((columns(name) for name, _value in filled), default=0) + 2
        for name, value in filled:
            if widest + indent > self.width // 2:
                self.text(f"{name}: {value}", indent=indent)
            else:
                self.item(pad(name, widest), value, indent=indent)

    def table(self, rows: Sequence[Sequence[str]], *, head: Sequence[str] = (), indent: int = 0) -> None:
        self._put(table(rows, self.width - indent, head=head), indent)

    def rendered(self) -> str:
        """The page, each line ended."""
        return "".join(f"{line}\n" for line in self._lines)

    def _heading(self, text: str, rule: str) -> None:
        lines = wrap(text, self.width)
        widest = max(map(columns, lines))
        self._put([f"\033[1m{line}\033[0m" if self._bold else line for line in lines], 0)
        self._put([rule * widest], 0)

    def _put(self, lines: Iterable[str], indent: int) -> None:
        self._lines += [(" " * indent + line).rstrip() for line in lines]
