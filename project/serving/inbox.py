"""What a client has sent and the application has not read yet. Daphne's queue for it has no bound."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


def _nothing() -> None: ...


class Inbox:
    """
    One connection's ASGI messages, in order; `get` is its `receive`.

    At `limit` unread messages it calls `full`, and back at half of that `roomy`. It never refuses a message: whoever
    fills it must stop at `full`.
    """

    __slots__ = ("_full", "_limit", "_messages", "_over", "_roomy", "_waiting")

    def __init__(
        self, limit: int = 0, full: Callable[[], None] = _nothing, roomy: Callable[[], None] = _nothing
    ) -> None:
        self._limit = limit
        self._full = full
        self._roomy = roomy
        self._over = False
        self._messages: deque[Message] = deque()
        self._waiting: asyncio.Future[None] | None = None

    def put_nowait(self, message: Message) -> None:
        self._messages.append(message)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.set_result(None)
        if self._limit and not self._over and len(self._messages) >= self._limit:
            self._over = True
            self._full()

    async def get(self) -> Message:
        """The next message; waits for it. Cancelling the wait loses nothing."""
        while not self._messages:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
            # Several tasks may wait here: one that is cancelled must not cancel the future of the others.
            await asyncio.shield(self._waiting)
        return self._take()

    def take_texts(self) -> list[str]:
        """Remove and return the text messages that wait at the head, up to the first message of another kind."""
        texts = []
        while self._messages and self._messages[0].get("text") is not None:
            texts.append(self._take()["text"])
        return texts

    def _take(self) -> Message:
        message = self._messages.popleft()
        if self._over and len(self._messages) <= self._limit // 2:
            self._over = False
            self._roomy()
        return message
