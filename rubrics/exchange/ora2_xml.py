"""ORA2's ``<rubric>``, alone or inside the ``<openassessment>`` of a block; see :mod:`rubrics.exchange.ora2`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rubrics.errors import ExchangeError
from rubrics.exchange.ora2 import check_names, check_points, fitted
from rubrics.exchange.report import Read, Report, Written
from rubrics.exchange.sheet import FEEDBACK, Sheet, SheetCriterion, SheetLevel
from rubrics.exchange.texts import MOST_DIGITS, shown, written
from rubrics.exchange.xml_text import Element, escaped, load_xml

FORMAT = "ora2-xml"

_RUBRIC = ("criterion", "feedbackprompt", "feedback_default_text")
_CRITERION = ("name", "label", "prompt", "option")
_OPTION = ("name", "label", "explanation")


def read_ora2_xml(text: str, *, source: str, language: str) -> tuple[Read, ...]:
    """The rubric, and the block's title where there is a block. Refuses what ORA2 itself would not load."""
    reader = _Reader(source, Report())
    top = load_xml(text, source=source)
    block = top.name == "openassessment"
    rubric = top.first("rubric") if block else top
    if rubric is None or rubric.name != "rubric":
        raise reader.refusal("exchange.missing", top, expected="<rubric>", found=f"<{top.name}>")
    title = reader.optional(top, "title") if block else None
    if block:
        reader.pass_over(top, ("rubric", "title"), part="package", attributes=())
    return (Read(reader.sheet(rubric, title=title, language=language), reader.report.reasons()),)


class _Reader:
    """Reads elements, refusing with line and element; what ORA2 ignores goes into the report."""

    def __init__(self, source: str, report: Report) -> None:
        self.source = source
        self.report = report

    def refusal(self, code: str, element: Element, *, expected: str, found: str) -> ExchangeError:
        where = f"{element.where}, <{element.name}>"
        return ExchangeError(code, source=self.source, where=where, expected=expected, found=shown(found))

    def sheet(self, rubric: Element, *, title: str | None, language: str) -> Sheet:
        self.pass_over(rubric, _RUBRIC, part="rubric", attributes=())
        criteria = tuple(self._criterion(one) for one in rubric.all("criterion"))
        if not criteria:
            raise self.refusal("exchange.missing", rubric, expected="<criterion>", found="none")
        check_names([one.code or "" for one in criteria], source=self.source, where=rubric.where)
        return Sheet(
            criteria=criteria,
            origin=FORMAT,
            language=language,
            title=title,
            feedback_prompt=self.optional(rubric, "feedbackprompt"),
            feedback_default=self.optional(rubric, "feedback_default_text"),
        )

    def _criterion(self, element: Element) -> SheetCriterion:
        self.pass_over(element, _CRITERION, part="criterion", attributes=("feedback",))
        feedback = element.attributes.get("feedback")
        if feedback not in (None, *FEEDBACK):
            raise self.refusal(
                "exchange.wrong_value", element, expected=" or ".join(FEEDBACK), found=str(feedback)
            )
        levels = tuple(self._option(one) for one in element.all("option"))
        if not levels and feedback != "required":
            raise self.refusal(
                "exchange.missing", element, expected='<option> or feedback="required"', found="neither"
            )
        check_names([one.code or "" for one in levels], source=self.source, where=element.where)
        return SheetCriterion(
            label=self._label(element),
            levels=levels,
            description=self._needed(element, "prompt"),
            feedback=feedback,
            code=self._needed(element, "name"),
        )

    def _option(self, element: Element) -> SheetLevel:
        self.pass_over(element, _OPTION, part="level", attributes=("points",))
        return SheetLevel(
            label=self._label(element),
            description=self._needed(element, "explanation"),
            points=self._points(element),
            code=self._needed(element, "name"),
        )

    def _points(self, element: Element) -> Decimal:
        digits = element.attributes.get("points", "").strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
            raise self.refusal("exchange.wrong_value", element, expected="whole points from 0", found=digits)
        return check_points(Decimal(digits), source=self.source, where=element.where)

    def optional(self, element: Element, name: str) -> str | None:
        inner = element.first(name)
        if inner is None:
            return None
        return inner.text

    def _label(self, element: Element) -> str:
        """The name, where there is no label: so ORA2 itself reads it."""
        label = self.optional(element, "label")
        return self._needed(element, "name") if label is None else label

    def _needed(self, element: Element, name: str) -> str:
        text = self.optional(element, name)
        if text is None or (name == "name" and not text.strip()):
            raise self.refusal("exchange.missing", element, expected=f"<{name}>", found="nothing")
        return text

    def pass_over(
        self, element: Element, known: tuple[str, ...], *, part: str, attributes: tuple[str, ...]
    ) -> None:
        """Names what is there and is not read: unknown elements and attributes, a second of one, text between."""
        repeated = ("criterion", "option")
        seen: set[str] = set()
        for child in element.children:
            again = child.name in seen and child.name not in repeated
            seen.add(child.name)
            if child.name not in known or again:
                self.report.at("exchange.lost_around", part, f"{child.where}, <{child.name}>")
            if child.name in known and child.name not in (*repeated, "rubric"):
                self.pass_over(child, (), part="text", attributes=())
        for name in element.attributes:
            if name not in attributes:
                self.report.at("exchange.lost_around", part, f"{element.where}, {name}=")
        if element.tail or (known and element.text.strip()):
            self.report.at("exchange.lost_around", part, f"{element.where}, text in <{element.name}>")


def write_ora2_xml(sheet: Sheet, *, scale: bool = False) -> Written:
    """``<rubric>`` as Studio's editor takes it; whole points only, see :func:`rubrics.exchange.ora2.fitted`."""
    report = Report()
    fit = fitted(sheet, report, format=FORMAT, scale=scale)
    return Written("\n".join(_rubric(fit)) + "\n", report.reasons())


def _rubric(sheet: Sheet) -> Iterator[str]:
    yield "<rubric>"
    for criterion in sheet.criteria:
        yield from _criterion(criterion)
    yield from _text("feedbackprompt", sheet.feedback_prompt, indent="  ")
    yield from _text("feedback_default_text", sheet.feedback_default, indent="  ")
    yield "</rubric>"


def _criterion(criterion: SheetCriterion) -> Iterator[str]:
    feedback = f' feedback="{criterion.feedback}"' if criterion.feedback else ""
    yield f"  <criterion{feedback}>"
    yield from _text("name", criterion.code, indent="    ")
    yield from _text("label", criterion.label, indent="    ")
    yield from _text("prompt", criterion.description or "", indent="    ")
    for level in criterion.levels:
        yield f'    <option points="{written(level.points or Decimal(0))}">'
        yield from _text("name", level.code, indent="      ")
        yield from _text("label", level.label, indent="      ")
        yield from _text("explanation", level.description or "", indent="      ")
        yield "    </option>"
    yield "  </criterion>"


def _text(name: str, text: str | None, *, indent: str) -> Iterator[str]:
    if text is not None:
        yield f"{indent}<{name}>{escaped(text)}</{name}>"
