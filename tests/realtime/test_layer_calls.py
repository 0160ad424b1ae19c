"""What the link asks of a layer, and what it makes of calls that fail or take their time."""

import asyncio

import pytest

from project.realtime import layer
from tests.realtime.conftest import eventually
from tests.realtime.layers import End


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
    link = End(lambda: recorder).link
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
    link = End(lambda: recorder).link
    link._channel = "here"
    calls = [link.join, link.leave, link.join, link.leave, link.join]
    tasks = [asyncio.create_task(call("lab.1")) for call in calls]
    await eventually(lambda: recorder.under_way)
    assert recorder.under_way == 1, "one call at a time"
    recorder.go.set()
    await asyncio.gather(*tasks)
    assert recorder.groups == {"stream.lab.1"}
    assert link._joined == link._wanted == {"lab.1"}


class Absent:
    """A layer that cannot be reached, as leaky as the real one."""

    def __init__(self) -> None:
        self.attempts = self.queues = 0

    async def new_channel(self) -> str:
        self.attempts += 1
        self.queues += 1
        raise OSError("no route")

    async def flush(self) -> None:
        self.queues = 0


async def test_a_channel_that_cannot_be_opened_is_tried_less_and_less_often_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = Absent()
    link = End(lambda: absent).link
    monkeypatch.setattr(layer, "PULSE_SECONDS", 100.0)
    monkeypatch.setattr(layer, "MAX_REST_SECONDS", 400.0)
    rests = []
    for attempt in range(1, 6):
        for _ in range(20):
            await link._beat()  # beats that come sooner than the rest is over try nothing
        assert (absent.attempts, absent.queues) == (attempt, 0)
        rests.append(link._rest)
        link._try_at = 0.0
    assert rests == [100, 200, 400, 400, 400]


async def test_a_join_that_ends_after_its_layer_was_replaced_is_made_again() -> None:
    recorder = Recorder()
    link = End(lambda: recorder).link
    link._channel = "before"
    joining = asyncio.create_task(link.join("lab.1"))
    await eventually(lambda: recorder.under_way)
    link._channel = "after"
    recorder.go.set()
    await joining
    assert not link._joined
    assert link._wanted == {"lab.1"}
