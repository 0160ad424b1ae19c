"""One a process: takes announcements, encodes once, and fans out to every connection here.

Runs on the server's event loop and is only touched there; `take` is the one door for other threads. Fan-out is a loop
over plain method calls: no queue, no task and no encoding for each recipient.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Iterable
from typing import Any

from project.realtime import commands, log, metrics, relay
from project.realtime.access import CONTROL_STREAM
from project.realtime.connections import Connections
from project.realtime.database import UNREACHABLE, in_database, in_database_aside
from project.realtime.feed import Feed
from project.realtime.guard import Guard
from project.realtime.layer import LayerLink
from project.realtime.live import LiveSubscription
from project.realtime.log import LoggedEvent
from project.realtime.subscription import Subscription
from project.realtime.watch import Watch
from project.realtime.whispers import Whispers

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.002
MAX_GATHER_SECONDS = 0.02
"""While messages come in bunches, the next bunch is let gather for half the time that handing out the last one took,
within these bounds: so a frame carries more the more there are to carry it to. A quiet room never waits."""
HOLD_SECONDS = 0.03
"""And while the next transaction of this process is under way, it waits for that, but no longer than this."""
HOLE_SECONDS = 0.02
"""Threads may announce in another order than they committed; a hole that lasts longer is one."""


class Hub:
    """Everything this process knows of streams and connections."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(8)
        self.loop = asyncio.get_running_loop()
        self.epoch = ""
        self.now = self.loop.time()
        self.feeds: dict[str, Feed] = {}
        self.connections = Connections()
        self.access_news = 0
        self.draining = False
        self.layer = LayerLink(self.announced, self._layer_changed)
        self.guard = Guard(self)
        self._watch = Watch(self)
        self._whispers = Whispers(self.feeds, self.layer.publish)
        self._flushes: dict[str, asyncio.Handle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- Life

    async def start(self) -> None:
        """Reads the epoch, joins the channel layer, and takes over announcements of this process.

        Raises the ORM's errors while the database is away.
        """
        self.epoch = await in_database(log.current_epoch)
        await self.layer.start()
        try:
            await self._follow_control()
        except BaseException:
            self.layer.stop()
            raise
        relay.attach(self.take)
        commands.on_written(self.written)
        self._watch.start()
        metrics.FEEDS.set_function(lambda: len(self.feeds))

    def spawn(self, work: Any) -> None:
        """Runs a coroutine beside everything else, and keeps it from being collected."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("Background work failed", exc_info=error)

    async def _follow_control(self) -> None:
        feed = self.feeds[CONTROL_STREAM] = Feed(CONTROL_STREAM)
        await self.layer.join(CONTROL_STREAM)
        self._opened(feed, (await in_database(log.heads, [CONTROL_STREAM]))[CONTROL_STREAM])

    def _layer_changed(self) -> None:
        self._watch.sweep_soon()

    # --- Announcements

    def take(self, message: dict[str, Any]) -> None:
        """Takes an announcement made in this process, from any thread."""
        self.loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "ephemeral":
            self._whispers.made_here(message)
            return
        metrics.count_appended(type for type, _ in message["events"])
        self.announced(message)
        self.layer.publish(message)

    def announced(self, message: dict[str, Any]) -> None:
        """Takes an announcement, wherever it was made. What is known already is dropped by its seq."""
        if message["type"] == "ephemeral":
            self._whispers.heard(message)
            return
        feed = self.feeds.get(message["stream"])
        if feed is None:
            return
        first = message["first"]
        events = [LoggedEvent(first + i, type, item) for i, (type, item) in enumerate(message["events"])]
        if not feed.ready.done():
            feed.hold(events)
        elif feed.offer(events):
            self._flush_soon(feed)
        else:
            self._look_for_hole(feed)

    def _look_for_hole(self, feed: Feed) -> None:
        if feed.has_hole() and not feed.mending:
            feed.mending = True
            self.spawn(self._mend(feed))

    async def _mend(self, feed: Feed) -> None:
        """Once at a time for each feed: else a hole that stays is looked at for each announcement after it."""
        try:
            await asyncio.sleep(HOLE_SECONDS)
            while feed.has_hole() and self.feeds.get(feed.name) is feed:
                metrics.HOLES.inc()
                if not await self.catch_up(feed):
                    break
        except UNREACHABLE as error:
            logger.warning("A hole in %s stays until the database is back: %s", feed.name, error)
        finally:
            feed.mending = False

    async def catch_up(self, feed: Feed) -> bool:
        """Reads what the log has beyond this feed's head, and flushes it; True where there was something.

        Raises the ORM's errors while the database is away.
        """
        try:
            return await feed.fill()
        finally:  # what was read before it failed, or was cancelled, is nobody else's to hand on
            if feed.flushed < feed.head:
                self._flush_soon(feed)

    # --- Fan-out

    def _flush_soon(self, feed: Feed) -> None:
        if self.feeds.get(feed.name) is not feed:
            return  # closed meanwhile; its name may belong to a new one, whose turn this must not take
        if feed.name in self._flushes:
            return
        if not feed.gather_seconds:
            self.flush(feed)
            return
        wait = HOLD_SECONDS if commands.writing_to(feed.name) else feed.gather_seconds
        self._flushes[feed.name] = self.loop.call_later(wait, self.flush, feed)

    def written(self, stream: str) -> None:
        """Nothing more is on its way from this process: what was held for company goes out."""
        if stream in self._flushes:
            self.flush(self.feeds[stream])

    def flush(self, feed: Feed) -> None:
        """Gives everything pending of this stream to its live subscriptions, and wakes the others."""
        if handle := self._flushes.pop(feed.name, None):
            handle.cancel()
        self.now = self.loop.time()
        batches = feed.flush()
        if not batches:
            return
        if feed.name == CONTROL_STREAM:
            self._access_changed(event.item for batch in batches for event in batch.events)
            return
        for batch in batches:
            delivered = sum([subscription.deliver(batch) for subscription in list(feed.live)])
            metrics.DELIVERED.labels("websocket").inc(delivered * batch.mark.events)
            if delivered:
                metrics.observe_lag(batch.events[0].item)
        for waiting in feed.waiting:
            waiting.notify()
        alone = len(batches) == 1 and batches[0].mark.events == 1
        took = self.loop.time() - self.now
        feed.gather_seconds = 0.0 if alone else min(max(took / 2, GATHER_SECONDS), MAX_GATHER_SECONDS)

    # --- Following

    async def follow(self, subscription: Subscription, names: Iterable[str]) -> dict[str, Feed]:
        """Makes this connection a follower of these streams, and returns their feeds, heads known.

        Raises the ORM's errors while the database is away; the streams are not followed then.
        """
        names = list(names)
        new = [name for name in names if name not in self.feeds]
        for name in new:
            self.feeds[name] = Feed(name)
        feeds = {name: self.feeds[name] for name in names}
        for feed in feeds.values():
            if subscription not in feed.live:
                feed.waiting.add(subscription)
        if new:
            self.spawn(self._open([feeds[name] for name in new]))
        try:
            for feed in feeds.values():
                await asyncio.shield(feed.ready)
        except BaseException:
            for name in names:
                if name not in subscription.positions:
                    self.unfollow(subscription, name)
            raise
        return feeds

    async def _open(self, feeds: list[Feed]) -> None:
        """Joins the groups first and reads the heads then: what is committed in between is announced.

        All groups at once: a layer that hangs costs each call its time limit, and these clients wait for the sum.
        """
        try:
            await asyncio.gather(*(self.layer.join(feed.name) for feed in feeds))
            heads = await in_database(log.heads, [feed.name for feed in feeds])
        except Exception as error:
            for feed in feeds:
                self.feeds.pop(feed.name, None)
                self.spawn(self.layer.leave(feed.name))
                feed.ready.set_exception(error)
                feed.ready.exception()
            return
        for feed in feeds:
            self._opened(feed, heads[feed.name])
            self._drop_if_unfollowed(feed.name)

    def _opened(self, feed: Feed, head: log.Head) -> None:
        feed.start_at(head)
        feed.ready.set_result(None)
        self._flush_soon(feed)
        self._look_for_hole(feed)

    def unfollow(self, subscription: Subscription, name: str) -> None:
        """Ends the following; the last one out closes the feed."""
        if feed := self.feeds.get(name):
            feed.waiting.discard(subscription)
            if isinstance(subscription, LiveSubscription):
                feed.live.discard(subscription)
            self._drop_if_unfollowed(name)

    def _drop_if_unfollowed(self, name: str) -> None:
        feed = self.feeds[name]
        if not feed.followed and feed.ready.done() and name != CONTROL_STREAM:
            del self.feeds[name]
            if handle := self._flushes.pop(name, None):
                handle.cancel()
            self.spawn(self.layer.leave(name))

    # --- Access and identity of the log

    def _access_changed(self, items: Iterable[bytes]) -> None:
        self.access_news += 1
        for item in items:
            self.guard.look(json.loads(item)["data"])

    async def look_at_epoch(self) -> None:
        """Notices a rotated epoch: every position of the old history is void, and so may be everybody's access."""
        epoch = await in_database_aside(log.current_epoch)
        if epoch == self.epoch:
            return
        heads = await in_database_aside(log.heads, list(self.feeds))
        if epoch == self.epoch:  # somebody else was looking too
            return
        self.epoch = epoch
        for name, feed in list(self.feeds.items()):
            followers = [*feed.live, *feed.waiting]
            if name in heads:
                feed.restart(heads[name])
            for subscription in followers:
                if name in subscription.positions:
                    subscription.reset(feed, "epoch")
        self.access_news += 1
        self.guard.recheck(self.connections)
        self._watch.sweep_soon()  # what was committed since the heads were read
