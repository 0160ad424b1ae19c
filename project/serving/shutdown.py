"""The graceful end of a server, step by step, within a limit."""

import asyncio
import logging
import os
import signal
import threading
import time
from typing import Any

from twisted.internet.defer import maybeDeferred

from .drain import say_goodbye
from .websocket import CLOSE_RESTART, WebSocket

logger = logging.getLogger(__name__)

# Of the whole time: the first share is for goodbyes, the second ends with cancelling what still runs.
GOODBYE_SHARE = 0.5
FINISH_SHARE = 0.9

LOOK_SECONDS = 0.02

# Over TLS a connection ends when the client says so too, and an idle one may never do.
TLS_GOODBYE_SECONDS = 1


class Shutdown:
    """Stop listening, say goodbye, close the WebSockets, finish what is in hand, cancel the rest."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.limit: float = server.drain_seconds
        self.began = time.monotonic()

    async def run(self) -> None:
        """Takes at most `drain_seconds`; past that the process ends whatever it is doing."""
        self._end_at_any_rate()
        try:
            await self._drain()
        except Exception:
            logger.exception("Draining failed")
        await self._cancel_the_rest()
        logger.info("Drained in %.1f s", time.monotonic() - self.began)

    async def _drain(self) -> None:
        if self.server.signal_handlers and threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._end_at_once)
        for port in self.server.ports:
            await maybeDeferred(port.stopListening).asFuture(asyncio.get_running_loop())
        logger.info("Draining, for at most %g s", self.limit)
        await say_goodbye(self._left(GOODBYE_SHARE))
        self._close_connections()
        # Nothing in Twisted tells when a finished response has left, so this has to look.
        while self._busy() and self._left(FINISH_SHARE):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    def _close_connections(self) -> None:
        for connection in list(self.server.connections):
            if isinstance(connection, WebSocket):
                connection.close(CLOSE_RESTART)
        for channel in list(self.server.http_channels):
            for request in channel.requests:
                request.be_last()
            if not channel.requests:
                channel.loseConnection()

    def _left(self, share: float) -> float:
        return max(0.0, self.limit * share - (time.monotonic() - self.began))

    def _busy(self) -> bool:
        return (
            any("disconnected" not in details for details in self.server.connections.values())
            or any(self._awaited(channel) for channel in self.server.http_channels)
            or bool(self._applications())
        )

    def _awaited(self, channel: Any) -> bool:
        if channel.transport.disconnected:
            return False
        late = time.monotonic() - self.began > TLS_GOODBYE_SECONDS
        return bool(channel.requests) or not (late and channel.isSecure())

    def _applications(self) -> list["asyncio.Future[Any]"]:
        found = [details.get("application_instance") for details in self.server.connections.values()]
        return [application for application in found if application is not None and not application.done()]

    async def _cancel_the_rest(self) -> None:
        applications = self._applications()
        for application in applications:
            application.cancel()
        if applications:
            logger.warning("Cancelled %d applications that did not end in time", len(applications))
            await asyncio.wait(applications, timeout=self._left(1))

    def _end_at_any_rate(self) -> None:
        # A thread that never returns would otherwise keep the interpreter from ending.
        timer = threading.Timer(self.limit, os._exit, (0,))
        timer.daemon = True
        timer.start()

    @staticmethod
    def _end_at_once(number: int, frame: object) -> None:
        os._exit(128 + number)
