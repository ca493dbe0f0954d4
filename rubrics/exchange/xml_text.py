"""XML with the standard library's expat, and nothing in it that could make a small file large or reach elsewhere.

A document type declaration is refused before any entity in it is read (XML 1.0 sections 2.8 and 4.2); so are deep
nesting and large files. Comments and processing instructions are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from rubrics.errors import ExchangeError

#: Deepest nesting accepted; a rubric in an openassessment block needs five.
DEEPEST = 40


@dataclass(slots=True)
class Element:
    """``text`` is what stands before the first child, as ORA2 reads it; ``tail`` whether text stands after one."""

    name: str
    where: str
    attributes: Mapping[str, str]
    text: str = ""
    tail: bool = False
    children: list[Element] = field(default_factory=list)

    def first(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]


def load_xml(text: str, *, source: str) -> Element:
    """The root element. Refuses what is not well-formed, declares a document type or nests too deep."""
    reader = _Reader(source)
    parser = expat.ParserCreate()
    reader.parser = parser
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ExchangeError(
            "exchange.syntax",
            source=source,
            where=f"line {error.lineno}, column {error.offset + 1}",
            expected="XML",
            found=expat.ErrorString(error.code),
        ) from error
    return reader.top[0]


@dataclass(slots=True)
class _Reader:
    source: str
    top: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    parser: expat.XMLParserType | None = None

    def refuse_doctype(self, name: str, *_: object) -> NoReturn:
        raise ExchangeError(
            "exchange.unsafe_xml",
            source=self.source,
            where=self._line(),
            expected="no document type",
            found=f"<!DOCTYPE {name[:20]}",
        )

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.open) == DEEPEST:
            raise ExchangeError(
                "exchange.too_deep",
                source=self.source,
                where=self._line(),
                expected=f"at most {DEEPEST} levels",
                found="more",
            )
        element = Element(name, self._line(), attributes)
        (self.open[-1].children if self.open else self.top).append(element)
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        inside = self.open[-1]
        if not inside.children:
            inside.text += text
        elif text.strip():
            inside.tail = True

    def _line(self) -> str:
        return f"line {self.parser.CurrentLineNumber if self.parser else 0}"


def escaped(text: str) -> str:
    """Character data. A carriage return is written as a reference, or a reader would take it for a line feed."""
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = text.replace(character, reference)
    return text
