"""Four doors to data about people, and no fifth.

`people.visible_to`, `ratings.assigned_to`, `certificates.public` and `system(reason)` decide who may see whom. Rows
about people are otherwise read by the applet that owns them, for callers who have asked. Every place where
another room queries such a table directly is listed below with the reason why it shows nobody more than allowed.
"""

from __future__ import annotations

import ast
import inspect

import pytest
from django.apps import apps
from django.db import models
from house import Module, modules, short

OWN = "the row of whoever is signed in, by the id in the session or in the actor"
MANAGERS = {"objects", "_default_manager", "_base_manager"}
# (module, model) -> why this is no fifth door
KNOWN: dict[tuple[str, str], str] = {
    ("lti_tools.web.middleware", "Person"): OWN,
    ("lti_tools.web.path", "Person"): OWN,
    ("lti_tools.journey", "Person"): OWN,
    ("lti_tools.certificates.api", "Person"): OWN,
    ("lti_tools.reporting.api", "Person"): OWN,
    (
        "lti_tools.identities.slips",
        "Person",
    ): "locks the row for which a slip is printed, and shows nothing of it",
    (
        "lti_tools.reporting.snapshot",
        "Enrolment",
    ): "of one area's people (affiliations_on), after reporting.start asked for the area",
    (
        "lti_tools.organisations.endings",
        "Affiliation",
    ): "those of a school that ends, counted or carried over",
    ("lti_tools.organisations.endings", "RoleGrant"): "rights at a school that ends; nobody is shown",
    ("lti_tools.office.organisations", "Person"): OWN,
    (
        "lti_tools.rosters.match",
        "Person",
    ): "whom a row speaks of, for officers of the area; only differences are shown",
    ("lti_tools.rosters.match", "Affiliation"): "where those people work",
    ("lti_tools.rosters.apply", "Affiliation"): "of exactly the people of the decided rows",
    ("lti_tools.rosters.staging", "Person"): "whether any ID hash has a key that is gone; nobody is shown",
    ("lti_tools.office.rosters", "Person"): "whoever decided, by the id in the decision",
    ("lti_tools.office.rosters", "Affiliation"): "of one area, after the import or the export asked for it",
    ("lti_tools.office.rosters", "Enrolment"): "of exactly those people",
    ("lti_tools.programmes.coverage", "Affiliation"): "narrowed to the areas of the actor",
    ("lti_tools.privacy.corrections", "Affiliation"): "narrowed to the areas of the actor, never the own row",
    (
        "lti_tools.privacy.facts",
        "Affiliation",
    ): "the place of work of one person, after somebody else approved",
    ("lti_tools.privacy.orders", "Affiliation"): "narrowed to the areas of the actor",
    (
        "lti_tools.reporting.dossier",
        "Affiliation",
    ): "candidates of one area, after the officer was asked for it",
    ("lti_tools.reporting.dossier", "Enrolment"): "of exactly those people",
    ("lti_tools.programmes.participation", "Affiliation"): "narrowed to the areas of whoever decides",
    ("lti_tools.ratings.raters", "Person"): "who may be called as a rater; nothing about them is shown",
    ("lti_tools.ratings.raters", "RoleGrant"): "who holds a rater's right",
    ("lti_tools.ratings.raters", "Affiliation"): "who is a colleague of the teacher and so must not rate",
    (
        "lti_tools.identities.candidates",
        "Affiliation",
    ): "people an officer may link, narrowed to the areas of the actor",
    (
        "lti_tools.identities.matching",
        "Affiliation",
    ): "one person of an authoritative platform's area, or nobody",
    ("lti_tools.identities.matching", "RoleGrant"): "who is barred from being matched",
    (
        "lti_tools.identities.queue",
        "Affiliation",
    ): "narrowed to the areas of the actor; sorts claims, shows nobody",
    ("lti_tools.identities.queue", "Person"): "whether a claimed number is anybody's; shows nobody",
    ("lti_tools.identities.splitting", "Affiliation"): "narrowed to the areas of the actor",
}


# Modules with statements of their own -> why these are no way around the doors
RAW_KNOWN: dict[str, str] = {
    "lti_tools.audit.proving": "walks the trail itself, as it lies in the table",
    "lti_tools.people.entering": "writes what it is handed, and reads nothing",
    "lti_tools.rosters.page_cache": "tells SQLite how much to keep in memory, and reads no table",
}


