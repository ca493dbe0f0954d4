"""From a TOML table to a :class:`rubrics.model.Rubric`, proving that weights, levels and bands are whole."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rubrics.nouns.base import OUTCOMES, Note
from rubrics.nouns.framework import Framework
from rubrics.nouns.rubric import (
    Attempts,
    Band,
    PanelRules,
    Prerequisite,
    Rubric,
    Video,
)
from rubrics.parsing.criteria import read_criteria
from rubrics.parsing.header import read_header, read_identity, read_notes
from rubrics.parsing.scale import LARGEST_TOTAL, read_exact, read_scale, read_step
from rubrics.parsing.table import Table

STAGES = ("kindergarten", "special", "primary", "junior", "senior", "vocational")

#: The longest time to hand in again or to object, in days: ten years.
MOST_DAYS = 3650


def read_rubric(table: Table, *, digest: str, frameworks: Mapping[str, Framework]) -> Rubric:
    """Refuses weights that do not add up to the total, levels left undescribed, points inside a level without a
    step, criteria left out whose weight goes nowhere, and indicators nobody knows."""
    header = read_header(table, kind="rubric", digest=digest)
    total = read_exact(table, "total", least=1, most=LARGEST_TOTAL)
    scale = read_scale(table)
    known = {item.id for item in frameworks["jyt0646"].items if item.level == 3}
    criteria = read_criteria(table, scale=scale, indicators=known, total=total)
    return Rubric(
        **header,
        audience_tier=table.table("audience").text("tier"),
        audience=table.label("audience"),
        total=total,
        scale=scale,
        bands=_bands(table, total=total),
        criteria=criteria,
        panel=_panel(table.table("panel")),
        video=_video(table.table("video")),
        attempts=_attempts(table.table("attempts")),
        attachments=_attachments(table),
        prerequisites=_prerequisites(table),
        notes=read_notes(table),
        step=read_step(table, scale=scale, criteria=criteria),
        identity=read_identity(table),
    )


def _bands(table: Table, *, total: Decimal) -> tuple[Band, ...]:
    bands = tuple(
        Band(inner.text("id"), inner.label(), inner.decimal("min", most=total))
        for inner in table.tables("bands")
    )
    if tuple(band.id for band in bands) != OUTCOMES:
        raise table.refusal(
            "definition.wrong_value",
            key="bands",
            expected=f"the bands {', '.join(OUTCOMES)} in this order",
            found=", ".join(band.id for band in bands),
        )
    if not bands[0].min > bands[1].min > bands[2].min == 0:
        raise table.refusal(
            "definition.wrong_order",
            key="bands",
            expected="a smaller min for each next band, and 0 for the last",
            found=", ".join(str(band.min) for band in bands),
        )
    return bands


def _panel(table: Table) -> PanelRules:
    return PanelRules(
        criterion_gap=table.integer("criterion_gap", least=1),
        total_gap=table.decimal("total_gap"),
        straddling=table.boolean("straddling"),
        random_share=table.decimal("random_share", most=1),
        blind=table.boolean("blind"),
        own_school=table.boolean("own_school"),
    )


def _video(table: Table) -> Video:
    minutes = table.table("minutes")
    minutes.known("", minutes.names(), STAGES)
    return Video(
        segment_allowed=table.boolean("segment_allowed"),
        min_height=table.integer("min_height", least=1),
        minutes={stage: _span(minutes.table(stage)) for stage in STAGES},
        note=table.label("note") if table.has("note") else None,
    )


def _span(table: Table) -> tuple[int, int]:
    least = table.integer("least", least=1)
    return least, table.integer("most", least=least)


def _attempts(table: Table) -> Attempts:
    return Attempts(
        max=table.integer("max", least=1),
        keep=table.choice("keep", ("best", "last")),
        new_raters=table.boolean("new_raters"),
        resubmit_days=table.integer("resubmit_days", most=MOST_DAYS),
        appeal_days=table.integer("appeal_days", most=MOST_DAYS),
    )


def _attachments(table: Table) -> tuple[Note, ...]:
    return read_notes(table, "attachments")


def _prerequisites(table: Table) -> tuple[Prerequisite, ...]:
    if not table.has("prerequisites"):
        return ()
    return tuple(
        Prerequisite(
            task=inner.text("task"),
            evidence=inner.choice("evidence", ("signoff",)),
            why=inner.label("why") if inner.has("why") else None,
        )
        for inner in table.tables("prerequisites", by="task")
    )
