"""`manage.py demo_metrics`: a shop to watch, which goes on measuring while this runs."""

import json
import signal
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dashboard.actions import boards, rules
from dashboard.demo import board, history, shop
from dashboard.models import Board
from dashboard.panels import Panel, stored
from dashboard.rules import past
from dashboard.rules.schemas import parsed
from project.accounts.actions import issue_token, revoke_token
from project.accounts.models import User
from project.between.rooms import rooms as offered

BOT, OWNER, ROOM, TOPIC = "harbor", "maya", "incidents", "alerts"
NAMED = "Metrics of the demo"
WATCHED_SECONDS = 2 * shop.BLOCK
"""For so long its rules have been there, as far as anybody can see: time for an incident or two."""
AGAIN_SECONDS = 1.0
"""After the site could not be reached, or took nothing."""
MARGIN_SECONDS = 10
"""What is newer is still coming in."""
FIRST_INCIDENT = (150, 390)
"""Seconds after the beginning: whoever tries the site sees an alert come and go."""


class Command(BaseCommand):
    help = "Makes a board with some days of a shop's metrics for the demo team, once, and sends more until it is ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", metavar="URL", help="send on to the site at this address; ends at once without it"
        )

    def handle(self, *args: Any, to: str | None, **options: Any) -> None:
        people = {user.username: user for user in User.objects.filter(username__in=(BOT, OWNER))}
        if len(people) < 2:
            raise CommandError("There is no demo team. Run `manage.py demo` first.")
        now = int(time.time())
        is_new = not Board.objects.filter(slug=board.SLUG).exists()
        if is_new:
            history.write(now)
            _make(people[OWNER], now)
        if to:
            region, (start, end) = next(iter(shop.REGIONS)), FIRST_INCIDENT
            incident = shop.Incident(region, now + start, now + end) if is_new else None
            for token in people[BOT].tokens.filter(name=NAMED, revoked_at=None):
                revoke_token(token)
            _, secret = issue_token(people[BOT], NAMED, scopes=["metrics"])
            for ending in (signal.SIGTERM, signal.SIGINT):
                signal.signal(ending, lambda *_: sys.exit())
            _send(f"{to}/api/v1/commands/metrics.push", secret, now, incident)


@transaction.atomic
def _make(owner: User, now: int) -> None:
    panels = stored([Panel.model_validate(panel) for panel in board.PANELS])
    boards.create(owner, board.TITLE, panels, board.SLUG)
    room = next((place.room for place in offered().places(owner) if place.name == ROOM), None)
    made = [rules.create(owner, parsed(definition)) for definition in board.rules(room, TOPIC)]
    past.judge(made, now - WATCHED_SECONDS, now - MARGIN_SECONDS)


def _send(url: str, secret: str, since: int, incident: shop.Incident | None) -> None:
    """Each second's samples, one after the other; those that the site was not there for when it is back."""
    second = since
    while True:
        time.sleep(max(0.0, second + 1 - time.time()))
        found = shop.samples(second, incident=incident)
        body = {"batch": f"demo {second}", "samples": [_sample(one, second) for one in found]}
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 503):
                raise CommandError(
                    f"The site refused what was measured: {refusal.read().decode()}"
                ) from refusal
            time.sleep(AGAIN_SECONDS)
        except OSError:
            time.sleep(AGAIN_SECONDS)  # and the same again: a batch counts once
        else:
            second += 1


def _sample(one: shop.Sample, second: int) -> dict[str, Any]:
    kind = shop.METRICS[one.name].kind
    return {"name": one.name, "labels": dict(one.labels), "value": one.value, "at": second, "kind": kind}
