"""The application's end of a WebSocket: small, because a fan-out touches thousands of them in a row."""

from collections.abc import Callable
from typing import Any


class Outlet:
    """A connection's `FrameWriter`. `blocked` and `send` are kept up to date by the connection."""

    __slots__ = ("_connection", "blocked", "send")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.blocked = True
        self.send: Callable[[bytes], int] = lambda data: 0

    @property
    def buffered(self) -> int:
        return int(self._connection.buffered)

    def write(self, frame: bytes) -> bool:
        if self.blocked:
            self._connection.write_later(frame)
            return False
        try:
            sent = self.send(frame)
        except OSError:
            sent = 0  # full or broken: in both cases the transport finds out for itself
        if sent < len(frame):
            self._connection.write_later(frame[sent:])
        return not self.blocked

    def on_writable(self, callback: Callable[[], None] | None) -> None:
        self._connection.on_writable(callback)

    def receive_with(self, callback: Callable[[str], None] | None) -> None:
        self._connection.receive_with(callback)

    def pause_reading(self) -> None:
        self._connection.pause_reading()

    def resume_reading(self) -> None:
        self._connection.resume_reading()

    def close(self, code: int, reason: str = "") -> None:
        self._connection.close(code, reason)

    def abort(self) -> None:
        self._connection.abort()
