"""manage.py adduser NAME"""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from project.accounts import actions
from project.accounts.models import User


class Command(BaseCommand):
    help = "Adds a person, or a bot. Without --password, a person gets a random one, which is printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="what they sign in with and are mentioned by")
        parser.add_argument(
            "--password", help="taken as it is, however weak; visible to others on this machine"
        )
        parser.add_argument("--email", default="", help="to sign in with and to reset the password by")
        parser.add_argument("--display-name", default="", help="what others see; NAME without it")
        parser.add_argument("--staff", action="store_true", help="may use the admin, all of it")
        parser.add_argument(
            "--bot", action="store_true", help="a program: has tokens, and a password only if given"
        )

    def handle(self, **options: Any) -> None:
        name, password = options["name"], options["password"]
        if password == "":
            raise CommandError("The password is empty. Leave --password out to have one made.")
        if User.objects.filter(username__iexact=name).exists():
            raise CommandError(f"There is already a user named {name}.")
        made_up = None if password or options["bot"] else secrets.token_urlsafe(12)
        try:
            actions.create_user(
                name,
                password=password or made_up,
                email=options["email"],
                display_name=options["display_name"],
                staff=options["staff"],
                bot=options["bot"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if made_up:
            self.stdout.write(f"Added {name}. Password: {made_up}")
        elif options["bot"] and not password:
            self.stdout.write(f"Added the bot {name}. Give it a token: manage.py token {name}")
        else:
            self.stdout.write(f"Added {name}.")
