"""Celery entry points. The table says which function of the story works off which kind of outbox row."""

from __future__ import annotations

from celery import shared_task

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.office import organisations as office_organisations
from lti_tools.office import privacy as office_privacy
from lti_tools.office import programmes as office_programmes
from lti_tools.office import rosters as office_rosters
from lti_tools.office import watch
from lti_tools.outbox.api import Handler, work

HANDLERS: dict[str, Handler] = {
    "open_case": journey.open_case,
    "call_third": journey.call_third,
    "publish_grade": journey.publish_grade,
    "issue_certificate": journey.issue_certificate,
    "advance_report_run": journey.advance_report_run,
    "prove_chains": watch.prove_chains,
    "ship_heads": watch.ship_heads,
    "carry_over": office_programmes.carry_over,
    "read_roster": office_rosters.read_roster,
    "apply_roster": office_rosters.apply_roster,
    "erase_person": office_privacy.erase_person,
}
MEDIA: dict[str, Handler] = {
    "check_take": journey.check_take,
    "render_take": journey.render_take,
}


@shared_task(name="shijie.work")
def work_default() -> int:
    return work(HANDLERS, queue="default")


@shared_task(name="shijie.housekeeping")
def housekeeping() -> None:
    journey.keep_house()
    office_organisations.follow_plans()
    watch.watch()


@shared_task(name="shijie.collect_views")
def collect_views() -> int:
    return audit.collect_views()


@shared_task(name="shijie.work_media")
def work_media() -> int:
    # One media step at a time: a second worker process takes the next row.
    return work(MEDIA, queue="media", limit=1)
