"""A client over WebSocket, commands included."""

import asyncio
import itertools
import json
from contextlib import suppress
from typing import Any

import websockets

from tests.support.clients.client import ANSWER_TIMEOUT, Client, Lost, Stopped

ACK_EVENTS, ACK_SECONDS = 64, 1.0  # the protocol: whichever is first
ACK_BYTES = 64 * 1024  # and well before the window is full, or large events wait for the next second
RECOVERABLE_45XX = 4503


class WebSocketClient(Client):
    """Subscribes with its cursor, acknowledges what it has handled, and matches replies by id."""

    transport = "websocket"
    ping_seconds = 20.0
    """Of silence until it asks whether the server is there, and then until it gives up. Whoever is to notice a cut
    network soon has less; for others a machine that stands still for some seconds must be no reason to go."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.close_code = 0
        self._socket: websockets.ClientConnection | None = None
        self._acked = 0
        self._unacked_bytes = 0
        self._ids = itertools.count(1)
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        address = self.url.replace("http", "ws", 1) + "/ws/"
        try:
            async with websockets.connect(
                address,
                additional_headers=self.credentials,
                ping_interval=self.ping_seconds,
                ping_timeout=self.ping_seconds,
                close_timeout=1,
                open_timeout=ANSWER_TIMEOUT,
                max_size=None,
                proxy=None,
            ) as socket:
                await self._converse(socket)
        except websockets.ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            if 4500 <= self.close_code < 4600 and self.close_code != RECOVERABLE_45XX:
                raise Stopped(f"closed {self.close_code}") from closed
            raise Lost(f"closed {self.close_code}") from closed
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            raise Lost(repr(error)) from error
        finally:
            self._socket = None
            self._fail_replies()

    async def _converse(self, socket: websockets.ClientConnection) -> None:
        await socket.send(json.dumps({"type": "subscribe", "cursor": self.state.cursor}))
        self._acked = self.state.seq
        acks = asyncio.create_task(self._ack_every_second(socket))
        try:
            async for frame in socket:
                self._unacked_bytes += len(frame)
                for item in json.loads(frame):
                    await self._take(item, socket)
                if self._unacked_bytes >= ACK_BYTES:
                    await self._ack(socket)
        finally:
            acks.cancel()
        raise websockets.ConnectionClosedOK(socket.protocol.close_rcvd, socket.protocol.close_sent)

    async def _take(self, item: dict[str, Any], socket: websockets.ClientConnection) -> None:
        if item["type"] == "reply":
            if waiting := self._replies.pop(item["id"], None):
                waiting.set_result(item)
            return
        if item["type"] == "bye":
            # The close code that follows says whether to come back; the pause is what bye is for.
            with suppress(websockets.ConnectionClosed):
                await socket.recv()
            self.close_code = socket.close_code or 1006
            if 4500 <= self.close_code < 4600 and self.close_code != RECOVERABLE_45XX:
                raise Stopped(f"closed {self.close_code}")
        await self.handle(item)
        if item["type"] == "hello":
            self._socket = socket
        if item["type"] == "reset":
            await socket.send(json.dumps({"type": "subscribe", "cursor": self.state.cursor}))
        if self.state.seq >= self._acked + ACK_EVENTS:
            await self._ack(socket)

    async def _ack(self, socket: websockets.ClientConnection) -> None:
        self._acked, self._unacked_bytes = self.state.seq, 0
        await socket.send(json.dumps({"type": "ack", "cursor": self.state.cursor}))

    async def _ack_every_second(self, socket: websockets.ClientConnection) -> None:
        with suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(ACK_SECONDS)
                if self.state.seq > self._acked:
                    await self._ack(socket)

    async def ask(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            raise Lost("not connected")
        number = f"{self.name}-{next(self._ids)}"
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[number] = reply
        try:
            await self._socket.send(json.dumps({"type": name, "id": number, "data": data}))
            async with asyncio.timeout(ANSWER_TIMEOUT):
                return await reply
        except (websockets.ConnectionClosed, TimeoutError) as error:
            raise Lost(repr(error)) from error
        finally:
            self._replies.pop(number, None)

    def _fail_replies(self) -> None:
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(Lost("connection ended"))
                reply.exception()  # whoever asked may have learned of it by a failed send already
