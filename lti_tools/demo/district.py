"""Loads the demo district into the service: areas, schools, staff with accounts, the LMS, a programme with its roster.

`python -m lti_tools.demo.district < platform.json` does it, platform.json being what `lti_tools.demo.boot` prints.
Every step may run again: what is there is kept, what is new is added.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import date
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
AT_A_SCHOOL = frozenset({"specialist", "school_office", "envoy"})
LOCATIONS = {"城区": "urban", "镇区": "township", "乡村": "village"}
PROGRAMME = "教师数字素养分层培训（2026—2029）"
SCHOOLS_SINCE = date(2015, 9, 1)
# The sample clips last seconds; the rubric asks for a quarter of an hour at least. Said on the lesson page too.
SHORTEST_MINUTES = 0


def make_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def load(platform: dict[str, Any]) -> None:
    """Brings a database with its tables to where a newcomer can begin."""
    from django.db import transaction

    from lti_tools.definitions import api as definitions
    from lti_tools.launch import api as launch

    people = json.loads((FIXTURES / "people.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        definitions.seed()
        areas = _areas(people["areas"])
        schools = _schools(people["schools"], areas)
        known = launch.register_platform(
            issuer=platform["issuer"],
            client_id=platform["client_id"],
            name="青禾教师在线（演示）",
            auth_login_url=platform["auth_url"],
            token_url=platform["token_url"],
            jwks_url=platform["jwks_url"],
            deployment_ids=[platform["deployment_id"]],
        )
        city = areas["990100"]
        launch.mark_authoritative(known.id, area_id=city.id, actor="demo", reason="演示")
        accounts = _staff(people["staff"], areas, schools)
    _keep(accounts)
    _programme(city)


def _areas(rows: list[dict[str, Any]]) -> dict[str, Any]:
    from lti_tools.people.api import Area

    made: dict[str, Any] = {}
    for row in rows:
        parent = made.get(row["parent"])
        made[row["code"]], _new = Area.objects.get_or_create(
            code=row["code"], defaults={"name": row["name"], "level": row["level"], "parent": parent}
        )
    return made


def _schools(rows: list[dict[str, Any]], areas: dict[str, Any]) -> dict[str, Any]:
    from lti_tools.organisations.api import open_spell
    from lti_tools.people.api import School

    made: dict[str, Any] = {}
    for row in rows:
        made[row["code"]], _new = School.objects.get_or_create(
            code=row["code"],
            defaults={
                "area": areas[row["area"]],
                "name": row["name"],
                "location": LOCATIONS[row["location"]],
                "remote": row["remote"],
                "parent": made.get(row["parent"]),
            },
        )
        open_spell(made[row["code"]], since=SCHOOLS_SINCE)
    return made


def _staff(
    rows: list[dict[str, Any]], areas: dict[str, Any], schools: dict[str, Any]
) -> list[dict[str, str]]:
    from lti_tools.people.api import SECOND_FACTOR, Account

    accounts = []
    for row in rows:
        if Account.objects.filter(username=row["username"]).exists():
            continue
        password = secrets.token_urlsafe(9)
        person = _person(row, schools)
        _grant(row, person, areas, schools)
        account = Account.objects.create_user(row["username"], password=password, person=person)
        accounts.append(
            {
                "role": row["role"],
                "name": row["name"],
                "username": row["username"],
                "password": password,
                "note": row["organisation"],
                "key": _authenticator(account) if row["role"] in SECOND_FACTOR else "",
            }
        )
    return accounts


def _authenticator(account: Any) -> str:
    """Set up with a key that the demo LMS knows too: it shows the codes that a telephone would show in life."""
    from lti_tools.keys.api import seal
    from lti_tools.people.api import Authenticator, totp

    key = totp.new_key()
    Authenticator.objects.create(user=account, name="demo", sealed_key=seal(key))
    return key


def _person(row: dict[str, Any], schools: dict[str, Any]) -> Any:
    from lti_tools.people.api import Affiliation, Person

    person = Person.objects.create(name=row["name"], staff_no=f"demo-{row['key']}")
    if row["school"] and row["role"] != "envoy":
        Affiliation.objects.create(
            person=person, school=schools[row["school"]], staff_status="在岗", since=date(2020, 9, 1)
        )
    return person


def _grant(row: dict[str, Any], person: Any, areas: dict[str, Any], schools: dict[str, Any]) -> None:
    """A role at each school it names, or in an area; raters are the city's. An envoy is lent until a day."""
    from lti_tools.people.api import RoleGrant

    ends = date(2029, 8, 31) if row["role"] == "envoy" else None
    places: list[dict[str, Any]] = [{"area": areas[row["area"]]}] if row["area"] else [{}]
    if row["role"] in AT_A_SCHOOL:
        places = [{"school": schools[code]} for code in _with_their_points(row["schools"], schools)]
    elif row["role"] == "rater":
        places = [{"area": areas["990100"]}]
    for place in places:
        RoleGrant.objects.create(
            person=person, role=row["role"], since=date(2026, 1, 1), until=ends, reason="演示", **place
        )


def _with_their_points(codes: list[str], schools: dict[str, Any]) -> list[str]:
    """A school's grant reaches its teaching points, which need none of their own."""
    return [code for code in codes if schools[code].parent is None or schools[code].parent.code not in codes]


def _keep(new: list[dict[str, str]]) -> None:
    """The passwords were made up just now; the demo LMS shows them on its first page."""
    from django.conf import settings

    file = Path(settings.DATA_DIR) / "accounts.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    file.touch(mode=0o600, exist_ok=True)
    file.write_text(json.dumps([*known, *new], ensure_ascii=False, indent=1), encoding="utf-8")


def _programme(city: Any) -> None:
    """The first programme, its roster imported the way an officer does it."""
    from lti_tools import jobs
    from lti_tools.office import rosters
    from lti_tools.outbox import api as outbox
    from lti_tools.people.api import Account, actor_for_account
    from lti_tools.programmes.api import Programme, open_programme

    if Programme.objects.filter(area=city).exists():
        return
    officer = Account.objects.get(username="officer-city")
    actor = actor_for_account(officer, second_factor=True)
    programme = open_programme(
        city,
        title=PROGRAMME,
        starts=date(2026, 9, 1),
        ends=date(2029, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=officer.person,
        shortest_minutes=SHORTEST_MINUTES,
    )
    with (FIXTURES / "roster.xlsx").open("rb") as file:
        roster = rosters.receive(actor, programme, file, file_name="roster.xlsx")
    # No worker runs yet: what it would do is done here.
    outbox.work(jobs.HANDLERS)
    rosters.decide(actor, roster.id)
    outbox.work(jobs.HANDLERS)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lti_tools.config.settings")
    import django

    django.setup()
    make_tables()
    told = sys.stdin.read()
    if not told:
        sys.exit("The demo LMS said nothing of itself; its own message says why.")
    load(json.loads(told))


if __name__ == "__main__":
    main()
