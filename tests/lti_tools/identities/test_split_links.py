"""An account was taken from the wrong person and waits: whoever links it decides about what was done through it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import one_of_each
import pytest
from django.urls import reverse
from django.utils import timezone
from split_scene import REASON, acting, diagnosed, handed_in, kinds, proved, split

from lti_tools.audit.models import AuditEvent
from lti_tools.certificates import api as certificates
from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, SeenLaunch
from lti_tools.office import identities as office
from lti_tools.office import identity_links as links
from lti_tools.office import programmes as closing
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Enrolment
from lti_tools.results.models import LedgerEntry
from lti_tools.tasks import api as tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(cast: Any, account: Identity) -> Identity:
    """Linked with 王守田, used for a diagnosis and a lesson, then sent back; it claims to be 张同事 (T004)."""
    diagnosed(cast, acting(account))
    handed_in(cast, "senior", through=account)
    office.send_back(cast.actor("officer"), account.id, reason=REASON)
    Identity.objects.filter(id=account.id).update(claimed_name="张同事", claimed_staff_no="T004")
    account.refresh_from_db()
    return account


def link(
    cast: Any, account: Identity, results: str, who: str = "colleague", *, by: str = "officer"
) -> Counter[str]:
    to = getattr(cast.people, who).id
    return links.link(cast.actor(by), account.id, to, results=results, reason=REASON)


def test_what_was_done_through_a_waiting_account_is_shown(cast: Any, returned: Identity) -> None:
    waits = links.waiting(cast.actor("officer"), returned.id)
    [work] = waits.work
    assert (work.enrolment.person, len(work.placements), len(work.lessons)) == (cast.people.senior, 1, 1)
    assert (waits.undecided, waits.elsewhere) == (True, False)


def test_an_account_through_which_nothing_was_done_asks_nothing(cast: Any, account: Identity) -> None:
    office.send_back(cast.actor("officer"), account.id, reason=REASON)
    Identity.objects.filter(id=account.id).update(claimed_staff_no="T004")
    assert not links.waiting(cast.actor("officer"), account.id).undecided
    assert +link(cast, account, "") == Counter()


def test_linked_with_the_right_person_the_results_come_along(cast: Any, returned: Identity) -> None:
    wrong, right = cast.enrolment("senior"), cast.enrolment("colleague")
    hours, held = tasks.hours(wrong), kinds(wrong)
    counts = link(cast, returned, "bring")
    returned.refresh_from_db()
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (returned.person, returned.matched_by) == (cast.people.colleague, "officer")
    assert (counts["lessons"], counts["placements"], counts["tasks"]) == (1, 1, 2)
    assert (tasks.passed(wrong), certificates.lessons(wrong), wrong.tier) == (frozenset(), [], "")
    assert (tasks.hours(right), len(certificates.lessons(right)), bool(right.tier)) == (hours, 1, True)
    assert kinds(right) == held
    assert kinds(wrong) == Counter(correction=sum(held.values()))
    assert proved()


def test_both_trails_say_what_went_over(cast: Any, returned: Identity) -> None:
    link(cast, returned, "bring")
    gone = AuditEvent.objects.filter(kind="identity.split").latest("seq")
    [come] = AuditEvent.objects.filter(kind="identity.linked")
    assert (gone.subject, come.subject) == (str(cast.people.senior.id), str(cast.people.colleague.id))
    assert gone.detail["lessons"] == come.detail["lessons"] == 1
    assert (gone.reason, come.reason) == (REASON, REASON)
    assert str(cast.people.colleague.id) not in str(gone.detail)


def test_left_where_they_are_the_results_can_be_brought_later(cast: Any, returned: Identity) -> None:
    before = LedgerEntry.objects.count()
    assert +link(cast, returned, "leave") == Counter()
    assert LedgerEntry.objects.count() == before
    assert office.linked(cast.actor("officer"), returned.id).before
    office.send_back(cast.actor("officer"), returned.id, reason=REASON)
    assert link(cast, returned, "bring")["lessons"] == 1
    assert not office.linked(cast.actor("officer"), returned.id).before
    assert proved()


@pytest.mark.parametrize("results", ["", "perhaps"])
def test_nothing_is_linked_before_it_is_said_what_becomes_of_the_results(
    cast: Any, returned: Identity, results: str
) -> None:
    with pytest.raises(Refused) as refused:
        link(cast, returned, results)
    assert refused.value.code == "identity.results_undecided"
    returned.refresh_from_db()
    assert returned.person is None
    assert not AuditEvent.objects.filter(kind="identity.linked").exists()


def test_back_to_the_same_person_everything_is_as_it_was(cast: Any, returned: Identity) -> None:
    wrong, before = cast.enrolment("senior"), LedgerEntry.objects.count()
    OutboxRow.objects.all().update(state="done")
    assert +link(cast, returned, "", "senior") == Counter()
    assert LedgerEntry.objects.count() == before
    assert len(certificates.lessons(wrong)) == 1
    [row] = OutboxRow.objects.filter(kind="publish_grade", state="waiting")
    assert row.payload["score"]["scoreGiven"] == 80.0, "the gradebook was emptied when it was sent back"


def test_results_with_somebody_of_another_area_are_moved_by_the_larger_area_only(
    cast: Any, returned: Identity
) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(school=cast.school_b)
    waits = links.waiting(cast.actor("officer"), returned.id)
    assert (waits.work, waits.elsewhere) == ((), True)
    with pytest.raises(Refused) as refused:
        link(cast, returned, "bring")
    assert refused.value.code == "identity.results_elsewhere"
    returned.refresh_from_db()
    assert returned.person is None
    assert link(cast, returned, "bring", by="officer_city")["lessons"] == 1


def test_results_go_only_to_somebody_in_the_same_programme(cast: Any, returned: Identity) -> None:
    Enrolment.objects.filter(person=cast.people.colleague).delete()
    with pytest.raises(Refused) as refused:
        link(cast, returned, "bring")
    assert refused.value.code == "identity.not_enrolled"
    returned.refresh_from_db()
    assert returned.person is None
    link(cast, returned, "leave")


def test_a_certificate_of_a_larger_area_falls_only_by_an_officer_of_it(cast: Any, returned: Identity) -> None:
    one_of_each.certificate(cast.enrolment("senior"))
    with pytest.raises(Refused) as refused:
        link(cast, returned, "bring")
    assert refused.value.code == "identity.certificate_elsewhere"
    assert len(certificates.lessons(cast.enrolment("senior"))) == 1
    assert link(cast, returned, "bring", by="officer_city")["certificates_revoked"] == 1
    assert proved()


@pytest.mark.parametrize("who", ["officer_b", "specialist", "reviewer", "administrator", "senior"])
def test_nobody_else_sees_or_links_it(cast: Any, returned: Identity, who: str) -> None:
    with pytest.raises(Denied):
        links.waiting(cast.actor(who), returned.id)
    with pytest.raises(Denied):
        link(cast, returned, "bring", by=who)


# Carried on to another programme meanwhile


def carried(cast: Any) -> Any:
    following = programmes.open_programme(
        cast.city,
        title="下一个项目",
        starts=date(2026, 9, 1),
        ends=date(2029, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=None,
    )
    closing.close(
        cast.actor("officer_city"), cast.programme, carry_over="passed", successor=following, reason="期满"
    )
    outbox.work({"carry_over": closing.carry_over})
    return lambda who: Enrolment.objects.get(programme=following, person=getattr(cast.people, who))


@pytest.mark.parametrize("way", ["hand_over", "link"])
def test_what_was_carried_on_goes_over_in_both_programmes_and_counts_once(
    cast: Any, account: Identity, way: str
) -> None:
    wrong = diagnosed(cast, acting(account))
    made = handed_in(cast, "senior", through=account)
    hours = tasks.hours(wrong)
    now_in = carried(cast)
    assert [one.lesson_id for one in certificates.lessons(now_in("senior"))] == [str(made.id)]
    if way == "hand_over":
        split(cast, account)
    else:
        office.send_back(cast.actor("officer"), account.id, reason=REASON)
        Identity.objects.filter(id=account.id).update(claimed_staff_no="T004")
        link(cast, account, "bring", by="officer_city")
    for enrolment in (wrong, now_in("senior")):
        assert (certificates.lessons(enrolment), tasks.passed(enrolment)) == ([], frozenset())
    for enrolment in (cast.enrolment("colleague"), now_in("colleague")):
        assert [one.lesson_id for one in certificates.lessons(enrolment)] == [str(made.id)]
        assert tasks.hours(enrolment) == hours
    assert sum(each.total for each in tasks.hours_of_person(cast.people.colleague.id).values()) == hours.total
    assert proved()


# Through the page


def test_the_page_asks_what_becomes_of_the_results_and_keeps_what_was_written(
    cast: Any, returned: Identity, browse_as: Any
) -> None:
    client, to = browse_as("officer"), str(cast.people.colleague.id)
    page = client.get(reverse("identity", args=[returned.id])).content.decode()
    assert "认识分数" in page
    assert 'value="bring"' in page
    address = reverse("identity-link", args=[returned.id])
    answer = client.post(address, {"person": to, "reason": REASON})
    assert answer.status_code == 422
    assert REASON in answer.content.decode()
    assert f'value="{to}" required checked' in answer.content.decode()
    answer = client.post(address, {"person": to, "results": "bring", "reason": ""})
    assert answer.status_code == 422
    assert 'value="bring" required checked' in answer.content.decode()
    returned.refresh_from_db()
    assert returned.person is None
    client.post(address, {"person": to, "results": "bring", "reason": REASON})
    assert len(certificates.lessons(cast.enrolment("colleague"))) == 1


def test_the_page_offers_no_bringing_along_from_another_area_and_names_nobody_there(
    cast: Any, returned: Identity, browse_as: Any
) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(school=cast.school_b)
    page = browse_as("officer").get(reverse("identity", args=[returned.id])).content.decode()
    assert 'value="bring"' not in page
    assert 'value="leave"' in page
    assert "王守田" not in page
    assert "认识分数" not in page


def test_the_gradebook_of_the_right_person_shows_the_best_afterwards(cast: Any, returned: Identity) -> None:
    other = one_of_each.platform("https://other.example")
    scopes = returned.platform.gradetarget_set.get().scopes
    elsewhere = GradeTarget.objects.create(
        platform=other, deployment_id="1", resource_link_id="l", scopes=scopes
    )
    SeenLaunch.objects.create(target=elsewhere, sub="true-senior", seen_at=timezone.now())
    Identity.objects.create(platform=other, sub="true-senior", person=cast.people.senior)
    link(cast, returned, "bring")
    waiting = OutboxRow.objects.filter(kind="publish_grade", state="waiting").order_by("id")
    scores = [row.payload["score"] for row in waiting]
    assert {(one["userId"], one.get("scoreGiven")) for one in scores} == {
        ("user-7", 80.0),
        ("true-senior", None),
    }
