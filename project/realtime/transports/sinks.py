"""Where a WebSocket's subscription writes under a server that takes no finished frames."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from project.serving.frames import payload

ASGI_QUEUE_FRAMES = 16
"""Frames handed to a server whose `send` takes its time; past this the connection counts as blocked."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


class AsgiSink:
    """Writes by `await send(...)`, in order, from a task of its own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._writable: Callable[[], None] | None = None
        self._queue: deque[dict[str, Any]] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def blocked(self) -> bool:
        return len(self._queue) > ASGI_QUEUE_FRAMES

    def write(self, frame: bytes) -> bool:
        self._put({"type": "websocket.send", "text": payload(frame).decode()})
        return not self.blocked

    @property
    def buffered(self) -> int:
        return sum(len(event.get("text", "")) for event in self._queue)

    def on_writable(self, callback: Callable[[], None]) -> None:
        self._writable = callback

    def close(self, code: int) -> None:
        # ASGI gives an application only these codes; 1012 is the server's own.
        self._put({"type": "websocket.close", "code": code if code >= 3000 else 4503})

    def _put(self, event: dict[str, Any]) -> None:
        self._queue.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            was_blocked = self.blocked
            try:
                await self._send(self._queue[0])
            except Exception:
                self._queue.clear()  # the connection is gone; its end arrives as a disconnect
                return
            self._queue.popleft()
            if was_blocked and not self.blocked and self._writable:
                self._writable()
            await asyncio.sleep(0)  # daphne's send never suspends: others must get their turn
