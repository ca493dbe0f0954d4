"""One sentence for every kind of event on the audit trail. Who did it stands beside the sentence.

`tests/lti_tools/web/test_web_trail.py` fails when the service records a kind that has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lti_tools.audit.api import Happened
from lti_tools.people.api import RoleGrant
from lti_tools.web.data_words import PAGES

WORDS: dict[str, Any] = {
    # Looking, taking along
    "viewed": gettext_lazy("Data was looked at: %(page)s."),
    "own_data.downloaded": gettext_lazy("Everything held about the person was downloaded."),
    "report.requested": gettext_lazy("A report set was started."),
    "report.downloaded": gettext_lazy("A report set was downloaded."),
    "roster.exported": gettext_lazy("A roster was exported."),
    "roster.errors_exported": gettext_lazy("The list of wrong rows of a roster was downloaded."),
    # The teacher's way
    "placed": gettext_lazy("The diagnosis was answered, and a tier was found (%(tier)s)."),
    "hands_on.seen": gettext_lazy(
        "A specialist wrote down what the teacher did before own eyes (%(checks)s)."
    ),
    "outside_test.entered": gettext_lazy("The result of another test was entered (%(tests)s)."),
    "tasks.signed_off": gettext_lazy("Tasks were signed off (%(tasks)s)."),
    "lesson.submitted": gettext_lazy("A recorded lesson was handed in."),
    "lesson.refused": gettext_lazy("A recording was sent back by the check (%(code)s)."),
    "reading.committed": gettext_lazy("A rater handed in a reading and it was sealed."),
    "certificate.issued": gettext_lazy("A certificate was issued (%(number)s)."),
    "certificate.revoked": gettext_lazy("A certificate was revoked (%(number)s)."),
    "enrolment.carried": gettext_lazy("What was passed in an earlier programme was carried over."),
    # Definitions, programmes and rosters
    "definition.published": gettext_lazy("A definition was published (%(kind)s %(key)s v%(version)s)."),
    "programme.opened": gettext_lazy("A programme was opened."),
    "programme.closed": gettext_lazy("A programme was closed."),
    "batch.opened": gettext_lazy("A batch was opened."),
    "batch.changed": gettext_lazy("A batch was changed."),
    "batch.assigned": gettext_lazy("People were put into a batch."),
    "roster.received": gettext_lazy("A roster was uploaded."),
    "roster.mapped": gettext_lazy("The columns of a roster were named."),
    "roster.staged": gettext_lazy("A roster was checked."),
    "roster.failed": gettext_lazy("A roster could not be read (%(code)s)."),
    "roster.applied": gettext_lazy("A roster was taken over."),
    "roster.discarded": gettext_lazy("A roster was put aside."),
    "participation.proposed": gettext_lazy("Leave or an exemption was proposed."),
    "participation.approved": gettext_lazy("Leave or an exemption was approved."),
    "participation.declined": gettext_lazy("Leave or an exemption was declined."),
    "participation.ended": gettext_lazy("Leave or an exemption came to its end."),
    "participation.from_roster": gettext_lazy("A roster said that people are on leave or exempt."),
    "school.list_confirmed": gettext_lazy("A school confirmed its list."),
    "school.list_mistake": gettext_lazy("A school reported a mistake in its list."),
    # People, places, roles
    "person.entered": gettext_lazy("The person was entered."),
    "person.changed": gettext_lazy("Facts about the person were changed."),
    "person.transferred": gettext_lazy("The person moved to another school."),
    "person.left": gettext_lazy("The person was marked as having left."),
    "person.returned": gettext_lazy("The person came back."),
    "person.erased": gettext_lazy("Everything about the person was erased."),
    "school.opened": gettext_lazy("A school was entered."),
    "school.equipped": gettext_lazy("The equipment of a school was noted."),
    "school.renamed": gettext_lazy("A school was renamed."),
    "school.moved": gettext_lazy("A school now belongs elsewhere."),
    "school.plan_withdrawn": gettext_lazy("A planned change of a school was withdrawn."),
    "school.merged": gettext_lazy("A school was merged into another."),
    "school.kind": gettext_lazy("Where a school lies was corrected."),
    "schools.exported": gettext_lazy("The list of schools was exported."),
    "school.closed": gettext_lazy("A school was closed."),
    "area.added": gettext_lazy("An area was added."),
    "area.renamed": gettext_lazy("An area was renamed."),
    "role.granted": gettext_lazy("A role was given (%(role)s)."),
    "role.revoked": gettext_lazy("A role was taken back (%(role)s)."),
    # Who somebody is, and how they sign in
    "identity.claimed": gettext_lazy("An account of a learning platform said who it belongs to."),
    "identity.matched": gettext_lazy("An account of a learning platform was matched with the person."),
    "identity.linked": gettext_lazy("An account of a learning platform was linked to the person."),
    "identity.rejected": gettext_lazy("An account of a learning platform was rejected."),
    "identity.reopened": gettext_lazy("An account of a learning platform is open for decision again."),
    "identity.split": gettext_lazy("An account of a learning platform was taken off the person."),
    "slip.issued": gettext_lazy("A slip was printed for the person."),
    "slip.confirmed": gettext_lazy("The telephone of a slip was confirmed."),
    "slip.declined": gettext_lazy("The telephone of a slip was declined."),
    "slip.revoked": gettext_lazy("A slip was made void."),
    "slip.dead": gettext_lazy("A slip was made void after too many wrong tries."),
    "slip.telephone_ended": gettext_lazy("A telephone may no longer open the person's page."),
    "sign-in": gettext_lazy("Signed in."),
    "account.invited": gettext_lazy("A link for making an account was handed over."),
    "account.activated": gettext_lazy("An account was made."),
    "account.password_changed": gettext_lazy("A password was changed."),
    "second_factor.set_up": gettext_lazy("A second factor was set up."),
    "second_factor.refused": gettext_lazy("A code of the second factor was wrong."),
    "second_factor.verified": gettext_lazy("A code of the second factor was right."),
    "second_factor.recovery_used": gettext_lazy("A recovery code was used."),
    "second_factor.recovery_renewed": gettext_lazy("New recovery codes were made."),
    "second_factor.reset": gettext_lazy("A second factor was reset."),
    # The person's own data
    "correction.asked": gettext_lazy("A correction was asked for."),
    "correction.approved": gettext_lazy("A correction was approved."),
    "correction.declined": gettext_lazy("A correction was declined."),
    "correction.withdrawn": gettext_lazy("A request for correction was taken back."),
    "erasure.ordered": gettext_lazy("An erasure was ordered."),
    "erasure.approved": gettext_lazy("An erasure was approved."),
    "erasure.declined": gettext_lazy("An erasure was declined."),
    "results.erased": gettext_lazy("Results were erased; their digests stay."),
    "audit.forgotten": gettext_lazy("Reasons on this trail were erased; their digests stay."),
    "retention.run": gettext_lazy("Data whose time was over was deleted."),
    "dossier.made": gettext_lazy("A dossier for a title committee was made."),
    "dossier.closed": gettext_lazy("A dossier for a title committee was closed."),
    "dossier.candidate_removed": gettext_lazy("The person was taken out of a dossier of a title committee."),
    # The house
    "lti.platform_registered": gettext_lazy("A learning platform was connected."),
    "lti.platform_authoritative": gettext_lazy("A learning platform may say who somebody is, for an area."),
    "lti.platform_not_authoritative": gettext_lazy("A learning platform may no longer say who somebody is."),
    "lti.key_rotated": gettext_lazy("The key for learning platforms was renewed."),
    "outbox.retried": gettext_lazy("Failed work was tried again."),
    "views.collected": gettext_lazy("Views that waited outside the database were recorded."),
    "views.unspooled": gettext_lazy("A view could not wait in its folder and was recorded at once."),
    "chains.proved": gettext_lazy("The audit trail and the ledger were proved unbroken."),
}
ROLES = dict(RoleGrant.Role.choices)
SYSTEM = {"system": gettext_lazy("The service itself"), "anonymous": gettext_lazy("Somebody not signed in")}
LEDGER: dict[str, Any] = {
    "lesson": gettext_lazy("The result of a demo lesson was recorded."),
    "task": gettext_lazy("A passed task was recorded."),
    "diagnosis": gettext_lazy("A diagnosis was recorded."),
    "award": gettext_lazy("An award was recorded."),
    "revocation": gettext_lazy("A revocation was recorded."),
    "override": gettext_lazy("An override was recorded."),
    "correction": gettext_lazy("A correction was recorded: the entry named in it no longer counts."),
}


class _Details(defaultdict[str, object]):
    """What an event says of itself; what it does not say is a dash."""

    def __missing__(self, key: str) -> object:
        return "–"


def sentence(event: Happened) -> str:
    """What happened; a kind nobody gave words for is shown by its code."""
    template = WORDS.get(event.kind)
    if template is None:
        return _("Something else was recorded: %(kind)s.") % {"kind": event.kind}
    details = _Details(None, event.detail)
    details["page"] = page(str(event.detail.get("what", "")))
    details["role"] = ROLES.get(str(event.detail.get("role", "")), "–")
    return str(template) % details


def page(what: str) -> str:
    """The page on which somebody was seen, from its code such as "programme.people"."""
    return str(PAGES.get(what.split(".")[0].split("-")[0], what))


def among(event: Happened) -> str:
    """How many people the event was about, when it was about many."""
    if not event.among:
        return ""
    text = ngettext("about %(count)s person", "about %(count)s people", event.among)
    return text % {"count": event.among}


def system_name(actor: str) -> str:
    """Whoever acts without being a person; "" for people."""
    return str(SYSTEM.get(actor, ""))


def ledger_sentence(kind: str, value: Mapping[str, Any]) -> str:
    """What an entry of the ledger says happened."""
    text = str(LEDGER.get(kind, kind))
    return f"{text} (#{value['voids']})" if "voids" in value else text
