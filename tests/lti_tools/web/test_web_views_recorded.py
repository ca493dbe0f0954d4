"""Pages that show people say so on the trail, and reading them writes nothing to the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent, AuditMention

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SHIJIE_SPOOL_ROOT = tmp_path / "spool"
    return tmp_path / "spool"


# who opens what -> under which code, and that the senior teacher is among those seen
PAGES: list[tuple[str, str, Callable[[Any], str]]] = [
    ("officer", "programme.people", lambda each: f"/office/programmes/{each.cast.programme.id}"),
    ("specialist", "specialist.desk", lambda each: "/school"),
    ("specialist", "specialist.teacher", lambda each: f"/school/{each.enrolment.id}"),
    ("specialist", "specialist.checks", lambda each: f"/school/{each.enrolment.id}/checks"),
    ("officer", "identity.candidates", lambda each: f"/office/identities/{each.identity.id}"),
    ("reviewer", "audit.person", lambda each: f"/office/trail/{each.enrolment.person_id}"),
    ("committee", "dossier.list", lambda each: f"/dossiers/{each.dossier.id}"),
    ("committee", "dossier.candidate", lambda each: f"/dossiers/{each.dossier.id}/{each.enrolment.id}"),
    (
        "officer",
        "dossier.candidates",
        lambda each: f"/office/dossiers/new?programme={each.cast.programme.pk}&area={each.cast.county_a.pk}",
    ),
    ("officer", "dossier.readers", lambda each: f"/office/dossiers/{each.dossier.id}?q=T001"),
]


OTHER = {
    "officer": "officer_b",
    "specialist": "specialist_elsewhere",
    "reviewer": "officer_b",
    "committee": "committee_expired",
}


@pytest.mark.parametrize(("who", "what", "address"), PAGES, ids=[what for _who, what, _address in PAGES])
def test_a_page_that_shows_people_says_whom(
    who: str, what: str, address: Callable[[Any], str], cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as(who)
    before = AuditEvent.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address(each)).status_code == 200
    about = [query["sql"] for query in asked if "shijie_audit" in query["sql"] or "chainhead" in query["sql"]]
    assert not [sql for sql in about if not sql.startswith("SELECT")]
    assert AuditEvent.objects.count() == before
    audit.collect_views()
    (event,) = [event for event in audit.about(each.enrolment.person_id) if event.kind == "viewed"]
    assert (event.actor, event.detail["what"]) == (str(getattr(cast.people, who).id), what)
    assert audit.verify() is None


def test_who_may_not_see_a_page_saw_nobody(
    cast: Any, each: Any, browse_as: Callable[[str], Any], folder: Path
) -> None:
    for who, _what, address in PAGES:
        browse_as(OTHER[who]).get(address(each))
    audit.collect_views()
    seen = set(AuditMention.objects.filter(event__kind="viewed").values_list("subject", flat=True))
    seen |= set(AuditEvent.objects.filter(kind="viewed").values_list("subject", flat=True))
    assert str(each.enrolment.person_id) not in seen


def test_the_spool_holds_no_name_and_no_number(
    cast: Any, each: Any, browse_as: Callable[[str], Any], folder: Path
) -> None:
    browse_as("officer").get(f"/office/programmes/{cast.programme.id}")
    text = "".join(path.read_text() for path in folder.iterdir())
    assert str(each.enrolment.person_id) in text
    assert "王守田" not in text
    assert "T001" not in text


def test_a_downloaded_report_mentions_everybody_in_it(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    answer = browse_as("officer").get(f"/reports/{each.run.id}/archive")
    assert answer.status_code == 200
    event = AuditEvent.objects.get(kind="report.downloaded")
    mentioned = set(event.mentions.values_list("subject", flat=True))
    assert str(each.enrolment.person_id) in mentioned
    assert str(cast.people.outsider.id) not in mentioned
    assert event.detail["mentioned"] == len(mentioned) == each.run.total
    assert audit.verify() is None
