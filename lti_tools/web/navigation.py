"""The few links in the page head, by what the person may do."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lti_tools.people.api import ACTIONS, Actor

LINKS = (
    ("path.see", "path", _("My path")),
    ("own_data.see", "own-data", _("My data")),
    ("rating.desk", "rating-desk", _("Rating desk")),
    ("specialist.desk", "specialist-desk", _("My school")),
    ("school.list", "school-office", _("School list")),
    ("programme.see", "officer-home", _("Programmes")),
    ("person.see", "people", _("People")),
    ("organisation.see", "schools", _("Schools")),
    ("slip.print", "slips", _("Slips")),
    ("report.run", "report-runs", _("Reports")),
    ("dossier.read", "dossiers", _("Dossiers")),
    ("dossier.make", "office-dossiers", _("Title dossiers")),
    ("problems.see", "problems", _("Problems")),
    ("audit.heads", "audit-heads", _("Signed heads")),
    ("retention.see", "retention", _("Retention")),
    ("area.change", "areas", _("Areas")),
    ("role.see", "roles", _("Roles")),
    ("account.own", "account", _("My account")),
)

OF_TEACHERS = frozenset({"path.see", "own_data.see"})
# Where somebody lands after signing in: the first of these that is theirs.
LANDINGS = (
    ("rating.desk", "rating-desk"),
    ("specialist.desk", "specialist-desk"),
    ("programme.see", "officer-home"),
    ("school.list", "school-office"),
    ("problems.see", "problems"),
    ("dossier.read", "dossiers"),
    ("account.own", "account"),
    ("path.see", "path"),
)


def first_page(actor: Actor) -> str:
    """The own first page of whoever is known: a teacher's path, where no role has a desk of its own."""
    found = (name for action, name in LANDINGS if actor.roles & ACTIONS[action].roles)
    return reverse(next(found, "home"))


def links_for(actor: Actor) -> list[tuple[str, object]]:
    if not actor.known:
        return []
    staff = bool(actor.grants or actor.withheld)
    shown = [link for link in LINKS if actor.roles & ACTIONS[link[0]].roles]
    # Staff who are not being trained do not need an empty path in their head line.
    return [(reverse(name), text) for action, name, text in shown if not (staff and action in OF_TEACHERS)]
