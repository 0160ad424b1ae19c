"""A WebSocket's subscription: pushed to while it keeps up, a reader of the log while it does not."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from project.accounts.authentication import Identity
from project.realtime import metrics
from project.realtime.database import UNREACHABLE
from project.realtime.feed import Batch, Feed, Mark
from project.realtime.protocol import MAX_UNACKED_EVENTS, Close, Cursor, encode
from project.realtime.subscription import Subscription
from project.serving.frames import frame

if TYPE_CHECKING:
    from project.realtime.hub import Hub

logger = logging.getLogger(__name__)

MAX_SAID_BYTES = 1024 * 1024
"""What may wait in a blocked connection besides events: replies to a client that asks and never reads."""


class Sink(Protocol):
    """Where a live subscription writes: what it needs of a `FrameWriter`. Nothing here ever waits."""

    @property
    def blocked(self) -> bool:
        """Whether the connection has not taken what was written before."""

    @property
    def buffered(self) -> int:
        """Bytes that wait for the connection."""

    def write(self, frame: bytes, /) -> bool:
        """Writes a finished WebSocket frame."""

    def on_writable(self, callback: Callable[[], None], /) -> None:
        """Has `callback` called whenever a blocked connection is empty again."""

    def close(self, code: int, /) -> None:
        """Closes after what was written."""


class LiveSubscription(Subscription):
    """Follows its streams in step with the hub, inside a window of what the client has not acknowledged.

    While the window is full or the socket is blocked it takes no part in the fan-out and keeps nothing; afterwards it
    catches up from its own position and joins again.
    """

    transport = "websocket"

    def __init__(self, hub: "Hub", identity: Identity, address: str, sink: Sink) -> None:
        super().__init__(hub, identity, address, settings.LIMIT_STREAMS_PER_SOCKET)
        self.sink = sink
        self.live = False
        self.progress_at = 0.0
        self._max_bytes = settings.LIMIT_UNACKED_BYTES or float("inf")
        self._max_events = MAX_UNACKED_EVENTS if settings.LIMIT_UNACKED_BYTES else float("inf")
        self._unacked: deque[Mark] = deque()
        self.unacked_bytes = 0
        self._unacked_events = 0
        self._pump: asyncio.Task[None] | None = None

    def say(self, item: dict[str, Any]) -> None:
        if self.sink.buffered > MAX_SAID_BYTES:
            self.give_up(Close.BEHIND)
        else:
            self.sink.write(frame(b"[" + encode(item) + b"]"))

    def end(self, code: Close, reason: str, retry_after: float | None = None) -> None:
        super().end(code, reason, retry_after)
        self._step_aside()
        self.sink.close(int(code))

    def give_up(self, code: Close) -> None:
        """Closes without a word: the client does not read."""
        if self.ended is None:
            self.ended = code
            metrics.DROPPED.labels("connection").inc()
            metrics.CLOSED.labels(str(int(code))).inc()
            self._step_aside()
            self.sink.close(int(code))

    def fail(self, error: Exception) -> None:
        """Ends because of what went wrong, ours or the database's. Connected and silent for good would be a lie."""
        if not isinstance(error, UNREACHABLE):
            logger.error("A subscription failed", exc_info=error)
        self.end(Close.UNAVAILABLE, "unavailable", 1.0)

    def close(self) -> None:
        super().close()
        if self._pump:
            self._pump.cancel()

    async def subscribe(self, cursor: Cursor) -> None:
        self._step_aside()
        try:
            await super().subscribe(cursor)
        finally:
            self._step_aside()
            self._catch_up()

    async def _place(self, feed: Feed, cursor: Cursor) -> None:
        await super()._place(feed, cursor)
        if self._unacked:  # the position given now answers for what was on its way before
            self._forget(lambda mark: mark.stream == feed.name)

    def unsubscribe(self, names: Any) -> None:
        super().unsubscribe(names)
        if self._unacked:
            self._forget(lambda mark: mark.stream not in self.positions)

    # --- Pushed to

    @property
    def full(self) -> bool:
        """Whether the client must acknowledge, or the socket must drain, before more is sent."""
        return (
            self.sink.blocked
            or self.unacked_bytes >= self._max_bytes
            or self._unacked_events >= self._max_events
        )

    def deliver(self, batch: Batch) -> bool:
        """Takes part in the fan-out of one batch, or steps aside when it cannot; says which.

        This runs for every recipient of everything, so it does what `_send` does in place.
        """
        mark = batch.mark
        events = self._unacked_events + mark.events
        if (
            self.sink.blocked
            or self.unacked_bytes >= self._max_bytes
            or events > self._max_events
            or self.positions.get(mark.stream) != batch.before
        ):
            self._step_aside()
            self._catch_up()
            return False
        self.positions[mark.stream] = mark.last
        unacked = self._unacked
        if not unacked:
            self.progress_at = self.hub.now
        unacked.append(mark)
        self.unacked_bytes += mark.bytes
        self._unacked_events = events
        self.sink.write(batch.frame)
        return True

    def deliver_ephemeral(self, frame: bytes) -> None:
        """Passes on what may be lost, where there is room."""
        if self.full or not self.live:
            metrics.DROPPED.labels("ephemeral").inc()
        else:
            self.sink.write(frame)

    def _send(self, batch: Batch, mark: Mark) -> None:
        if not self._unacked:
            self.progress_at = self.hub.now
        self._unacked.append(mark)
        self.unacked_bytes += mark.bytes
        self._unacked_events += mark.events
        self.sink.write(batch.frame)

    def whisper(self, key: str, item: bytes) -> None:
        metrics.DROPPED.labels("ephemeral").inc()

    # --- Acknowledged

    def ack(self, positions: dict[str, int | None]) -> None:
        """The client has handled everything up to these positions."""
        unacked = self._unacked
        self.progress_at = monotonic()
        while unacked and unacked[0].last <= (positions.get(unacked[0].stream) or 0):
            mark = unacked.popleft()
            self.unacked_bytes -= mark.bytes
            self._unacked_events -= mark.events
        if unacked and len(self.positions) > 1:
            self._forget(lambda mark: mark.last <= (positions.get(mark.stream) or 0))
        if not self.live:
            self._wake.set()

    def is_silent(self, since: float) -> bool:
        """Whether an ack has been due since that time of the loop's clock."""
        return bool(self._unacked) and self.progress_at < since

    def _forget(self, done: Any) -> None:
        kept = deque(mark for mark in self._unacked if not done(mark))
        self.unacked_bytes = sum(mark.bytes for mark in kept)
        self._unacked_events = sum(mark.events for mark in kept)
        self._unacked = kept

    # --- Behind

    def _step_aside(self) -> None:
        if self.live:
            self.live = False
            for name in self.positions:
                feed = self.hub.feeds[name]
                feed.live.discard(self)
                feed.waiting.add(self)

    def _catch_up(self) -> None:
        if self.live or self.closed or self.ended is not None:
            return
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._pump_until_live())

    async def _pump_until_live(self) -> None:
        while self.ended is None:
            while self.full and self.ended is None:
                self._wake.clear()
                await self._wake.wait()
            try:
                batch = await self.next_batch()
            except Exception as error:
                self.fail(error)
                return
            if batch is None:
                self._go_live()
                return
            self.hub.now = self.hub.loop.time()
            batch = self._within_window(batch)
            self._send(batch, batch.mark)
            metrics.DELIVERED.labels("websocket").inc(batch.mark.events)

    def _within_window(self, batch: Batch) -> Batch:
        """As much of the batch as may be sent unacknowledged; the rest is fetched again later."""
        room = self._max_events - self._unacked_events
        if batch.mark.events > room:
            batch = Batch(batch.stream, batch.events[: int(room)])
            self.positions[batch.stream] = batch.last
        return batch

    def _go_live(self) -> None:
        """Joins the fan-out. Nothing may be awaited between the answer "caught up" and here."""
        self.live = True
        for name in self.positions:
            feed = self.hub.feeds[name]
            self.hub.flush(feed)
            feed.waiting.discard(self)
            feed.live.add(self)
