"""Makes people, a token for each, and an open room that all are in. Prints the room's stream, then the tokens.

python -m bench.fanout.peers.people COUNT, with the site's environment.
"""

import os
import sys
from io import StringIO

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from chat.actions import create_room  # noqa: E402  needs Django's app registry
from chat.models import Kind  # noqa: E402
from project.accounts.models import User  # noqa: E402


def answer(*command: str) -> str:
    """What a management command prints."""
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def main() -> None:
    names = [f"person{number}" for number in range(int(sys.argv[1]))]
    for name in names:
        answer(
            "adduser", name, "--bot"
        )  # a bot needs no password, whose hash would take a quarter of a second
    tokens = [answer("token", name) for name in names]
    people = User.objects.filter(username__in=names).order_by("id")
    room = create_room(people[0], "Bench", Kind.OPEN, [person.pk for person in people])
    print(room.stream, *tokens, sep="\n")


main()
