"""Anyone checks a certificate: what they see, what they cannot find out, and where it stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import one_of_each
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from one_of_each import FAKE_PAPER, OneOfEach

from lti_tools.certificates import api as certificates
from lti_tools.certificates import numbers
from lti_tools.certificates.models import Certificate
from lti_tools.programmes import api as programmes


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def checks(number: str, name: str = "王守田") -> Any:
    return Client().post("/verify", {"number": number, "name": name})


def pdf(content: bytes) -> dict[str, Any]:
    return {"paper": SimpleUploadedFile("certificate.pdf", content, content_type="application/pdf")}


def test_number_and_name_together_show_what_the_paper_says(each: OneOfEach) -> None:
    answer = checks(each.certificate.number)
    assert answer.status_code == 200
    for said in ("王守田", "甲县村小", "基础操作层", "26", certificates.shown(each.certificate.number)):
        assert said in shown(answer)


def test_birth_staff_number_and_age_band_are_never_shown(each: OneOfEach) -> None:
    page = shown(checks(each.certificate.number))
    assert [secret for secret in ("1968", "T001", "51岁", "senior") if secret in page] == []


@pytest.mark.parametrize("typed", ["{shown}", "{lower}", " {number} ", "{wide}", "{spaced}"], ids=str.strip)
def test_a_number_may_be_typed_as_it_is_read(each: OneOfEach, typed: str) -> None:
    number = each.certificate.number
    wide = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    forms = {
        "shown": certificates.shown(number),
        "lower": number.lower(),
        "number": number,
        "wide": wide,
        "spaced": " ".join(number),
    }
    assert checks(typed.format(**forms)).status_code == 200


@pytest.mark.parametrize("name", ["王 守田", "王守田 ", "　王守田"])
def test_spaces_in_a_name_do_not_matter(each: OneOfEach, name: str) -> None:
    assert checks(each.certificate.number, name).status_code == 200


def test_a_mistyped_number_is_told_from_an_unknown_one(each: OneOfEach) -> None:
    number = each.certificate.number
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    answer = checks(wrong)
    assert answer.status_code == 422
    assert wrong in shown(answer)
    assert "甲县村小" not in shown(answer)


def test_an_unknown_number_and_a_wrong_name_give_the_same_answer(each: OneOfEach) -> None:
    unknown = numbers.new(issuer="SJIE", year=2026, area_code="990100")
    first, second = checks(unknown), checks(each.certificate.number, "王守地")
    assert first.status_code == second.status_code == 404
    assert without_typed(first) == without_typed(second)


def without_typed(answer: Any) -> str:
    page = re.sub(r'(name="(?:number|name|csrfmiddlewaretoken)"[^>]*?) value="[^"]*"', r"\1", shown(answer))
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page)


@pytest.mark.parametrize(("number", "name"), [("", ""), ("", "王守田"), ("SJIE", ""), ("   ", "　")])
def test_something_must_be_given(db: None, number: str, name: str) -> None:
    answer = checks(number, name)
    assert answer.status_code == 422
    assert 'role="alert"' in shown(answer)


@pytest.mark.parametrize("number", ["<script>alert(1)</script>", "9" * 60, "9" * 61, "\x00", "编号"])
def test_nonsense_is_refused_and_comes_back_harmless(db: None, number: str) -> None:
    answer = checks(number)
    assert answer.status_code == 422
    assert "<script>alert" not in shown(answer)


def test_the_pdf_itself_is_recognised_to_the_last_byte(each: OneOfEach) -> None:
    genuine = Client().post("/verify", pdf(FAKE_PAPER))
    assert genuine.status_code == 200
    assert "王守田" in shown(genuine)
    altered = Client().post("/verify", pdf(FAKE_PAPER.replace(b"test", b"tEst")))
    assert altered.status_code == 404
    assert "王守田" not in shown(altered)
    assert "打印" in shown(altered)


def test_a_file_larger_than_any_certificate_is_refused(each: OneOfEach) -> None:
    answer = Client().post("/verify", pdf(b"0" * (5 * 1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "5 MB" in shown(answer)


def test_an_empty_file_is_refused(db: None) -> None:
    assert Client().post("/verify", pdf(b"")).status_code == 422


def test_the_code_on_the_paper_opens_the_certificate_and_the_form_below_it_works(each: OneOfEach) -> None:
    page = Client().get(f"/verify/{each.certificate.secret}")
    assert page.status_code == 200
    assert "王守田" in shown(page)
    assert 'action="/verify"' in shown(page)


def test_a_code_of_nobody_says_what_to_do(db: None) -> None:
    page = Client().get("/verify/not-a-code-of-ours")
    assert page.status_code == 404
    assert "我们没有发过带有这个二维码的证书" in shown(page)


def test_a_revoked_certificate_is_genuine_and_said_to_be_revoked(each: OneOfEach) -> None:
    certificates.revoke(each.cast.actor("officer_city"), each.certificate.number, reason="录像不是本人")
    page = checks(each.certificate.number)
    assert page.status_code == 200
    assert "撤销" in shown(page)
    assert "录像不是本人" not in shown(page)
    assert "属实，有效" not in shown(page)


def test_an_expired_certificate_says_since_when_and_that_the_hours_stay(cast: Any) -> None:
    enrolment = cast.enrolment("middle")
    programmes.place(enrolment, skill="S1", diagnosis={})
    old = one_of_each.certificate(enrolment)
    Certificate.objects.filter(id=old.id).update(valid_to=date(2026, 1, 31))
    page = checks(old.number, "李慧敏")
    assert page.status_code == 200
    assert "2026-01-31" in shown(page)
    assert "学时" in shown(page)


def test_a_name_changed_later_does_not_change_the_paper(each: OneOfEach) -> None:
    person = each.cast.people.senior
    person.name = "王改名"
    person.save()
    assert checks(each.certificate.number, "王守田").status_code == 200
    assert checks(each.certificate.number, "王改名").status_code == 404


def test_a_thirty_first_check_within_a_minute_has_to_wait(each: OneOfEach) -> None:
    answers = [checks(each.certificate.number).status_code for _try in range(31)]
    assert answers == [200] * 30 + [429]
    page = checks(each.certificate.number)
    assert "王守田" not in re.sub(r'value="[^"]*"', "", shown(page))
    assert "请等一分钟" in shown(page)


def test_codes_cannot_be_tried_in_numbers_either(db: None) -> None:
    answers = [Client().get(f"/verify/guess-{number}").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]


# The holder's own download


def test_the_holder_downloads_the_paper_under_its_number(
    each: OneOfEach, browse_as: Callable[[str], Any]
) -> None:
    answer = browse_as("senior").get(f"/certificates/{each.certificate.id}.pdf")
    assert b"".join(answer) == FAKE_PAPER
    assert f'filename="certificate-{each.certificate.number}.pdf"' in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/pdf"
    assert "private" in answer["Cache-Control"]


def test_a_paper_that_is_still_being_set_says_so(each: OneOfEach, browse_as: Callable[[str], Any]) -> None:
    Certificate.objects.update(paper="", paper_digest="")
    answer = browse_as("senior").get(f"/certificates/{each.certificate.id}.pdf")
    assert answer.status_code == 409
    assert "您的证书还在制作" in shown(answer)
