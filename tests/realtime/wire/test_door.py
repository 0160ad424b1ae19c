"""Who is let in, and what everybody else is told: accepted first, then said, then closed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import (
    LISTENERS,
    LONG_WAIT,
    PATIENCE,
    Listener,
    LongPollListener,
    SseListener,
    WebSocketListener,
)
from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.people import Person

HTTP = [SseListener, LongPollListener]


async def refused(client: Listener) -> tuple[int, str]:
    """The close code or the HTTP status, and the reason."""
    async with client:
        await client.end()
    if isinstance(client, WebSocketListener):
        assert [item["type"] for item in client.items] == ["bye"]
        return client.code, client.items[0]["reason"]
    assert client.refusal["ok"] is False
    return client.status, client.refusal["error"]["code"]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wr_nonsense"}, {"Cookie": "sessionid=nonsense"}]
)
async def test_nobody_in_particular_is_told_to_sign_in(embedded: Place, headers: dict[str, str]) -> None:
    own_page = {"Origin": embedded.url}
    assert await refused(WebSocketListener(embedded.url, headers | own_page)) == (4501, "unauthenticated")
    for kind in HTTP:
        assert await refused(kind(embedded.url, headers)) == (401, "unauthenticated")


async def test_a_page_from_elsewhere_is_refused_for_good(embedded: Place) -> None:
    foreign = embedded.alice.bearer | {"Origin": "https://evil.example"}
    assert await refused(WebSocketListener(embedded.url, foreign)) == (4513, "origin")


async def test_a_cookie_without_an_origin_is_refused(embedded: Place) -> None:
    assert await refused(WebSocketListener(embedded.url, {"Cookie": "sessionid=x"})) == (4513, "origin")


async def test_a_token_needs_no_origin(embedded: Place) -> None:
    async with WebSocketListener(embedded.url, embedded.alice.bearer) as client:
        await client.first("hello")


async def test_a_page_of_our_own_may_connect(embedded: Place) -> None:
    async with WebSocketListener(embedded.url, embedded.alice.bearer | {"Origin": embedded.url}) as client:
        await client.first("hello")


async def test_a_host_that_is_not_ours_is_refused(embedded: Place) -> None:
    headers = embedded.alice.bearer | {"Host": "evil.example"}
    for kind in HTTP:
        assert await refused(kind(embedded.url, headers)) == (403, "forbidden")


# --- Caps: 3 a user, 5 an address, 7 a process


@pytest.fixture
async def crowd(narrow: Place) -> AsyncIterator[AsyncExitStack]:
    """Connections that a test fills the process with, which is empty before and after."""
    [site] = narrow.installation.sites

    def connections() -> float:
        return sum(n for name, n in site.metrics().items() if name.startswith("watchroom_connections{"))

    await asyncio.to_thread(wait_until, lambda: connections() == 0, PATIENCE, "an empty process")
    async with AsyncExitStack() as stack:
        yield stack


async def enter(
    crowd: AsyncExitStack, place: Place, person: Person, kind: str = "websocket", address: str = "127.0.0.1"
) -> Listener:
    client = LISTENERS[kind](place.url, person.bearer, f"{place.epoch}/inbox.{person.id}")
    if isinstance(client, WebSocketListener):
        client.local_address = address
    await crowd.enter_async_context(client)
    if kind != "longpoll":
        await client.until(lambda: client.items or client.over)
    return client


async def test_connections_are_capped_for_each_user_whatever_they_use(
    narrow: Place, listen: Listen, crowd: AsyncExitStack
) -> None:
    for kind in ("websocket", "sse", "websocket"):
        await (await enter(crowd, narrow, narrow.alice, kind)).first("hello")
    code, reason = await refused(listen(narrow.url, narrow.alice, "inbox.1"))
    assert (code, reason) in [(4429, "too_many_connections"), (429, "rate_limited")]
    await (await enter(crowd, narrow, narrow.bob)).first("hello")


async def test_a_closed_connection_makes_room(narrow: Place, crowd: AsyncExitStack) -> None:
    clients = [await enter(crowd, narrow, narrow.alice) for _ in range(3)]
    await clients[0].__aexit__()
    async with asyncio.timeout(PATIENCE):
        while (await enter(crowd, narrow, narrow.alice)).all("bye"):
            await asyncio.sleep(0.05)


async def test_connections_are_capped_for_each_address(narrow: Place, crowd: AsyncExitStack) -> None:
    for person in (narrow.people * 2)[:5]:
        await (await enter(crowd, narrow, person)).first("hello")
    bye = await (await enter(crowd, narrow, narrow.people[3])).first("bye")
    assert bye["reason"] == "too_many_connections"
    assert bye["retry_after"] > 0
    await (await enter(crowd, narrow, narrow.people[3], address="127.0.0.2")).first("hello")


async def test_connections_are_capped_for_the_process(narrow: Place, crowd: AsyncExitStack) -> None:
    for number, person in enumerate((narrow.people * 2)[:7]):
        await (await enter(crowd, narrow, person, address=f"127.0.0.{2 + number % 4}")).first("hello")
    await (await enter(crowd, narrow, narrow.people[3], address="127.0.0.9")).first("bye")


async def test_the_caps_hold_when_many_come_at_the_same_moment(narrow: Place, crowd: AsyncExitStack) -> None:
    clients = await asyncio.gather(*[enter(crowd, narrow, person) for person in narrow.people * 3])
    assert sum(bool(client.all("hello")) for client in clients) == 5


async def test_a_refused_request_says_when_to_come_back(narrow: Place, crowd: AsyncExitStack) -> None:
    for _ in range(3):
        await enter(crowd, narrow, narrow.alice)
    async with httpx.AsyncClient(base_url=narrow.url, timeout=PATIENCE, trust_env=False) as http:
        answer = await http.get("/poll/", headers=narrow.alice.bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) == answer.json()["error"]["retry_after"] == 10


# --- Going away


@pytest.fixture
def leaving(pair: Place) -> Iterator[Place]:
    """The pair, whose second process may be stopped."""
    yield pair
    site = pair.installation.sites[1]
    if not site.running:
        site.start()


async def test_a_server_that_is_told_to_stop_says_goodbye_on_every_transport(leaving: Place) -> None:
    installation: Installation = leaving.installation
    # An inbox, where nothing is told of who comes and goes: an answered poll would ask again, in vain by then.
    inbox = f"inbox.{leaving.bob.id}"
    cursor = f"{leaving.epoch}/{inbox}:{leaving.head_of(inbox)}"
    clients = [
        kind(leaving.other_url, leaving.bob.bearer, cursor, wait=LONG_WAIT) for kind in LISTENERS.values()
    ]
    async with AsyncExitStack() as stack:
        for client in clients:
            await stack.enter_async_context(client)
        for client in clients[:2]:
            await client.first("subscribed")
        site = installation.sites[1]
        polls = 'watchroom_connections{transport="longpoll"}'
        await asyncio.to_thread(wait_until, lambda: site.metrics()[polls] == 1, PATIENCE, "the poll")
        assert await asyncio.to_thread(site.stop) == 0
        for client in clients:
            await client.end()
            [bye] = client.all("bye")
            assert bye["reason"] == "server_restart"
            assert 0 < bye["retry_after"] <= 5
    assert clients[0].code == 1012
