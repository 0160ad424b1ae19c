"""How a subscription ends: a reset, an error, a goodbye, and nothing left behind."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from project.realtime import log, pages
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.models import Stream
from project.realtime.protocol import Close
from tests.realtime.conftest import commit, eventually
from tests.realtime.sinks import Receiver, settle


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


async def test_a_database_that_is_away_during_a_replay_ends_the_connection(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes back with its cursor. Staying connected and silent would be a lie."""
    await commit("lab.1", *["lab.noted"] * 3)

    async def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(pages, "in_database", away)
    receiver = Receiver(hub)
    await receiver.subscribe("lab.1:1")
    await eventually(lambda: receiver.sink.closed_with)
    assert receiver.sink.closed_with == Close.UNAVAILABLE
    assert receiver.said("bye") == [{"type": "bye", "reason": "unavailable", "retry_after": 1.0}]


async def test_a_subscription_that_failed_follows_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OperationalError

    # Asked when a cursor is ahead of what is known.
    monkeypatch.setattr(pages, "in_database_aside", away)
    receiver = Receiver(hub)
    with pytest.raises(OperationalError):
        await receiver.subscribe("lab.1:7,lab.2")
    await settle()
    assert not receiver.subscription.positions
    assert not hub.feeds


async def test_an_ended_connection_gets_nothing_more(hub: Hub) -> None:
    receiver, witness = Receiver(hub), Receiver(hub)
    await receiver.follow("lab.1")
    await witness.follow("lab.1")
    receiver.subscription.end(Close.SIGNED_OUT, "session_ended")
    await commit("lab.1")
    await witness.has(1)
    assert receiver.sink.items[-1] == {"type": "bye", "reason": "session_ended"}
    assert (receiver.seqs(), receiver.sink.closed_with) == ([], Close.SIGNED_OUT)
