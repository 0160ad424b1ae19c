"""Whatever is lost, doubled, reordered, blocked or left unacknowledged: each event comes once, in order.

Once a subscription: who subscribes again to what it follows is served again from the position it gives.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from hypothesis import example, given, settings
from hypothesis import strategies as st

from project.realtime import feed as feed_module
from project.realtime import group_commit as group_commit_module
from project.realtime import hub as hub_module
from project.realtime import log
from project.realtime import pages as pages_module
from project.realtime.hub import Hub
from project.realtime.log import Head, LoggedEvent
from project.realtime.protocol import parse_cursor
from tests.realtime.conftest import eventually
from tests.realtime.sinks import Receiver, settle

STREAMS = ("lab.1", "lab.2")

stream = st.sampled_from(STREAMS)
step = st.one_of(
    st.tuples(st.just("write"), stream, st.integers(1, 40)),
    st.tuples(st.just("announce"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("lose"), st.integers(0, 9)),
    st.tuples(st.just("sweep"), stream),
    st.tuples(st.just("block")),
    st.tuples(st.just("unblock")),
    st.tuples(st.just("ack"), st.lists(stream, unique=True)),
    st.tuples(st.just("unsubscribe"), stream),
    st.tuples(st.just("subscribe"), st.lists(stream, min_size=1, unique=True)),
    st.tuples(st.just("rest")),
)


class MemoryLog:
    """The log without a database: what is written is there at once, and read after a pause."""

    def __init__(self) -> None:
        self.events: dict[str, list[LoggedEvent]] = {name: [] for name in STREAMS}

    def write(self, stream: str, count: int) -> tuple[int, list[tuple[str, bytes]]]:
        first = len(self.events[stream]) + 1
        new = [
            LoggedEvent(
                seq,
                "lab.noted",
                b'{"stream":"%b","seq":%d,"type":"lab.noted","at":"2026-01-01T00:00:00.000Z"}'
                % (stream.encode(), seq),
            )
            for seq in range(first, first + count)
        ]
        self.events[stream] += new
        return first, [(event.type, event.item) for event in new]

    async def answer(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Stands for `in_database`."""
        await asyncio.sleep(0)
        if function is log.heads:
            answer = {stream: Head(len(self.events[stream]), 1) for stream in arguments[0]}
        elif function is log.read:
            stream, after, limit = arguments
            answer = self.events[stream][after:][:limit]
        else:
            answer = function(*arguments)
        await asyncio.sleep(0)
        return answer


@dataclass
class World:
    """A hub, one client, and announcements on their way."""

    log: MemoryLog
    hub: Hub
    client: Receiver

    def __post_init__(self) -> None:
        self.on_their_way: list[dict[str, object]] = []
        self.starts: dict[str, list[int]] = {name: [] for name in STREAMS}  # the positions given, in order

    async def do(self, name: str, *arguments: object) -> None:
        await getattr(self, name)(*arguments)

    async def write(self, stream: str, count: int) -> None:
        first, events = self.log.write(stream, count)
        self.on_their_way.append(
            {"type": "events", "stream": stream, "first": first, "events": [list(e) for e in events]}
        )

    async def announce(self, place: int, again: bool) -> None:
        if self.on_their_way:
            message = self.on_their_way[place % len(self.on_their_way)]
            if not again:
                self.on_their_way.remove(message)
            self.hub.announced(message)

    async def lose(self, place: int) -> None:
        if self.on_their_way:
            del self.on_their_way[place % len(self.on_their_way)]

    async def sweep(self, stream: str) -> None:
        if feed := self.hub.feeds.get(stream):
            await self.hub.catch_up(feed)

    async def block(self) -> None:
        self.client.block()

    async def unblock(self) -> None:
        self.client.unblock()

    async def ack(self, streams: Sequence[str]) -> None:
        self.client.subscription.ack({name: max(self.client.seqs(name), default=0) for name in streams})

    async def unsubscribe(self, stream: str) -> None:
        self.client.subscription.unsubscribe([stream])
        self.client.sink.items.append({"type": "unsubscribed", "stream": stream})  # our own note

    async def subscribe(self, streams: Sequence[str]) -> None:
        """Goes on from what the client has, as a client does."""
        positions = {name: max(self.client.seqs(name), default=0) for name in streams}
        for name, seq in positions.items():
            self.starts[name].append(seq)
        cursor = ",".join(f"{name}:{seq}" for name, seq in positions.items())
        await self.client.subscription.subscribe(parse_cursor(cursor))

    async def rest(self) -> None:
        await settle()

    async def finish(self) -> None:
        """The network is whole again, and the client reads and acknowledges: it must get everything."""
        self.client.unblock()
        await self.subscribe(STREAMS)
        for name in STREAMS:
            await self.sweep(name)
        await eventually(self._complete, "everything being delivered")

    def _complete(self) -> bool:
        self.client.ack_everything()
        return all(self.client.subscription.positions[name] == len(self.log.events[name]) for name in STREAMS)

    def check(self) -> None:
        """Reads what the client was sent, from the first item to the last."""
        due: dict[str, int | None] = dict.fromkeys(STREAMS)
        for item in self.client.sink.items:
            if item["type"] == "subscribed":
                due[item["stream"]] = self.starts[item["stream"]].pop(0) + 1
            elif item["type"] == "unsubscribed":
                due[item["stream"]] = None
            else:
                assert item["seq"] == due[item["stream"]], item
                due[item["stream"]] = item["seq"] + 1
        assert due == {name: len(events) + 1 for name, events in self.log.events.items()}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=300)
@given(st.lists(step, max_size=40), st.integers(0, 2**32), st.sampled_from([300, 2_000, 256 * 1024]))
@example(
    [("write", "lab.1", 3), ("subscribe", ["lab.1"]), ("announce", 0, True), ("announce", 0, False)], 0, 300
)
def test_each_event_comes_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, ...]], seed: int, window: int
) -> None:
    async def live_through() -> None:
        memory = MemoryLog()
        for module in (pages_module, hub_module, group_commit_module):
            monkeypatch.setattr(module, "in_database", memory.answer)
        for module in (pages_module, feed_module, hub_module):
            monkeypatch.setattr(module, "in_database_aside", memory.answer)
        hub = Hub()
        client = Receiver(hub)
        client.subscription._max_bytes = window
        world = World(memory, hub, client)
        clock = random.Random(seed)
        for name, *arguments in steps:
            await world.do(name, *arguments)
            for _ in range(clock.randrange(6)):
                await asyncio.sleep(0)
        await world.finish()
        world.check()
        client.subscription.close()
        await settle()
        assert not hub.feeds

    async_to_sync(live_through)()
