"""What a process does by the clock: look at the log, keep presence, look again at access, prune."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from project.realtime import log, presence, retention
from project.realtime.database import UNREACHABLE, in_database, in_database_aside
from project.realtime.live import LiveSubscription
from project.realtime.models import Lease
from project.realtime.protocol import MISSED_PINGS, Close

if TYPE_CHECKING:
    from project.realtime.hub import Hub

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
"""An announcement that was lost, with nothing after it to show the hole, is found after this long."""
POLL_SECONDS = 0.3
"""While the channel layer is down, or in memory, this is how long news from other processes takes."""
PRESENCE_SECONDS = 0.5
ALIVE_EVERY_SECONDS = 20.0
BURY_EVERY_SECONDS = 5.0
"""How soon a process that died is noticed once its time is up."""
SILENCE_EVERY_SECONDS = 5.0
ACCESS_EVERY_SECONDS = 60.0
"""For what ends without an event: a session that expires."""
PRUNE_EVERY_SECONDS = 3600.0


Job = Callable[[], Awaitable[None]]


class Watch:
    """The hub's periodic work. Each kind has a task of its own and outlives a database that is away."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._shown: dict[int, int] = {}
        self._away_since: dict[int, float] = {}
        self._process_id: int | None = None
        self._hurry = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins; each job runs until the process ends."""
        jobs: list[tuple[Job, Job]] = [
            (self._sweep, self._until_next_sweep),
            (self._show_presence, partial(asyncio.sleep, PRESENCE_SECONDS)),
            (self._keep_alive, partial(asyncio.sleep, ALIVE_EVERY_SECONDS)),
            (self._bury_the_dead, partial(asyncio.sleep, BURY_EVERY_SECONDS)),
            (self._end_silent, partial(asyncio.sleep, SILENCE_EVERY_SECONDS)),
            (self._look_at_access, partial(asyncio.sleep, ACCESS_EVERY_SECONDS)),
            (self._prune, partial(asyncio.sleep, PRUNE_EVERY_SECONDS)),
        ]
        self._tasks = [asyncio.create_task(self._repeat(work, rest)) for work, rest in jobs]

    def sweep_soon(self) -> None:
        """The layer has come or gone: looks at the log at once, and then at the pace that fits."""
        self._hurry.set()

    async def _repeat(self, work: Job, rest: Job) -> None:
        while True:
            try:
                await work()
            except UNREACHABLE as error:
                logger.warning("The database cannot be reached: %s", error)
            except Exception:
                logger.exception("Periodic work failed")
            await rest()

    async def _until_next_sweep(self) -> None:
        seconds = SWEEP_SECONDS if self._hub.layer.reaches_others else POLL_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()  # only now: what was asked for during the last sweep may be later than it looked

    async def _sweep(self) -> None:
        """Compares every followed stream with the log, in two queries, and reads what was missed."""
        await self._hub.look_at_epoch()
        feeds = [feed for feed in self._hub.feeds.values() if feed.ready.done()]
        heads = await in_database_aside(log.heads, [feed.name for feed in feeds])
        for feed in feeds:
            feed.oldest = max(feed.oldest, heads[feed.name].oldest)
            if heads[feed.name].head > feed.head:
                await self._hub.catch_up(feed)

    async def _end_silent(self) -> None:
        since = self._hub.loop.time() - MISSED_PINGS * settings.HEARTBEAT_SECONDS
        self._hub.now = self._hub.loop.time()
        for connection in self._hub.connections:
            if isinstance(connection, LiveSubscription) and connection.is_silent(since):
                connection.give_up(Close.SILENT)

    async def _look_at_access(self) -> None:
        self._hub.guard.recheck(self._hub.connections, only=set())

    async def _show_presence(self) -> None:
        """Writes what changed: coming at once, going after a while."""
        now = self._hub.loop.time()
        changes: dict[int, int] = {}
        for user, count in self._hub.connections.per_user.items():
            self._away_since.pop(user, None)
            if self._shown.get(user) != count:
                changes[user] = count
        for user in self._shown.keys() - self._hub.connections.per_user.keys():
            if now - self._away_since.setdefault(user, now) >= presence.AWAY_SECONDS:
                changes[user] = 0
        if changes and self._process_id:
            await in_database(presence.record, self._process_id, changes)
            self._shown.update(changes)
            for user in [user for user, count in changes.items() if count == 0]:
                del self._shown[user]
                self._away_since.pop(user, None)

    async def _keep_alive(self) -> None:
        process_id = await in_database(presence.keep_alive, self._hub.token)
        if process_id != self._process_id:  # the first time, or somebody thought this process dead
            self._process_id = process_id
            self._shown.clear()

    async def _bury_the_dead(self) -> None:
        await in_database(presence.bury_the_dead)

    async def _prune(self) -> None:
        if await in_database(claim, "prune", PRUNE_EVERY_SECONDS * 0.9):
            await in_database(retention.prune)


def claim(name: str, seconds: float) -> bool:
    """Takes a lease for so long, if nobody has it: one process at a time does what `name` stands for."""
    now = timezone.now()
    Lease.objects.get_or_create(name=name, defaults={"until": now})
    until = now + timedelta(seconds=seconds)
    return Lease.objects.filter(Q(name=name), until__lte=now).update(until=until) == 1
