"""Accounts of ours: nobody gets a password by mail. An invitation is a link, good once and for seven days, that
whoever invites hands over; whoever opens it chooses name and password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.access import Actor
from lti_tools.people.authenticators import forget_authenticator
from lti_tools.people.grants import ACTION, SHORTEST_REASON, may_look_after
from lti_tools.people.models import Account, Person, RoleGrant

# No name a person can choose holds a colon: the account waits for its first visit.
UNNAMED = "invited:"


@dataclass(frozen=True)
class Invitation:
    """The two parts of the link. Whoever has them takes the account, so they are shown once and kept nowhere."""

    uid: str
    token: str


def waits(account: Account) -> bool:
    """True while nobody has chosen a password for it."""
    return not account.has_usable_password()


def unnamed(account: Account) -> bool:
    return account.username.startswith(UNNAMED)


def state_of(person: Person) -> str:
    """ "none", "invited" (nobody has chosen a password yet), "closed" or "active"."""
    account = Account.objects.filter(person=person).first()
    if account is None:
        return "none"
    if not account.is_active:
        return "closed"
    return "invited" if waits(account) else "active"


def invite(actor: Actor, person: Person) -> Invitation:
    """A link for a first password, or for a new one when the old is forgotten (which works until then).

    A link made earlier for a first visit stops working. Refuses who may not look after the person.
    """
    if not may_look_after(actor, person):
        raise Denied(ACTION)
    with transaction.atomic():
        account = _account_of(person)
        audit.record("account.invited", actor=actor.pseudonym, subject=str(person.id))
    return invitation_for(account)


def _account_of(person: Person) -> Account:
    account, _new = Account.objects.get_or_create(
        person=person, defaults={"username": f"{UNNAMED}{person.id.hex}", "password": "!"}
    )
    if waits(account):
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def invitation_for(account: Account) -> Invitation:
    uid = urlsafe_base64_encode(str(account.pk).encode())
    return Invitation(uid=uid, token=default_token_generator.make_token(account))


def invited(uid: str, token: str) -> Account:
    """The account a link is for. A link that was used, replaced or never made, or is too old, says no more."""
    try:
        account = Account.objects.filter(pk=int(force_str(urlsafe_base64_decode(uid)))).first()
    except (ValueError, OverflowError):
        account = None
    if account is None or not account.is_active or account.person_id is None:
        raise _dead_link()
    if not default_token_generator.check_token(account, token):
        raise _dead_link()
    return account


def _dead_link() -> Refused:
    return Refused(
        "account.link",
        _(
            "This link does not work: it was used already, is older than seven days, or was replaced by a newer one."
        ),
        kept=_("Nothing of yours has changed."),
        todo=_("Ask whoever gave it to you for a new one."),
        status=410,
    )


def activate(account: Account, *, username: str, password: str) -> None:
    """Name (only where none was chosen yet) and password. Raises ValidationError by field, changing nothing."""
    name = username.strip() if unnamed(account) else account.username
    problems: dict[str, Any] = {}
    if unnamed(account):
        problems |= _name_problems(account, name)
    try:
        validate_password(password, account)
    except ValidationError as problem:
        problems["password"] = problem
    if problems:
        raise ValidationError(problems)
    _take(account, name, password)


def _take(account: Account, name: str, password: str) -> None:
    """Whichever of two browsers with the same link comes first has the account."""
    before = Account.objects.filter(pk=account.pk, password=account.password)
    account.username = name
    account.set_password(password)
    try:
        with transaction.atomic():
            if not before.update(username=name, password=account.password):
                raise _dead_link()
            audit.record("account.activated", actor=str(account.person_id), subject=str(account.person_id))
    except IntegrityError:
        raise ValidationError({"username": _name_taken()}) from None


def _name_problems(account: Account, name: str) -> dict[str, ValidationError]:
    try:
        Account._meta.get_field("username").clean(name, account)
    except ValidationError as problem:
        return {"username": problem}
    if Account.objects.filter(username__iexact=name).exclude(pk=account.pk).exists():
        return {"username": _name_taken()}
    return {}


def _name_taken() -> ValidationError:
    return ValidationError(_("Somebody has this name already. Choose another."))


def change_password(account: Account, password: str) -> None:
    """Raises ValidationError for one that is too weak. Other sessions of the account end."""
    validate_password(password, account)
    account.set_password(password)
    with transaction.atomic():
        account.save(update_fields=["password"])
        audit.record("account.password_changed", actor=str(account.person_id), subject=str(account.person_id))


def reset_second_factor(actor: Actor, person: Person, *, reason: str) -> None:
    """For a lost telephone without recovery codes: the next sign-in sets up anew. With a reason, on the trail."""
    if not may_look_after(actor, person):
        raise Denied(ACTION)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            "second_factor.reason",
            _("A second factor is reset with a reason."),
            kept=_("Nothing was changed."),
            todo=_("Write how you know that it is this person who asks."),
        )
    account = Account.objects.filter(person=person).first()
    with transaction.atomic():
        had = account is not None and forget_authenticator(account)
        audit.record(
            "second_factor.reset",
            actor=actor.pseudonym,
            subject=str(person.id),
            reason=reason.strip(),
            detail={"had_one": int(had)},
        )


def appoint_first(username: str, *, name: str, role: str) -> Invitation:
    """An operator's way to the very first administrator: person, grant and account at once.

    Raises ValidationError for a user name that exists or is none. From then on roles are given on the pages, by
    people who answer for it.
    """
    account = Account(username=username)
    if problems := _name_problems(account, username):
        raise ValidationError(problems)
    Person._meta.get_field("name").clean(name, None)
    with transaction.atomic():
        person = Person.objects.create(name=name)
        row = RoleGrant.objects.create(
            person=person, role=role, since=timezone.localdate(), reason="appointed by the operator"
        )
        account.person = person
        account.set_unusable_password()
        account.save()
        audit.record(
            "role.granted",
            actor="operator",
            subject=str(person.id),
            reason=row.reason,
            detail={"role": role, "scope": "everywhere", "of": "", "grant": str(row.id)},
        )
    return invitation_for(account)
