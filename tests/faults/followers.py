"""Programs that follow an inbox with Server-Sent Event clients that others wrote, and with our own transports."""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import SSEError, aconnect_sse

from tests.support import node
from tests.support.clients import Client
from tests.support.people import Person

EVENTSOURCE = Path(__file__).with_name("eventsource.mjs")
AGAIN_SECONDS = 0.2
READ_TIMEOUT = 20.0  # the server says something every heartbeat, which is five seconds here


class Follower(ABC):
    """Follows one person's inbox from its head on, and keeps the id of every notification that it hears is new."""

    def __init__(self, url: str, person: Person) -> None:
        self.address = f"{url}/events/?cursor=inbox.{person.id}:0"
        self.person = person
        self.ids: list[int] = []
        self.connections = 0
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Follower":
        self._task = asyncio.create_task(self.follow())
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @abstractmethod
    async def follow(self) -> None:
        """Goes on until it is cancelled, whatever happens to the connection."""

    async def hear(self, type: str, data: Any) -> None:
        """Takes in one event."""
        async with self._changed:
            assert type not in ("reset", "denied", "closed"), type
            if type == "subscribed":
                self.connections += 1
            elif type == "notification.created":
                self.ids.append(data["id"])
            self._changed.notify_all()

    async def connected(self, times: int, timeout: float) -> None:
        """Returns once it has been connected so often."""
        await self.until(lambda f: f.connections >= times, timeout)

    async def until(self, happened: Callable[["Follower"], object], timeout: float) -> None:
        """Returns once it is true; raises what the following has died of, or TimeoutError."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: happened(self) or self._died())

    def _died(self) -> None:
        if self._task and self._task.done():
            self._task.result()


class HttpxSse(Follower):
    """The Python package httpx-sse. It leaves coming back to its user: with the last id, after a moment."""

    async def follow(self) -> None:
        last = ""
        timeout = httpx.Timeout(READ_TIMEOUT)
        async with httpx.AsyncClient(headers=self.person.bearer, timeout=timeout, trust_env=False) as http:
            while True:
                headers = {"Last-Event-ID": last} if last else {}
                try:
                    async with aconnect_sse(http, "GET", self.address, headers=headers) as source:
                        async for event in source.aiter_sse():
                            last = event.id or last
                            await self.hear(event.event, json.loads(event.data).get("data"))
                except (httpx.HTTPError, SSEError):
                    await asyncio.sleep(random.uniform(0, AGAIN_SECONDS))


class EventSource(Follower):
    """The npm package eventsource, in a Node of its own. It comes back by itself."""

    async def follow(self) -> None:
        program = node.find()
        assert program
        command = (program, str(EVENTSOURCE), self.address, self.person.token)
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        assert process.stdout
        try:
            async for line in process.stdout:
                said = json.loads(line)
                await self.hear(said["type"], said.get("data"))
        finally:
            process.kill()
            await process.wait()


class InboxState:
    """What one of our scripted clients knows of an inbox, in place of a room: the ids of what was new."""

    def __init__(self, stream: str, epoch: str) -> None:
        self.stream, self.epoch, self.seq = stream, epoch, 0
        self.ids: list[int] = []
        self.faults: list[str] = []

    @property
    def cursor(self) -> str:
        return f"{self.epoch}/{self.stream}:{self.seq}"

    def apply(self, item: dict[str, Any]) -> None:
        if item["seq"] != self.seq + 1:
            self.faults.append(f"event {item['seq']} came after {self.seq}")
        self.seq = item["seq"]
        if item["type"] == "notification.created":
            self.ids.append(item["data"]["id"])


def follow_inbox(client: Client, person: Person, epoch: str) -> Client:
    """Turns a scripted client towards somebody's inbox, from its beginning on."""
    client.state = InboxState(f"inbox.{person.id}", epoch)  # type: ignore[assignment]
    return client