def personal() -> set[str]:
    """Models from which a foreign key, or a chain of them, leads to a person; and those that store a person's id."""
    own = list(apps.get_app_config("shijie").get_models())
    found = {model for model in own if model.__name__ == "Person" or _holds_person_id(model)}
    while True:
        more = {model for model in own if model not in found and _targets(model) & found}
        if not more:
            return {model.__name__ for model in found}
        found |= more


def _holds_person_id(model: type[models.Model]) -> bool:
    return any(field.name == "person_id" for field in model._meta.fields)


def _targets(model: type[models.Model]) -> set[object]:
    """Who opened an area or a programme is no reason to call it personal: only what rows are about counts."""
    subject = {
        "person",
        "enrolment",
        "lesson",
        "take",
        "upload",
        "case",
        "reading",
        "mark",
        "certificate",
        "owner",
    }
    return {
        field.related_model for field in model._meta.fields if field.name in subject and field.is_relation
    }


def queries(one: Module) -> set[str]:
    """Names of the personal models whose manager this module asks."""
    known = personal()
    asked = (
        node.value for node in ast.walk(one.tree) if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    )
    names = {getattr(value, "id", "") or getattr(value, "attr", "") for value in asked}
    return names & known


def outside() -> list[Module]:
    return [
        one
        for one in modules("lti_tools")
        if not one.name.startswith(("lti_tools.demo", "lti_tools.migrations"))
    ]


def owner(model: str) -> str:
    return apps.get_model("shijie", model).__module__.split(".")[1]


def foreign_queries() -> set[tuple[str, str]]:
    return {(one.name, model) for one in outside() for model in queries(one) if one.room != owner(model)}


def test_the_tables_about_people_are_known() -> None:
    assert {
        "Person",
        "Affiliation",
        "Identity",
        "Enrolment",
        "Lesson",
        "Take",
        "Certificate",
        "LedgerEntry",
    } <= personal()
    assert not personal() & {"Area", "School", "Programme", "Definition", "OutboxRow", "Platform"}


def test_there_is_no_fifth_door() -> None:
    new = sorted(foreign_queries() - set(KNOWN))
    assert not new, f"ask a door of the owning applet instead of its table: {new}"


def test_every_exception_is_still_needed() -> None:
    assert not set(KNOWN) - foreign_queries()


def test_no_raw_sql_goes_around_the_doors() -> None:
    raw = {"raw", "cursor", "RawSQL", "extra"}
    for one in outside():
        calls = {
            getattr(node.func, "attr", getattr(node.func, "id", ""))
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Call)
        }
        assert not calls & raw or one.name in RAW_KNOWN, short(one.path)


@pytest.mark.django_db
def test_a_nobody_sees_nobody_through_the_doors(cast: object) -> None:
    from lti_tools.certificates.api import public
    from lti_tools.errors import Denied
    from lti_tools.people.api import ANONYMOUS, visible_to
    from lti_tools.ratings.api import assigned_to

    assert not visible_to(ANONYMOUS).exists()
    with pytest.raises(Denied):
        assigned_to(ANONYMOUS)
    assert public("", name="") is None


@pytest.mark.django_db
def test_the_door_for_jobs_wants_a_reason(cast: object) -> None:
    from lti_tools.people.api import Person, system, visible_to

    with pytest.raises(ValueError, match="why"):
        system("")
    job = system("yearly evidence set")
    assert job.reason == "yearly evidence set"
    assert visible_to(job).count() == Person.objects.count() > 0


def test_the_doors_ask_who_is_there() -> None:
    """Their first argument is the actor (or, at the public one, what the paper says), so it cannot be forgotten."""
    from lti_tools.certificates.api import public
    from lti_tools.people.api import visible_to
    from lti_tools.ratings.api import assigned_to

    for door in (visible_to, assigned_to):
        first = next(iter(inspect.signature(door).parameters.values()))
        assert (first.name, first.default) == ("actor", inspect.Parameter.empty)
    assert list(inspect.signature(public).parameters) == ["typed", "name"]


def test_what_a_rater_gets_holds_no_way_to_a_person() -> None:
    from dataclasses import fields

    from lti_tools.ratings.api import Assignment

    telling = {
        "person",
        "person_id",
        "teacher",
        "name",
        "school",
        "enrolment",
        "enrolment_id",
        "lesson_id",
        "case_id",
    }
    assert not {field.name for field in fields(Assignment)} & telling
