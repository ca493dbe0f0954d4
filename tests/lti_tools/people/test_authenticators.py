"""Codes of the authenticator app, recovery codes, and that each is good once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.utils import timezone
from signing_in import KEY, authenticator, fresh_code

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent
from lti_tools.people.api import Authenticator, authenticators, totp

# RFC 6238, appendix B, SHA-1: the last six of eight digits.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.fixture
def account(cast: Any) -> Any:
    return cast.accounts.officer


def at(monkeypatch: pytest.MonkeyPatch, second: int) -> None:
    monkeypatch.setattr("lti_tools.people.totp.time.time", lambda: second)


@pytest.mark.parametrize(("second", "code"), RFC_CODES)
def test_codes_are_those_of_the_specification(
    monkeypatch: pytest.MonkeyPatch, second: int, code: str
) -> None:
    at(monkeypatch, second)
    assert totp.code_at(RFC_KEY) == code
    assert totp.accepted_step(RFC_KEY, code, after=-1) == second // 30


def test_a_code_is_good_one_step_early_and_one_step_late_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = 1111111109 // 30
    good = []
    for away in range(-3, 4):
        at(monkeypatch, (step + away) * 30)
        good.append(totp.accepted_step(RFC_KEY, "081804", after=-1) is not None)
    assert good == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("typed", ["081 804", " 081804 ", "08 18 04"])
def test_spaces_in_a_code_do_no_harm(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    at(monkeypatch, 1111111109)
    assert totp.accepted_step(RFC_KEY, typed, after=-1)


@pytest.mark.parametrize(
    "typed", ["", "81804", "0818040", "O81804", "０８１８０４", "-81804", "08180.", "None"]
)
def test_what_is_no_code_is_no_code(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    at(monkeypatch, 1111111109)
    assert totp.accepted_step(RFC_KEY, typed, after=-1) is None


def test_a_code_works_once(account: Any) -> None:
    code = fresh_code(account)
    assert authenticators.verify(account, code)
    assert authenticators.verify(account, code) is None


def test_of_two_requests_with_the_same_code_one_gets_in(account: Any) -> None:
    """Both read the row before either wrote it: the condition of the update decides."""
    authenticator(account)
    first, second = Authenticator.objects.get(user=account), Authenticator.objects.get(user=account)
    code = fresh_code(account)
    assert (first.verify_token(code), second.verify_token(code)) == (True, False)


def test_a_code_earlier_than_the_last_one_used_is_refused(account: Any) -> None:
    device = authenticator(account)
    assert authenticators.verify(account, totp.code_at(KEY, ahead=1))
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=None)
    assert authenticators.verify(account, totp.code_at(KEY)) is None


def test_after_a_wrong_code_even_the_right_one_waits_longer_each_time(account: Any) -> None:
    device = authenticator(account)
    for wrong in range(3):
        assert authenticators.verify(account, "000000") is None
        just_under = timezone.now() - timedelta(seconds=2**wrong - 0.9)
        Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=just_under)
        assert wrong == 0 or authenticators.wait_before_next_try(account)
        just_over = timezone.now() - timedelta(seconds=2**wrong + 0.5)
        Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=just_over)
        assert not authenticators.wait_before_next_try(account)
    soon = timezone.now() + timedelta(seconds=10)
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=soon)
    assert authenticators.verify(account, fresh_code(account)) is None
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=just_over)
    assert authenticators.verify(account, fresh_code(account))
    assert Authenticator.objects.get(pk=device.pk).throttling_failure_count == 0


def test_the_key_of_one_opens_nothing_of_another(cast: Any) -> None:
    authenticator(cast.accounts.officer)
    Authenticator.objects.create(user=cast.accounts.officer_b, sealed_key=_sealed(totp.new_key()))
    assert authenticators.verify(cast.accounts.officer_b, totp.code_at(KEY)) is None


def _sealed(key: str) -> str:
    from lti_tools.keys.api import seal

    return seal(key)


def test_the_key_is_not_readable_in_the_database(account: Any) -> None:
    assert authenticators.set_up(account, KEY, totp.code_at(KEY))
    row = Authenticator.objects.filter(user=account).values().get()
    assert KEY not in str(row)


def test_setting_up_wants_a_code_and_gives_ten_recovery_codes(account: Any) -> None:
    assert authenticators.set_up(account, KEY, "000000") is None
    assert not Authenticator.objects.filter(user=account).exists()
    done = authenticators.set_up(account, KEY, totp.code_at(KEY))
    assert done
    device, codes = done
    assert len(set(codes)) == 10
    assert not set(codes) & set(str(device.recovery).split("'"))
    # The code that proved it is used up as well.
    assert authenticators.verify(account, totp.code_at(KEY)) is None


def test_setting_up_again_ends_the_first_one(account: Any) -> None:
    first = authenticators.set_up(account, KEY, totp.code_at(KEY))
    assert first
    other = totp.new_key()
    second = authenticators.set_up(account, other, totp.code_at(other), proved=first[0])
    assert second
    assert authenticators.recover(account, first[1][0]) is None
    assert [device.pk for device in Authenticator.objects.filter(user=account)] == [second[0].pk]


def test_of_two_who_set_up_the_first_one_the_second_stays_outside(account: Any) -> None:
    """Both had the page open before either typed a code; one of them may be a thief of the password."""
    first, other = authenticators.set_up(account, KEY, totp.code_at(KEY)), totp.new_key()
    assert first
    assert authenticators.set_up(account, other, totp.code_at(other)) is None
    assert [device.pk for device in Authenticator.objects.filter(user=account)] == [first[0].pk]


def test_a_recovery_code_works_once_however_it_is_typed(account: Any) -> None:
    done = authenticators.set_up(account, KEY, totp.code_at(KEY))
    assert done
    one = done[1][3]
    assert authenticators.recover(account, f" {one.upper().replace('-', ' ')} ")
    assert authenticators.recover(account, one) is None
    assert authenticators.recover(account, "") is None
    assert len(Authenticator.objects.get(user=account).recovery) == 9


def test_recovery_codes_are_made_anew(account: Any) -> None:
    done = authenticators.set_up(account, KEY, totp.code_at(KEY))
    assert done
    new = authenticators.renew_recovery(account)
    assert authenticators.recover(account, done[1][0]) is None
    assert authenticators.recover(account, new[0])


def test_the_address_for_the_app_names_house_account_and_key(account: Any, settings: Any) -> None:
    settings.SHIJIE_ISSUER_NAME = "甲县教育局"
    address = urlsplit(authenticators.address_of(account, KEY))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/甲县教育局:officer"
    assert parse_qs(address.query) == {
        "secret": [KEY],
        "issuer": ["甲县教育局"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_every_step_is_on_the_trail_and_no_code_or_key_is(account: Any) -> None:
    done = authenticators.set_up(account, KEY, totp.code_at(KEY))
    assert done
    authenticators.verify(account, "000000")
    authenticators.recover(account, done[1][0])
    authenticators.renew_recovery(account)
    kinds = [event.kind for event in AuditEvent.objects.order_by("seq")][-4:]
    assert kinds == [
        "second_factor.set_up",
        "second_factor.refused",
        "second_factor.recovery_used",
        "second_factor.recovery_renewed",
    ]
    trail = str(list(AuditEvent.objects.values("detail", "reason")))
    assert not [secret for secret in (KEY, "000000", *done[1]) if secret in trail]
    assert audit.verify() is None
