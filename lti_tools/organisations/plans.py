"""Taking back a change that is planned for a day to come. Data only: the caller asked, and owns the transaction."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.organisations.changes import hold, points_of
from lti_tools.organisations.models import SchoolSpell
from lti_tools.organisations.refusals import check_open, refused
from lti_tools.organisations.spells import FACTS
from lti_tools.people.api import School


def planned(school: School) -> SchoolSpell | None:
    """The change that waits for its day; None for a school that is only about to open, which is no change."""
    ahead = school.spells.filter(until__isnull=True, since__gt=timezone.localdate()).first()
    return ahead if ahead and _before(ahead) else None


def withdraw(school: School) -> None:
    """The school goes on as it is, and its teaching points, which would have moved along, with it.

    Refuses when nothing is planned, and when other plans build on this one.
    """
    held = hold(school)
    check_open(held)
    plan = planned(held)
    if plan is None:
        raise refused("nothing_planned", _("No change of this school is planned."), _("Go back."))
    _refuse_built_on(plan)
    for point in points_of(held):
        along = point.spells.filter(until__isnull=True, since=plan.since, parent=held).first()
        if along:
            _stays(along)
    _taken_back(plan)


def _before(spell: SchoolSpell) -> SchoolSpell | None:
    return SchoolSpell.objects.filter(school=spell.school_id, until=spell.since).first()


def _built_on(plan: SchoolSpell) -> QuerySet[SchoolSpell]:
    return SchoolSpell.objects.filter(parent=plan.school_id, until__isnull=True, since__gte=plan.since)


def _refuse_built_on(plan: SchoolSpell) -> None:
    """Teaching points that only join or open after the change count on it; those that move along do not."""
    for spell in _built_on(plan).select_related("school"):
        earlier = _before(spell)
        if earlier is None or earlier.parent_id != plan.school_id:
            raise refused(
                "built_on",
                _("%(name)s is to become a teaching point of it after that change.") % {"name": spell.name},
                _("Withdraw what is planned for %(name)s first.") % {"name": spell.name},
            )


def _stays(along: SchoolSpell) -> None:
    """A teaching point lies where it lay; what else was planned for it that day stays planned."""
    earlier = _before(along)
    if earlier is None:
        return
    along.area_id = earlier.area_id
    if all(getattr(along, name) == getattr(earlier, name) for name in FACTS):
        _taken_back(along)
    else:
        along.save(update_fields=["area"])


def _taken_back(plan: SchoolSpell) -> None:
    day = plan.since
    plan.delete()
    SchoolSpell.objects.filter(school=plan.school_id, until=day).update(until=None)
