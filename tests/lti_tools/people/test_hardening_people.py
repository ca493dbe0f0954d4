from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from lti_tools import journey
from lti_tools.errors import Refused
from lti_tools.office.rosters import receive
from lti_tools.rosters.models import RosterImport

pytestmark = pytest.mark.django_db


def test_the_hourly_round_clears_ended_sessions_and_old_slips_and_leaves_the_others() -> None:
    Client().get("/sign-in")
    assert Session.objects.count() == 1
    Session.objects.create(session_key="a" * 32, session_data="x", expire_date=timezone.now())
    for days in (1, 40):
        slip = AccessAttempt.objects.create(username=f"name-{days}", failures_since_start=1)
        AccessAttempt.objects.filter(id=slip.id).update(attempt_time=timezone.now() - timedelta(days=days))
    journey.keep_house()
    assert Session.objects.count() == 1
    assert AccessAttempt.objects.get().username == "name-1"


def test_no_roster_is_read_while_a_key_of_stored_id_hashes_is_missing(cast: Any, settings: Any) -> None:
    person = cast.people.senior
    person.id_hash, person.id_key_version = "0" * 64, 1
    person.save()
    settings.SHIJIE_ID_KEYS = {2: "n" * 40}
    with pytest.raises(Refused) as refused:
        receive(cast.actor("officer_city"), cast.programme, io.BytesIO(b"x"), file_name="r.csv")
    assert refused.value.code == "roster.id_key_missing"
    assert not RosterImport.objects.exists()
