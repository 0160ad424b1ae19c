"""A WebSocket's subscription: replay, then live; a window, then the log; nothing lost, nothing twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from project.realtime import feed as feed_module
from project.realtime import hub as hub_module
from project.realtime import log, relay
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.live import MAX_SAID_BYTES
from project.realtime.models import Stream
from project.realtime.protocol import MAX_UNACKED_EVENTS, Close
from tests.realtime.conftest import append, commit, eventually
from tests.realtime.sinks import Receiver, settle


async def test_the_verdict_comes_first_then_the_replay_then_what_is_new(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * 3)
    receiver = Receiver(hub)
    await receiver.follow("lab.1:1")
    await commit("lab.1")
    await receiver.has(4)
    assert receiver.sink.items[0] == {"type": "subscribed", "stream": "lab.1", "head": 3, "oldest": 1}
    assert receiver.seqs() == [2, 3, 4]


async def test_without_a_seq_it_starts_at_the_head(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * 3)
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    await commit("lab.1")
    await receiver.has(4)
    assert receiver.seqs() == [4]


async def test_everybody_gets_the_same_frame(hub: Hub) -> None:
    receivers = [Receiver(hub) for _ in range(3)]
    frames: list[object] = []
    for receiver in receivers:
        await receiver.follow("lab.1")
        receiver.sink.write = frames.append  # type: ignore[method-assign]
    await commit("lab.1")
    await eventually(lambda: len(frames) == 3)
    assert frames[0] is frames[1] is frames[2]


async def test_a_window_full_of_events_is_held_until_an_ack(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * (MAX_UNACKED_EVENTS + 100))
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:0")
    await receiver.has(MAX_UNACKED_EVENTS)
    await commit("lab.1")
    await settle()
    assert receiver.seqs() == list(range(1, MAX_UNACKED_EVENTS + 1))
    receiver.ack(f"lab.1:{MAX_UNACKED_EVENTS}")
    await receiver.has(MAX_UNACKED_EVENTS + 101)
    assert receiver.seqs() == list(range(1, MAX_UNACKED_EVENTS + 102))


async def test_a_window_that_is_partly_acknowledged_is_filled_up_and_no_more(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    await commit("lab.1", *["lab.noted"] * (MAX_UNACKED_EVENTS - 10))
    await receiver.has(MAX_UNACKED_EVENTS - 10)
    await commit("lab.1", *["lab.noted"] * 40)
    await receiver.has(MAX_UNACKED_EVENTS)
    await settle()
    assert receiver.seqs() == list(range(1, MAX_UNACKED_EVENTS + 1))
    receiver.ack_everything()
    await receiver.has(MAX_UNACKED_EVENTS + 30)


async def test_a_window_full_of_bytes_is_held_until_an_ack(hub: Hub, settings: Settings) -> None:
    settings.LIMIT_UNACKED_BYTES = 10_000
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    for _ in range(5):
        await commit("lab.1", text="x" * 4000)
    await eventually(lambda: not receiver.subscription.live, "stepping aside")
    await settle()
    assert receiver.seqs() == [1, 2, 3]
    assert receiver.subscription.unacked_bytes < 10_000 + 4200
    receiver.ack("lab.1:3")
    await receiver.has(4, 5)
    assert receiver.seqs() == [1, 2, 3, 4, 5]


async def test_a_limit_of_zero_turns_the_window_off(hub: Hub, settings: Settings) -> None:
    settings.LIMIT_UNACKED_BYTES = 0
    await commit("lab.1", *["lab.noted"] * (MAX_UNACKED_EVENTS + 100))
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    assert len(receiver.seqs()) == MAX_UNACKED_EVENTS + 100


async def test_who_is_behind_costs_nobody_else_anything_and_holds_nothing_in_memory(
    hub: Hub, settings: Settings
) -> None:
    settings.LIMIT_UNACKED_BYTES = 1000
    slow, quick = Receiver(hub), Receiver(hub)
    await slow.follow("lab.1")
    await quick.follow("lab.1")
    for n in range(1, 21):
        await commit("lab.1", text="x" * 500)
        await quick.has(n)
        quick.ack_everything()
    assert slow.subscription.unacked_bytes < 2000
    assert slow.seqs() == [1, 2]


async def test_acks_of_several_streams_may_come_one_by_one_in_any_order(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1,lab.2")
    await commit("lab.1")
    await commit("lab.2")
    await receiver.has(1)
    await receiver.has(1, stream="lab.2")
    receiver.ack("lab.2:1")
    receiver.ack("lab.1:1")
    assert receiver.subscription.unacked_bytes == 0


async def test_an_ack_of_one_stream_leaves_the_other_unacknowledged(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1,lab.2")
    await commit("lab.1")
    await commit("lab.2")
    await receiver.has(1, stream="lab.2")
    both = receiver.subscription.unacked_bytes
    receiver.ack("lab.1:1")
    assert 0 < receiver.subscription.unacked_bytes < both


async def test_subscribing_again_needs_no_ack_for_what_came_before(hub: Hub, settings: Settings) -> None:
    settings.LIMIT_UNACKED_BYTES = 300
    await commit("lab.1", *["lab.noted"] * 10)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:0")
    await eventually(lambda: receiver.subscription.full)
    await receiver.subscribe("lab.1:9")
    await eventually(lambda: receiver.seqs()[-1] == 10)


async def test_an_unsubscribed_stream_needs_no_ack(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    await commit("lab.1")
    await receiver.has(1)
    receiver.subscription.unsubscribe(["lab.1"])
    assert receiver.subscription.unacked_bytes == 0


async def test_a_blocked_socket_is_fed_from_the_log_once_it_drains(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    receiver.block()
    await commit("lab.1", *["lab.noted"] * 3)
    await eventually(lambda: not receiver.subscription.live)
    assert receiver.seqs() == []
    receiver.unblock()
    await receiver.has(1, 2, 3)
    await commit("lab.1")
    await receiver.has(4)
    assert receiver.seqs() == [1, 2, 3, 4]


async def test_going_live_while_others_write_leaves_no_gap_and_no_double(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * 400)
    receivers = [Receiver(hub) for _ in range(10)]

    async def subscribe_all() -> None:
        for number, receiver in enumerate(receivers):
            await receiver.subscribe(f"lab.1:{number * 40}")

    await asyncio.gather(in_database(lambda: [append("lab.1") for _ in range(100)]), subscribe_all())
    for number, receiver in enumerate(receivers):
        await receiver.has(500)
        assert receiver.seqs() == list(range(number * 40 + 1, 501))


async def test_subscribing_again_starts_from_the_position_given_then(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * 3)
    receiver = Receiver(hub)
    await receiver.follow("lab.1:2")
    await receiver.follow("lab.1:1")
    assert receiver.seqs() == [3, 2, 3]


async def test_an_unsubscribed_stream_is_silent(hub: Hub) -> None:
    receiver, witness = Receiver(hub), Receiver(hub)
    await receiver.follow("lab.1,lab.2")
    await witness.follow("lab.1")
    receiver.subscription.unsubscribe(["lab.1", "lab.unknown"])
    await commit("lab.1")
    await witness.has(1)
    await commit("lab.2")
    await receiver.has(1, stream="lab.2")
    assert receiver.seqs("lab.1") == []


async def test_the_last_follower_out_closes_the_feed(hub: Hub) -> None:
    receivers = [Receiver(hub), Receiver(hub)]
    for receiver in receivers:
        await receiver.follow("lab.1")
    receivers[0].subscription.close()
    assert "lab.1" in hub.feeds
    receivers[1].subscription.close()
    assert "lab.1" not in hub.feeds
    assert not hub.connections
    assert not hub.connections.per_user


async def test_a_connection_that_ends_while_it_subscribes_leaves_nothing_behind(hub: Hub) -> None:
    receiver = Receiver(hub)
    subscribing = asyncio.create_task(receiver.subscribe("lab.1"))
    await asyncio.sleep(0)
    receiver.subscription.close()
    await subscribing
    await eventually(lambda: "lab.1" not in hub.feeds, "the feed's end")


async def test_what_is_committed_while_a_feed_is_opened_is_not_missed(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(function: Callable[..., Any], *arguments: Any) -> Any:
        answer = await in_database(function, *arguments)
        if function is log.heads and "lab.1" in answer:
            await commit("lab.1")
        return answer

    monkeypatch.setattr(hub_module, "in_database", late)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:0")
    await receiver.has(1)


async def test_events_pruned_before_they_were_read_are_a_reset_never_a_part(hub: Hub) -> None:
    await commit("lab.1", *["lab.noted"] * 5)
    receiver = Receiver(hub)
    receiver.block()
    await receiver.subscribe("lab.1:1")
    await in_database(Stream.objects.filter(name="lab.1").update, oldest=4)
    hub.feeds["lab.1"].oldest = 4
    receiver.unblock()
    await eventually(lambda: receiver.said("reset"))
    assert receiver.said("reset") == [
        {"type": "reset", "stream": "lab.1", "reason": "truncated", "head": 5, "oldest": 4}
    ]
    assert receiver.seqs() == []


async def test_a_rotated_epoch_resets_whoever_is_connected(hub: Hub) -> None:
    await commit("lab.1")
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    hub_epoch = hub.epoch
    await in_database(log.rotate_epoch)
    await hub.look_at_epoch()
    assert receiver.said("reset") == [
        {"type": "reset", "stream": "lab.1", "reason": "epoch", "head": 1, "oldest": 1}
    ]
    assert hub.epoch != hub_epoch
    assert "lab.1" not in receiver.subscription.positions


async def test_an_epoch_that_could_not_be_looked_at_is_looked_at_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    await in_database(log.rotate_epoch)

    def away(*_: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(log, "heads", away)
        with pytest.raises(OperationalError):
            await hub.look_at_epoch()
    await hub.look_at_epoch()
    assert receiver.said("reset")


async def test_what_was_read_of_a_hole_before_the_database_went_away_is_delivered(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    relay.attach(lambda _: None)  # nobody is told
    await commit("lab.1", *["lab.noted"] * 2)
    monkeypatch.setattr(feed_module, "PAGE_EVENTS", 2)
    pages = iter([in_database])

    async def once(*arguments: Any) -> Any:
        if page := next(pages, None):
            return await page(*arguments)
        raise OperationalError

    monkeypatch.setattr(feed_module, "in_database", once)
    with pytest.raises(OperationalError):
        await hub.catch_up(hub.feeds["lab.1"])
    await receiver.has(2)


async def test_a_feed_that_was_closed_takes_no_turn_of_the_one_opened_after_it(hub: Hub) -> None:
    first = Receiver(hub)
    await first.follow("lab.1:0")
    closed = hub.feeds["lab.1"]
    first.subscription.close()
    second = Receiver(hub)
    await second.follow("lab.1:0")
    closed.gather_seconds = 60.0  # busy: its next flush would wait
    hub._flush_soon(closed)
    await commit("lab.1")
    await second.has(1)


async def test_a_fault_of_ours_during_a_replay_ends_the_connection(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await commit("lab.1", *["lab.noted"] * 3)

    async def broken(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(feed_module, "in_database", broken)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:1")
    await eventually(lambda: receiver.sink.closed_with)
    assert receiver.sink.closed_with == Close.UNAVAILABLE
    assert "A subscription failed" in caplog.text


async def test_a_database_that_is_away_during_a_replay_ends_the_connection(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes back with its cursor. Staying connected and silent would be a lie."""
    await commit("lab.1", *["lab.noted"] * 3)

    async def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(feed_module, "in_database", away)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:1")
    await eventually(lambda: receiver.sink.closed_with)
    assert receiver.sink.closed_with == Close.UNAVAILABLE
    assert receiver.said("bye") == [{"type": "bye", "reason": "unavailable", "retry_after": 1.0}]


