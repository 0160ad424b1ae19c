"""Many scripted clients talking in one room, and what must be true of it afterwards."""

import asyncio
import itertools
import random
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx

from tests.support.clients import Client, LongPollClient, SSEClient, WebSocketClient, fetch_messages
from tests.support.people import Person

MIX = (*(WebSocketClient, SSEClient) * 4, WebSocketClient, LongPollClient)
"""Of ten clients one polls: each event costs it a request, which is most of the work of such a test."""

EDIT_EVERY, DELETE_EVERY, REACT_EVERY, PIN_EVERY = 5, 11, 7, 13  # messages


def make_clients(people: Sequence[Person], urls: Sequence[str], room: int) -> list[Client]:
    """One client a person, the transports in turn, begun at different servers."""
    clients = []
    for number, (person, kind) in enumerate(zip(people, itertools.cycle(MIX), strict=False)):
        shift = number // len(MIX) % len(urls)
        clients.append(kind(person.name, person.bearer, [*urls[shift:], *urls[:shift]], room))
    return clients


class Conversation:
    """Clients that each send messages until `enough()`, and edit, delete, react and pin among them.

    Use it as a context manager: the clients follow the room inside.
    """

    def __init__(self, clients: Sequence[Client], seed: int = 7) -> None:
        self.clients = clients
        self.confirmed = 0
        self.expected: dict[str, str | None] = {}  # client_id to the body it must end with; None when deleted
        self._enough = False
        self._random = random.Random(seed)
        self._progress = asyncio.Condition()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Conversation":
        for client in self.clients:
            await self._stack.enter_async_context(client)
        for client in self.clients:
            await client.until(lambda c: c.connections)
        return self

    async def __aexit__(self, *exception: Any) -> None:
        await self._stack.aclose()

    async def run(self) -> None:
        """Talk until it is enough; returns once every message, edit and deletion is confirmed."""
        async with asyncio.TaskGroup() as group:
            for client in self.clients:
                group.create_task(self._talk(client))

    def enough(self) -> None:
        """Let everybody finish the message they are at, and be silent."""
        self._enough = True

    async def progress(self, more: int, timeout: float = 60) -> None:
        """Wait until `more` further messages are confirmed."""
        goal = self.confirmed + more
        async with asyncio.timeout(timeout), self._progress:
            await self._progress.wait_for(lambda: self.confirmed >= goal)

    async def _talk(self, client: Client) -> None:
        for number in itertools.count(1):
            if self._enough:
                return
            client_id, body = str(uuid.uuid4()), f"{client.name} says {number}"
            self.expected[client_id] = body
            message = await client.send(body, client_id=client_id)
            if number % EDIT_EVERY == 0:
                body = f"{body}, or rather {self._random.randrange(1000)}"
                await client.command("message.edit", {"message": message["id"], "body": body})
                self.expected[client_id] = body
            if number % REACT_EVERY == 0:
                await client.command("reaction.add", {"message": message["id"], "emoji": "👍"})
            if number % PIN_EVERY == 0:
                await client.command("message.pin", {"message": message["id"]})
            if number % DELETE_EVERY == 0:
                await client.command("message.delete", {"message": message["id"]})
                self.expected[client_id] = None
            async with self._progress:
                self.confirmed += 1
                self._progress.notify_all()

    async def check(
        self, url: str, reader: Person, timeout: float = 60, also_said: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Every client has exactly what the database has, and the database what was said, each thing once.

        `also_said` are the texts of others in the room. Returns the room's messages.
        """
        room = self.clients[0].room
        async with httpx.AsyncClient(
            base_url=url, headers=reader.bearer, trust_env=False, timeout=30
        ) as http:
            messages, cursor = await fetch_messages(http, room)
        head = int(cursor.rpartition(":")[2])
        said = {m["client_id"]: None if m["deleted_at"] else m["body"] for m in messages}
        assert len(messages) == len(said), "a message was stored twice"
        others = [body for client_id, body in said.items() if client_id not in self.expected]
        assert sorted(map(str, others)) == sorted(also_said)
        assert said.items() >= self.expected.items()
        for client in self.clients:
            await client.until(lambda c: c.state.seq >= head, timeout)
        truth = {message["id"]: message for message in messages}
        for client in self.clients:
            assert client.state.faults == [], f"{client!r}: {client.state.faults[:5]}"
            assert client.state.seq == head
            assert client.state.messages == truth, f"{client!r} differs: {_difference(client, truth)}"
        return messages


def _difference(client: Client, truth: dict[int, Any]) -> str:
    have = client.state.messages
    wrong = [number for number in truth.keys() | have.keys() if truth.get(number) != have.get(number)]
    first = min(wrong)
    return f"{len(wrong)} messages, such as {have.get(first)} instead of {truth.get(first)}"
