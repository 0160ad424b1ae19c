"""The write side of a WebSocket: straight to the socket while nothing is pending, behind a gate when something is."""

import socket
from collections.abc import Callable
from typing import Any

from autobahn.util import encode_truncate
from daphne.ws_protocol import WebSocketProtocol

from .gate import Gate
from .outlet import Outlet

REASON_BYTES = 123  # a control frame's 125, less the code


class WritingWebSocket(Gate, WebSocketProtocol):
    """
    Everything that goes out, autobahn's frames too, is offered to the socket while the transport is empty, and
    otherwise queued in the transport. The transport tells when it is empty again, and only then is the
    socket tried again. So nothing overtakes, whoever writes.
    """

    buffered = 0
    _send: Callable[[bytes], int] | None = None
    _outlet: Outlet | None = None

    def new_outlet(self) -> Outlet:
        """What the application writes to, from before the handshake is answered."""
        self._outlet = Outlet(self)
        return self._outlet

    def _block(self, blocked: bool) -> None:
        super()._block(blocked)
        if self._outlet is not None:
            self._outlet.blocked = blocked

    def write_later(self, data: bytes) -> None:
        """Queue what the socket did not take, or may not be offered yet. Dropped unless the connection is open."""
        if self.state == self.STATE_OPEN:
            self._queue(data)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """All of autobahn's writes. Its options to chop them up serve its own tests and are not offered."""
        if self.blocked or self._send is None:
            self._queue(data)
        else:
            try:
                sent = self._send(data)
            except OSError:
                # Full or broken: in both cases the transport finds out for itself.
                sent = 0
            if sent < len(data):
                self._queue(data[sent:])

    def _queue(self, data: bytes) -> None:
        self.buffered += len(data)
        self.shut()
        self.transport.write(data)

    def read_from(self, handle: socket.socket) -> None:
        """The socket may be read directly from here on."""

    def _send_with(self, send: Callable[[bytes], int]) -> None:
        self._send = send
        if self._outlet is not None:
            self._outlet.send = send

    def _send_by_transport(self, data: bytes) -> int:
        self.transport.write(data)
        return len(data)

    def onOpen(self) -> None:
        # The HTTP channel that took the request is still registered as the transport's producer.
        self.transport.unregisterProducer()
        handle = self.transport.getHandle()
        if isinstance(handle, socket.socket):
            # A pull producer is asked each time the transport is empty, and once when it is registered. That first
            # time the handshake's answer is still pending, so it must not count.
            self.transport.registerProducer(self, False)
            self._send_with(handle.send)
            self.read_from(handle)
        else:
            # TLS: only its transport can write, and it would ask a pull producer without end.
            self._send_with(self._send_by_transport)
            self.transport.registerProducer(self, True)
            self.resumeProducing()
        super().onOpen()

    def resumeProducing(self) -> None:
        if self._send is not None:
            self.buffered = 0
            self.open()

    def sendCloseFrame(
        self, code: int | None = None, reasonUtf8: bytes | None = None, isReply: bool = False
    ) -> None:
        super().sendCloseFrame(code, reasonUtf8, isReply)
        self.end()

    def close(self, code: int, reason: str = "") -> None:
        if self.state == self.STATE_CONNECTING:
            if hasattr(self, "handshake_deferred"):
                self.serverReject()
        elif self.state == self.STATE_OPEN:
            # Not sendClose: that refuses codes below 3000, and a restart is 1012.
            self.sendCloseFrame(code, encode_truncate(reason, REASON_BYTES) or None)

    def abort(self) -> None:
        self.end()
        self.dropConnection(abort=True)
        # dropConnection does nothing for a connection that is closed already but still has bytes to flush.
        self.transport.abortConnection()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self.end()
        super().onClose(wasClean, code, reason)

    def handle_reply(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "websocket.close":
            self.close(message.get("code") or 1000, message.get("reason") or "")
        elif kind == "websocket.send" and self.state in (self.STATE_CLOSING, self.STATE_CLOSED):
            # ASGI: sending to a connection that is gone does nothing.
            return
        else:
            super().handle_reply(message)
