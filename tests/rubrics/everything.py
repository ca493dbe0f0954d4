"""The rubric that has every key the format knows, and marks for it: for tests of marks and panels."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from rubrics import library
from rubrics.model import Criterion, Mark, Marks, Rubric

FILE = Path(__file__).parents[2] / "fixtures" / "golden" / "rubrics" / "everything.toml"


def _read() -> Rubric:
    rubric = library.parse(FILE.read_text(encoding="utf-8"), source=FILE.name)
    assert isinstance(rubric, Rubric)
    return rubric


RUBRIC = _read()
COUNTING = tuple(criterion.id for criterion in RUBRIC.criteria if not criterion.feedback_only)
MAY_BE_LEFT_OUT = tuple(criterion.id for criterion in RUBRIC.criteria if criterion.not_applicable)
OUT = Mark(None)


def at(level: int, **other: int | Mark) -> dict[str, int | Mark]:
    """This level everywhere that counts, but for what is said otherwise."""
    return dict.fromkeys(COUNTING, level) | other


@st.composite
def marks(draw: st.DrawFn, *, levels: tuple[int, ...] = (1, 2, 3, 4)) -> Marks:
    """Any reading this rubric accepts: levels, points inside them where that is safe, and criteria left out."""
    return {
        one.id: draw(_mark(one, levels))
        for one in RUBRIC.criteria
        if not one.feedback_only or draw(st.booleans())
    }


@st.composite
def _mark(draw: st.DrawFn, criterion: Criterion, levels: tuple[int, ...]) -> int | Mark:
    if criterion.feedback_only:
        level = draw(st.sampled_from((None, 1, 4)))
        return Mark(level if criterion.levels else None)
    if criterion.not_applicable and draw(st.integers(0, 3)) == 0:
        return OUT
    level = draw(st.sampled_from(levels))
    takes_weight = not (criterion.not_applicable or criterion.states_points)
    if takes_weight or draw(st.booleans()):
        return draw(st.sampled_from((level, Mark(level))))
    found = criterion.points[level]
    steps = draw(st.integers(0, int((found.most - found.least) / Decimal("0.5"))))
    return Mark(
        level, draw(st.sampled_from((found.least + steps * Decimal("0.5"), found.points, found.most)))
    )
