"""A title committee reads the bounded evidence of the candidates chosen, until a day, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.office import dossiers as office
from lti_tools.people.api import RoleGrant, actor_for
from lti_tools.reporting.api import dossier
from lti_tools.reporting.models import Dossier
from reports import evidence as frozen


def days(number: int) -> Any:
    return timezone.localdate() + timedelta(days=number)


def make(cast: Any, *who: str, until: Any = None, actor: str = "officer", **more: Any) -> Dossier:
    return office.make(  # type: ignore[no-any-return]
        cast.actor(actor),
        programme=cast.programme,
        area=more.pop("area", cast.county_a),
        title="2026年职称评审",
        until=until or days(30),
        enrolment_ids=[cast.enrolment(name).id for name in who],
        **more,
    )


@pytest.fixture
def lent(cast: Any, each: Any) -> Dossier:
    """A dossier with 王守田 and a colleague, lent to the committee of the cast."""
    made = make(cast, "senior", "colleague")
    grants = RoleGrant.objects.filter(person=cast.people.committee)
    grants.update(dossier=made, until=made.until)
    return made


def test_an_officer_freezes_chosen_candidates_through_the_pages(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    where = {"programme": cast.programme.pk, "area": cast.county_a.pk}
    page = client.get(reverse("office-dossier-new"), where).content.decode()
    assert "王守田" in page
    assert "赵外县" not in page
    form = {**where, "title": "评审", "until": days(30), "candidate": [each.enrolment.id]}
    answer = client.post(reverse("office-dossier-new"), form)
    made = Dossier.objects.get(title="评审")
    assert answer["Location"] == reverse("office-dossier", args=[made.id])
    body = frozen.from_json(made.snapshot)
    assert [one.name for one in body.teachers] == ["王守田"]
    assert made.digest == frozen.digest(body)


def test_a_search_keeps_what_was_ticked_and_typed(
    cast: Any, each: Any, browse_as: Callable[[str], Any]
) -> None:
    before = Dossier.objects.count()
    form = {
        "programme": cast.programme.pk,
        "area": cast.county_a.pk,
        "title": "评审材料甲",
        "until": days(30),
        "candidate": [each.enrolment.id],
        "q": "张",
        "show": "1",
    }
    answer = browse_as("officer").post(reverse("office-dossier-new"), form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{each.enrolment.id}" checked' in page
    assert f'value="{cast.enrolment("colleague").id}">' in page
    assert "李慧敏" not in page
    assert 'value="评审材料甲"' in page
    assert Dossier.objects.count() == before


def test_more_than_a_committee_can_read_is_refused(
    cast: Any, each: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier, "MOST", 1)
    with pytest.raises(Refused, match="too_many"):
        make(cast, "senior", "colleague")


def test_choosing_costs_the_same_however_many_there_are(
    cast: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        dossier.candidates(cast.actor("officer_city"), programme=cast.programme, area=cast.city)


@pytest.mark.parametrize(
    "wrong", [{"until": "2020-01-01"}, {"until": "2099-01-01"}, {"candidate": []}, {"title": ""}]
)
def test_a_form_with_a_mistake_freezes_nothing_and_keeps_what_was_typed(
    cast: Any, each: Any, browse_as: Callable[[str], Any], wrong: dict[str, Any]
) -> None:
    before = Dossier.objects.count()
    form = {
        "programme": cast.programme.pk,
        "area": cast.county_a.pk,
        "title": "评审材料甲",
        "until": days(30),
        "candidate": [each.enrolment.id],
    } | wrong
    answer = browse_as("officer").post(reverse("office-dossier-new"), form)
    assert answer.status_code == 422
    assert Dossier.objects.count() == before
    assert f'value="{form["title"]}"' in answer.content.decode() or not form["title"]


def test_everybody_with_a_certificate_can_be_taken_at_once(cast: Any, each: Any) -> None:
    made = make(cast, all_certified=True)
    assert [one.name for one in frozen.from_json(made.snapshot).teachers] == ["王守田"]


def test_nobody_of_another_county_is_put_inside(cast: Any) -> None:
    with pytest.raises(Denied):
        make(cast, "outsider")


@pytest.mark.parametrize("until", [-1, 91])
def test_a_dossier_is_open_for_ninety_days_at_most(cast: Any, each: Any, until: int) -> None:
    with pytest.raises(Refused, match="days"):
        make(cast, "senior", until=days(until))


def test_a_dossier_of_nobody_is_none(cast: Any) -> None:
    with pytest.raises(Refused, match="nobody"):
        make(cast)


@pytest.mark.parametrize("who", ["officer_b", "reviewer", "administrator", "senior", "committee"])
def test_only_an_officer_of_the_area_makes_one(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        make(cast, "colleague", actor=who)


def test_the_committee_reads_the_evidence_and_a_way_to_check_it(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("committee")
    assert lent.title in client.get(reverse("dossiers")).content.decode()
    listed = client.get(reverse("dossier", args=[lent.id])).content.decode()
    assert "王守田" in listed
    assert "张同事" in listed
    page = client.get(reverse("dossier-candidate", args=[lent.id, each.enrolment.id])).content.decode()
    for shown in ("甲县村小", "认识分数", reverse("verify-secret", args=[each.certificate.secret]), "<svg"):
        assert shown in page, shown


def test_no_page_of_it_tells_age_or_id_number(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    person = cast.people.senior
    type(person).objects.filter(id=person.id).update(id_last4="7777")
    made = make(cast, "senior")
    RoleGrant.objects.filter(person=cast.people.committee).update(dossier=made)
    client = browse_as("committee")
    pages = [
        client.get(reverse("dossiers")),
        client.get(reverse("dossier", args=[made.id])),
        client.get(reverse("dossier-candidate", args=[made.id, each.enrolment.id])),
    ]
    said = made.snapshot + "".join(page.content.decode() for page in pages)
    band = type(each.enrolment).objects.get(id=each.enrolment.id).age_band
    assert band
    for secret in ("1968", "7777", f'"{band}"'):
        assert secret not in said, secret


def test_the_evidence_is_frozen(cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]) -> None:
    type(cast.people.senior).objects.filter(id=cast.people.senior.id).update(name="改名")
    page = browse_as("committee").get(reverse("dossier", args=[lent.id])).content.decode()
    assert "王守田" in page
    assert "改名" not in page


def test_each_look_at_a_candidate_is_noted_for_the_candidate(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Any] = []
    monkeypatch.setattr(audit, "viewed", lambda **what: noted.append(what))
    browse_as("committee").get(reverse("dossier-candidate", args=[lent.id, each.enrolment.id]))
    assert noted == [
        {
            "actor": str(cast.people.committee.id),
            "subjects": [str(cast.people.senior.id)],
            "what": "dossier.candidate",
        }
    ]


def addresses(lent: Dossier, each: Any) -> list[str]:
    return [
        reverse("dossier", args=[lent.id]),
        reverse("dossier-candidate", args=[lent.id, each.enrolment.id]),
    ]


def test_after_its_last_day_it_does_not_exist(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("committee")
    assert [client.get(one).status_code for one in addresses(lent, each)] == [200, 200]
    Dossier.objects.filter(id=lent.id).update(until=days(-1))
    assert [client.get(one).status_code for one in addresses(lent, each)] == [404, 404]
    assert lent.title not in client.get(reverse("dossiers")).content.decode()


def test_closed_early_it_does_not_exist(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    browse_as("officer").post(reverse("office-dossier-close", args=[lent.id]))
    assert [browse_as("committee").get(one).status_code for one in addresses(lent, each)] == [404, 404]
    assert audit.last_of("dossier.closed").subject == str(lent.id)  # type: ignore[union-attr]
    with pytest.raises(Denied):
        office.lend(cast.actor("officer"), lent.id, cast.people.chair.id, until=days(1), reason="评审")


def test_an_access_that_has_ended_opens_nothing(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    RoleGrant.objects.filter(person=cast.people.committee).update(until=days(-1))
    assert [browse_as("committee").get(one).status_code for one in addresses(lent, each)] == [404, 404]
    assert browse_as("committee").get(reverse("dossiers")).status_code == 404


def test_a_member_opens_no_other_dossier_and_no_other_candidate(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("committee")
    other = make(cast, "senior")
    assert client.get(reverse("dossier", args=[other.id])).status_code == 404
    outside = cast.enrolment("middle").id
    assert client.get(reverse("dossier-candidate", args=[lent.id, outside])).status_code == 404


def test_an_officer_lets_a_named_person_in_until_a_day(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any]
) -> None:
    member, client = cast.people.rater_same_school, browse_as("officer")
    address = reverse("office-dossier", args=[lent.id])
    assert str(member.id) in client.get(address, {"q": member.name}).content.decode()
    form = {"person": member.id, "until": lent.until, "reason": "评委会成员"}
    client.post(reverse("office-dossier-access", args=[lent.id]), form)
    granted = RoleGrant.objects.get(person=member, role="committee")
    assert (granted.dossier_id, granted.until) == (lent.id, lent.until)
    assert member.name in client.get(address).content.decode()
    assert browse_as("rater_same_school").get(reverse("dossier", args=[lent.id])).status_code == 200


@pytest.mark.parametrize("wrong", [{"until": ""}, {"reason": ""}, {"person": "x"}])
def test_nobody_is_let_in_without_day_and_reason(
    cast: Any, each: Any, lent: Dossier, browse_as: Callable[[str], Any], wrong: dict[str, str]
) -> None:
    form = {"person": cast.people.rater_same_school.id, "until": lent.until, "reason": "评委"} | wrong
    answer = browse_as("officer").post(reverse("office-dossier-access", args=[lent.id]), form)
    assert answer.status_code == 422
    assert not RoleGrant.objects.filter(person=cast.people.rater_same_school, role="committee").exists()


def test_access_never_outlasts_the_dossier(cast: Any, each: Any, lent: Dossier) -> None:
    member = cast.people.rater_same_school
    with pytest.raises(Refused, match="dates"):
        office.lend(
            cast.actor("officer"), lent.id, member.id, until=lent.until + timedelta(days=1), reason="评委"
        )


def test_an_officer_elsewhere_sees_no_dossier_of_ours(cast: Any, each: Any, lent: Dossier) -> None:
    with pytest.raises(Denied):
        dossier.dossier_for(cast.actor("officer_b"), lent.id)
    assert lent not in dossier.dossiers_for(cast.actor("officer_b"))


def test_a_candidate_does_not_judge_the_others(cast: Any, each: Any) -> None:
    made = make(cast, "senior", "colleague")
    with pytest.raises(Refused, match="own"):
        office.lend(cast.actor("officer"), made.id, cast.people.colleague.id, until=made.until, reason="评委")
    # Let in by another way, the dossier still is not there for them.
    RoleGrant.objects.create(
        person=cast.people.colleague, role="committee", dossier=made, since=days(0), until=made.until
    )
    actor = actor_for(cast.people.colleague, via="sign-in")
    assert dossier.to_read(actor) == []
    with pytest.raises(Denied):
        dossier.read(actor, made.id)
