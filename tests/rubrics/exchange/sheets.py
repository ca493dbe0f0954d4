"""Sheets drawn by hypothesis: any text, any points, with and without identities."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from rubrics.exchange.json_text import Json
from rubrics.exchange.sheet import FEEDBACK, Sheet, SheetCriterion, SheetLevel
from rubrics.nouns.rubric import Identity

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff")
    | st.sampled_from("\n\t\"'&<>\\,;=+-@[]{}"),
    max_size=12,
)
NAME = TEXT.filter(lambda text: text.strip() != "")
DIGITS = st.sampled_from(["0", "5", "5.0", "1.75", "0.30", "12", "100.000", "2.5"])
POINTS = DIGITS.map(Decimal)
IDENTITY = st.builds(
    Identity, identifier=st.uuids().map(str), uri=st.uuids().map(lambda one: f"https://x.org/{one}?a=b#c")
)
CHANGED = st.sampled_from(["2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z", "2026-03-01"])
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | TEXT | POINTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
KEPT = st.dictionaries(st.sampled_from(["extensions", "notes", "x-order"]), JSON, max_size=2)


def _maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


LEVEL = st.builds(
    SheetLevel,
    label=_maybe(TEXT),
    description=_maybe(TEXT),
    points=st.none() | POINTS,
    feedback=_maybe(TEXT),
    code=_maybe(TEXT),
    identity=IDENTITY,
    changed=CHANGED,
)
CRITERION = st.builds(
    SheetCriterion,
    label=_maybe(TEXT),
    levels=st.lists(LEVEL, max_size=3).map(tuple),
    description=_maybe(TEXT),
    category=_maybe(TEXT),
    weight=st.none() | POINTS,
    feedback=st.none() | st.sampled_from(FEEDBACK),
    ranged=st.none() | st.booleans(),
    item=st.none() | st.fixed_dictionaries({"title": TEXT, "uri": NAME}),
    code=_maybe(TEXT),
    identity=IDENTITY,
    changed=CHANGED,
)
_SHEET = st.builds(
    Sheet,
    criteria=st.lists(CRITERION, max_size=3).map(tuple),
    title=_maybe(TEXT),
    description=_maybe(TEXT),
    feedback_prompt=_maybe(TEXT),
    feedback_default=_maybe(TEXT),
    code=_maybe(TEXT),
    identity=IDENTITY,
    changed=CHANGED,
)


def placed(sheet: Sheet) -> Sheet:
    """With the positions CASE asks for."""
    return replace(
        sheet,
        criteria=tuple(
            replace(
                one,
                position=at,
                levels=tuple(
                    replace(level, position=number) for number, level in enumerate(one.levels, start=1)
                ),
            )
            for at, one in enumerate(sheet.criteria, start=1)
        ),
    )


SHEET = _SHEET.map(placed)

#: What Canvas can hold: names, at least one level each, points with two places.
CANVAS_LEVEL = st.builds(
    SheetLevel,
    label=NAME,
    description=st.none() | NAME,
    points=POINTS,
)
CANVAS = st.builds(
    Sheet,
    criteria=st.lists(
        st.builds(
            SheetCriterion,
            label=NAME,
            levels=st.lists(CANVAS_LEVEL, min_size=1, max_size=4).map(tuple),
            description=st.none() | NAME,
            ranged=st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    origin=st.just("canvas"),
    title=NAME,
)

#: What ORA2 can hold: different names, whole points, feedback required where there are no options.
ORA2_LEVEL = st.builds(
    SheetLevel, label=TEXT, description=TEXT, points=st.integers(0, 100).map(Decimal), code=NAME
)


def _feedback(criterion: SheetCriterion) -> SheetCriterion:
    return criterion if criterion.levels else replace(criterion, feedback="required")


ORA2 = st.builds(
    Sheet,
    criteria=st.lists(
        st.builds(
            SheetCriterion,
            label=TEXT,
            levels=st.lists(ORA2_LEVEL, max_size=3, unique_by=lambda one: one.code).map(tuple),
            description=TEXT,
            feedback=st.none() | st.sampled_from(FEEDBACK),
            code=NAME,
        ).map(_feedback),
        min_size=1,
        max_size=3,
        unique_by=lambda one: one.code,
    ).map(tuple),
    feedback_prompt=_maybe(TEXT),
    feedback_default=_maybe(TEXT),
)
