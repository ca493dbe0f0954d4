"""Refusals of the judgement core: a code and values, worded by whoever shows them."""

from __future__ import annotations

from rubrics.model import Value


class RubricsError(Exception):
    """Base of every refusal here. ``code`` and ``values`` are listed in :mod:`rubrics.codes`.

    Always permanent: the functions are pure, so the same input is refused again however often it is tried.
    """

    permanent = True

    def __init__(self, code: str, **values: Value) -> None:
        self.code = code
        self.values: dict[str, Value] = values
        super().__init__(code, values)

    def __str__(self) -> str:
        return f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in self.values.items())


class DefinitionError(RubricsError):
    """A definition that cannot be accepted: names the source, the line or the key, and what was expected."""

    def __str__(self) -> str:
        values = self.values
        place = f"{values['source']}:{values['line']}" if "line" in values else str(values["source"])
        at = f"{place}: {values['key']}" if values.get("key") else place
        return f"{at}: expected {values['expected']}; found {values['found']} [{self.code}]"


class MarksError(RubricsError):
    """Marks or ratings that do not fit their rubric; names the criterion, level or rater."""


class AnswersError(RubricsError):
    """Diagnosis answers that do not fit their bank; names the item and option."""


class PlacementError(RubricsError):
    """A birth month, skill or choice of tier the policy does not allow."""


class AwardError(RubricsError):
    """A tier, lesson or number of hours that cannot be judged by the rules given."""


class HoursError(RubricsError):
    """Hours that cannot be counted: no activity, below zero, or of a class or mode nobody knows."""


class MeasurementError(RubricsError):
    """Readings that cannot be measured as asked; names the unit, rater, value or choice."""


class ExchangeError(RubricsError):
    """A rubric that cannot be read from or written to another system's format: names source, place and expectation."""

    def __str__(self) -> str:
        values = self.values
        place = f"{values['source']}: {values['where']}"
        return f"{place}: expected {values['expected']}; found {values['found']} [{self.code}]"
