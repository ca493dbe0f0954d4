"""Connect a tool from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xblocks.lms_app import api
from xblocks.lti_platform import PlatformError


class Command(BaseCommand):
    help = "Registers an LTI 1.3 tool and prints what to type into its own registration page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--login-url", required=True)
        parser.add_argument(
            "--redirect-uri", required=True, action="append", help="may be given several times"
        )
        parser.add_argument("--jwks-url", required=True)
        parser.add_argument("--client-id", default="", help="change this registration instead of adding one")
        parser.add_argument("--deployment-id", default="1")
        parser.add_argument("--share", action="append", choices=["name", "email", "staff_number"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tool = api.connect_tool(
                options["name"],
                client_id=options["client_id"],
                login_url=options["login_url"],
                redirect_uris=options["redirect_uri"],
                jwks_url=options["jwks_url"],
                deployment_id=options["deployment_id"],
                share=options["share"] or ("name", "staff_number"),
            )
        except PlatformError as error:
            raise CommandError(error.description) from error
        for name, value in api.tool_settings(tool.client_id).items():
            self.stdout.write(f"{name:14}{value}")
