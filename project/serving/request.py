"""Daphne's HTTP request with a gate for what it streams and a limit on what it takes in."""

from typing import Any

from daphne.http_protocol import WebRequest

from .drain import draining
from .gate import Gate
from .inbox import Inbox


class Request(Gate, WebRequest):
    """One HTTP request. While it streams, it is the producer that its transport pauses."""

    _refused = False
    _received = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms in a thread. Twisted would do so too, here in the event loop: 16 MB took 0.9 s.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.server.http_channels.add(self.channel)

    def new_inbox(self) -> Inbox:
        # The body is bounded by its size, and has arrived before the application begins.
        return Inbox()

    def process(self) -> Any:
        if draining():
            self.be_last()
        channel = self.channel
        result = super().process()
        if self.transport is None:  # daphne has handed it to a WebSocket
            self.server.http_channels.discard(channel)
        return result

    def be_last(self) -> None:
        """Let the connection end with this response."""
        self.channel.persistent = False
        if not self.startedWriting:
            self.setHeader(b"Connection", b"close")

    def handle_reply(self, message: dict[str, Any]) -> None:
        if self.channel is not None and message.get("more_body") and self.producer is None:
            self.registerProducer(self, True)
        super().handle_reply(message)

    def finish(self) -> None:
        if self.producer is not None:
            self.unregisterProducer()
        self.end()
        channel = self.channel
        super().finish()
        if not channel.persistent:
            # The connection ends when all is flushed, and Twisted would wait for that for ever.
            channel.setTimeout(self.server.send_stall_seconds)

    def connectionLost(self, reason: Any) -> None:
        self.end()
        super().connectionLost(reason)

    def check_timeouts(self) -> None:
        if not self.finished and self.stalled(self.server.send_stall_seconds):
            self.transport.abortConnection()
        else:
            super().check_timeouts()
