"""Who may open which address: the table. `test_access_answers.py` tries every cell of it.

An address that is not in the table fails by its name: whoever adds a page says here who may open it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from django.urls import get_resolver, reverse
from one_of_each import OneOfEach

from lti_tools.people.api import ACTIONS
from lti_tools.results import api as results

STAFF = (
    "rater1",
    "rater4",
    "chair",
    "specialist",
    "specialist_elsewhere",
    "officer",
    "officer_b",
    "officer_city",
    "chair_elsewhere",
    "envoy",
    "school_office",
    "school_office_elsewhere",
    "reviewer",
    "reviewer_own",
    "committee",
    "committee_expired",
    "administrator",
    "officer_unverified",
)
TEACHERS = ("senior", "colleague", "outsider")
CAST = ("nobody", *TEACHERS, *STAFF)

EVERYBODY = frozenset(CAST)
KNOWN = EVERYBODY - {"nobody"}
# "reviewer_own" is officer and reviewer of county A at once, and entered what waits there for a decision.
OFFICERS = frozenset({"officer", "officer_b", "officer_city", "reviewer_own"})
OF_COUNTY_A = frozenset({"officer", "officer_city", "reviewer_own"})
OF_THE_CITY = frozenset({"officer_city"})
RATERS = frozenset({"rater1", "rater4"})
SPECIALISTS = frozenset({"specialist", "specialist_elsewhere", "envoy"})
PROGRAMME_READERS = OFFICERS | {"reviewer"}
OWNER = frozenset({"senior"})
SCHOOL_OFFICES = frozenset({"school_office", "school_office_elsewhere"})
ADMINISTRATORS = frozenset({"administrator"})
COMMITTEE = frozenset({"committee"})
ROLE_READERS = PROGRAMME_READERS | ADMINISTRATORS
ROLE_GIVERS = OFFICERS | ADMINISTRATORS
GIVERS_IN_A = OF_COUNTY_A | ADMINISTRATORS
HOLDERS = frozenset(STAFF) - {"committee_expired", "officer_unverified"}
SLIP_PRINTERS = OFFICERS | SPECIALISTS | {"school_office", "school_office_elsewhere"}
SLIP_PRINTERS_HERE = OF_COUNTY_A | {"specialist", "school_office"}
# Whoever stopped after the password: officer of county A, whose rights wait for the code.
UNVERIFIED = "officer_unverified"
WITHHELD = frozenset({"officer"})


@dataclass(frozen=True)
class Row:
    """Who gets an answer from an address, by method, and whose thing is asked for."""

    methods: dict[str, frozenset[str]]
    thing: Callable[[OneOfEach], object] | None = None
    more: tuple[str, ...] = ()

    def address(self, name: str, thing: object) -> str:
        of = thing if isinstance(thing, tuple) else (thing, *self.more)
        return reverse(name, args=[] if self.thing is None else of)


def get(who: frozenset[str], **other: frozenset[str]) -> dict[str, frozenset[str]]:
    return {"GET": who, **{method.upper(): allowed for method, allowed in other.items()}}


def post(who: frozenset[str]) -> dict[str, frozenset[str]]:
    return {"POST": who}


def ledger_entry(each: OneOfEach) -> object:
    return results.lessons_of(each.enrolment.id)[0].id


TABLE: dict[str, Row] = {
    # Anyone
    "home": Row(get(EVERYBODY)),
    "sign-in": Row(get(EVERYBODY, post=EVERYBODY)),
    "sign-out": Row(post(EVERYBODY)),
    "second-factor": Row(get(EVERYBODY, post=EVERYBODY)),
    "second-factor-set-up": Row(get(EVERYBODY, post=EVERYBODY)),
    "language": Row(post(EVERYBODY)),
    "verify": Row(get(EVERYBODY, post=EVERYBODY)),
    "verify-secret": Row(get(EVERYBODY), lambda each: each.certificate.secret),
    # Proved by a signed message, a signed token or a signed address, not by who is signed in
    "lti-login": Row(get(EVERYBODY, post=EVERYBODY)),
    "lti-launch": Row(get(EVERYBODY, post=EVERYBODY)),
    "lti-waiting": Row(get(EVERYBODY)),
    # Proved by a launch that waits in the session: nobody of the cast has one.
    "identity-claim": Row(post(frozenset())),
    "lti-jwks": Row(get(EVERYBODY)),
    "api-placement": Row(get(EVERYBODY)),
    "media": Row(get(EVERYBODY), lambda each: each.media),
    # A slip asks whoever scans it, and its telephone waits for the specialist
    "slip": Row(get(EVERYBODY, post=EVERYBODY), lambda each: each.slip),
    # A teacher's own
    "path": Row(get(KNOWN)),
    "diagnosis": Row(get(KNOWN, post=KNOWN)),
    "diagnosis-further": Row(get(KNOWN, post=KNOWN)),
    "lesson": Row(get(KNOWN)),
    "lesson-submit": Row(post(KNOWN)),
    "lesson-state": Row(get(OWNER), lambda each: each.open.id),
    "lesson-result": Row(get(OWNER), lambda each: each.decided.id),
    "certificate-paper": Row(get(OWNER), lambda each: each.certificate.id),
    "uploads": Row(post(KNOWN)),
    "upload": Row(
        {"HEAD": OWNER, "PATCH": OWNER, "POST": OWNER, "DELETE": OWNER}, lambda each: each.upload.id
    ),
    "own-data": Row(get(KNOWN)),
    "own-data-download": Row(post(KNOWN)),
    "correction-ask": Row(get(KNOWN, post=KNOWN)),
    "correction-withdraw": Row(post(OWNER), lambda each: each.correction.id),
    # A rater's own
    "rating-desk": Row(get(RATERS)),
    "rating-sheet": Row(get(frozenset({"rater1"}), post=frozenset({"rater1"})), lambda each: each.reading.id),
    "rating-draft": Row(post(frozenset({"rater1"})), lambda each: each.reading.id),
    "rating-confirm": Row(
        get(frozenset({"rater1"}), post=frozenset({"rater1"})), lambda each: each.reading.id
    ),
    # A specialist's own school
    "specialist-desk": Row(get(SPECIALISTS)),
    "specialist-teacher": Row(
        get(frozenset({"specialist"}), post=frozenset({"specialist"})), lambda each: each.enrolment.id
    ),
    "specialist-checks": Row(
        get(frozenset({"specialist"}), post=frozenset({"specialist"})), lambda each: each.enrolment.id
    ),
    # Slips: who prints and ends them, and who confirms a telephone
    "slips": Row(get(SLIP_PRINTERS)),
    "slip-school": Row(get(SLIP_PRINTERS_HERE), lambda each: each.cast.school_a.id),
    "slip-print": Row(post(SLIP_PRINTERS_HERE), lambda each: each.cast.school_a.id),
    "slip-revoke": Row(post(SLIP_PRINTERS_HERE), lambda each: each.scan.slip_id),
    "slip-end": Row(post(SLIP_PRINTERS_HERE), lambda each: each.scan.id),
    "slip-confirm": Row(post(frozenset({"specialist"})), lambda each: each.scan.id),
    "slip-decline": Row(post(frozenset({"specialist"})), lambda each: each.scan.id),
    # Officers, in their area. The programme is the city's: a county sees its part of it and imports nothing.
    "officer-home": Row(get(PROGRAMME_READERS)),
    "programme-open": Row(get(OFFICERS, post=OFFICERS)),
    "programme": Row(get(PROGRAMME_READERS), lambda each: each.cast.programme.id),
    "programme-batches": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.cast.programme.id),
    "programme-batch": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.batch.id),
    "programme-batch-assign": Row(post(OF_THE_CITY), lambda each: each.batch.id),
    "programme-close": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.cast.programme.id),
    # Leaves and exemptions: the school asks, the bureau or its reviewer decides
    "participation-propose": Row(
        get(OF_COUNTY_A | {"school_office"}, post=OF_COUNTY_A | {"school_office"}),
        lambda each: each.enrolment.id,
    ),
    "participation-queue": Row(get(PROGRAMME_READERS)),
    "participation-decide": Row(post(OF_COUNTY_A | {"reviewer"}), lambda each: each.leave.id),
    # The people of the own area
    "people": Row(get(PROGRAMME_READERS)),
    "person": Row(get(OF_COUNTY_A | {"reviewer"}), lambda each: each.enrolment.person_id),
    "person-facts": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.enrolment.person_id),
    "person-transfer": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.enrolment.person_id),
    "person-left": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.enrolment.person_id),
    "person-back": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.enrolment.person_id),
    # The programme and with it the certificate is the city's
    "certificate-revoke": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.enrolment.id),
    # A school office and its own list; both schools are in the city's programme
    "school-office": Row(get(SCHOOL_OFFICES)),
    "school-office-paper": Row(get(SCHOOL_OFFICES), lambda each: each.cast.programme.id),
    "school-office-check": Row(post(SCHOOL_OFFICES), lambda each: each.cast.programme.id),
    "roster-upload": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.cast.programme.id),
    "roster-sample": Row(get(OFFICERS)),
    "roster": Row(get(OF_THE_CITY), lambda each: each.roster.id),
    "roster-apply": Row(post(OF_THE_CITY), lambda each: each.roster.id),
    "roster-discard": Row(post(OF_THE_CITY), lambda each: each.roster.id),
    "roster-progress": Row(get(OF_THE_CITY), lambda each: each.roster.id),
    "roster-mapping": Row(get(OF_THE_CITY, post=OF_THE_CITY), lambda each: each.roster.id),
    "roster-rows": Row(get(OF_THE_CITY), lambda each: each.roster.id, more=("changed",)),
    "roster-errors": Row(get(OF_THE_CITY), lambda each: each.roster.id),
    "roster-export": Row(get(OFFICERS), lambda each: each.cast.programme.id, more=("csv",)),
    "identity-queue": Row(get(OFFICERS)),
    "identity": Row(get(OF_COUNTY_A), lambda each: each.identity.id),
    "identity-link": Row(post(OF_COUNTY_A), lambda each: each.identity.id),
    "identity-reject": Row(post(OF_COUNTY_A), lambda each: each.identity.id),
    "identity-rejected": Row(get(OFFICERS)),
    "identity-reopen": Row(post(OF_COUNTY_A), lambda each: each.rejected.id),
    "identity-linked": Row(get(OFFICERS)),
    "identity-split": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.linked.id),
    "report-runs": Row(get(OFFICERS, post=OFFICERS)),
    "report-run": Row(get(OF_COUNTY_A), lambda each: each.run.id),
    "report-progress": Row(get(OF_COUNTY_A), lambda each: each.run.id),
    "report-file": Row(get(OF_COUNTY_A), lambda each: each.run.id, ("archive",)),
    # Data about people: nobody decides what is their own, or what they ordered
    "corrections": Row(get(PROGRAMME_READERS)),
    "correction": Row(
        get(OF_COUNTY_A | {"reviewer"}, post=OF_COUNTY_A | {"reviewer"}), lambda each: each.correction.id
    ),
    "erasures": Row(get(PROGRAMME_READERS)),
    "erasure-order": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.cast.people.colleague.id),
    "erasure": Row(get(OF_COUNTY_A | {"reviewer"}), lambda each: each.erasure.id),
    "erasure-decide": Row(post(frozenset({"reviewer"})), lambda each: each.erasure.id),
    "retention": Row(get(ADMINISTRATORS)),
    # Dossiers: officers make them, a committee reads one until its day
    "office-dossiers": Row(get(OFFICERS)),
    "office-dossier-new": Row(get(OFFICERS, post=OFFICERS)),
    "office-dossier": Row(get(OF_COUNTY_A), lambda each: each.dossier.id),
    "office-dossier-access": Row(post(OF_COUNTY_A), lambda each: each.dossier.id),
    "office-dossier-close": Row(post(OF_COUNTY_A), lambda each: each.dossier.id),
    "dossiers": Row(get(COMMITTEE)),
    "dossier": Row(get(COMMITTEE), lambda each: each.dossier.id),
    "dossier-candidate": Row(get(COMMITTEE), lambda each: (each.dossier.id, each.enrolment.id)),
    # Schools: a reviewer reads, officers change; areas are the administrator's
    "schools": Row(get(PROGRAMME_READERS)),
    "school-new": Row(get(OFFICERS, post=OFFICERS)),
    "school": Row(get(OF_COUNTY_A | {"reviewer"}), lambda each: each.cast.school_a.id),
    "school-equipment": Row(post(OF_COUNTY_A), lambda each: each.cast.school_a.id),
    **{
        f"school-{change}": Row(get(OF_COUNTY_A, post=OF_COUNTY_A), lambda each: each.cast.school_a.id)
        for change in ("rename", "move", "kind", "close", "merge", "withdraw")
    },
    "school-list": Row(get(OFFICERS, post=OFFICERS)),
    "school-list-file": Row(get(PROGRAMME_READERS), lambda _each: "csv"),
    "areas": Row(get(ADMINISTRATORS, post=ADMINISTRATORS)),
    "area": Row(get(ADMINISTRATORS, post=ADMINISTRATORS), lambda each: each.cast.county_a.id),
    # Roles, where they lie; the specialist of county A is looked after
    "roles": Row(get(ROLE_READERS)),
    "role-find": Row(get(ROLE_GIVERS)),
    "role-enter": Row(get(ROLE_GIVERS, post=ROLE_GIVERS)),
    "role-person": Row(get(GIVERS_IN_A, post=GIVERS_IN_A), lambda each: each.cast.people.specialist.id),
    "role-invite": Row(post(GIVERS_IN_A), lambda each: each.cast.people.specialist.id),
    "role-reset": Row(get(GIVERS_IN_A, post=GIVERS_IN_A), lambda each: each.cast.people.specialist.id),
    "role-revoke": Row(
        get(GIVERS_IN_A, post=GIVERS_IN_A), lambda each: each.cast.people.specialist.grants.get().id
    ),
    # The own account of whoever holds a role of ours; a link is proved by itself
    "account": Row(get(HOLDERS)),
    "account-password": Row(get(HOLDERS, post=HOLDERS)),
    "account-recovery": Row(post(HOLDERS)),
    "account-activate": Row(
        get(EVERYBODY, post=EVERYBODY), lambda each: str(each.cast.accounts.officer.pk), ("a-token",)
    ),
    # What happened, for the officers and reviewers of the person's area; and the ends of the chains
    "trail-person": Row(get(OF_COUNTY_A | {"reviewer"}), lambda each: each.enrolment.person_id),
    "trail-result": Row(get(OF_COUNTY_A | {"reviewer"}), lambda each: ledger_entry(each)),
    "audit-heads": Row(get(ADMINISTRATORS)),
    "audit-keys": Row(get(EVERYBODY)),
    # Operations
    "problems": Row(get(ADMINISTRATORS)),
    "problem-retry": Row(post(ADMINISTRATORS), lambda each: each.problem.id),
}


def names() -> list[str]:
    return [pattern.name for pattern in get_resolver("lti_tools.config.urls").url_patterns]


def action_of(name: str) -> str:
    """The row of `rights.ACTIONS` under which the view of an address lies."""
    return str(ACTION_OF[name])


ACTION_OF = {
    pattern.name: getattr(pattern.callback, "action", "")
    for pattern in get_resolver("lti_tools.config.urls").url_patterns
}


def test_every_address_is_in_the_table() -> None:
    assert sorted(set(names()) - set(TABLE)) == [], "say in the table who may open these"
    assert sorted(set(TABLE) - set(names())) == [], "no longer an address"


# Rights that no address asks for yet, and where they are asked instead.
WITHOUT_A_VIEW = {
    "round.see": "asked by `ratings.feedback` inside the page of a programme",
}


def test_every_action_opens_some_address() -> None:
    """A right that no address asks for is either listed with its reason, or protects nothing."""
    assert not set(WITHOUT_A_VIEW) & set(ACTION_OF.values()), "these have a view by now"
    assert sorted(set(ACTIONS) - set(ACTION_OF.values()) - set(WITHOUT_A_VIEW)) == []


def test_the_matrix_has_a_cell_for_everybody_at_every_address() -> None:
    """`pytest -rP -k matrix` prints how many."""
    questions = sum(len(row.methods) for row in TABLE.values())
    with_ids = sum(len(row.methods) for row in TABLE.values() if row.thing is not None)
    print(f"{len(TABLE)} addresses, {questions} methods, {len(CAST)} people: {questions * len(CAST)} cells;")
    print(
        f"{with_ids * len(CAST)} of them ask for somebody's thing, and again as a fragment and for nobody's"
    )
    assert questions * len(CAST) >= 3500


def test_every_method_an_address_takes_is_in_the_table(each: OneOfEach) -> None:
    for name, row in TABLE.items():
        refused = Client().generic("PROPFIND", row.address(name, row.thing(each) if row.thing else None))
        assert refused.status_code == 405, name
        takes = {method.strip() for method in refused["Allow"].split(",")} - {"OPTIONS"}
        takes -= {"HEAD"} if "GET" in takes else set()
        assert takes == set(row.methods), name
