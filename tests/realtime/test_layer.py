"""The link to a real channel layer: it passes on, joins, notices silent loss, and comes back by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import redis
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from project.realtime import layer
from project.realtime.layer import MAX_PENDING
from project.realtime.relay import joined
from tests.realtime.conftest import eventually
from tests.realtime.layers import End, news, tell_until_heard
from tests.support.valkey import Valkey


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "PULSE_SECONDS", 0.1)


@pytest.fixture
async def server() -> AsyncIterator[Valkey]:
    """A Valkey of our own, to be broken."""
    valkey = Valkey()
    await asyncio.to_thread(valkey.start)
    yield valkey
    valkey.remove()


@pytest.fixture
async def ends(server: Valkey) -> AsyncIterator[tuple[End, End]]:
    """Two processes on one layer, both following lab.1."""
    host = {"address": server.url, "socket_timeout": None, "socket_connect_timeout": 2}
    both = [End(lambda: RedisPubSubChannelLayer(hosts=[host])) for _ in range(2)]
    for end in both:
        await end.link.start()
        await end.link.join("lab.1")
    await eventually(lambda: all(end.link.up for end in both), "both being up")
    yield both[0], both[1]
    for end in both:
        end.link.stop()
        with suppress(Exception):
            await end.link._layer.flush()


async def test_what_one_publishes_the_other_hears_and_itself_does_not(ends: tuple[End, End]) -> None:
    here, there = ends
    here.link.publish(news("lab.1", 1))
    await eventually(lambda: there.heard)
    there.link.publish(news("lab.1", 2))
    await eventually(lambda: here.heard)
    assert (here.seqs(), there.seqs()) == ([2], [1])


async def test_items_arrive_as_the_bytes_they_were(ends: tuple[End, End]) -> None:
    item = '{"text":"Grüße \U0001f44d"}'.encode()
    ends[0].link.publish({"type": "events", "stream": "lab.1", "first": 1, "events": [["lab.noted", item]]})
    await eventually(lambda: ends[1].heard)
    assert ends[1].heard[0]["events"] == [["lab.noted", item]]


async def test_a_stream_that_is_left_is_not_heard(ends: tuple[End, End]) -> None:
    here, there = ends
    await there.link.join("lab.2")
    await there.link.leave("lab.1")
    here.link.publish(news("lab.1", 1))
    here.link.publish(news("lab.2", 1))
    await eventually(lambda: there.heard)
    assert [message["stream"] for message in there.heard] == ["lab.2"]


async def test_a_server_that_dies_is_noticed_and_a_restarted_one_is_used_again(
    ends: tuple[End, End], server: Valkey
) -> None:
    here, there = ends
    changes = there.changes
    await asyncio.to_thread(server.kill)
    await eventually(lambda: not here.link.up and not there.link.up, "noticing")
    here.link.publish(news("lab.1", 1))
    await asyncio.to_thread(server.start)
    await eventually(lambda: here.link.up and there.link.up, "coming back")
    here.link.publish(news("lab.1", 2))
    await eventually(lambda: 2 in there.seqs())
    assert there.changes >= changes + 2, "whoever must look at the log is told"


async def test_silence_without_an_error_is_noticed_too(
    ends: tuple[End, End], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = ends

    async def swallow(*_: object) -> None:
        """As a broken subscription does: everything is taken, nothing arrives."""

    with monkeypatch.context() as silent:
        silent.setattr(here.link._layer, "send", swallow)
        await eventually(lambda: not here.link.up)
    await eventually(lambda: here.link.up)


async def test_a_server_that_is_not_there_yet_is_waited_for(
    server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "MAX_REST_SECONDS", 1.0)
    await asyncio.to_thread(server.kill)
    host = {"address": server.url, "socket_connect_timeout": 2}
    end = End(lambda: RedisPubSubChannelLayer(hosts=[host]))
    await end.link.start()
    await end.link.join("lab.1")
    await eventually(lambda: end.link._rest == layer.MAX_REST_SECONDS, "several attempts")
    assert not end.link.up
    assert not end.link._layer.channels
    await asyncio.to_thread(server.start)
    await eventually(lambda: end.link.up, "coming up")
    end.link.stop()
    await end.link._layer.flush()


async def test_what_waits_to_be_published_is_bounded(ends: tuple[End, End]) -> None:
    for number in range(2 * MAX_PENDING):
        ends[0].link.publish(news("lab.9", 2 * number))
    assert len(ends[0].link._pending) <= MAX_PENDING


async def test_the_layer_in_memory_reaches_nobody_else() -> None:
    end = End(InMemoryChannelLayer)
    await end.link.start()
    await eventually(lambda: end.link.up)
    assert not end.link.reaches_others
    end.link.stop()


def test_consecutive_events_of_a_stream_are_published_as_one() -> None:
    waiting = [news("lab.1", 1, 2), news("lab.2", 7), news("lab.1", 3), news("lab.1", 9), news("lab.2", 8)]
    published = [(m["stream"], m["first"], len(m["events"])) for m in joined(waiting)]
    assert published == [("lab.1", 1, 3), ("lab.2", 7, 2), ("lab.1", 9, 1)]


async def test_a_receiver_that_died_is_replaced_and_everything_joined_again(
    ends: tuple[End, End], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = ends
    await there.link.join("lab.2")
    monkeypatch.setattr(layer, "DEAF_SECONDS", 0.5)
    before = there.link._layer
    shard = before._get_layer()._shards[0]

    async def time_out(**_: object) -> None:
        """What a dead network path gives, and the one error that the layer's receiver does not outlive."""
        raise TimeoutError

    monkeypatch.setattr(shard._pubsub, "get_message", time_out)
    await eventually(lambda: there.link._layer is not before and there.link.up, "being heard again")
    await tell_until_heard(here, there, "lab.1", "lab.2")
    await eventually(lambda: not there.link._retiring)


async def test_connections_that_the_server_ends_are_opened_again_by_the_layer_itself(
    ends: tuple[End, End], server: Valkey
) -> None:
    here, there = ends
    before = there.link._layer
    with redis.Redis(port=server.port) as client:
        await asyncio.to_thread(client.execute_command, "CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: not there.link.up, "noticing")
    await eventually(lambda: here.link.up and there.link.up, "coming back")
    await tell_until_heard(here, there, "lab.1")
    assert there.link._layer is before


async def test_a_server_that_is_away_for_long_is_no_reason_for_another_layer(
    ends: tuple[End, End], server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = ends
    before = there.link._layer
    await asyncio.to_thread(server.kill)
    # Not before: on a machine that stands still for so long, a layer that works is deaf as well.
    await eventually(lambda: not there.link.up and there.link._deaf_since is None, "noticing")
    monkeypatch.setattr(layer, "DEAF_SECONDS", 0.3)
    pulse = there.link._pulse
    await eventually(lambda: there.link._pulse > pulse + 6, "trying on")
    assert there.link._layer is before
