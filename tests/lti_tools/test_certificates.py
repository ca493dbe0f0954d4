from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from stdnum.iso7064 import mod_37_36

from lti_tools.certificates import api as certificates
from lti_tools.certificates import numbers
from lti_tools.certificates.models import Certificate
from lti_tools.errors import Denied, ShijieError
from lti_tools.programmes import api as programmes
from reports.evidence import Hours, Words


@pytest.fixture
def certificate(cast: Any) -> Certificate:
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={})
    made = certificates.reserve(
        enrolment,
        school="甲县村小",
        tier=Words("基础操作层", "Basic operation"),
        level="pass",
        hours=Hours(Decimal("5.5"), Decimal("20.5")),
        valid_to=date(2029, 12, 31),
    )
    assert made is not None
    return made


def test_a_number_has_its_parts_and_a_check_character() -> None:
    number = numbers.new(issuer="SJIE", year=2026, area_code="990121")
    assert number.startswith("SJIE2026990121")
    assert len(number) == 23
    assert mod_37_36.is_valid(number)
    assert numbers.valid(number)


@pytest.mark.parametrize("place", range(23))
def test_one_wrong_character_is_noticed(place: int) -> None:
    number = numbers.new(issuer="SJIE", year=2026, area_code="990121")
    wrong = "7" if number[place] != "7" else "8"
    assert not numbers.valid(number[:place] + wrong + number[place + 1 :])


def test_a_number_may_be_typed_with_dashes_spaces_and_full_width_letters() -> None:
    number = numbers.new(issuer="SJIE", year=2026, area_code="990121")
    typed = numbers.shown(number).lower().replace("-", " - ").translate({ord("2"): "2"})
    assert numbers.normal(typed) == number


def test_one_enrolment_has_one_certificate(cast: Any, certificate: Certificate) -> None:
    again = certificates.reserve(
        certificate.enrolment,
        school="甲县村小",
        tier=Words("基础操作层"),
        level="pass",
        hours=Hours(),
        valid_to=date(2029, 12, 31),
    )
    assert again is None
    assert Certificate.objects.count() == 1


def test_number_and_name_together_show_every_value_of_the_paper(certificate: Certificate) -> None:
    found = certificates.public(numbers.shown(certificate.number), name=" 王守田 ")
    assert found is not None
    assert (found.status, found.evidence.name, found.evidence.school) == ("valid", "王守田", "甲县村小")
    assert found.evidence.hours.total == Decimal(26)


@pytest.mark.parametrize("name", ["", "王守", "李慧敏"])
def test_a_number_with_another_name_answers_like_an_unknown_number(
    certificate: Certificate, name: str
) -> None:
    assert certificates.public(certificate.number, name=name) is None
    unknown = numbers.new(issuer="SJIE", year=2026, area_code="990121")
    assert certificates.public(unknown, name="") is None


def test_the_secret_of_the_code_shows_it_and_a_wrong_one_does_not(certificate: Certificate) -> None:
    assert certificates.by_secret(certificate.secret) is not None
    assert certificates.by_secret(certificate.number) is None


def test_the_exact_paper_is_recognised_and_an_altered_one_is_not(certificate: Certificate) -> None:
    certificates.write_paper(certificate.id)
    certificate.refresh_from_db()
    from django.core.files.storage import default_storage

    pdf = default_storage.open(certificate.paper).read()
    assert pdf.startswith(b"%PDF")
    assert certificates.by_paper(pdf) is not None
    assert certificates.by_paper(pdf + b"\n") is None


def test_the_paper_is_set_once(certificate: Certificate) -> None:
    certificates.write_paper(certificate.id)
    certificate.refresh_from_db()
    before = certificate.paper_digest
    certificates.write_paper(certificate.id)
    certificate.refresh_from_db()
    assert certificate.paper_digest == before


def test_only_the_holder_downloads_the_paper(cast: Any, certificate: Certificate) -> None:
    with pytest.raises(ShijieError, match="not_ready"):
        certificates.own_paper(cast.actor("senior"), certificate.id)
    certificates.write_paper(certificate.id)
    name, paper = certificates.own_paper(cast.actor("senior"), certificate.id)
    assert name == f"certificate-{certificate.number}.pdf"
    assert paper.read(4) == b"%PDF"
    for other in ("colleague", "specialist", "officer", "officer_b", "rater1", "administrator", "nobody"):
        with pytest.raises(Denied):
            certificates.own_paper(cast.actor(other), certificate.id)


def test_an_officer_of_the_area_revokes_with_a_reason_and_everybody_sees_it(
    cast: Any, certificate: Certificate
) -> None:
    certificates.revoke(cast.actor("officer_city"), certificate.number, reason="录像并非本人")
    found = certificates.by_secret(certificate.secret)
    assert found is not None
    assert found.status == "revoked"


@pytest.mark.parametrize("who", ["senior", "officer_b", "specialist", "rater1", "nobody"])
def test_nobody_else_revokes(cast: Any, certificate: Certificate, who: str) -> None:
    with pytest.raises(Denied):
        certificates.revoke(cast.actor(who), certificate.number, reason="不该如此")
    found = certificates.by_secret(certificate.secret)
    assert found is not None
    assert found.status == "valid"


def test_after_its_last_day_a_certificate_is_expired_not_wrong(certificate: Certificate) -> None:
    Certificate.objects.update(valid_to=date(2020, 12, 31))
    found = certificates.by_secret(certificate.secret)
    assert found is not None
    assert found.status == "expired"
