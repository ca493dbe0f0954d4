"""The scale of a rubric: its levels, their shares, and the points a rater may choose inside a level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from rubrics.nouns.rubric import Criterion, LevelPoints, ScaleLevel
from rubrics.parsing.table import Table

CENT = Decimal("0.01")

#: Places after the point of a share, and of weights, points and steps. With totals up to a million every product and
#: every sum stays under the 28 digits of Python's decimal arithmetic: nothing is ever rounded.
SHARE_PLACES, POINT_PLACES, LARGEST_TOTAL = 12, 8, 1_000_000


def read_scale(table: Table) -> tuple[ScaleLevel, ...]:
    """Refuses a share that does not rise with the level, ranges that overlap, and a share for some levels only.

    A scale without shares is for a rubric whose criteria all state their points (thirds are no decimals); that they
    do is for the criteria to prove.
    """
    inner = table.tables("scale", by="level", least=2)
    shared = any(one.has("share") for one in inner)
    levels = tuple(_with_share(one) if shared else _without_share(one) for one in inner)
    if shared:
        _check_rising(table, levels)
    return levels


def _with_share(table: Table) -> ScaleLevel:
    share = read_exact(table, "share", most=1, places=SHARE_PLACES)
    least, most = read_range(table, share, most=Decimal(1), places=SHARE_PLACES)
    return ScaleLevel(table.integer("level", least=1), table.label(), share, least, most)


def _without_share(table: Table) -> ScaleLevel:
    return ScaleLevel(table.integer("level", least=1), table.label(), None, None, None)


def read_range(table: Table, middle: Decimal, *, most: Decimal, places: int) -> tuple[Decimal, Decimal]:
    """``least`` and ``most`` around what the level earns; the same number twice where there is no range."""
    if not table.has("least") and not table.has("most"):
        return middle, middle
    least = read_exact(table, "least", most=middle, places=places)
    return least, read_exact(table, "most", least=middle, most=most, places=places)


def read_exact(
    table: Table,
    key: str,
    *,
    least: Decimal | int = 0,
    most: Decimal | int | None = None,
    places: int = POINT_PLACES,
) -> Decimal:
    """A number one can add and multiply without rounding. Refuses more places after the point than ``places``."""
    number = table.decimal(key, least=least, most=most)
    if -int(number.as_tuple().exponent) > places:
        raise table.refusal(
            "definition.wrong_value",
            key=key,
            expected=f"a number with at most {places} places after the point",
            found=number,
        )
    return number


def _check_rising(table: Table, levels: Sequence[ScaleLevel]) -> None:
    one_each = {one.level: one.of(Decimal(1)) for one in levels}
    shares = [found.points for _, found in sorted(one_each.items())]
    if shares != sorted(set(shares)):
        raise table.refusal(
            "definition.wrong_order", key="scale", expected="a larger share for a higher level", found=shares
        )
    check_apart(table, one_each, key="scale")


def check_apart(table: Table, points: Mapping[int, LevelPoints], *, key: str) -> None:
    """Refuses ranges that meet: from the points alone one must see the level."""
    for (low, below), (high, above) in pairwise(sorted(points.items())):
        if below.most >= above.least:
            raise table.refusal(
                "definition.wrong_order",
                key=key,
                expected=f"most of level {low} to be smaller than least of level {high}",
                found=f"{below.most} and {above.least}",
            )


def read_step(table: Table, *, scale: Iterable[ScaleLevel], criteria: Iterable[Criterion]) -> Decimal | None:
    """The smallest difference of points inside a level. Refuses ranges without a step and a step without ranges."""
    in_scale = any(level.least != level.most for level in scale)
    stated = any(found.least != found.most for one in criteria for found in one.points.values())
    if in_scale or stated:
        return read_exact(table, "step", least=CENT)
    if table.has("step"):
        raise table.refusal(
            "definition.wrong_value",
            key="step",
            expected="no step, because no level has a range from least to most",
            found=table.decimal("step"),
        )
    return None
