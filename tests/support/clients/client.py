"""What every scripted client does on any transport: follow one room, come back, and empty its outbox."""

import asyncio
import itertools
import random
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from tests.support.clients.state import Message, RoomState, fetch_messages

BACKOFF_FIRST, BACKOFF_MOST = 0.1, 2.0  # seconds; the protocol's 0.5 and 30, shortened for tests
ANSWER_TIMEOUT = 15.0  # seconds until a command without an answer is tried again
RETRYABLE = {"unavailable", "internal", "rate_limited"}


class Lost(Exception):
    """The connection ended, or the server cannot be reached: come back with the same cursor."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Stopped(Exception):
    """The server said not to come back: a 45xx close, or 401."""


class Refused(Exception):
    """A command was answered with an error that trying again does not change."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = str(error["code"])


class Client(ABC):
    """Follows one room through any of several servers, and sends through an outbox.

    Use it as a context manager. `credentials` are headers: a bearer token, or a cookie and the origin. Each
    reconnect takes the next of `urls`, as a balancer would.
    """

    transport: str

    def __init__(self, name: str, credentials: dict[str, str], urls: Sequence[str], room: int) -> None:
        self.name, self.credentials, self.room = name, credentials, room
        self.state = RoomState(f"room.{room}")
        self.ended = ""  # why it will not come back
        self.revoked = False
        self.connections = 0
        self.items: list[dict[str, Any]] = []  # everything but events
        self.losses: list[str] = []  # why each connection ended
        self._urls = itertools.cycle(urls)
        self.url = next(self._urls)
        self._http: httpx.AsyncClient | None = None
        self._outbox: asyncio.Queue[tuple[str, dict[str, Any], asyncio.Future[Any]]] = asyncio.Queue()
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Client":
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._empty_outbox())]
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    # What the tests ask for.

    async def send(self, body: str, **more: Any) -> Message:
        """Send one message; returns it once the server has confirmed it, however many tries that takes."""
        data = {"room": self.room, "body": body, "client_id": str(uuid.uuid4()), **more}
        return await self.command("message.send", data)

    async def command(self, name: str, data: dict[str, Any]) -> Any:
        """Run one command after those already in the outbox. Raises Refused."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._outbox.put_nowait((name, data, done))
        return await done

    async def until(self, happened: Callable[["Client"], object], timeout: float = 60) -> None:
        """Return once `happened(client)` is true, looking again whenever the client has learned something."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: happened(self))
        except TimeoutError:
            raise AssertionError(
                f"{self!r} waited {timeout:.0f} s in vain; ended by {self.losses[-5:]}; last items {self.items[-5:]}"
            ) from None

    def __repr__(self) -> str:
        return f"<{self.transport} {self.name} at {self.state.cursor} {self.ended}>"

    # What a transport gives.

    @abstractmethod
    async def listen(self) -> None:
        """Connect with the cursor and handle items until the connection ends.

        Raises Lost or Stopped; returning means the server ended a bounded response in order.
        """

    async def ask(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Run a command once, by HTTP POST; the reply has `ok`. Raises Lost."""
        try:
            answer = await self.http.post(f"/api/v1/commands/{name}", json=data)
            return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise Lost(repr(error)) from error

    # What they share.

    @property
    def http(self) -> httpx.AsyncClient:
        """A client of the server that we are with now."""
        if self._http is None or self._http.base_url != self.url:
            self._http = httpx.AsyncClient(
                base_url=self.url,
                headers=self.credentials,
                timeout=ANSWER_TIMEOUT,
                trust_env=False,
            )
        return self._http

    async def handle(self, item: dict[str, Any]) -> None:
        """Take in one item of any kind."""
        if "seq" in item and item.get("stream") == self.state.stream:
            self.state.apply(item)
        else:
            self.items.append(item)
            if item["type"] == "hello":
                self.connections += 1
                self.state.epoch = item["epoch"]
            elif item["type"] == "revoked":
                self.revoked = True
            elif item["type"] == "denied":
                raise Stopped(f"denied: {item['reason']}")
            elif item["type"] == "reset":
                await self.load_snapshot()
            elif item["type"] == "bye":
                raise Lost(f"bye: {item['reason']}", item.get("retry_after"))
        await self._tell()

    async def load_snapshot(self) -> None:
        """Forget what we know and read the room again. Raises Lost or Stopped."""
        try:
            messages, cursor = await fetch_messages(self.http, self.room)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in (401, 403, 404):
                raise Stopped(str(error)) from error
            raise Lost(str(error)) from error
        except httpx.HTTPError as error:
            raise Lost(repr(error)) from error
        self.state.load(messages, cursor)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _follow(self) -> None:
        failures = 0
        while not self.ended:
            before = self.connections
            try:
                if not self.state.epoch:
                    await self.load_snapshot()
                await self.listen()
                failures = 0
            except Stopped as stop:
                self.ended = str(stop)
            except Lost as lost:
                self.losses.append(str(lost))
                failures = 0 if self.connections > before else failures + 1
                await self._go_elsewhere()
                await asyncio.sleep(self._pause(failures, lost.retry_after))
            await self._tell()

    def _pause(self, failures: int, retry_after: float | None) -> float:
        if retry_after is not None:
            return retry_after
        return random.uniform(0, min(BACKOFF_MOST, BACKOFF_FIRST * 2**failures))

    async def _go_elsewhere(self) -> None:
        self.url = next(self._urls)
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _empty_outbox(self) -> None:
        while True:
            name, data, done = await self._outbox.get()
            failures = 0
            while not done.done():
                try:
                    reply = await self.ask(name, data)
                except Lost:
                    reply = {"ok": False, "error": {"code": "unavailable", "message": "lost"}}
                if reply["ok"]:
                    done.set_result(reply.get("data"))
                elif reply["error"]["code"] not in RETRYABLE:
                    done.set_exception(Refused(reply["error"]))
                else:
                    failures += 1
                    await asyncio.sleep(self._pause(failures, reply["error"].get("retry_after")))
