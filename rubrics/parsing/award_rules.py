"""From a TOML table to :class:`rubrics.model.AwardRules`."""

from __future__ import annotations

from rubrics.nouns.award_rules import AwardRules, Excellence, ProgrammeHours, Renewal, Retake, Validity
from rubrics.nouns.base import OUTCOMES
from rubrics.nouns.hours_rules import SUBJECT_CLASSES
from rubrics.parsing.header import read_header, read_notes
from rubrics.parsing.table import Table

#: No certificate is valid longer; more is a slip of the pen, and days would leave the calendar.
MOST_YEARS = 50


def read_award_rules(table: Table, *, digest: str) -> AwardRules:
    """Refuses an excellence rule whose lowest lesson would have to beat the mean, and outcomes without a name.

    ``[hours]`` stands in version 1 only, ``[retake]`` from version 2 on; both may be left out.
    """
    header = read_header(table, kind="award_rules", digest=digest)
    outcomes = table.table("outcomes")
    return AwardRules(
        **header,
        outcomes={outcome: outcomes.label(outcome) for outcome in OUTCOMES},
        excellence=_excellence(table.table("excellence")),
        validity=_validity(table.table("validity")),
        hours=_hours(table.table("hours")) if table.has("hours") else None,
        retake=_retake(table.table("retake")) if table.has("retake") else None,
        notes=read_notes(table),
    )


def _excellence(table: Table) -> Excellence:
    mean_min = table.decimal("mean_min")
    return Excellence(mean_min=mean_min, lowest_min=table.decimal("lowest_min", most=mean_min))


def _validity(table: Table) -> Validity:
    renewal = table.table("renewal")
    return Validity(
        years=table.integer("years", least=1, most=MOST_YEARS),
        renewal=Renewal(
            lessons=renewal.integer("lessons"),
            tasks=renewal.texts("tasks"),
            hours=renewal.decimal("hours"),
            window_months=renewal.integer("window_months", least=1, most=12 * MOST_YEARS),
        ),
    )


def _retake(table: Table) -> Retake:
    return Retake(
        attempts=table.integer("attempts", least=1),
        keep=table.choice("keep", ("best", "last")),
        new_raters=table.boolean("new_raters"),
        carries_over=table.boolean("carries_over"),
    )


def _hours(table: Table) -> ProgrammeHours:
    rate = table.decimal("hours_per_credit", least=1) if table.has("hours_per_credit") else None
    return ProgrammeHours(
        annual_cap=table.decimal("annual_cap", least=1),
        carries_over=table.boolean("carries_over"),
        double_count=table.boolean("double_count"),
        subject_class=table.choice("subject_class", SUBJECT_CLASSES),
        hours_per_credit=rate,
        absence_limit=table.decimal("absence_limit", most=1),
    )
