"""The WebSocket: what a client may say, what it is answered, and when it is closed."""

import json
import time
from contextlib import suppress

import pytest
import websockets

from project.realtime.protocol import FRAMES_PER_SECOND, MAX_FRAME_BYTES, MAX_UNACKED_EVENTS
from tests.realtime.wire.conftest import Place
from tests.realtime.wire.talk import PATIENCE, WebSocketListener


def connect(place: Place, cursor: str = "") -> WebSocketListener:
    return WebSocketListener(place.url, place.alice.bearer, cursor)


async def test_subscribing_as_often_as_wanted(embedded: Place) -> None:
    one, two = embedded.room(), embedded.room()
    async with connect(embedded, f"room.{one}") as client:
        await client.first("subscribed", f"room.{one}")
        await client.send(type="subscribe", cursor=f"room.{two}:0")
        await client.seq(f"room.{two}", embedded.head(two))
        [message] = embedded.say(one, "still there")
        await client.seq(f"room.{one}", message["seq"])


async def test_an_unsubscribed_stream_is_silent(embedded: Place) -> None:
    one, two = embedded.room(), embedded.room()
    async with connect(embedded, f"room.{one},room.{two}") as client:
        await client.first("subscribed", f"room.{two}")
        await client.send(type="unsubscribe", streams=[f"room.{one}"])
        await client.send(type="ping")
        await client.first("pong")
        embedded.say(one, "unheard")
        [message] = embedded.say(two, "heard")
        await client.seq(f"room.{two}", message["seq"])
    assert client.seqs(f"room.{one}") == []


async def test_a_ping_is_answered(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        await client.send(type="ping")
        assert await client.first("pong") == {"type": "pong"}


async def test_a_command_is_answered_by_its_id(embedded: Place) -> None:
    room = embedded.room()
    async with connect(embedded) as client:
        await client.first("hello")
        reply = await client.ask("room.read", "c7", room=room, seq=0)
    assert (reply["id"], reply["ok"], reply["data"]["room"]) == ("c7", True, room)


async def test_every_kind_of_frame_that_means_nothing_gets_an_invalid_reply(embedded: Place) -> None:
    frames = ["", "{", "[]", "7", '"text"', "{}", '{"type": 3}', '{"type": "subscribe"}', "[" * 30_000]
    async with connect(embedded) as client:
        await client.first("hello")
        for frame in frames:
            await client.send_text(frame)
        await client.until(lambda: len(client.all("reply")) == len(frames))
    assert {(reply["id"], reply["ok"], reply["error"]["code"]) for reply in client.all("reply")} == {
        (None, False, "invalid")
    }


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "subscribe", "cursor": "room"},
        {"type": "subscribe", "cursor": 7},
        {"type": "unsubscribe", "streams": "room.1"},
        {"type": "unsubscribe", "streams": ["nonsense"]},
        {"type": "ack", "cursor": "room.1:x"},
        {"type": "room.read", "id": 7, "data": {}},
        {"type": "room.read", "id": "x" * 65, "data": {}},
    ],
    ids=str,
)
async def test_a_frame_with_a_wrong_part_gets_an_invalid_reply(
    embedded: Place, frame: dict[str, object]
) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        await client.send(**frame)
        reply = await client.reply(None)
    assert reply["error"]["code"] == "invalid"


