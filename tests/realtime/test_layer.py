"""The link to a real channel layer: it passes on, joins, notices silent loss, and comes back by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from project.realtime import layer
from project.realtime.layer import MAX_PENDING, LayerLink, _joined
from tests.realtime.conftest import eventually
from tests.support.valkey import Valkey


def news(stream: str, first: int, count: int = 1) -> dict[str, Any]:
    events = [["lab.noted", b"%d" % seq] for seq in range(first, first + count)]
    return {"type": "events", "stream": stream, "first": first, "events": events}


class End:
    """One process's end of the layer."""

    def __init__(self, backend: Any) -> None:
        self.heard: list[dict[str, Any]] = []
        self.changes = 0
        self.link = LayerLink(self.heard.append, self._changed)
        self.link._layer = backend

    def _changed(self) -> None:
        self.changes += 1

    def seqs(self) -> list[int]:
        return [m["first"] + n for m in self.heard for n in range(len(m["events"]))]


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
    both = End(RedisPubSubChannelLayer(hosts=[host])), End(RedisPubSubChannelLayer(hosts=[host]))
    for end in both:
        await end.link.start()
        await end.link.join("lab.1")
    await eventually(lambda: all(end.link.up for end in both), "both being up")
    yield both
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


async def test_a_server_that_is_not_there_yet_is_waited_for(server: Valkey) -> None:
    await asyncio.to_thread(server.kill)
    end = End(RedisPubSubChannelLayer(hosts=[{"address": server.url, "socket_connect_timeout": 2}]))
    await end.link.start()
    await end.link.join("lab.1")
    assert not end.link.up
    await asyncio.to_thread(server.start)
    await eventually(lambda: end.link.up, "coming up", seconds=10)
    end.link.stop()
    await end.link._layer.flush()


async def test_what_waits_to_be_published_is_bounded(ends: tuple[End, End]) -> None:
    for number in range(2 * MAX_PENDING):
        ends[0].link.publish(news("lab.9", 2 * number))
    assert len(ends[0].link._pending) <= MAX_PENDING


async def test_the_layer_in_memory_reaches_nobody_else() -> None:
    end = End(InMemoryChannelLayer())
    await end.link.start()
    await eventually(lambda: end.link.up)
    assert not end.link.reaches_others
    end.link.stop()


def test_consecutive_events_of_a_stream_are_published_as_one() -> None:
    waiting = [news("lab.1", 1, 2), news("lab.2", 7), news("lab.1", 3), news("lab.1", 9), news("lab.2", 8)]
    joined = [(m["stream"], m["first"], len(m["events"])) for m in _joined(waiting)]
    assert joined == [("lab.1", 1, 3), ("lab.2", 7, 2), ("lab.1", 9, 1)]


class Recorder:
    """A layer that takes its time for groups, and remembers who is in them."""

    def __init__(self) -> None:
        self.groups: set[str] = set()
        self.go = asyncio.Event()
        self.under_way = 0

    async def group_add(self, group: str, channel: str) -> None:
        await self._wait()
        self.groups.add(group)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._wait()
        self.groups.discard(group)

    async def _wait(self) -> None:
        self.under_way += 1
        await self.go.wait()
        self.under_way -= 1


async def test_a_stream_left_while_it_is_joined_is_left() -> None:
    recorder = Recorder()
    link = End(recorder).link
    link._channel = "here"
    joining = asyncio.create_task(link.join("lab.1"))
    await eventually(lambda: recorder.under_way)
    leaving = asyncio.create_task(link.leave("lab.1"))
    recorder.go.set()
    await asyncio.gather(joining, leaving)
    assert not recorder.groups
    assert not link._joined


async def test_what_is_wanted_last_is_what_the_layer_is_told_last() -> None:
    recorder = Recorder()
    link = End(recorder).link
    link._channel = "here"
    calls = [link.join, link.leave, link.join, link.leave, link.join]
    tasks = [asyncio.create_task(call("lab.1")) for call in calls]
    await eventually(lambda: recorder.under_way)
    assert recorder.under_way == 1, "one call at a time"
    recorder.go.set()
    await asyncio.gather(*tasks)
    assert recorder.groups == {"stream.lab.1"}
    assert link._joined == link._wanted == {"lab.1"}
