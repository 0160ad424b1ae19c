"""What a client has not acknowledged is bounded; past that it is fed from the log, and loses nothing."""

from pytest_django import Settings

from project.realtime.hub import Hub
from project.realtime.live import MAX_SAID_BYTES
from project.realtime.protocol import MAX_UNACKED_EVENTS, Close
from tests.realtime.conftest import commit, eventually
from tests.realtime.sinks import Receiver, settle


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
