"""The second factor of an account: its authenticator app, and ten recovery codes for the day the telephone is lost.

Whoever holds one of `rights.SECOND_FACTOR` has the right only in a session that proved it. Every step is on the
audit trail; codes, keys and their hashes never are.
"""

from __future__ import annotations

import secrets

import django_otp
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from lti_tools.audit import api as audit
from lti_tools.keys.api import seal
from lti_tools.people import totp
from lti_tools.people.models import Account, Authenticator

RECOVERY_CODES = 10
# Without the characters that look alike on paper; ten of them carry fifty bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 10
# The codes are random, not chosen by people: a guess is hopeless long before hashing becomes the hindrance.
ITERATIONS = 20_000


def authenticator_of(account: Account) -> Authenticator | None:
    """The one that is set up, or None."""
    return Authenticator.objects.filter(user=account, confirmed=True).order_by("-id").first()


def has_authenticator(person_ids: list[object]) -> set[object]:
    """Which of these people have set one up."""
    rows = Authenticator.objects.filter(confirmed=True, user__person_id__in=person_ids)
    return set(rows.values_list("user__person_id", flat=True))


def address_of(account: Account, key: str) -> str:
    """What the QR code says: this key, named after the house and the account."""
    issuer = settings.SHIJIE_ISSUER_NAME or str(settings.PRODUCT_NAME)
    return totp.address(key, account=account.username, issuer=issuer)


def set_up(
    account: Account, key: str, code: str, *, proved: object = None
) -> tuple[Authenticator, list[str]] | None:
    """Keeps the key once a code proves that the app has it; None for a wrong code, which changes nothing.

    None too where one is there that is not the `proved` one of this session: of two who set up the first one at
    the same moment, with the same password, the second stays outside and notices.

    Returns the recovery codes, readable this once. An earlier authenticator, its codes and every session that
    it verified end here.
    """
    step = totp.accepted_step(key, code, after=-1)
    if step is None:
        return None
    codes = _new_codes()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if authenticator_of(account) not in (None, proved):
            return None
        Authenticator.objects.filter(user=account).delete()
        made = Authenticator.objects.create(
            user=account,
            name="totp",
            sealed_key=seal(key),
            last_step=step,
            recovery=[_hash(one) for one in codes],
        )
        _record("set_up", account)
    return made, codes


def wait_before_next_try(account: Account) -> bool:
    """True while wrong codes of a moment ago still close the way: one second, two, four, and so on."""
    device = authenticator_of(account)
    return device is not None and not device.verify_is_allowed()[0]


def verify(account: Account, code: str) -> Authenticator | None:
    """The authenticator that this code proves, once; None for a wrong, used or too early one."""
    device = authenticator_of(account)
    if device is None or not django_otp.verify_token(account, device.persistent_id, code):
        _record("refused", account)
        return None
    _record("verified", account)
    return device


def recover(account: Account, code: str) -> Authenticator | None:
    """Uses up a recovery code; None for one that is wrong or was used."""
    typed = _plain(code)
    with transaction.atomic():
        device = Authenticator.objects.select_for_update().filter(user=account, confirmed=True).first()
        used = next((one for one in device.recovery if _is(typed, one)), None) if device else None
        if device is None or used is None:
            _record("refused", account)
            return None
        device.recovery = [one for one in device.recovery if one != used]
        device.save(update_fields=["recovery"])
        _record("recovery_used", account, left=len(device.recovery))
    return device


def renew_recovery(account: Account) -> list[str]:
    """Ten new codes instead of those that were left, readable this once."""
    codes = _new_codes()
    with transaction.atomic():
        Authenticator.objects.filter(user=account, confirmed=True).update(
            recovery=[_hash(one) for one in codes]
        )
        _record("recovery_renewed", account)
    return codes


def forget_authenticator(account: Account) -> bool:
    """Takes the second factor from an account; sessions that it verified hold its rights no longer."""
    deleted, _per_kind = Authenticator.objects.filter(user=account).delete()
    return deleted > 0


def _record(what: str, account: Account, **detail: int) -> None:
    audit.record(
        f"second_factor.{what}", actor=str(account.person_id), subject=str(account.person_id), detail=detail
    )


def _new_codes() -> list[str]:
    made = ("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    half = RECOVERY_LENGTH // 2
    return [f"{one[:half]}-{one[half:]}" for one in made]


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character in ALPHABET)


def _hash(code: str) -> str:
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(_plain(code), hasher.salt(), iterations=ITERATIONS)


def _is(typed: str, hashed: str) -> bool:
    return PBKDF2PasswordHasher().verify(typed, hashed)