async def test_a_frame_of_bytes_is_invalid(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        await client.socket.send(b"\x00\x01")
        assert (await client.reply(None))["error"]["code"] == "invalid"


async def test_ten_malformed_frames_in_a_minute_close_the_socket(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        for _ in range(10):
            await client.send_text("nonsense")
        await client.end()
    assert client.code == 4515
    assert client.items[-1] == {"type": "bye", "reason": "protocol_violation"}


async def test_a_frame_too_large_is_refused_and_the_connection_goes_on(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        await client.send_text(json.dumps({"type": "ping", "more": "x" * MAX_FRAME_BYTES}))
        assert (await client.reply(None))["error"]["code"] == "too_large"
        await client.send_text(json.dumps({"type": "ping", "more": "x" * (MAX_FRAME_BYTES - 40)}))
        await client.first("pong")


async def test_a_frame_is_measured_in_bytes(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        await client.send_text(json.dumps({"type": "ping", "more": "é" * 40_000}, ensure_ascii=False))
        assert (await client.reply(None))["error"]["code"] == "too_large"


async def test_an_unknown_command_says_so_to_its_id(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        reply = await client.ask("room.explode", "c1")
    assert (reply["ok"], reply["error"]["code"]) == (False, "unknown_command")


async def test_an_invalid_command_says_which_fields(embedded: Place) -> None:
    async with connect(embedded) as client:
        await client.first("hello")
        reply = await client.ask("message.send", "c1", room="x", body="")
    assert reply["error"]["code"] == "invalid"
    assert {"room", "body", "client_id"} <= set(reply["error"]["fields"])


async def test_a_silent_command_has_no_reply(embedded: Place) -> None:
    room = embedded.room()
    async with connect(embedded, f"room.{room}") as client:
        await client.first("subscribed")
        await client.send(type="typing.start", data={"room": room})
        await client.first("typing.started")
        await client.send(type="ping")
        await client.first("pong")
    assert client.all("reply") == []


async def test_without_acks_a_client_is_held_at_512_events_and_goes_on_from_the_log(embedded: Place) -> None:
    room = embedded.room()
    head = embedded.fill(room, 700)
    stream = f"room.{room}"
    async with connect(embedded, f"room.{room}:0") as client:
        await client.seq(stream, MAX_UNACKED_EVENTS)
        await client.send(type="ping")
        await client.first("pong")
        assert client.seqs(stream)[-1] == MAX_UNACKED_EVENTS
        await client.send(type="ack", cursor=f"{embedded.epoch}/{stream}:{MAX_UNACKED_EVENTS}")
        await client.seq(stream, head)
    assert client.seqs(stream) == list(range(1, head + 1))


async def test_without_acks_a_client_is_held_at_its_bytes(narrow: Place) -> None:
    room = narrow.room()
    head = narrow.fill(room, 200, size=2000)
    stream = f"room.{room}"
    async with connect(narrow, f"room.{room}:0") as client:
        await client.seq(stream, 10)
        await client.send(type="ping")
        await client.first("pong")
        held = client.seqs(stream)[-1]
        assert held < 60
        while held < head:
            await client.send(type="ack", cursor=f"{stream}:{held}")
            await client.seq(stream, held + 1)
            held = client.seqs(stream)[-1]
    assert client.seqs(stream) == list(range(1, head + 1))


async def test_an_ack_of_another_history_counts_for_nothing(embedded: Place) -> None:
    room = embedded.room()
    embedded.fill(room, 600)
    stream = f"room.{room}"
    async with connect(embedded, f"room.{room}:0") as client:
        await client.seq(stream, MAX_UNACKED_EVENTS)
        await client.send(type="ack", cursor=f"00ff00ff/{stream}:{MAX_UNACKED_EVENTS}")
        await client.send(type="ping")
        await client.first("pong")
    assert client.seqs(stream)[-1] == MAX_UNACKED_EVENTS


async def test_a_client_that_never_acks_is_closed_as_silent(narrow: Place) -> None:
    room = narrow.room()
    async with connect(narrow, f"room.{room}:0") as client:
        await client.first("member.joined")
        await client.end()
    assert client.code == 4408


async def test_a_client_that_acks_stays(narrow: Place) -> None:
    room = narrow.room()
    stream = f"room.{room}"
    async with (
        connect(narrow, f"room.{room}:0") as acking,
        connect(narrow, f"room.{room}:0") as silent,
    ):
        await acking.seq(stream, narrow.head(room))
        await acking.send(type="ack", cursor=narrow.cursor(room, narrow.head(room)))
        await silent.end()
        [message] = narrow.say(room, "still there")
        await acking.seq(stream, message["seq"])


async def test_streams_past_the_limit_are_denied_and_the_rest_goes_on(narrow: Place) -> None:
    one, two, three = (narrow.room() for _ in range(3))
    async with connect(narrow, f"room.{one},room.{two},room.{three}") as client:
        assert (await client.first("denied"))["reason"] == "limit"
        await client.send(type="unsubscribe", streams=[f"room.{one}"])
        await client.send(type="subscribe", cursor=f"room.{three}")
        await client.first("subscribed", f"room.{three}")


async def test_too_many_commands_are_refused_with_the_time_to_wait(narrow: Place) -> None:
    async with connect(narrow) as client:
        await client.first("hello")
        began = time.monotonic()
        for number in range(100):
            await client.send(type="room.explode", id=str(number))
        await client.until(lambda: len(client.all("reply")) == 100)
        seconds = time.monotonic() - began
    codes = [reply["error"]["code"] for reply in client.all("reply")]
    # Three seconds' worth, and what grew meanwhile.
    assert 12 <= codes.count("unknown_command") <= 12 + 4 * seconds
    refused = [reply["error"] for reply in client.all("reply") if reply["error"]["code"] == "rate_limited"]
    assert refused
    assert all(0 < error["retry_after"] <= 1 for error in refused)


async def test_a_client_that_does_not_listen_to_refusals_is_closed(narrow: Place) -> None:
    async with connect(narrow) as client:
        await client.first("hello")
        try:
            for number in range(300):
                await client.send(type="room.explode", id=str(number))
        except websockets.ConnectionClosed:
            pass
        await client.end()
    assert client.code == 4429
    assert client.all("bye")[0]["retry_after"] > 0


async def test_a_client_that_pings_without_end_is_closed_and_told_when_to_come_back(narrow: Place) -> None:
    async with connect(narrow) as client:
        await client.first("hello")
        with suppress(websockets.ConnectionClosed):
            for _ in range(20 * FRAMES_PER_SECOND):
                await client.send(type="ping")
        await client.end()
    assert client.code == 4429
    assert client.items[-1] == {"type": "bye", "reason": "too_many_frames", "retry_after": 10.0}


async def test_an_address_that_does_not_exist_is_closed_for_good(embedded: Place) -> None:
    address = embedded.url.replace("http", "ws") + "/nowhere/"
    async with websockets.connect(address, open_timeout=PATIENCE, proxy=None) as socket:
        assert json.loads(await socket.recv()) == [{"type": "bye", "reason": "not_found"}]
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    assert socket.close_code == 4515
