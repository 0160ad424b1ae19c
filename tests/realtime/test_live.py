"""A WebSocket's subscription: the replay, then what is new, nothing lost and nothing twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from project.realtime import feed as feed_module
from project.realtime import hub as hub_module
from project.realtime import log, metrics, pages, relay
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.log import Head
from project.realtime.models import Event, Stream
from project.realtime.protocol import Close
from tests.realtime.conftest import append, commit, eventually
from tests.realtime.sinks import Receiver


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


async def test_what_was_read_of_a_hole_before_the_database_went_away_is_delivered(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    relay.attach(lambda _: None)  # nobody is told
    await commit("lab.1", *["lab.noted"] * 2)
    monkeypatch.setattr(feed_module, "PAGE_EVENTS", 2)
    answers = iter([in_database])

    async def once(*arguments: Any) -> Any:
        if answer := next(answers, None):
            return await answer(*arguments)
        raise OperationalError

    monkeypatch.setattr(pages, "in_database_aside", once)
    with pytest.raises(OperationalError):
        await hub.catch_up(hub.feeds["lab.1"])
    await receiver.has(2)


async def test_a_fault_of_ours_during_a_replay_ends_the_connection(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await commit("lab.1", *["lab.noted"] * 3)

    async def broken(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(pages, "in_database", broken)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:1")
    await eventually(lambda: receiver.sink.closed_with)
    assert receiver.sink.closed_with == Close.UNAVAILABLE
    assert "A subscription failed" in caplog.text


async def test_a_hole_is_looked_for_once_however_much_is_announced_behind_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    read, back = pages.in_database_aside, asyncio.Event()
    reads = 0

    async def away(*arguments: Any) -> Any:
        nonlocal reads
        reads += 1
        await back.wait()
        return await read(*arguments)

    monkeypatch.setattr(pages, "in_database_aside", away)
    relay.attach(lambda _: None)
    await commit("lab.1")
    relay.attach(hub.take)
    await commit("lab.1")
    await eventually(lambda: reads)
    looked = metrics.HOLES._value.get()
    until = hub.loop.time() + 5 * hub_module.HOLE_SECONDS
    while hub.loop.time() < until:
        last = await commit("lab.1")
    back.set()
    await receiver.has(last)
    assert receiver.seqs() == list(range(1, last + 1))
    pages_of_it = 1 + last // pages.PAGE_EVENTS
    assert (reads, metrics.HOLES._value.get()) == (pages_of_it, looked)


def prune(oldest: int) -> None:
    Stream.objects.filter(name="lab.1").update(oldest=oldest)
    Event.objects.filter(stream__name="lab.1", seq__lt=oldest).delete()


async def test_who_asked_for_all_that_is_kept_begins_later_when_that_is_pruned_before_it_is_read(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await commit("lab.1", *["lab.noted"] * 9)
    await Receiver(hub).follow("lab.1")
    read, oldest = pages.in_database, iter([4, 7])

    async def pruned_first(*arguments: Any) -> Any:
        if seq := next(oldest, None):
            await in_database(prune, seq)
        return await read(*arguments)

    monkeypatch.setattr(pages, "in_database", pruned_first)
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    assert receiver.seqs() == [7, 8, 9]
    assert receiver.said("reset") == []


async def test_who_has_had_a_part_is_never_served_past_a_hole(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await commit("lab.1", "lab.noted")
    receiver = Receiver(hub)
    await receiver.follow("lab.1:0")
    receiver.block()
    await commit("lab.1", *["lab.noted"] * 8)
    await eventually(lambda: hub.feeds["lab.1"].head == 9)
    await in_database(prune, 7)
    hub.feeds["lab.1"].restart(Head(9, 1))  # nothing is left in memory
    receiver.unblock()
    await eventually(lambda: receiver.said("reset"))
    assert (receiver.seqs(), receiver.said("reset")[0]["oldest"]) == ([1], 7)


async def test_many_streams_cut_off_at_once_are_reset_one_by_one(hub: Hub) -> None:
    """More than Python would let a function call itself."""
    receiver = Receiver(hub)
    receiver.subscription.max_streams = 0
    names = [f"lab.{n}" for n in range(1, 1501)]
    await receiver.follow(",".join(names))
    receiver.subscription._step_aside()
    for name in names:
        hub.feeds[name].start_at(Head(9, 1))
    assert await receiver.subscription.next_batch() is None
    assert len(receiver.said("reset")) == len(names)
