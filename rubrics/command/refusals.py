"""What the command itself declines; refusals of the judgement core stay :class:`rubrics.errors.RubricsError`."""

from __future__ import annotations


class Refused(Exception):
    """Said in the person's language when it is raised: what happened, and what to do about it."""

    def __init__(self, happened: str, *, advice: str = "") -> None:
        self.happened = happened
        self.advice = advice
        super().__init__(happened)
