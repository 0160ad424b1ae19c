"""A client that takes nothing from its socket costs bounded memory, hurts nobody, and is let go."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.faults.conftest import Install
from tests.support.clients import WebSocketClient
from tests.support.daemon import wait_until
from tests.support.people import Person
from tests.support.site import Site

pytestmark = pytest.mark.fault

DEAF = 20  # clients that never read
MESSAGES = 400
BODY = (
    "x" * 9000
)  # characters, twice in each event: 7 MB in all for each client, 145 MB for all the deaf ones
MOST_MEMORY = 48 * 1024 * 1024
"""Bytes the process may grow by. A deaf client is served LIMIT_UNACKED_BYTES (256 KiB) and one batch, so 20 of
them 8 MB; the ring keeps 512 KiB; the rest is what Python and the database driver take while all that passes."""


async def deaf_client(site: Site, person: Person, room: int) -> socket.socket:
    """A WebSocket that subscribes from the beginning and never reads again."""
    loop = asyncio.get_running_loop()
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    await loop.sock_connect(connection, ("127.0.0.1", site.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {person.token}\r\n\r\n"
    )
    await loop.sock_sendall(connection, request.encode())
    answer = await loop.sock_recv(connection, 4096)
    assert b" 101 " in answer, answer
    frame = json.dumps({"type": "subscribe", "cursor": f"room.{room}:0"}).encode()
    # Masked with zeros: a legal mask that changes nothing.
    await loop.sock_sendall(connection, bytes([0x81, 0x80 | len(frame), 0, 0, 0, 0]) + frame)
    return connection


@asynccontextmanager
async def deaf_clients(site: Site, person: Person, room: int) -> AsyncIterator[list[socket.socket]]:
    connections = [await deaf_client(site, person, room) for _ in range(DEAF)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


async def test_a_client_that_never_reads_costs_bounded_memory_and_hurts_nobody(install: Install) -> None:
    installation = await asyncio.to_thread(install, 1)
    site = installation.sites[0]
    owner, reader, deaf = await asyncio.to_thread(installation.people, 3)
    room = await asyncio.to_thread(installation.room, [owner, reader, deaf])
    async with (
        WebSocketClient("owner", owner.bearer, installation.urls, room) as sender,
        WebSocketClient("reader", reader.bearer, installation.urls, room) as witness,
    ):
        await witness.until(lambda c: c.connections)
        for number in range(50):  # so that what is only ever allocated once is not counted
            await sender.send(f"{number} {BODY}")
        process = psutil.Process(site.pid)
        before = process.memory_info().rss
        highest = before
        async with deaf_clients(site, deaf, room):
            for number in range(MESSAGES):
                last = (await sender.send(f"{number} {BODY}"))["seq"]
                highest = max(highest, process.memory_info().rss)
            await witness.until(lambda c: c.state.seq >= last)
            await asyncio.to_thread(closed_or_aborted, site)
            highest = max(highest, process.memory_info().rss)
        assert witness.connections == sender.connections == 1
        assert witness.state.faults == []
    print(f"grew by {(highest - before) / 2**20:.0f} MiB")
    assert highest - before < MOST_MEMORY, f"grew by {(highest - before) / 2**20:.0f} MiB"


def closed_or_aborted(site: Site) -> None:
    """Return once only those who read are connected, and the reason is the protocol's."""
    wait_until(lambda: site.metrics()['watchroom_connections{transport="websocket"}'] == 2, 120, "20 closes")
    metrics = site.metrics()
    codes = {
        name
        for name, value in metrics.items()
        if name.startswith("watchroom_connections_closed_total") and value
    }
    assert codes <= {f'watchroom_connections_closed_total{{code="{code}"}}' for code in (4400, 4408)}, codes
