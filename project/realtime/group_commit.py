"""Group commit: what arrives while a transaction is under way is written together in the next one."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import OperationalError

from project.realtime.database import UNREACHABLE, in_database

Q = TypeVar("Q")
A = TypeVar("A")

MAX_BATCH = 128
"""A longer transaction would make the first of its requests wait for the last."""
MAX_QUEUED = 4096
"""Per key. Beyond it the database has long been too slow for what arrives."""


class QueueFull(OperationalError):
    """More requests wait than can be served in any useful time."""


class GroupCommit(Generic[Q, A]):
    """Runs batches for many keys, one at a time for each key, keys side by side.

    A request that finds its key idle starts at once and alone: nobody waits for company. Requests of a key are run in
    the order in which they were submitted.
    """

    def __init__(self) -> None:
        self.settled: Callable[[Hashable], None] = lambda key: None
        """Called in the event loop whenever nothing is under way for a key any more."""
        # A future belongs to its event loop, and so must the queue that holds it.
        self._queues: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[Hashable, deque[tuple[Q, asyncio.Future[A]]]]
        ] = WeakKeyDictionary()
        self._running: set[asyncio.Task[None]] = set()

    async def submit(self, key: Hashable, work: Callable[[Sequence[Q]], Sequence[A]], request: Q) -> A:
        """Waits for this request's own result. `work(requests)` runs in a worker thread, and gives one result each.

        Raises what `work` raises for this request alone, and QueueFull.
        """
        loop = asyncio.get_running_loop()
        queues = self._queues.setdefault(loop, {})
        idle = key not in queues
        queue = queues.setdefault(key, deque())
        if len(queue) >= MAX_QUEUED:
            raise QueueFull(f"{MAX_QUEUED} requests wait for {key}")
        future: asyncio.Future[A] = loop.create_future()
        queue.append((request, future))
        if idle:
            task = loop.create_task(self._run(queues, key, work))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await future

    def under_way(self, key: Hashable) -> bool:
        """Whether requests for this key are being run, or wait."""
        return key in self._queues.get(asyncio.get_running_loop(), ())

    async def _run(
        self,
        queues: dict[Hashable, deque[tuple[Q, asyncio.Future[A]]]],
        key: Hashable,
        work: Callable[[Sequence[Q]], Sequence[A]],
    ) -> None:
        queue = queues[key]
        while queue:
            batch = [queue.popleft() for _ in range(min(len(queue), MAX_BATCH))]
            try:
                results = await in_database(work, [request for request, _ in batch])
                if len(results) != len(batch):
                    raise ValueError(f"{len(results)} results for {len(batch)} requests of {key}")
            except Exception as error:
                await self._run_alone(batch, work, error)
                continue
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
        del queues[key]
        self.settled(key)

    async def _run_alone(
        self,
        batch: Sequence[tuple[Q, asyncio.Future[A]]],
        work: Callable[[Sequence[Q]], Sequence[A]],
        error: Exception,
    ) -> None:
        """Gives each request of a failed batch its own chance, and its own error."""
        retry = len(batch) > 1 and not isinstance(error, UNREACHABLE)
        for request, future in batch:
            try:
                if not retry:
                    raise error
                result = (await in_database(work, [request]))[0]
            except Exception as own:
                if not future.done():
                    future.set_exception(own)
            else:
                if not future.done():
                    future.set_result(result)
