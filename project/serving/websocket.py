"""Daphne's WebSocket connection, with a bound on what is unread, its own heartbeat, and a short way in for texts."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from typing import Any

from .drain import draining
from .frames import take_text
from .inbox import Inbox
from .writing import WritingWebSocket

logger = logging.getLogger(__name__)

UNREAD_MESSAGES = 64  # a burst of commands; what is beyond waits in the kernel and at the client

# Frames up to this size skip autobahn's parser: acks and commands. Above, its cost is small beside what they cause.
QUICK_BYTES = 4096

READ_BYTES = 64 * 1024

CLOSE_ERROR = 1011
CLOSE_RESTART = 1012
CLOSE_SILENT = 4408


def with_options_of(factory: Any, protocol: "type[WebSocket]") -> "type[WebSocket]":
    """The same protocol, with autobahn's options on the class.

    It would copy all thirty to each connection, and format them for a log: a fifth of what a handshake costs.
    """
    options = {name: getattr(factory, name) for name in protocol.CONFIG_ATTRS if not hasattr(protocol, name)}
    members = {name: staticmethod(value) if callable(value) else value for name, value in options.items()}
    return type(protocol.__name__, (protocol,), {"CONFIG_ATTRS": (), **members})


HELD_BY_INBOX = 1
HELD_BY_APPLICATION = 2


class WebSocket(WritingWebSocket):
    """One connection. Its application is offered it as a `FrameWriter`; see there for what its methods promise."""

    # autobahn's 1 s would cut off a client that still reads what was queued before the close frame.
    closeHandshakeTimeout = 5

    server: Any = None
    inbox: Inbox
    _receiver: Callable[[str], None] | None = None
    _held = 0
    _socket: socket.socket | None = None
    _heard_at = 0.0
    _pinged_at = 0.0  # the oldest ping without any sign of life since; 0 when there is none
    _ping_due = 0.0

    # Coming in

    def read_from(self, handle: socket.socket) -> None:
        """
        Have the event loop call us when there is something to read, and not Twisted's reactor, whose logging context
        costs as much as an acknowledgement does. The reactor still keeps the registration, and ends it.
        """
        self._socket = handle
        asyncio.get_running_loop().add_reader(handle.fileno(), self._readable)

    def _readable(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            try:
                self.dataReceived(data)
            except Exception:
                logger.exception("Exception while reading from %s", self.client_addr)
                self.abort()
        else:
            # Over: the reactor's own reader finds the same, and ends the connection as it should be.
            self.factory.reactor.removeReader(self.transport)
            self.factory.reactor.addReader(self.transport)

    def dataReceived(self, data: bytes) -> None:
        self._heard()
        if self._parser_idle():
            data = self._read_texts(data)
        if data:
            super().dataReceived(data)

    def _parser_idle(self) -> bool:
        """Whether autobahn holds nothing: no bytes, no begun frame, no begun message."""
        return (
            self.state == self.STATE_OPEN
            and not self.data
            and self.current_frame is None
            and not self.inside_message
            and not self._held
        )

    def _read_texts(self, data: bytes) -> bytes:
        """Take the short text frames at the head; the rest is for autobahn."""
        limit = min(QUICK_BYTES, self.maxFramePayloadSize or QUICK_BYTES)
        limit = min(limit, self.maxMessagePayloadSize or QUICK_BYTES)
        at = 0
        while self.state == self.STATE_OPEN and not self._held:
            found = take_text(data, at, limit)
            if found is None:
                break
            text, at = found
            self._receive_text(text)
        return data[at:] if at else data

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if isBinary:
            self._receive({"type": "websocket.receive", "bytes": payload})
        else:
            self._receive_text(payload.decode())

    def _receive_text(self, text: str) -> None:
        if self._receiver is None or self.state != self.STATE_OPEN:
            self._receive({"type": "websocket.receive", "text": text})
            return
        try:
            self._receiver(text)
        except Exception:
            logger.exception("Exception while receiving from %s", self.client_addr)
            self.close(CLOSE_ERROR)

    def _receive(self, message: dict[str, Any]) -> None:
        # After our close frame the client may send on for as long as it likes; nobody reads it.
        if self.state == self.STATE_OPEN and not self.muted:
            self.inbox.put_nowait(message)

    def receive_with(self, callback: Callable[[str], None] | None) -> None:
        self._receiver = callback
        if callback is not None:
            for text in self.inbox.take_texts():
                self._receive_text(text)

    # Holding the client back

    def new_inbox(self) -> Inbox:
        self.inbox = Inbox(UNREAD_MESSAGES, self._inbox_full, self._inbox_roomy)
        return self.inbox

    def pause_reading(self) -> None:
        self._hold(HELD_BY_APPLICATION)

    def resume_reading(self) -> None:
        self._release(HELD_BY_APPLICATION)

    def _inbox_full(self) -> None:
        self._hold(HELD_BY_INBOX)

    def _inbox_roomy(self) -> None:
        self._release(HELD_BY_INBOX)

    def _hold(self, reason: int) -> None:
        if not self._held:
            self.transport.pauseProducing()
        self._held |= reason

    def _release(self, reason: int) -> None:
        if self._held & reason:
            self._held &= ~reason
            if not self._held:
                self._heard()
                self.transport.resumeProducing()
                if self._socket is not None and self._socket.fileno() >= 0:
                    self.read_from(self._socket)
                # Later, because this may be a message's handler, and the parser cannot be entered twice.
                self.factory.reactor.callLater(0, self.consumeData)

    def processData(self) -> bool:
        return False if self._held else bool(super().processData())

    def end(self) -> None:
        super().end()
        # The client's close frame must be heard.
        self._release(HELD_BY_INBOX | HELD_BY_APPLICATION)

    # Its life

    def onOpen(self) -> None:
        super().onOpen()
        self._heard()
        if draining():
            self.close(CLOSE_RESTART)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        if self.server is None:
            return  # the handshake failed before there was an application
        super().onClose(wasClean, code, reason)

    def _heard(self) -> None:
        self._heard_at = time.monotonic()

    def check_timeouts(self) -> None:
        """Called by daphne every two seconds."""
        server = self.server
        if self.state == self.STATE_CONNECTING:
            if 0 <= server.websocket_connect_timeout < self.duration():
                self.close(CLOSE_ERROR)
        elif self.stalled(server.send_stall_seconds):
            logger.info("Dropping %r: it has not read for %g s", self, server.send_stall_seconds)
            self.abort()
        elif self.state == self.STATE_OPEN:
            if 0 <= server.websocket_timeout < self.duration():
                self.close(CLOSE_RESTART, "This connection is old: please open a new one")
            else:
                self._check_silence(server.ping_timeout)

    def _check_silence(self, timeout: float) -> None:
        if self._held:
            self._heard()
            return
        now = time.monotonic()
        interval = self.factory.server_class.ping_interval
        if self._heard_at >= self._pinged_at:
            self._pinged_at = 0.0
            self._ping_due = self._heard_at + interval
        if timeout and self._pinged_at and now - self._pinged_at >= timeout:
            self.close(CLOSE_SILENT, "No sign of life")
        elif now >= self._ping_due and not self.blocked:
            self.sendPing()
            self._pinged_at = self._pinged_at or now
            self._ping_due = now + interval
