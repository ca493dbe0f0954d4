"""Whole pages, diffs and scores as a person sees them, compared letter by letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_golden import GOLDEN, cases, print_case


@pytest.mark.parametrize("expected", cases(), ids=lambda path: path.name)
def test_what_is_printed_is_what_was_read_and_found_good(expected: Path) -> None:
    """Another page is wanted? Write them anew as `command_golden` says, and read the difference."""
    assert print_case(expected) == expected.read_text(encoding="utf-8")


def test_no_golden_page_is_left_that_nobody_prints() -> None:
    assert set(GOLDEN.glob("*.txt")) == set(cases())
