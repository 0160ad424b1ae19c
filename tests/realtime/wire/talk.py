"""A client that does nothing by itself: it keeps every item it is sent, with its bytes, on any transport."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import httpx
import websockets

PATIENCE = 30.0  # seconds until something that should come has not: a limit for a hang, on any machine
LONG_WAIT = 55  # seconds, as many as a poll may ask for: nobody is so patient that only its end would help
OWN_LIMIT = 2 * LONG_WAIT  # seconds; a client that gave up sooner would look as if the server had ended it
Item = dict[str, Any]


class Listener(ABC):
    """Follows the streams of a cursor at one site. A context manager.

    `items` is everything received so far, parsed, and `raw` the bytes of each of them. `status` is the HTTP
    status, `code` the close code once the server has ended it. A poll asks for an answer after `wait` seconds.
    """

    transport: str

    def __init__(self, url: str, headers: Mapping[str, str], cursor: str = "", *, wait: int = 5) -> None:
        self.url, self.headers, self.first_cursor, self.wait = url, dict(headers), cursor, wait
        self.items: list[Item] = []
        self.raw: list[bytes] = []
        self.cursor = ""
        self.status = 0
        self.code = 0
        self.over = False
        self.refusal: Item = {}
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Listener":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            with suppress(httpx.HTTPError, websockets.ConnectionClosed):
                await self.listen()
        finally:
            self.over = True
            async with self._changed:
                self._changed.notify_all()

    @abstractmethod
    async def listen(self) -> None:
        """Connects, and takes in items until the server ends it."""

    async def take(self, raw_items: Iterable[bytes]) -> None:
        for raw in raw_items:
            self.raw.append(raw)
            self.items.append(json.loads(raw))
        async with self._changed:
            self._changed.notify_all()

    # What the tests ask for.

    async def until(self, happened: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Waits until this is true, looking again with each thing received."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(happened)
        except TimeoutError:
            seen = [(i["type"], i.get("stream"), i.get("seq")) for i in self.items[-8:]]
            raise AssertionError(f"{self.transport} waited {seconds} s in vain; last items {seen}") from None

    async def first(self, type: str, stream: str | None = None, seconds: float = PATIENCE) -> Item:
        """The first item of this type, waited for."""
        await self.until(lambda: self.all(type, stream) or self.over, seconds)
        assert self.all(type, stream), f"{self.transport} ended ({self.status} {self.code}) without {type}"
        return self.all(type, stream)[0]

    async def seq(self, stream: str, seq: int, seconds: float = PATIENCE) -> Item:
        """The event of this seq, waited for."""
        await self.until(lambda: seq in self.seqs(stream), seconds)
        return next(i for i in self.items if i.get("stream") == stream and i.get("seq") == seq)

    async def end(self, seconds: float = PATIENCE) -> None:
        """Waits until the server has ended it."""
        await self.until(lambda: self.over, seconds)

    def all(self, type: str, stream: str | None = None) -> list[Item]:
        return [i for i in self.items if i["type"] == type and stream in (None, i.get("stream"))]

    def seqs(self, stream: str) -> list[int]:
        return [item["seq"] for item in self.items if item.get("stream") == stream and "seq" in item]

    def events(self, stream: str) -> list[bytes]:
        """The bytes of every event of this stream."""
        pairs = zip(self.items, self.raw, strict=True)
        return [raw for item, raw in pairs if item.get("stream") == stream and "seq" in item]


class WebSocketListener(Listener):
    """Sends only what it is told to; acks too."""

    transport = "websocket"
    origin: str | None = None
    local_address = "127.0.0.1"

    async def listen(self) -> None:
        self.socket = await websockets.connect(
            self.url.replace("http", "ws", 1) + "/ws/",
            additional_headers=self.headers,
            open_timeout=OWN_LIMIT,
            ping_interval=None,
            close_timeout=1,
            max_size=None,
            proxy=None,
            local_addr=(self.local_address, 0),
        )
        self.status = 101
        try:
            if self.first_cursor:
                with suppress(websockets.ConnectionClosed):  # refused; the reason is still to be read
                    await self.send(type="subscribe", cursor=self.first_cursor)
            async for frame in self.socket:
                await self.take(_slices(frame if isinstance(frame, str) else frame.decode()))
        finally:
            with suppress(websockets.ConnectionClosed):
                await self.socket.close()
            received = self.socket.protocol.close_rcvd
            self.code = received.code if received else 1006

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        await self.socket.send(text)

    async def reply(self, id: str | None, seconds: float = PATIENCE) -> Item:
        """The reply to the command with this id, waited for."""

        def replies() -> list[Item]:
            return [item for item in self.all("reply") if item["id"] == id]

        await self.until(lambda: replies() or self.over, seconds)
        return replies()[0]

    async def ask(self, name: str, id: str = "c1", **data: Any) -> Item:
        await self.send(type=name, id=id, data=data)
        return await self.reply(id)


class SseListener(Listener):
    """One response; with `resume`, another one from the last id, for as long as the server ends them in order."""

    transport = "sse"
    resume = True

    async def listen(self) -> None:
        headers = dict(self.headers)
        async with httpx.AsyncClient(base_url=self.url, timeout=OWN_LIMIT, trust_env=False) as http:
            while True:
                request = http.stream(
                    "GET", "/events/", params={"cursor": self.first_cursor}, headers=headers
                )
                async with request as response:
                    self.status = response.status_code
                    if response.status_code != 200:
                        self.refusal = json.loads(await response.aread())
                        return
                    await self._read(response)
                if not self.resume or self.all("bye") or self.all("reset"):
                    return
                headers["Last-Event-ID"] = self.cursor

    async def _read(self, response: httpx.Response) -> None:
        event: dict[str, str] = {}
        async for line in _lines(response):
            name, _, value = line.partition(": ")
            if line:
                event[name] = value
                continue
            if "data" in event:
                self.cursor = event["id"]
                assert json.loads(event["data"])["type"] == event["event"]
                await self.take([event["data"].encode()])
            event = {}


class LongPollListener(Listener):
    """Asks again with the returned cursor, until something must be done about it."""

    transport = "longpoll"
    again = True

    async def listen(self) -> None:
        cursor = self.first_cursor
        async with httpx.AsyncClient(base_url=self.url, timeout=OWN_LIMIT, trust_env=False) as http:
            while True:
                answer = await http.get(
                    "/poll/", params={"wait": self.wait, "cursor": cursor}, headers=self.headers
                )
                self.status = answer.status_code
                if answer.status_code != 200:
                    self.refusal = answer.json()
                    return
                cursor = self.cursor = answer.json()["cursor"]
                await self.take(_slices(answer.text.partition('"items":')[2]))
                if not self.again or {"bye", "reset"} & {item["type"] for item in answer.json()["items"]}:
                    return


LISTENERS: dict[str, type[Listener]] = {
    kind.transport: kind for kind in (WebSocketListener, SseListener, LongPollListener)
}


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """Lines as the format means them; httpx would also cut where Unicode knows a line separator."""
    rest = ""
    async for text in response.aiter_text():
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line


def _slices(text: str) -> list[bytes]:
    """The items of the JSON array that the text begins with, each as it was written."""
    decoder = json.JSONDecoder()
    found = []
    at = 1
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        found.append(text[at:end].encode())
        at = end + (text[end] == ",")
    return found
