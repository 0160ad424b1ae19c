"""Whose right to read ends gets nothing more, on the other process, on each transport.

That the other process is told of it at once, and does not find it by looking, the fault tests show.
"""

import asyncio

import pytest

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import LISTENERS, LONG_WAIT


async def test_a_removed_member_is_told_revoked_and_the_rest_goes_on(place: Place, listen: Listen) -> None:
    room, other = place.room(), place.room()
    heads = place.head(room), place.head(other)
    cursor = f"{place.epoch}/room.{room}:{heads[0]},room.{other}:{heads[1]}"
    async with listen(place.other_url, place.bob, cursor, wait=LONG_WAIT) as client:
        if client.transport != "longpoll":
            await client.first("subscribed", f"room.{other}")
        await asyncio.to_thread(place.alice.command, place.url, "room.remove", room=room, user=place.bob.id)
        # A poll that was not waiting at this moment is denied instead when it asks again.
        await client.until(lambda: client.all("revoked") or client.all("denied"))
        before = len(client.seqs(f"room.{room}"))
        place.say(room, "behind their back")
        [message] = place.say(other, "still in here")
        await client.seq(f"room.{other}", message["seq"])
    assert len(client.seqs(f"room.{room}")) == before
    assert (client.all("revoked") + client.all("denied"))[0]["stream"] == f"room.{room}"


@pytest.mark.parametrize("transport", list(LISTENERS))
async def test_a_session_that_is_signed_out_ends_its_connections(pair: Place, transport: str) -> None:
    place, person = pair, pair.people[3]
    session = await asyncio.to_thread(person.sign_in, place.url)
    headers = session | {"Origin": place.other_url}
    cursor = f"{place.epoch}/inbox.{person.id}"
    async with LISTENERS[transport](place.other_url, headers, cursor, wait=LONG_WAIT) as client:
        if transport != "longpoll":
            await client.first("subscribed")
        await asyncio.to_thread(person.sign_out, place.url, session)
        await client.end()
    if transport == "websocket":
        assert client.code == 4501
    assert client.status == 401 or client.all("bye")[0]["reason"] == "session_ended"
