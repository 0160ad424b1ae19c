"""The site as it would be without group commit: each message in a transaction of its own. Everything else is the site.

UNGROUPED=sender: side by side in the same threads, with the stream's row lock between them; only what one sender
sends is written in turn, because it has an order. UNGROUPED=room: all of a room in turn, so that no thread waits for
a lock. Which of the two is faster depends on the database.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from project.asgi import application
from project.realtime import commands
from project.realtime.database import in_database

__all__ = ["application"]


class Alone:
    """Takes the place of the commands' GroupCommit."""

    def __init__(self, by_room: bool) -> None:
        self._by_room = by_room
        self._turns: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.settled: Callable[[Hashable], None] = lambda key: None

    def under_way(self, key: Hashable) -> bool:
        """Nothing is known to come, so no frame waits for it."""
        return False

    async def submit(
        self, key: Hashable, work: Callable[[Sequence[Any]], Sequence[Any]], request: Any
    ) -> Any:
        async with self._turns[key if self._by_room else request.actor_id]:
            return (await in_database(work, [request]))[0]


commands._group_commit = Alone(os.environ["UNGROUPED"] == "room")  # type: ignore[assignment]
