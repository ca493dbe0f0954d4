"""A slip of 王守田 and what people do with it, for the tests of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lti_tools.identities import api as identities
from lti_tools.identities.models import SlipScan
from lti_tools.office import slips as office

RIGHT, WRONG = "002X", "1111"


@pytest.fixture
def slip(cast: Any) -> str:
    """The secret of 王守田's slip."""
    cast.people.senior.id_last4 = RIGHT
    cast.people.senior.save()
    return identities.issue(cast.people.senior, by=cast.actor("specialist"))[1]


def address(secret: str) -> str:
    return reverse("slip", args=[secret])


def answers(telephone: Client, secret: str, answer: str = RIGHT, **more: Any) -> Any:
    return telephone.post(address(secret), {"answer": answer}, **more)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def bind(cast: Any, telephone: Client, secret: str) -> SlipScan:
    """The telephone answers, and the specialist confirms it."""
    assert answers(telephone, secret).status_code == 302
    scan = SlipScan.objects.latest("scanned_at")
    office.confirm_telephone(cast.actor("specialist"), scan.id)
    return scan


def enter(telephone: Client, secret: str) -> Any:
    return telephone.get(address(secret))


def on_path(telephone: Client) -> bool:
    return bool(telephone.get(reverse("path")).status_code == 200)
