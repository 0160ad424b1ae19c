"""A cursor that cannot be served is answered with a reset and its reason, and with no event at all."""

import pytest

from tests.realtime.wire.conftest import Listen, Place
from tests.realtime.wire.talk import LISTENERS, SseListener, WebSocketListener


async def test_a_cursor_older_than_what_is_kept_is_reset(embedded: Place, listen: Listen) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    head = embedded.head(room)
    embedded.sql("UPDATE realtime_stream SET oldest = ? WHERE name = ?", head - 1, f"room.{room}")
    async with listen(embedded.url, embedded.bob, embedded.cursor(room, 1)) as client:
        item = await client.first("reset")
    assert item == {
        "type": "reset",
        "stream": f"room.{room}",
        "reason": "truncated",
        "head": head,
        "oldest": head - 1,
    }
    assert client.seqs(f"room.{room}") == []
    assert client.all("subscribed") == []


async def test_the_last_cursor_before_what_is_kept_is_good(embedded: Place, listen: Listen) -> None:
    room = embedded.room()
    embedded.say(room, *"abc")
    head = embedded.head(room)
    embedded.sql("UPDATE realtime_stream SET oldest = ? WHERE name = ?", head - 1, f"room.{room}")
    async with listen(embedded.url, embedded.bob, embedded.cursor(room, head - 2)) as client:
        await client.seq(f"room.{room}", head)
    assert client.seqs(f"room.{room}") == [head - 1, head]


async def test_everything_that_is_kept_is_served_right_after_a_prune(place: Place, listen: Listen) -> None:
    room = place.room()
    head = place.fill(room, 700)
    stream, oldest = f"room.{room}", head - 99
    async with WebSocketListener(place.url, place.alice.bearer, stream) as follower:
        await follower.first("subscribed")  # so this process knows where the stream began
        place.sql("UPDATE realtime_stream SET oldest = ? WHERE name = ?", oldest, stream)
        place.sql(
            "DELETE FROM realtime_event WHERE seq < ? AND stream_id ="
            " (SELECT id FROM realtime_stream WHERE name = ?)",
            oldest,
            stream,
        )
        async with listen(place.url, place.bob, f"{stream}:0") as client:
            await client.seq(stream, head)
    assert client.all("subscribed")[0]["oldest"] == oldest
    assert client.seqs(stream) == list(range(oldest, head + 1))
    assert client.all("reset") == []


async def test_a_cursor_ahead_of_the_log_is_reset(place: Place, listen: Listen) -> None:
    room = place.room()
    head = place.head(room)
    async with listen(place.url, place.bob, place.cursor(room, head + 100)) as client:
        item = await client.first("reset")
    assert (item["reason"], item["head"]) == ("ahead", head)
    assert client.seqs(f"room.{room}") == []


async def test_a_cursor_of_another_history_is_reset(place: Place, listen: Listen) -> None:
    room = place.room()
    head = place.head(room)
    async with listen(place.url, place.bob, f"00ff00ff/room.{room}:{head}") as client:
        item = await client.first("reset")
    assert (item["reason"], item["head"]) == ("epoch", head)
    assert client.seqs(f"room.{room}") == []


async def test_one_stream_is_reset_and_the_others_go_on(embedded: Place, listen: Listen) -> None:
    good, bad = embedded.room(), embedded.room()
    head = embedded.head(good)
    async with listen(embedded.url, embedded.bob, f"{embedded.epoch}/room.{bad}:999,room.{good}:0") as client:
        await client.first("reset", f"room.{bad}")
        await client.seq(f"room.{good}", head)
    assert client.seqs(f"room.{bad}") == []


async def test_the_snapshot_after_a_reset_goes_on_without_loss(place: Place, listen: Listen) -> None:
    room = place.room()
    place.say(room, "a", "b")
    async with listen(place.url, place.bob, f"00ff00ff/room.{room}:1") as client:
        await client.first("reset")
    with place.bob.http(place.url) as http:
        snapshot = http.get(f"/api/v1/rooms/{room}/messages").json()
    [sent] = place.say(room, "c")
    async with listen(place.other_url, place.bob, snapshot["cursor"]) as client:
        await client.seq(f"room.{room}", sent["seq"])
    assert client.seqs(f"room.{room}") == [sent["seq"]]


async def test_pruning_resets_old_cursors_and_keeps_new_ones(pair: Place) -> None:
    room = pair.room()
    pair.say(room, *"abcde")
    head = pair.head(room)
    pair.sql(
        "UPDATE realtime_event SET at = '2020-01-01' WHERE seq <= ? AND stream_id ="
        " (SELECT id FROM realtime_stream WHERE name = ?)",
        head - 2,
        f"room.{room}",
    )
    pair.installation.shell.manage("prune")
    for kind in LISTENERS.values():
        async with kind(pair.url, pair.bob.bearer, pair.cursor(room, 1)) as client:
            assert (await client.first("reset"))["oldest"] == head - 1
        async with kind(pair.url, pair.bob.bearer, pair.cursor(room, head - 2)) as client:
            await client.seq(f"room.{room}", head)
        assert client.seqs(f"room.{room}") == [head - 1, head]


@pytest.mark.parametrize("which", ["embedded", "pair"])
async def test_a_rotated_epoch_resets_everybody_who_is_connected(
    which: str, request: pytest.FixtureRequest
) -> None:
    place: Place = request.getfixturevalue(which)
    room = place.room()
    cursor = place.cursor(room, place.head(room))
    async with (
        WebSocketListener(place.url, place.bob.bearer, cursor) as first,
        SseListener(place.other_url, place.bob.bearer, cursor) as second,
    ):
        await first.first("subscribed")
        await second.first("subscribed")
        place.sql("INSERT INTO realtime_epoch (token, created_at) VALUES (?, '2026-01-01')", f"new{room}")
        assert (await first.first("reset"))["reason"] == "epoch"
        assert (await second.first("reset"))["reason"] == "epoch"
    async with WebSocketListener(place.url, place.bob.bearer, cursor) as client:
        assert (await client.first("hello"))["epoch"] == f"new{room}"
        assert (await client.first("reset"))["reason"] == "epoch"
