"""Says which boards connections of this process follow: only those are told of what happens."""

import time

from project.realtime.database import in_database
from project.realtime.hub import Hub

from .queries import boards

EVERY_SECONDS = 2.0
"""How late the first tick may be for who has not read the board before following it."""


async def say(hub: Hub) -> None:
    """Looks once.

    Raises the ORM's errors while the database is away.
    """
    streams = (name.partition(".") for name, feed in hub.feeds.items() if feed.followed)
    slugs = [slug for prefix, _, slug in streams if prefix == "board"]
    if slugs:
        await in_database(boards.follow, slugs, time.time())
