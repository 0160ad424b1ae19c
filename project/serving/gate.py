"""The send gate: what daphne lacks. Its `send` takes any amount at once, whatever the client reads."""

import asyncio
import time
from collections.abc import Callable


class Gate:
    """
    A connection's write side: shut while its transport is full, and known since when.

    The methods with Twisted's names make it a producer that the transport pauses and resumes.
    """

    blocked: bool = False
    ended: bool = False
    blocked_since: float = 0.0
    _waiting: "asyncio.Future[None] | None" = None
    _on_writable: Callable[[], None] | None = None

    def on_writable(self, callback: Callable[[], None] | None) -> None:
        self._on_writable = callback

    def shut(self) -> None:
        """The transport holds bytes that the socket did not take."""
        if not self.blocked:
            self._block(True)
            self.blocked_since = time.monotonic()

    def open(self) -> None:
        """The transport is empty: wake who waits, then tell the callback."""
        if self.ended or not self.blocked:
            return
        self._block(False)
        self._wake()
        if self._on_writable is not None:
            self._on_writable()

    def end(self) -> None:
        """Nothing more will be sent: it stays shut, and nobody waits at it. The stall limit still holds."""
        self.shut()
        self.ended = True
        self._on_writable = None
        self._wake()

    def stalled(self, limit: float) -> bool:
        """Whether it has been shut for more than `limit` seconds, however little trickled out meanwhile."""
        return self.blocked and time.monotonic() - self.blocked_since > limit

    async def writable(self) -> None:
        """Wait until it opens or ends. Whoever looks after the connection must end it when it has stalled."""
        while self.blocked and not self.ended:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
            # Several tasks may wait here: one that is cancelled must not cancel the future of the others.
            await asyncio.shield(self._waiting)

    def _block(self, blocked: bool) -> None:
        self.blocked = blocked

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.set_result(None)

    def pauseProducing(self) -> None:
        self.shut()

    def resumeProducing(self) -> None:
        self.open()

    def stopProducing(self) -> None:
        self.end()
