"""Daphne's HTTP request with a gate for what it streams and a limit on what it takes in."""

import json
import logging
from typing import Any

from daphne.http_protocol import WebRequest

from .drain import draining
from .gate import Gate
from .inbox import Inbox

logger = logging.getLogger(__name__)

# A photo as it leaves a phone. All of it is in memory when the application begins; deploy/nginx.conf has the same.
MAX_BODY_BYTES = 6 * 1024 * 1024

# After a refusal the client may still be sending. Closing at once would reset the connection, answer and all.
LINGER_SECONDS = 2

REFUSAL = {
    "code": "too_large",
    "message": f"A request body may have at most {MAX_BODY_BYTES} bytes.",
    "fields": {},
}


class Request(Gate, WebRequest):
    """One HTTP request. While it streams, it is the producer that its transport pauses."""

    _refused = False
    _received = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms in a thread. Twisted would do so too, here in the event loop: 16 MB took 0.9 s.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.server.http_channels.add(self.channel)

    # The request coming in

    def gotLength(self, length: int | None) -> None:
        """All headers are here. `length` is None for a chunked body, which is counted as it comes."""
        if length is not None and length > MAX_BODY_BYTES:
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        if self._refused:
            return
        self._received += len(data)
        if self._received > MAX_BODY_BYTES:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        """Answer now; drop what still comes, for a moment; then close."""
        self._refused = True
        self.requestHeaders.removeHeader(b"Expect")  # nobody shall be told to continue
        body = json.dumps({"ok": False, "error": REFUSAL}).encode()
        head = (
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.channel.write(head.encode() + body)
        self.channel.callLater(LINGER_SECONDS, self.channel.loseConnection)
        logger.info("Refused a request body of more than %d bytes from %s", MAX_BODY_BYTES, self.client)

    def process(self) -> Any:
        if draining():
            self.be_last()
        channel = self.channel
        result = super().process()
        if self.transport is None:  # daphne has handed it to a WebSocket
            self.server.http_channels.discard(channel)
        return result

    def new_inbox(self) -> Inbox:
        # The body is bounded by its size, and all of it has arrived before the application begins.
        return Inbox()

    # The response going out

    def be_last(self) -> None:
        """Let the connection end with this response."""
        self.channel.persistent = False
        if not self.startedWriting:
            self.setHeader(b"Connection", b"close")

    def handle_reply(self, message: dict[str, Any]) -> None:
        if (
            message.get("more_body")
            and self.producer is None
            and not self.finished
            and self.channel is not None
        ):
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
            logger.info("Dropping %s: it has not read for %g s", self.client, self.server.send_stall_seconds)
            self.channel.forceAbortClient()
        else:
            super().check_timeouts()
