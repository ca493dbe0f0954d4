"""A tier policy as a page: who is placed where, what each tier asks, and what may change a placement."""

from __future__ import annotations

from gettext import gettext as _

from rubrics.command.language import own
from rubrics.command.names import dash, listed, number, paired, word, yes
from rubrics.command.page import Page
from rubrics.model import Choice, Hours, Tier, TierPolicy


def show_policy(page: Page, policy: TierPolicy) -> None:
    page.facts(
        [
            (_("basis"), own(policy.basis)),
            (_("one hour of training"), _("%s minutes") % policy.hour_minutes),
            (_("years of a programme"), str(policy.programme_years)),
            (_("an age is reached"), word(policy.age_reached)),
        ]
    )
    _placement(page, policy)
    page.heading(_("Tiers"))
    rows = [_tier_row(policy, tier) for tier in policy.tiers]
    page.table(rows, head=[_("tier"), _("rank"), _("lessons"), *_hours_head()])
    for tier in policy.tiers:
        _tier(page, policy, tier)
    _tasks(page, policy)
    _changes(page, policy)
    _schools(page, policy)


def _placement(page: Page, policy: TierPolicy) -> None:
    page.heading(_("Skill levels"))
    for skill in policy.skills:
        page.item(
            f"{skill.id}  ", f"{paired(own(skill.label), own(skill.rule))} (DigCompEdu {skill.digcompedu})"
        )
    page.heading(_("Age and skill give the tier"))
    rows = [
        [f"{own(band.label)} ({band.id})", *(dash(row.get(skill.id, "")) for skill in policy.skills)]
        for band, row in ((band, policy.matrix.get(band.id, {})) for band in policy.age_bands)
    ]
    page.table(rows, head=[_("age"), *(skill.id for skill in policy.skills)])


def _hours_head() -> list[str]:
    return [_("online"), _("practice"), _("offline"), _("hours")]


def _hours(hours: Hours) -> list[str]:
    return [number(one) for one in (hours.online, hours.practice, hours.offline, hours.total)]


def _tier_row(policy: TierPolicy, tier: Tier) -> list[str]:
    hours = _hours(policy.hours_of(tier.required))
    return [f"{own(tier.label)} ({tier.id})", str(tier.rank), str(tier.lessons_min), *hours]


def _tier(page: Page, policy: TierPolicy, tier: Tier) -> None:
    page.heading(f"{own(tier.label)} ({tier.id})")
    slots = [_(" or ").join(slot) for slot in tier.lesson_rubrics]
    page.facts(
        [
            (_("lessons judged by"), "; ".join(slots)),
            (_("by choice"), listed(tier.optional)),
        ]
    )
    page.blank()
    rows = [[task.id, own(task.label), *_hours(task.hours)] for task in policy.tasks_of(tier.required)]
    page.table(rows, head=["", _("required task"), *_hours_head()])


def _tasks(page: Page, policy: TierPolicy) -> None:
    page.heading(_("Every task"))
    rows = [
        [
            task.id,
            own(task.label),
            task.category,
            number(task.hours.total),
            dash(listed(task.indicators)),
            dash(task.criterion),
        ]
        for task in policy.tasks
    ]
    page.table(rows, head=["", _("task"), _("category"), _("hours"), "JY/T 0646", _("seen in")])


def _changes(page: Page, policy: TierPolicy) -> None:
    if policy.choices:
        page.heading(_("Tiers by choice"))
        page.bullets(f"{own(one.label)} [{_choice(one)}]" for one in policy.choices)
    if policy.overrides:
        page.heading(_("Rules on changing a placement"))
        for rule in policy.overrides:
            page.item(f"{rule.id}  ", own(rule.label))
            page.facts(
                [
                    (_("hard"), yes(rule.hard)),
                    (_("needs"), listed(rule.needs)),
                    (_("lessons at least"), "" if rule.lessons_least is None else str(rule.lessons_least)),
                    (_("yields to none but"), listed(_yielding(policy, rule.id))),
                ],
                indent=4,
            )
    if policy.waivers:
        page.heading(_("Tasks that a hands-on check may stand for"))
        for waiver in policy.waivers:
            credited = _("hours are credited") if waiver.hours_credited else _("no hours are credited")
            page.bullets([f"{waiver.task}: {listed(waiver.skills)}; {credited}"])


def _choice(choice: Choice) -> str:
    to = choice.tier or _("within %s ranks") % choice.steps
    parts = [to, listed(choice.skills), _("needs: %s") % dash(listed(choice.needs))]
    return "; ".join(filter(None, parts))


def _yielding(policy: TierPolicy, rule_id: str) -> list[str]:
    return [other.id for other in policy.overrides if rule_id in other.overrides]


def _schools(page: Page, policy: TierPolicy) -> None:
    if policy.rural_delivery:
        page.heading(_("For teachers of remote schools"))
        page.bullets(f"{own(one.label)} ({dash(listed(one.skills))})" for one in policy.rural_delivery)
        page.facts([(_("by choice"), listed(policy.rural_optional))])
    if policy.quotas:
        page.heading(_("What a school owes"))
        for quota in policy.quotas:
            counts = listed(f"{name} {count}" for name, count in quota.counts.items())
            page.bullets([f"{own(quota.label)} ({quota.who}, {quota.per}: {counts})"])
    for heading, notes in ((_("Participation"), policy.participation), (_("Remarks"), policy.notes)):
        if notes:
            page.heading(heading)
            page.bullets(own(note.label) for note in notes)
