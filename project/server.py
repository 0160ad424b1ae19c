"""
Daphne with a send gate, prebuilt WebSocket frames, bounded queues, and a graceful end.

    python -m project.server -b 0.0.0.0 -p 8000 project.asgi:application

All of daphne's options work, some with other defaults.
"""

# Daphne's module first: it installs the asyncio reactor, which must precede any other import of Twisted's.
from daphne.server import Server as DaphneServer  # isort: skip

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet

from daphne.cli import CommandLineInterface as DaphneCommandLine
from daphne.http_protocol import HTTPFactory
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from project.serving import garbage, lifecycle, memory
from project.serving.endpoints import with_backlog
from project.serving.frames import EXTENSION
from project.serving.request import Request
from project.serving.settings import seconds
from project.serving.shutdown import Shutdown
from project.serving.websocket import WebSocket, with_options_of

HEARTBEAT_SECONDS = 25  # proxies drop what is silent for a minute, mobile networks sooner than that
MISSED_PINGS = 2

HANDSHAKE_SECONDS = 20  # in a burst of thousands the last ones wait some seconds for their turn

# An application that sends without ever waiting must still let others run.
SENDS_WITHOUT_YIELD = 64


def heartbeat() -> float:
    """Seconds of silence before a WebSocket is pinged, unless an option says otherwise."""
    return seconds("HEARTBEAT_SECONDS", HEARTBEAT_SECONDS)


class Server(DaphneServer):
    """
    `send` waits while the client does not take what was sent before; after `send_stall_seconds` (default: the
    variable SEND_STALL_SECONDS, or 30) the connection is dropped. A WebSocket silent for `ping_interval` is pinged,
    and closed with 4408 after `ping_timeout` more. SIGTERM and SIGINT drain for at most `drain_seconds`
    (DRAIN_SECONDS, or 10); a second signal ends the process at once.
    """

    def __init__(
        self,
        *args: Any,
        ping_interval: float | None = None,
        ping_timeout: float | None = None,
        send_stall_seconds: float | None = None,
        drain_seconds: float | None = None,
        **kwargs: Any,
    ) -> None:
        ping_interval = heartbeat() if ping_interval is None else ping_interval
        ping_timeout = heartbeat() * MISSED_PINGS if ping_timeout is None else ping_timeout
        super().__init__(*args, ping_interval=ping_interval, ping_timeout=ping_timeout, **kwargs)
        self.send_stall_seconds = send_stall_seconds or seconds("SEND_STALL_SECONDS", 30)
        self.drain_seconds = drain_seconds or seconds("DRAIN_SECONDS", 10)
        self.endpoints: list[str] = [with_backlog(endpoint) for endpoint in self.endpoints]
        self.ports: list[Any] = []
        self.http_channels: WeakSet[Any] = WeakSet()
        self._then: Callable[[], None] | None = self.ready_callable
        self.ready_callable: Callable[[], None] = self._prepare
        self._sends = 0

    def _prepare(self) -> None:
        """Called by daphne between making its factories and running the reactor."""
        self.ws_factory.protocol = with_options_of(self.ws_factory, WebSocket)
        # Daphne names its own request class inside this method and offers no other place to say it.
        self.http_factory.buildProtocol = self._build_http_channel
        reactor.callWhenRunning(garbage.settle)  # type: ignore[attr-defined]
        reactor.callWhenRunning(memory.settle)  # type: ignore[attr-defined]
        reactor.callWhenRunning(lifecycle.started)  # type: ignore[attr-defined]
        if self._then is not None:
            self._then()

    def _build_http_channel(self, address: Any) -> Any:
        channel = HTTPFactory.buildProtocol(self.http_factory, address)
        channel.requestFactory = Request
        return channel

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def protocol_disconnected(self, protocol: Any) -> None:
        # A refused WebSocket is reported twice, and may be forgotten in between.
        if protocol in self.connections:
            super().protocol_disconnected(protocol)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for a connection and return the queue of its messages."""
        if protocol not in self.connections:
            return None
        scope.setdefault("asgi", {"version": "3.0"})
        if scope["type"] == "websocket":
            scope["extensions"] = {EXTENSION: {"writer": protocol.new_outlet()}}
        inbox = protocol.new_inbox()
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(
            self.application(scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol))
        )
        return inbox

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """The application's `send`."""
        if protocol.blocked and message.get("type") in ("websocket.send", "http.response.body"):
            await protocol.writable()
        self._sends += 1
        if self._sends >= SENDS_WITHOUT_YIELD or protocol.ended:
            self._sends = 0
            await asyncio.sleep(0)
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> "Deferred[Any]":
        """Twisted waits for this before it ends: so here is the place to drain."""
        return Deferred.fromFuture(asyncio.ensure_future(Shutdown(self).run()))


class CommandLine(DaphneCommandLine):
    """Daphne's command line, all its options, our server."""

    description = "Watchroom's HTTP and WebSocket server"
    server_class = Server

    def __init__(self) -> None:
        super().__init__()
        self.parser.prog = "python -m project.server"
        self.parser.set_defaults(
            ping_interval=heartbeat(),
            ping_timeout=heartbeat() * MISSED_PINGS,
            websocket_connect_timeout=HANDSHAKE_SECONDS,
        )

    def run(self, args: Sequence[str]) -> None:
        garbage.hold()
        super().run(args)


if __name__ == "__main__":
    CommandLine.entrypoint()
