"""One followed stream in this process: its head, a ring of recent events, and who is fed from it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from project.realtime import log, metrics, streams
from project.realtime.database import in_database_aside
from project.realtime.log import LoggedEvent
from project.realtime.pages import PAGE_EVENTS, Pages, size_of, within
from project.realtime.protocol import MAX_BATCH_BYTES
from project.serving.frames import frame

if TYPE_CHECKING:
    from project.realtime.live import LiveSubscription
    from project.realtime.subscription import Subscription

RING_EVENTS = 512
"""What a client misses in a restart or a tunnel, times ten."""
RING_BYTES = 512 * 1024
"""Per stream; long messages leave the ring sooner."""
EARLY_BYTES = 512 * 1024
"""Announcements held back because earlier ones are missing. Threads that overtake each other leave a few; where the
database is away they would pile up, and the log has them all."""
CACHED_BATCHES = 16
"""Joined replays kept while nothing new comes: returning clients mostly stopped at the same few places."""


class Mark(NamedTuple):
    """What a subscription remembers of a batch until it is acknowledged."""

    stream: str
    last: int
    events: int
    bytes: int


class Batch:
    """Consecutive events of one stream, joined and encoded once for everybody."""

    def __init__(self, stream: str, events: Sequence[LoggedEvent]) -> None:
        self.stream = stream
        self.events = events
        self.before = events[0].seq - 1
        self.last = events[-1].seq
        self.mark = Mark(stream, self.last, len(events), size_of(events))

    @property
    def payload(self) -> bytes:
        """The JSON array of the items."""
        return b"[" + b",".join(event.item for event in self.events) + b"]"

    @cached_property
    def frame(self) -> bytes:
        """The payload as a finished WebSocket frame."""
        return frame(self.payload)


class Truncated(Exception):
    """The events right after this position are not kept any more."""


class Feed:
    """A stream as this process knows it.

    `head` is the last event known, `flushed` the last one handed to the live subscriptions, which are at that
    position, all of them. The waiting ones are somewhere behind, or want to be told and fetch for themselves. The
    ring always ends at `head` and has no holes.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.head = 0
        self.oldest = 1
        self.flushed = 0
        self.gather_seconds = 0.0
        self.mending = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.live: set[LiveSubscription] = set()
        self.waiting: set[Subscription] = set()
        self._ring: deque[LoggedEvent] = deque()
        self._ring_bytes = 0
        self._redacted_before = 0
        self._early: dict[int, Sequence[LoggedEvent]] = {}
        self._early_bytes = 0
        self._left_out = 0
        self._beginnings = 0
        self._looking: asyncio.Task[dict[str, log.Head]] | None = None
        self._batches: dict[int, Batch] = {}
        self._pages = Pages(name)
        kind = streams.kind_of(name)
        self._redacting = kind.redacting if kind else frozenset()

    @property
    def followed(self) -> bool:
        """Whether anybody here still wants this stream."""
        return bool(self.live or self.waiting)

    def start_at(self, head: log.Head) -> None:
        """Begins with what the log says; what is announced from here on continues it."""
        self.head = self.flushed = head.head
        self.oldest = head.oldest
        self._take_early()

    def restart(self, head: log.Head) -> None:
        """Begins anew: what was known belongs to another history."""
        self._beginnings += 1
        self._ring.clear()
        self._ring_bytes = 0
        self._redacted_before = 0
        self._forget_early()
        self._batches.clear()
        self._pages.forget()
        self.start_at(head)

    def offer(self, events: Sequence[LoggedEvent]) -> bool:
        """Takes announced events. True where something new can be flushed; False for old news or a hole before it."""
        fresh = [event for event in events if event.seq > self.head]
        if not fresh:
            return False
        if fresh[0].seq != self.head + 1:
            self.hold(fresh)
            return False
        self._extend(fresh)
        self._take_early()
        return True

    def hold(self, events: Sequence[LoggedEvent]) -> None:
        """Keeps announced events until what is before them is known, as far as there is room: the log has them too."""
        held = self._early.get(events[0].seq, ())
        if len(held) >= len(events):
            return
        more = size_of(events) - size_of(held)
        if self._early and self._early_bytes + more > EARLY_BYTES:
            self._left_out += 1
            return
        self._early[events[0].seq] = events
        self._early_bytes += more

    def _take_early(self) -> None:
        for first in sorted(self._early):
            if first > self.head + 1:
                break
            events = self._early.pop(first)
            self._early_bytes -= size_of(events)
            self._extend([event for event in events if event.seq > self.head])

    def _forget_early(self) -> None:
        self._early.clear()
        self._early_bytes = 0
        self._left_out = 0

    def has_hole(self) -> bool:
        """Whether announcements are held back, or were left out, because earlier ones are missing."""
        return bool(self._left_out or self._early)

    async def fill(self) -> bool:
        """Reads everything after `head` from the log, once for all who ask; True where there was something."""
        before = self.head
        while True:
            left_out, beginnings = self._left_out, self._beginnings
            events = await self._pages.read(self.head, PAGE_EVENTS, "hole")
            if beginnings != self._beginnings:
                continue  # this is of the history before
            if left_out == self._left_out:  # else what came meanwhile may be later than this read
                self._left_out = 0
            if events and events[0].seq > self.head + 1:
                # Pruned before this process saw them: who is behind will be told.
                self.restart(log.Head(events[0].seq - 1, events[0].seq))
            self.offer(events)
            if len(events) < PAGE_EVENTS:
                break
        for seq in [seq for seq, held in self._early.items() if held[-1].seq <= self.head]:
            self._early_bytes -= size_of(self._early.pop(seq))
        return self.head > before

    async def look_again(self) -> None:
        """Takes from the log what it keeps by now, once for all who ask: another process may have pruned."""
        beginnings = self._beginnings
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(in_database_aside(log.heads, [self.name]))
        heads = await asyncio.shield(self._looking)
        if beginnings == self._beginnings:
            self.oldest = heads[self.name].oldest

    def flush(self) -> list[Batch]:
        """What came since the last flush, joined; the caller hands it to the live subscriptions."""
        batches = []
        while self.flushed < self.head:
            batch = self._from_ring(self.flushed)
            batches.append(batch)
            self.flushed = batch.last
        self._forget_redacted()
        return batches

    async def after(self, seq: int) -> Batch | None:
        """The events after `seq` as one batch of bounded size, or None at the head.

        From the ring where it reaches that far. Many who ask for the same at once cost one query.
        Raises Truncated where they are not kept.
        """
        while seq < self.head:
            if seq + 1 < self.oldest:
                raise Truncated
            if seq + 1 >= self._ring_start():
                batch = self._from_ring(seq)
                metrics.REPLAYED.labels("ring").inc(batch.mark.events)
                return batch
            near = seq >= self.head - RING_EVENTS
            if near and not self._ring_is_full() and await self._fill_ring():
                continue
            events = await self._pages.batch_after(seq)
            if not events or events[0].seq != seq + 1:
                raise Truncated
            metrics.REPLAYED.labels("log").inc(len(events))
            return Batch(self.name, events)
        return None

    def _ring_start(self) -> int:
        return self._ring[0].seq if self._ring else self.head + 1

    def _ring_is_full(self) -> bool:
        return len(self._ring) >= RING_EVENTS or self._ring_bytes >= RING_BYTES

    def _from_ring(self, seq: int) -> Batch:
        batch = self._batches.get(seq)
        if batch is None:
            start = seq + 1 - self._ring[0].seq
            batch = Batch(self.name, within(islice(self._ring, start, None), MAX_BATCH_BYTES))
            if len(self._batches) >= CACHED_BATCHES:
                self._batches.clear()
            self._batches[seq] = batch
        return batch

    def _extend(self, events: Sequence[LoggedEvent]) -> None:
        if not events:
            return
        self._batches.clear()
        for event in events:
            if event.type in self._redacting:
                self._redacted_before = event.seq
                self._pages.forget()  # who asks from here on must not share a query that began before
            self._ring.append(event)
            self._ring_bytes += len(event.item)
        self.head = events[-1].seq
        self._forget_redacted()
        self._trim()

    def _trim(self) -> None:
        while (
            self._ring
            and self._ring[0].seq <= self.flushed
            and (len(self._ring) > RING_EVENTS or self._ring_bytes > RING_BYTES)
        ):
            self._ring_bytes -= len(self._ring.popleft().item)

    def _forget_redacted(self) -> None:
        """Drops what a redaction may have rewritten in the log. What is not flushed yet must still go out."""
        while self._ring and self._ring[0].seq < self._redacted_before and self._ring[0].seq <= self.flushed:
            self._ring_bytes -= len(self._ring.popleft().item)
            self._batches.clear()

    async def _fill_ring(self) -> bool:
        """Puts the newest logged events before what the ring has. False where that brings nothing."""
        first, redacted = self._ring_start(), self._redacted_before
        after = max(self.oldest - 1, self.head - RING_EVENTS)
        events = [
            event for event in await self._pages.read(after, RING_EVENTS, "replay") if event.seq < first
        ]
        if self._ring_start() != first:
            return self._ring_start() < first
        if not events or events[-1].seq != first - 1 or self._redacted_before != redacted:
            return False
        for event in reversed(events):
            if self._ring_bytes >= RING_BYTES:
                break
            self._ring.appendleft(event)
            self._ring_bytes += len(event.item)
        return self._ring_start() < first
