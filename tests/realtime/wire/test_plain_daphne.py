"""Plain `daphne project.asgi:application` serves the same, without what only our server can do."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.realtime.wire.conftest import Place
from tests.realtime.wire.talk import LISTENERS, WebSocketListener
from tests.support.site import Site


class PlainSite(Site):
    def command(self) -> list[str | Path]:
        address = ("-b", "127.0.0.1", "-p", str(self.port))
        return [sys.executable, "-m", "daphne", *address, "project.asgi:application"]


@pytest.fixture(scope="module")
def plain(embedded: Place) -> Iterator[str]:
    """The address of a second process on the embedded site's database."""
    site = PlainSite(embedded.installation.environment, name="plain daphne")
    site.start()
    yield site.url
    site.kill()


@pytest.mark.parametrize("transport", list(LISTENERS))
async def test_replay_and_live_are_the_same(embedded: Place, plain: str, transport: str) -> None:
    room = embedded.room()
    embedded.say(room, "a", "b")
    head = embedded.head(room)
    async with LISTENERS[transport](plain, embedded.bob.bearer, embedded.cursor(room, head - 2)) as client:
        await client.seq(f"room.{room}", head)
        embedded.say(room, "c")
        await client.seq(f"room.{room}", head + 1)
    assert client.seqs(f"room.{room}") == [head - 1, head, head + 1]


async def test_a_long_replay_keeps_its_order_while_commands_are_answered(embedded: Place, plain: str) -> None:
    room = embedded.room()
    head = embedded.fill(room, 500, size=400)
    stream = f"room.{room}"
    async with WebSocketListener(plain, embedded.bob.bearer, f"{stream}:0") as client:
        await client.first("hello")
        await client.ask("room.read", "c1", room=room, seq=1)
        await client.seq(stream, head)
    assert client.seqs(stream) == list(range(1, head + 1))


async def test_a_refusal_is_said_before_it_closes(plain: str) -> None:
    async with WebSocketListener(plain, {"Origin": plain}) as client:
        await client.end()
    assert client.items == [{"type": "bye", "reason": "unauthenticated"}]
    assert client.code == 4501
