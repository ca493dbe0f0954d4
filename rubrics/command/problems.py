"""How what was refused is said: what and where on one line, what to do below it."""

from __future__ import annotations

from rubrics.command.columns import clean, wrap
from rubrics.command.refusals import Refused
from rubrics.command.words import refusal
from rubrics.errors import RubricsError


def said(error: Refused | RubricsError, width: int) -> str:
    """The first line is never wrapped, so that an editor finds ``file:line`` in it; nor is what is to be copied."""
    happened, advice = (error.happened, error.advice) if isinstance(error, Refused) else refusal(error)
    first, _end, rest = advice.partition("\n")
    lines = [*(wrap(first, width - 4) if first else []), *rest.splitlines()]
    return "".join([f"{clean(happened)}\n", *(f"    {line}\n" for line in lines)])
