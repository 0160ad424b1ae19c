"""What the dashboard does while the server runs: closes windows, says who follows, measures the site itself."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from django.conf import settings

from project.realtime.database import UNREACHABLE, in_database
from project.realtime.process import hub_of_this_process
from project.serving.drain import on_drain
from project.serving.lifecycle import on_start

from . import followers, own
from .ingest.points import Push
from .ingest.writing import write
from .models import Board
from .ticker import Clock

logger = logging.getLogger(__name__)

UNWATCHED_SECONDS = 10
"""While nobody follows a board, measurements of so many seconds are written together: a site at rest rests."""
KEPT_SECONDS = 60
"""Of own measurements, while the database is away."""


def watch_server() -> None:
    """Begins with the server, and ends when that drains."""
    on_start(_start)


async def _start() -> None:
    clock = Clock()
    clock.start()
    hub = await hub_of_this_process()
    tasks = [asyncio.create_task(_repeat(lambda: followers.say(hub), followers.EVERY_SECONDS))]
    if settings.METRICS_OWN:
        tasks.append(asyncio.create_task(_repeat(Own(clock).beat, 1.0)))

    async def stop() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.to_thread(clock.stop)

    on_drain(stop)


async def _repeat(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        try:
            await work()
        except UNREACHABLE as error:
            logger.warning("The database cannot be reached: %s", error)
        except Exception:
            logger.exception("Work of the dashboard failed")
        await asyncio.sleep(seconds - time.time() % seconds)


class Own:
    """Own measurements on their way into the database."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: list[Push] = []

    async def beat(self) -> None:
        """Measures once, and writes what there is if somebody may see it, or it has been kept for long enough."""
        await in_database(self._beat, time.time())

    def _beat(self, now: float) -> None:
        self._kept = [*self._kept[1 - KEPT_SECONDS :], own.measure(now, leads=self._clock.leader.leads)]
        if len(self._kept) >= UNWATCHED_SECONDS or Board.objects.filter(followed_until__gt=now).exists():
            pushes, self._kept = self._kept, []
            try:
                write(pushes)
            except UNREACHABLE:
                self._kept = pushes
                raise
