"""manage.py token NAME"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from project.accounts import actions
from project.accounts.models import User
from project.accounts.scopes import SCOPES


class Command(BaseCommand):
    help = "Issues a new API token and prints it, and nothing else. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="whose token it is")
        parser.add_argument(
            "--scope",
            action="extend",
            nargs="+",
            choices=sorted(SCOPES),
            help="what it may do; everything without this",
        )

    def handle(self, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no user named {options['name']}.")
        if not user.is_active:
            raise CommandError(f"{user.username} is deactivated.")
        scopes = options["scope"] or list(SCOPES)
        _, secret = actions.issue_token(user, "Made on the command line", scopes=scopes)
        self.stdout.write(secret)
