"""Two processes, twenty clients over all three transports, one room, and one thing that breaks meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.support.clients import WebSocketClient
from tests.support.conversation import Conversation, make_clients
from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.proxy import Proxy
from tests.support.valkey import Valkey

pytestmark = pytest.mark.fault

CLIENTS = 20
STEADY = 60  # messages that must get through before a fault, and again after it
POSTGRES_AWAY = 10.0  # seconds
NOTICES_SECONDS = 5.0  # of silence until the client behind the network asks, and then until it gives up
BOTH_NOTICE_SECONDS = 120  # more than ten times what the client, and the server, take for it


@pytest.fixture(scope="module")
def two_processes(_postgres: Postgres, _valkey: Valkey) -> Iterator[Installation]:
    """Each test leaves it whole, or fails."""
    installation = Installation(2, _postgres, _valkey)
    try:
        installation.start()
        yield installation
    finally:
        installation.remove()


@pytest.fixture
def installation(
    two_processes: Installation, fragile_postgres: Postgres, fragile_valkey: Valkey
) -> Installation:
    for site in two_processes.sites:
        if not site.running:
            site.start()
    return two_processes


@asynccontextmanager
async def talking(installation: Installation, proxy: Proxy | None = None) -> AsyncIterator[Conversation]:
    """Clients that talk all the while; at the end everybody must agree with the database."""
    people = await asyncio.to_thread(installation.people, CLIENTS)
    room = await asyncio.to_thread(installation.room, people)
    clients = make_clients(people, installation.urls, room)
    if proxy:
        clients[0] = WebSocketClient(clients[0].name, clients[0].credentials, [proxy.url], room)
        clients[0].ping_seconds = NOTICES_SECONDS
    async with Conversation(clients) as conversation:
        async with asyncio.TaskGroup() as group:
            group.create_task(conversation.run())
            yield conversation
            conversation.enough()
        await conversation.check(installation.urls[-1], people[0])


async def test_nothing_is_lost_while_redis_is_killed_and_comes_back(
    installation: Installation, fragile_valkey: Valkey
) -> None:
    async with talking(installation) as conversation:
        await conversation.progress(STEADY)
        fragile_valkey.kill()
        await conversation.progress(STEADY)  # people go on talking without it
        await asyncio.to_thread(fragile_valkey.start)
        await conversation.progress(STEADY)
    assert all(client.connections == 1 for client in conversation.clients if client.transport == "websocket")


async def test_nothing_is_lost_when_a_process_crashes_and_comes_back(installation: Installation) -> None:
    async with talking(installation) as conversation:
        await conversation.progress(STEADY)
        installation.sites[0].kill()
        await conversation.progress(STEADY)  # its people go on at the other one
        await asyncio.to_thread(installation.sites[0].start)
        await conversation.progress(STEADY)
    sockets = [client for client in conversation.clients if client.transport == "websocket"]
    assert any(client.connections > 1 for client in sockets)


async def test_nothing_is_lost_while_postgresql_is_away_for_ten_seconds(
    installation: Installation, fragile_postgres: Postgres
) -> None:
    async with talking(installation) as conversation:
        await conversation.progress(STEADY)
        await asyncio.to_thread(fragile_postgres.stop)
        await asyncio.sleep(POSTGRES_AWAY)  # the outage itself
        await asyncio.to_thread(fragile_postgres.start)
        await conversation.progress(STEADY)


async def silent_ones(installation: Installation) -> float:
    """How many clients the first process has given up because it heard nothing of them."""
    metrics = await asyncio.to_thread(installation.sites[0].metrics)
    return metrics.get('watchroom_connections_closed_total{code="4408"}', 0)


async def test_a_client_whose_network_was_cut_catches_up_without_a_gap(installation: Installation) -> None:
    async with (
        Proxy(installation.sites[0].port) as proxy,
        talking(installation, proxy=proxy) as conversation,
    ):
        await conversation.progress(STEADY)
        returned, silent = conversation.clients[0], await silent_ones(installation)
        heard = returned.state.seq
        await returned.until(lambda c: c.state.seq > heard)
        proxy.cut()
        losses = len(returned.losses)
        async with asyncio.timeout(BOTH_NOTICE_SECONDS):
            while len(returned.losses) == losses or await silent_ones(installation) == silent:
                await conversation.progress(10)  # the others do not notice
        behind = returned.state.seq
        proxy.mend()
        await conversation.progress(STEADY)
    assert returned.connections > 1
    assert returned.state.seq > behind + STEADY


async def test_a_rolling_restart_ends_each_process_in_order_and_loses_nothing(
    installation: Installation,
) -> None:
    async with talking(installation) as conversation:
        for site in installation.sites:
            await conversation.progress(STEADY)
            assert await asyncio.to_thread(site.stop) == 0
            await conversation.progress(STEADY)
            await asyncio.to_thread(site.start)
        await conversation.progress(STEADY)
    assert all(client.connections > 1 for client in conversation.clients)
