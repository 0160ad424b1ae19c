"""`manage.py demo`: a team to look around with."""

import secrets
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from chat.demo.cast import CAST, EVERYONE
from chat.demo.stage import stage
from chat.models import Message
from project.accounts.models import User

MESSAGES = 3_000


class Command(BaseCommand):
    help = "Makes a team of six, five rooms, and some weeks of talk. Does nothing where the team is here already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another number gives another story")
        parser.add_argument(
            "--messages", type=int, default=MESSAGES, help=f"how many, {MESSAGES:,} by default"
        )
        parser.add_argument(
            "--password", help="for everyone; by default 'watchroom' with DEBUG on, else a random one"
        )

    def handle(self, *args: Any, seed: int, messages: int, password: str | None, **options: Any) -> None:
        if User.objects.filter(username__in=EVERYONE).exists():
            self.stdout.write("The demo team is here already. Nothing was made.")
            return
        password = password or ("watchroom" if settings.DEBUG else secrets.token_urlsafe(9))
        with transaction.atomic():
            stage(messages, timezone.now(), Random(seed), password)
        self.stdout.write(f"Made {len(CAST)} people and {Message.objects.count():,} messages in five rooms.")
        self.stdout.write(f"Sign in with the password {password} as:")
        for actor in CAST:
            if not actor.is_bot:
                staff = ", who may use the admin" if actor is CAST[0] else ""
                self.stdout.write(f"  {actor.username:<8} {actor.name}{staff}")
