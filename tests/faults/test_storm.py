"""A thousand clients that come back at once with recent cursors cost a handful of queries for events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import websockets

from tests.faults.conftest import Install
from tests.support.files import allow_files
from tests.support.people import Person
from tests.support.site import Site

pytestmark = pytest.mark.fault

CLIENTS = 1000
MISSED = 50  # events each of them has to get
HANDFUL = 5  # queries
AT_ONCE = 200  # handshakes under way; the generator is one Python process too
OPEN_FILES = 8192  # a thousand clients in this process, and the server's ends in its own
PATIENCE = 300  # seconds until something hangs


@asynccontextmanager
async def following(site: Site, person: Person, cursor: str) -> AsyncIterator[websockets.ClientConnection]:
    """A connection that has asked to resume."""
    async with websockets.connect(
        site.url.replace("http", "ws") + "/ws/",
        additional_headers=person.bearer,
        compression=None,
        proxy=None,
        open_timeout=PATIENCE,
        ping_interval=None,
    ) as connection:
        await connection.send(json.dumps({"type": "subscribe", "cursor": cursor}))
        yield connection


async def come_back(site: Site, person: Person, cursor: str, head: int, gate: asyncio.Semaphore) -> list[int]:
    """Resume, and return the seqs of the events received up to the head."""
    async with AsyncExitStack() as held:
        async with gate:
            connection = await held.enter_async_context(following(site, person, cursor))
        return await received_up_to(head, connection)


async def received_up_to(head: int, connection: websockets.ClientConnection) -> list[int]:
    seqs: list[int] = []
    while not seqs or seqs[-1] < head:
        items = json.loads(await connection.recv())
        seqs += [item["seq"] for item in items if "seq" in item]
    return seqs


@asynccontextmanager
async def staying(site: Site, person: Person, cursor: str, room: int, head: int) -> AsyncIterator[None]:
    """One who has everything already and owes no ack: what nobody follows is forgotten."""
    async with following(site, person, cursor) as connection:
        await received_up_to(head, connection)
        await connection.send(json.dumps({"type": "ack", "cursor": f"room.{room}:{head}"}))
        yield


async def test_a_thousand_clients_coming_back_cost_a_handful_of_queries(install: Install) -> None:
    allow_files(OPEN_FILES)
    installation = await asyncio.to_thread(install, 1)
    site = installation.sites[0]
    owner = (await asyncio.to_thread(installation.people, 1))[0]
    room = await asyncio.to_thread(installation.room, [owner])

    def say(number: int) -> int:
        body = f"message {number}"
        client_id = f"00000000-0000-4000-8000-{number:012}"
        sent = owner.command(site.url, "message.send", room=room, body=body, client_id=client_id)
        return int(sent["seq"])

    for number in range(MISSED * 2):
        head = await asyncio.to_thread(say, number)
    await asyncio.to_thread(site.restart)  # so that nothing is in memory yet
    before = await asyncio.to_thread(site.metrics)
    cursor, gate = f"room.{room}:{head - MISSED}", asyncio.Semaphore(AT_ONCE)
    async with asyncio.timeout(PATIENCE), staying(site, owner, cursor, room, head):
        received = await asyncio.gather(*(come_back(site, owner, cursor, head, gate) for _ in range(CLIENTS)))
    after = await asyncio.to_thread(site.metrics)

    def counted(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert all(seqs == list(range(head - MISSED + 1, head + 1)) for seqs in received)
    assert counted('watchroom_log_reads_total{reason="replay"}') <= HANDFUL
    assert counted('watchroom_events_replayed_total{source="log"}') <= HANDFUL * MISSED
    assert counted('watchroom_events_replayed_total{source="ring"}') >= (CLIENTS - HANDFUL) * MISSED
