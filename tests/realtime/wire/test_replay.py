"""Hello, the verdict, the replay, then what is new: the same on every transport, with nothing left out."""

import pytest

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import LISTENERS, LONG_WAIT


async def test_hello_comes_first_and_says_who_and_what_is_allowed(place: Place, listen: Listen) -> None:
    room = place.room()
    async with listen(place.url, place.alice, f"room.{room}:0") as client:
        await client.first("subscribed")
    assert client.items[0]["type"] == "hello"
    assert client.items[0]["user"] == place.alice.id
    assert client.items[0]["epoch"] == place.epoch
    assert client.items[0]["heartbeat"] == 5
    assert client.items[0]["limits"]["streams"] == (200 if client.transport == "websocket" else 50)


async def test_a_replay_goes_on_live_without_a_gap(place: Place, listen: Listen) -> None:
    room = place.room()
    place.say(room, *"abcdef")
    head = place.head(room)
    async with listen(place.other_url, place.bob, f"room.{room}:{head - 4}") as client:
        await client.seq(f"room.{room}", head)
        place.say(room, "g", "h")
        await client.seq(f"room.{room}", head + 2)
    assert client.seqs(f"room.{room}") == list(range(head - 3, head + 3))
    assert client.all("subscribed")[0] == {
        "type": "subscribed",
        "stream": f"room.{room}",
        "head": head,
        "oldest": 1,
    }


async def test_every_kept_cursor_can_be_resumed_from(embedded: Place, listen: Listen) -> None:
    room = embedded.room()
    embedded.say(room, *"abcde")
    head = embedded.head(room)
    for seq in range(head):
        async with listen(embedded.url, embedded.bob, embedded.cursor(room, seq)) as client:
            await client.seq(f"room.{room}", head)
        assert client.seqs(f"room.{room}") == list(range(seq + 1, head + 1))


async def test_zero_asks_for_all_that_is_kept(embedded: Place, listen: Listen) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    head = embedded.head(room)
    embedded.sql("UPDATE realtime_stream SET oldest = 3 WHERE name = ?", f"room.{room}")
    async with listen(embedded.url, embedded.bob, f"room.{room}:0") as client:
        await client.seq(f"room.{room}", head)
    assert client.seqs(f"room.{room}") == list(range(3, head + 1))


async def test_without_a_seq_only_what_is_new_comes(place: Place, listen: Listen) -> None:
    room = place.room()
    place.say(room, "before")
    head = place.head(room)
    async with listen(place.other_url, place.bob, f"room.{room}") as client:
        await client.first("subscribed")
        place.say(room, "after")
        await client.seq(f"room.{room}", head + 1)
    assert client.seqs(f"room.{room}") == [head + 1]


async def test_a_long_replay_comes_in_one_go(embedded: Place, listen: Listen) -> None:
    """A megabyte: many batches, several answers. If one waited for a heartbeat, or for the end of a poll, all of them
    would take longer than anybody waits."""
    room = embedded.room()
    head = embedded.fill(room, 110, size=9000)
    async with listen(embedded.url, embedded.bob, f"room.{room}:0", wait=LONG_WAIT) as client:
        if client.transport == "websocket":
            return  # held by its window, which has tests of its own
        await client.seq(f"room.{room}", head)
    assert client.seqs(f"room.{room}") == list(range(1, head + 1))


async def test_events_have_the_same_bytes_on_every_transport_live_and_later(place: Place) -> None:
    room = place.room()
    stream = f"room.{room}"
    head = place.head(room)
    live = [kind(place.other_url, place.bob.bearer, place.cursor(room, head)) for kind in LISTENERS.values()]
    for client in live:
        await client.__aenter__()
        if client.transport != "longpoll":  # which says nothing as long as there is nothing
            await client.first("subscribed")
    place.say(room, "first **bold** `code`", "Grüße 👍 </script>", "@nobody \u2028 line")
    for client in live:
        await client.seq(stream, head + 3)
        await client.__aexit__()
    later = [kind(place.url, place.bob.bearer, place.cursor(room, head)) for kind in LISTENERS.values()]
    for client in later:
        async with client:
            await client.seq(stream, head + 3)
    told = [client.events(stream) for client in [*live, *later]]
    assert all(events == told[0] for events in told)
    assert len(told[0]) == 3


async def test_one_connection_follows_many_streams_with_a_verdict_for_each(
    place: Place, listen: Listen
) -> None:
    mine, open_room, hidden = place.room(), place.room(place.bob, kind="open"), place.room(place.bob)
    names = {
        f"room.{mine}:0": "subscribed",
        f"inbox.{place.alice.id}:0": "subscribed",
        f"room.{open_room}:0": "forbidden",
        f"room.{hidden}:0": "not_found",
        "room.999999:0": "not_found",
        f"inbox.{place.bob.id}:0": "forbidden",
        "nonsense.1:0": "not_found",
    }
    async with listen(place.url, place.alice, ",".join(names)) as client:
        await client.until(lambda: len(client.all("denied")) >= 5 and len(client.all("subscribed")) >= 2)
        head = place.head(mine)
        place.say(mine, "the rest goes on")
        await client.seq(f"room.{mine}", head + 1)
    verdicts = {item["stream"]: "subscribed" for item in client.all("subscribed")}
    verdicts |= {item["stream"]: item["reason"] for item in client.all("denied")}
    assert verdicts == {name.removesuffix(":0"): verdict for name, verdict in names.items()}


async def test_a_token_without_the_scope_may_not_read(embedded: Place, listen: Listen) -> None:
    room = embedded.room()
    embedded.sql(
        "UPDATE accounts_apitoken SET scopes = ? WHERE user_id = ?", '["write"]', embedded.people[3].id
    )
    try:
        async with listen(
            embedded.url, embedded.people[3], f"room.{room},inbox.{embedded.people[3].id}"
        ) as client:
            await client.until(lambda: len(client.all("denied")) >= 2)
        assert {item["reason"] for item in client.all("denied")} == {"forbidden"}
    finally:
        embedded.sql(
            "UPDATE accounts_apitoken SET scopes = ? WHERE user_id = ?",
            '["read", "write"]',
            embedded.people[3].id,
        )


@pytest.mark.parametrize("transport", ["sse", "longpoll"])
@pytest.mark.parametrize(
    "cursor",
    [
        "room",
        "room.",
        "room.1:x",
        "room.1:-1",
        "room.1,room.1",
        "e-p/room.1",
        "room.1:1:1",
        "ROOM.1",
        "a/b/room.1",
    ],
)
async def test_a_malformed_cursor_is_refused_with_what_is_wrong(
    embedded: Place, transport: str, cursor: str
) -> None:
    async with LISTENERS[transport](embedded.url, embedded.alice.bearer, cursor) as client:
        await client.end()
    assert client.status == 422
    assert client.refusal["error"]["code"] == "invalid"
    assert client.refusal["error"]["fields"]["cursor"]


async def test_an_empty_cursor_follows_nothing(embedded: Place, listen: Listen) -> None:
    async with listen(embedded.url, embedded.alice, "") as client:
        await client.first("hello")
    assert not client.all("subscribed")
