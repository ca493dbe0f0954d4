"""`manage.py appoint USERNAME --name NAME`: the very first administrator, who appoints everybody else on the pages."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _

from lti_tools.people.api import accounts


class Command(BaseCommand):
    """Prints a link on which the password is chosen, good once and for seven days. Exit code 1 for a taken name."""

    help = "Enter a first administrator and print the link on which they choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True)
        # Every other role has a scope and is given by somebody who answers for it, on the pages.
        parser.add_argument("--role", choices=["administrator"], default="administrator")

    def handle(self, *_args: object, username: str, name: str, role: str, **_options: object) -> None:
        try:
            made = accounts.appoint_first(username, name=name, role=role)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        link = f"{settings.BASE_URL}{reverse('account-activate', args=[made.uid, made.token])}"
        self.stdout.write(_("Hand this link over; it works once, for seven days:"))
        self.stdout.write(link)
