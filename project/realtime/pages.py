"""Reading a stream's log a page at a time: once for all who want the same, and little of it twice."""

import asyncio
from collections.abc import Iterable, Sequence

from project.realtime import log, metrics
from project.realtime.database import in_database, in_database_aside
from project.realtime.log import LoggedEvent
from project.realtime.protocol import MAX_BATCH_BYTES

PAGE_EVENTS = 256
"""The most in one read of the log, for a client that is far behind."""
PAGE_BYTES = 512 * 1024
"""About one read where events are large, and what is kept of a page for the batches that follow."""
PAGES_KEPT = 4
"""In each stream. Clients that are far behind are few, or were cut off together and stand at the same place."""
KEPT_SECONDS = 5.0
"""Whoever takes longer for a batch costs another read rather than memory."""


class Pages:
    """The log of one stream, for those who are behind."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._reads: dict[tuple[int, int, str], asyncio.Task[list[LoggedEvent]]] = {}
        self._rests: dict[int, Sequence[LoggedEvent]] = {}
        self._page_events = PAGE_EVENTS
        self._forgotten = 0

    def forget(self) -> None:
        """Whoever asks from here on gets nothing that was read, or began to be read, before."""
        self._forgotten += 1
        self._reads.clear()
        self._rests.clear()

    async def batch_after(self, seq: int) -> Sequence[LoggedEvent]:
        """The next events after `seq`, as many as belong in one batch. The first may be later than `seq + 1`."""
        events = self._rests.get(seq)
        if events is None:
            forgotten = self._forgotten
            events = await self.read(seq, self._page_events, "replay")
            self._page_events = _as_many_as_fit(events)
            if forgotten != self._forgotten:
                return within(events, MAX_BATCH_BYTES)
        batch = within(events, MAX_BATCH_BYTES)
        if len(batch) < len(events):
            self._keep(batch[-1].seq, within(events[len(batch) :], PAGE_BYTES))
        return batch

    async def read(self, after: int, limit: int, reason: str) -> list[LoggedEvent]:
        """One query for all who want the same at the same time."""
        key = (after, limit, reason)
        task = self._reads.get(key)
        if task is None:
            metrics.LOG_READS.labels(reason).inc()
            # A hole is everybody's, and in the control stream it is access that is kept: no crowd may be before it.
            run = in_database_aside if reason == "hole" else in_database
            task = asyncio.ensure_future(run(log.read, self._stream, after, limit))
            self._reads[key] = task
            task.add_done_callback(lambda done: self._reads.get(key) is done and self._reads.pop(key))
        return await asyncio.shield(task)

    def _keep(self, seq: int, rest: Sequence[LoggedEvent]) -> None:
        if not self._rests:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._rests.clear)
        elif len(self._rests) >= PAGES_KEPT:
            del self._rests[next(iter(self._rests))]
        self._rests[seq] = rest


def within(events: Iterable[LoggedEvent], size: int) -> list[LoggedEvent]:
    """The first events that fit into `size` bytes, but at least one."""
    taken: list[LoggedEvent] = []
    for event in events:
        size -= len(event.item)
        if taken and size < 0:
            break
        taken.append(event)
    return taken


def size_of(events: Iterable[LoggedEvent]) -> int:
    """The bytes of their items."""
    return sum(len(event.item) for event in events)


def _as_many_as_fit(events: Sequence[LoggedEvent]) -> int:
    """How many events like these make one page."""
    return max(1, min(PAGE_EVENTS, PAGE_BYTES * len(events) // size_of(events))) if events else PAGE_EVENTS