async def test_a_subscription_that_failed_follows_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(feed_module, "in_database", away)  # asked when a cursor is ahead of what is known
    receiver = Receiver(hub)
    with pytest.raises(OperationalError):
        await receiver.subscribe("lab.1:7,lab.2")
    await settle()
    assert not receiver.subscription.positions
    assert not hub.feeds


async def test_ephemeral_items_are_the_first_thing_a_slow_client_does_not_get(hub: Hub) -> None:
    slow, quick = Receiver(hub), Receiver(hub)
    await slow.follow("lab.1")
    await quick.follow("lab.1")
    slow.block()
    typing = {"typing": b'{"stream":"lab.1","type":"typing.started"}'}
    hub.announced({"type": "ephemeral", "stream": "lab.1", "items": typing})
    await commit("lab.1")
    slow.unblock()
    await slow.has(1)
    assert (len(slow.said("typing.started")), len(quick.said("typing.started"))) == (0, 1)


async def test_a_client_that_asks_and_never_reads_is_given_up(hub: Hub) -> None:
    receiver = Receiver(hub)
    receiver.sink.buffered = MAX_SAID_BYTES + 1
    receiver.subscription.say({"type": "pong"})
    assert receiver.sink.closed_with == Close.BEHIND


async def test_silence_is_an_ack_that_is_due(hub: Hub) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1")
    assert not receiver.subscription.is_silent(hub.loop.time())
    await commit("lab.1")
    await receiver.has(1)
    assert receiver.subscription.is_silent(hub.loop.time() + 1)
    receiver.ack("lab.1:1")
    assert not receiver.subscription.is_silent(hub.loop.time() + 1)


async def test_a_replay_that_has_just_begun_is_not_overdue(hub: Hub) -> None:
    """However long ago the hub last looked at the clock."""
    await commit("lab.1")
    hub.now = hub.loop.time() - 1000
    before = hub.loop.time()
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    assert not receiver.subscription.is_silent(before)


async def test_an_ended_connection_gets_nothing_more(hub: Hub) -> None:
    receiver, witness = Receiver(hub), Receiver(hub)
    await receiver.follow("lab.1")
    await witness.follow("lab.1")
    receiver.subscription.end(Close.SIGNED_OUT, "session_ended")
    await commit("lab.1")
    await witness.has(1)
    assert receiver.sink.items[-1] == {"type": "bye", "reason": "session_ended"}
    assert (receiver.seqs(), receiver.sink.closed_with) == ([], Close.SIGNED_OUT)
