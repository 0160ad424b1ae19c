"""The site as it would be without group commit: each message in a transaction of its own.

The transactions run side by side in the same threads, with the stream's row lock between them; only those of one
sender run one after another, because its messages have an order. Everything else is the site.
"""

import asyncio
from collections import defaultdict

from project.realtime.database import in_database
from project.realtime.group_commit import GroupCommit

_turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)


async def submit_alone(self, key, work, request):
    async with _turns[request.actor_id]:
        return (await in_database(work, [request]))[0]


GroupCommit.submit = submit_alone  # type: ignore[method-assign]

from project.asgi import application  # noqa: E402  after the change

__all__ = ["application"]
