"""Work of one connection that must be done in the order in which it was asked for."""

import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

Work = Coroutine[Any, Any, None]


class Serial:
    """Runs coroutines one after another. Costs a task only while there is something to do."""

    def __init__(self, spawn: Callable[[Work], None]) -> None:
        self._spawn = spawn
        self._queue: deque[Work] = deque()
        self._running = False

    def add(self, work: Work) -> None:
        """Runs this after everything added before."""
        self._queue.append(work)
        if not self._running:
            self._running = True
            self._spawn(self._run())

    async def _run(self) -> None:
        try:
            while self._queue:
                try:
                    await self._queue.popleft()
                except Exception:
                    logger.exception("Work of a connection failed")
        finally:
            self._running = False
