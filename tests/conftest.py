"""The cast: a small district with one of each kind of person, for tests of what everybody may and may not do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from signing_in import authenticator, sign_in


@dataclass
class Cast:
    """Two counties, three schools; everybody by a short name in `people`, their sign-ins in `accounts`."""

    city: Any
    county_a: Any
    county_b: Any
    school_a: Any
    school_a2: Any
    school_b: Any
    programme: Any = None
    dossier: Any = None
    people: SimpleNamespace = field(default_factory=SimpleNamespace)
    accounts: SimpleNamespace = field(default_factory=SimpleNamespace)

    def actor(self, name: str) -> Any:
        """Acts as this person would: staff after sign-in, teachers from a launch."""
        from lti_tools.people.api import ANONYMOUS, actor_for

        if name == "nobody":
            return ANONYMOUS
        via = "sign-in" if hasattr(self.accounts, name) else "launch"
        return actor_for(getattr(self.people, name), via=via, second_factor=name not in UNVERIFIED)

    def enrolment(self, name: str) -> Any:
        from lti_tools.programmes.api import current_enrolment

        return current_enrolment(getattr(self.people, name))


def _area(code: str, name: str, level: str, parent: Any = None) -> Any:
    from lti_tools.people.api import Area

    return Area.objects.create(code=code, name=name, level=level, parent=parent)


def _school(area: Any, code: str, name: str, **more: Any) -> Any:
    from lti_tools.people.api import School

    return School.objects.create(area=area, code=code, name=name, **({"location": "township"} | more))


def _person(name: str, school: Any, *, birth: str = "1985-05", staff_no: str = "") -> Any:
    from lti_tools.people.api import Affiliation, Person

    person = Person.objects.create(name=name, birth_month=birth, staff_no=staff_no)
    if school:
        Affiliation.objects.create(
            person=person,
            school=school,
            stage="primary",
            subjects=["语文"],
            title="grade-1",
            since=date(2020, 9, 1),
        )
    return person


@pytest.fixture
def cast(db: Any) -> Cast:
    from lti_tools.definitions import api as definitions
    from lti_tools.people.api import Account, RoleGrant
    from lti_tools.programmes.api import enrol, open_programme

    definitions.seed()
    city = _area("990100", "示例市", "prefecture")
    county_a = _area("990121", "甲县", "county", city)
    county_b = _area("990122", "乙县", "county", city)
    made = Cast(
        city=city,
        county_a=county_a,
        county_b=county_b,
        school_a=_school(county_a, "2199012101", "甲县村小", location="village", remote=True),
        school_a2=_school(county_a, "2199012102", "甲县中心小学"),
        school_b=_school(county_b, "3199012201", "乙县中学"),
    )
    teachers = {
        "senior": ("王守田", made.school_a, "1968-03"),
        "middle": ("李慧敏", made.school_a2, "1984-05"),
        "young": ("马晓雨", made.school_a2, "1998-06"),
        "colleague": ("张同事", made.school_a, "1980-01"),
        "outsider": ("赵外县", made.school_b, "1979-09"),
    }
    for number, (key, (name, school, birth)) in enumerate(teachers.items(), start=1):
        setattr(made.people, key, _person(name, school, birth=birth, staff_no=f"T{number:03d}"))
    staff = {
        "rater1": ("评审一", made.school_a2, "rater", {"area": city}),
        "rater2": ("评审二", made.school_b, "rater", {"area": city}),
        "rater3": ("评审三", None, "rater", {"area": city}),
        "rater4": ("评审四", made.school_b, "rater", {"area": city}),
        "rater_same_school": ("同校评审", made.school_a, "rater", {"area": city}),
        "chair": ("组长", None, "chair", {"area": city}),
        "specialist": ("专员", made.school_a, "specialist", {"school": made.school_a}),
        "specialist_elsewhere": ("外校专员", made.school_b, "specialist", {"school": made.school_b}),
        "officer": ("甲县干部", None, "officer", {"area": county_a}),
        "officer_b": ("乙县干部", None, "officer", {"area": county_b}),
        "officer_city": ("市局干部", None, "officer", {"area": city}),
        "chair_elsewhere": ("外县组长", None, "chair", {"area": county_b}),
        "envoy": ("技术特派员", None, "envoy", {"school": made.school_a2}),
        "school_office": ("校办", made.school_a, "school_office", {"school": made.school_a}),
        "school_office_elsewhere": ("外校校办", made.school_b, "school_office", {"school": made.school_b}),
        "reviewer": ("审核人", made.school_a2, "reviewer", {"area": county_a}),
        "administrator": ("管理员", None, "administrator", {}),
        # In a session that proved the password only.
        "officer_unverified": ("未验证干部", None, "officer", {"area": county_a}),
    }
    for key, (name, school, role, scope) in staff.items():
        person = _person(name, school)
        RoleGrant.objects.create(person=person, role=role, since=date(2026, 1, 1), reason="test", **scope)
        setattr(made.people, key, person)
        setattr(
            made.accounts,
            key,
            Account.objects.create_user(key.replace("_", "-"), password="long-enough-1", person=person),
        )
    made.programme = open_programme(
        city,
        title="教师数字素养分层培训",
        starts=date(2026, 9, 1),
        ends=date(2029, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=made.people.officer_city,
        shortest_minutes=0,
    )
    enrol(made.programme, [getattr(made.people, key) for key in teachers])
    _committee(made)
    return made


# Who signs in with a password and stops there.
UNVERIFIED = frozenset({"officer_unverified"})


def _account(made: Cast, key: str, person: Any) -> None:
    from lti_tools.people.api import Account

    setattr(made.people, key, person)
    account = Account.objects.create_user(key.replace("_", "-"), password="long-enough-1", person=person)
    setattr(made.accounts, key, account)


def _committee(made: Cast) -> None:
    """A dossier of county A, a member of its committee, and one whose time has ended.

    And somebody who is officer and reviewer at once: may decide what others entered, never what they entered
    themselves.
    """
    from django.apps import apps

    from lti_tools.people.api import RoleGrant

    made.dossier = apps.get_model("shijie", "Dossier").objects.create(
        area=made.county_a,
        programme=made.programme,
        title="职称评审材料",
        made_by=made.people.officer,
        until=date(2099, 12, 31),
        snapshot="{}",
        digest="0" * 64,
    )
    for key, name, ends in (
        ("committee", "评委", date(2099, 12, 31)),
        ("committee_expired", "任期已满评委", date(2026, 1, 31)),
    ):
        _account(made, key, _person(name, None))
        RoleGrant.objects.create(
            person=getattr(made.people, key),
            role="committee",
            dossier=made.dossier,
            since=date(2026, 1, 1),
            until=ends,
            reason="test",
        )
    _account(made, "reviewer_own", _person("兼审核的干部", None))
    for role in ("officer", "reviewer"):
        RoleGrant.objects.create(
            person=made.people.reviewer_own,
            role=role,
            area=made.county_a,
            since=date(2026, 1, 1),
            reason="test",
        )


@pytest.fixture
def browse_as(cast: Cast) -> Callable[[str], Any]:
    """A Django test client acting as one of the cast."""
    from django.test import Client

    def client_for(name: str) -> Any:
        client = Client(raise_request_exception=True)
        if name == "nobody":
            return client
        if name in UNVERIFIED:
            account = getattr(cast.accounts, name)
            authenticator(account)
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
            return client
        if hasattr(cast.accounts, name):
            return sign_in(client, getattr(cast.accounts, name))
        session = client.session
        session["launched_person"] = str(getattr(cast.people, name).id)
        session.save()
        return client

    return client_for


@pytest.fixture(autouse=True)
def _own_heads(settings: Any, tmp_path: Path) -> None:
    """Signed heads of another test say something about another database."""
    settings.SHIJIE_HEADS_ROOT = tmp_path / "heads"


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits count in windows of the clock; in a test no window ends between two tries."""
    ending = int(time.time()) + 3600
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: ending)
