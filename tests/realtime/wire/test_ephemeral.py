"""Typing and presence: seen at once, conflated, on every transport, and never in the log."""

import asyncio
import time

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import PATIENCE, WebSocketListener
from tests.support.people import Person


async def test_typing_reaches_the_others_without_a_seq(place: Place, listen: Listen) -> None:
    room = place.room()
    head = place.head(room)
    async with (
        listen(place.other_url, place.bob, place.cursor(room, head)) as client,
        WebSocketListener(place.url, place.alice.bearer) as typist,
    ):
        await typist.first("hello")

        async def type_until_seen() -> None:
            while not client.all("typing.started"):
                await typist.send(type="typing.start", data={"room": room})
                await asyncio.sleep(0.2)

        await asyncio.wait_for(type_until_seen(), PATIENCE)
    item = client.all("typing.started")[0]
    assert "seq" not in item
    assert (item["stream"], item["data"]["user"]["id"]) == (f"room.{room}", place.alice.id)
    assert place.head(room) == head


async def test_a_room_gets_at_most_one_frame_of_ephemeral_items_a_second(place: Place) -> None:
    room = place.room()
    async with (
        WebSocketListener(place.other_url, place.bob.bearer, f"room.{room}") as client,
        WebSocketListener(place.url, place.alice.bearer) as typist,
    ):
        await client.first("subscribed")
        await typist.first("hello")
        began = time.monotonic()
        for number in range(40):
            await typist.send(type=("typing.start", "typing.stop")[number % 2], data={"room": room})
        await typist.ask("room.read", "c1", room=room, seq=0)
        await client.until(lambda: client.all("typing.stopped"))
        seconds = time.monotonic() - began
    assert len(client.all("typing.started") + client.all("typing.stopped")) <= 2 + seconds


async def test_presence_is_told_when_somebody_comes_and_a_while_after_they_go(pair: Place) -> None:
    def online(client: WebSocketListener, person: Person) -> bool:
        told = client.all("presence.changed", f"room.{room}")
        return bool(told) and person.id in told[-1]["data"]["online"]

    watcher, guest = pair.people[2:]
    room = pair.room(watcher, guest)
    async with WebSocketListener(pair.url, watcher.bearer, f"room.{room}") as client:
        await client.first("subscribed")
        async with WebSocketListener(pair.other_url, guest.bearer) as visit:
            await visit.first("hello")
            await client.until(lambda: online(client, guest))
            left = time.monotonic()
        await client.until(lambda: not online(client, guest))
        assert time.monotonic() - left > 3  # a page load must not show
        state = client.all("presence.changed")[-1]
    assert state["data"] == {"online": [watcher.id], "count": 1}
    assert "seq" not in state
