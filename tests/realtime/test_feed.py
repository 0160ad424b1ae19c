"""What one process knows of a stream: no hole, no double, few queries, and nothing that was redacted."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from project.realtime import log, pages
from project.realtime.feed import EARLY_BYTES, RING_BYTES, RING_EVENTS, Batch, Feed, Truncated
from project.realtime.log import Head, LoggedEvent
from project.realtime.pages import PAGE_BYTES, PAGE_EVENTS, PAGES_KEPT, size_of
from project.realtime.protocol import MAX_BATCH_BYTES
from tests.realtime.conftest import eventually, seqs_of
from tests.realtime.sinks import settle

Reads = list[tuple[int, int]]


def event(seq: int, type: str = "lab.noted", size: int = 0) -> LoggedEvent:
    item = {"stream": "lab.1", "seq": seq, "type": type, "data": "x" * size}
    return LoggedEvent(seq, type, json.dumps(item).encode())


class Log:
    """A log whose reads are counted, and wait when they are told to."""

    def __init__(self) -> None:
        self.events: list[LoggedEvent] = []
        self.reads: Reads = []
        self.open = asyncio.Event()
        self.open.set()

    def write(self, *events: LoggedEvent) -> None:
        self.events.extend(events)

    async def read(
        self, function: Callable[..., Any], stream: str, after: int, limit: int
    ) -> list[LoggedEvent]:
        assert function is log.read
        self.reads.append((after, limit))
        found = [event for event in self.events if event.seq > after][:limit]
        await self.open.wait()
        return found


@pytest.fixture
async def kept(monkeypatch: pytest.MonkeyPatch) -> Log:
    kept = Log()
    monkeypatch.setattr(pages, "in_database", kept.read)
    monkeypatch.setattr(pages, "in_database_aside", kept.read)
    return kept


@pytest.fixture
async def feed(kept: Log) -> Feed:
    return Feed("lab.1")


def flushed(feed: Feed) -> list[int]:
    return [seq for batch in feed.flush() for seq in seqs_of(batch.payload)]


async def everything_after(feed: Feed, seq: int) -> list[int]:
    found: list[int] = []
    while batch := await feed.after(seq):
        found += seqs_of(batch.payload)
        seq = batch.last
    return found


async def test_announced_events_are_flushed_in_order(feed: Feed) -> None:
    assert feed.offer([event(1), event(2)])
    assert feed.offer([event(3)])
    assert flushed(feed) == [1, 2, 3]
    assert flushed(feed) == []


async def test_what_was_announced_before_is_dropped_by_its_seq(feed: Feed) -> None:
    feed.offer([event(1), event(2)])
    assert not feed.offer([event(1), event(2)])
    assert feed.offer([event(2), event(3)])
    assert flushed(feed) == [1, 2, 3]


async def test_announcements_in_the_wrong_order_are_put_right(feed: Feed) -> None:
    assert not feed.offer([event(3)])
    assert not feed.offer([event(2)])
    assert feed.has_hole()
    assert feed.offer([event(1)])
    assert flushed(feed) == [1, 2, 3]
    assert not feed.has_hole()


async def test_a_shorter_announcement_does_not_replace_a_longer_one_that_is_held(feed: Feed) -> None:
    feed.offer([event(2), event(3), event(4)])
    feed.offer([event(2)])
    feed.offer([event(1)])
    assert flushed(feed) == [1, 2, 3, 4]


async def test_what_is_announced_while_the_stream_is_opened_is_kept(feed: Feed) -> None:
    feed.hold([event(8)])
    feed.start_at(Head(7, 1))
    assert await everything_after(feed, 7) == [8]


async def test_a_hole_is_read_from_the_log(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n) for n in range(1, 6)])
    feed.offer([event(4)])
    assert await feed.fill()
    assert flushed(feed) == [1, 2, 3, 4, 5]
    assert not feed.has_hole()


async def test_a_hole_is_read_once_for_all_who_notice_it(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n) for n in range(1, 4)])
    feed.offer([event(3)])
    await asyncio.gather(*[feed.fill() for _ in range(50)])
    assert len(kept.reads) == 1


async def test_a_thousand_who_return_with_recent_cursors_cost_one_read(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n) for n in range(1, 301)])
    feed.start_at(Head(300, 1))
    replays = await asyncio.gather(*[everything_after(feed, 300 - n % 300) for n in range(1000)])
    assert all(replay == list(range(301 - n % 300, 301)) for n, replay in enumerate(replays))
    assert len(kept.reads) == 1


async def test_the_ring_costs_no_read(feed: Feed, kept: Log) -> None:
    feed.offer([event(n) for n in range(1, 101)])
    feed.flush()
    assert await everything_after(feed, 0) == list(range(1, 101))
    assert kept.reads == []


async def test_the_ring_is_bounded_in_events(feed: Feed, kept: Log) -> None:
    for n in range(1, 3 * RING_EVENTS):
        kept.write(event(n))
        feed.offer([event(n)])
        feed.flush()
    assert len(feed._ring) <= RING_EVENTS
    assert await everything_after(feed, 0) == list(range(1, 3 * RING_EVENTS))


async def test_the_ring_is_bounded_in_bytes(feed: Feed, kept: Log) -> None:
    size = RING_BYTES // 10
    for n in range(1, 31):
        kept.write(event(n, size=size))
        feed.offer([event(n, size=size)])
        feed.flush()
    assert feed._ring_bytes <= RING_BYTES
    assert await everything_after(feed, 0) == list(range(1, 31))


async def test_a_ring_that_is_filled_from_the_log_is_bounded_too(feed: Feed, kept: Log) -> None:
    size = RING_BYTES // 10
    kept.write(*[event(n, size=size) for n in range(1, 101)])
    feed.start_at(Head(100, 1))
    assert await everything_after(feed, 99) == [100]
    assert feed._ring_bytes <= RING_BYTES + 2 * size
    assert await everything_after(feed, 0) == list(range(1, 101))


async def test_what_was_not_flushed_yet_is_never_trimmed(feed: Feed) -> None:
    feed.offer([event(n) for n in range(1, 3 * RING_EVENTS)])
    assert flushed(feed) == list(range(1, 3 * RING_EVENTS))


async def test_a_batch_is_bounded_but_holds_at_least_one_event(feed: Feed) -> None:
    sizes = [10, 20_000, 20_000, 20_000, 20_000, 200_000, 10]
    feed.offer([event(n, size=size) for n, size in enumerate(sizes, start=1)])
    batches = feed.flush()
    assert [seqs_of(batch.payload) for batch in batches] == [[1, 2, 3, 4], [5], [6], [7]]
    assert all(batch.mark.bytes <= MAX_BATCH_BYTES or batch.mark.events == 1 for batch in batches)


async def test_those_who_stopped_at_the_same_place_share_one_encoded_batch(feed: Feed) -> None:
    feed.offer([event(1), event(2)])
    feed.flush()
    first, second = await feed.after(0), await feed.after(0)
    assert first is second
    assert isinstance(first, Batch)
    assert first.frame is first.frame


async def test_a_position_whose_next_event_is_gone_is_truncated(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n) for n in range(50, 61)])
    feed.start_at(Head(60, 50))
    assert await everything_after(feed, 49) == list(range(50, 61))
    with pytest.raises(Truncated):
        await feed.after(48)


async def test_events_that_vanish_while_they_are_wanted_are_truncated_not_skipped(
    feed: Feed, kept: Log
) -> None:
    """Somebody pruned, and this process has not heard of it."""
    feed.start_at(Head(2000, 1))
    kept.write(*[event(n) for n in range(1500, 2001)])
    with pytest.raises(Truncated):
        await feed.after(7)


async def test_a_hole_that_was_pruned_moves_the_feed_on(feed: Feed, kept: Log) -> None:
    feed.offer([event(1)])
    feed.flush()
    kept.write(*[event(n) for n in range(10, 13)])
    assert await feed.fill()
    assert (feed.head, feed.oldest) == (12, 10)
    with pytest.raises(Truncated):
        await feed.after(1)


async def test_after_a_redaction_older_events_come_from_the_log(feed: Feed, kept: Log) -> None:
    feed.offer([event(1), event(2)])
    feed.flush()
    kept.write(event(1), event(2), event(3, "lab.erased"))
    feed.offer([event(3, "lab.erased")])
    feed.flush()
    assert await everything_after(feed, 0) == [1, 2, 3]
    assert kept.reads


async def test_what_came_in_one_batch_with_its_redaction_is_not_replayed_from_memory(
    feed: Feed, kept: Log
) -> None:
    feed.offer([event(1), event(2, "lab.erased"), event(3)])
    assert flushed(feed) == [1, 2, 3]
    kept.write(LoggedEvent(1, "lab.noted", b'{"seq":1,"data":"redacted"}'), event(2, "lab.erased"), event(3))
    batch = await feed.after(0)
    assert batch is not None
    assert b"redacted" in batch.payload


async def test_a_redaction_voids_what_is_being_read_for_the_ring(feed: Feed, kept: Log) -> None:
    kept.write(event(1), event(2))
    feed.start_at(Head(2, 1))
    kept.open.clear()
    early = asyncio.create_task(everything_after(feed, 1))
    await settle()
    kept.events = [
        LoggedEvent(1, "lab.noted", b'{"seq":1,"data":"redacted"}'),
        event(2),
        event(3, "lab.erased"),
    ]
    feed.offer([event(3, "lab.erased")])
    feed.flush()
    late = asyncio.create_task(feed.after(0))
    await settle()
    kept.open.set()
    assert await early == [2, 3]
    batch = await late
    assert batch is not None
    assert b"redacted" in batch.payload


async def test_a_failed_read_is_told_to_all_who_wait_and_not_remembered(
    feed: Feed, monkeypatch: pytest.MonkeyPatch, kept: Log
) -> None:
    kept.write(event(1))
    feed.start_at(Head(1, 1))

    async def broken(*_: object) -> list[LoggedEvent]:
        raise OSError

    monkeypatch.setattr(pages, "in_database", broken)
    assert [type(e) for e in await asyncio.gather(feed.after(0), feed.after(0), return_exceptions=True)] == [
        OSError,
        OSError,
    ]
    monkeypatch.setattr(pages, "in_database", kept.read)
    assert await everything_after(feed, 0) == [1]


async def test_a_reader_that_gives_up_takes_nothing_from_the_others(feed: Feed, kept: Log) -> None:
    kept.write(event(1))
    feed.start_at(Head(1, 1))
    kept.open.clear()
    impatient, patient = (asyncio.create_task(everything_after(feed, 0)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    kept.open.set()
    assert await patient == [1]


LARGE = 20_000
"""Bytes of an event of which three make a batch."""


async def test_large_events_are_read_once(feed: Feed, kept: Log) -> None:
    far = RING_EVENTS + 200
    kept.write(*[event(n, size=LARGE if n <= 200 else 0) for n in range(1, far + 1)])
    feed.start_at(Head(far, 1))
    assert await everything_after(feed, 0) == list(range(1, far + 1))
    rows = sum(min(limit, far - after) for after, limit in kept.reads)
    assert rows <= far + PAGE_EVENTS + RING_EVENTS, "what the first page had too much, and the ring"


async def test_those_far_behind_together_share_every_read(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n, size=LARGE) for n in range(1, 101)])
    feed.start_at(Head(100 + RING_EVENTS, 1))
    seq = 0
    for _ in range(20):
        batches = await asyncio.gather(*[feed.after(seq) for _ in range(10)])
        seq = {batch.last for batch in batches if batch}.pop()
    assert len(kept.reads) <= 4


async def test_what_is_kept_of_a_page_is_bounded_and_soon_forgotten(
    feed: Feed, kept: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KEPT_SECONDS", 0.05)
    kept.write(*[event(n, size=LARGE) for n in range(1, 401)])
    feed.start_at(Head(400 + RING_EVENTS, 1))
    for seq in range(0, 140, 10):
        await feed.after(seq)
    rests = feed._pages._rests
    assert len(rests) <= PAGES_KEPT
    assert all(size_of(rest) <= PAGE_BYTES for rest in rests.values())
    await eventually(lambda: not rests)


async def test_what_was_redacted_is_not_replayed_from_the_rest_of_a_page(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n, size=LARGE) for n in range(1, 21)])
    feed.start_at(Head(20 + RING_EVENTS, 1))
    batch = await feed.after(0)
    assert batch is not None
    kept.events = [event(n) for n in range(1, 21)]
    feed.offer([event(21 + RING_EVENTS, "lab.erased")])
    batch = await feed.after(batch.last)
    assert batch is not None
    assert batch.mark.bytes < LARGE


async def test_a_page_that_was_on_its_way_when_something_was_redacted_is_not_kept(
    feed: Feed, kept: Log
) -> None:
    kept.write(*[event(n, size=LARGE) for n in range(1, 21)])
    feed.start_at(Head(20 + RING_EVENTS, 1))
    kept.open.clear()
    reading = asyncio.create_task(feed.after(0))
    await settle()
    feed.offer([event(21 + RING_EVENTS, "lab.erased")])
    kept.open.set()
    await reading
    assert not feed._pages._rests


async def test_what_is_held_back_while_the_log_is_away_is_bounded_and_read_from_it_later(
    feed: Feed, kept: Log
) -> None:
    kept.write(*[event(n, size=1000) for n in range(1, 5001)])
    for n in range(2, 5001):
        feed.offer([event(n, size=1000)])
    assert feed._early_bytes <= EARLY_BYTES
    assert size_of(event for events in feed._early.values() for event in events) == feed._early_bytes
    feed.offer([event(1)])
    assert feed.head < 5000
    assert feed.has_hole(), "what was left out is missing still"
    assert await feed.fill()
    assert flushed(feed) == list(range(1, 5001))
    assert not feed.has_hole()
    assert feed._early_bytes == 0


async def test_what_is_left_out_while_the_log_is_read_leaves_a_hole(feed: Feed, kept: Log) -> None:
    kept.write(event(1), event(2, size=EARLY_BYTES))
    feed.offer([event(2, size=EARLY_BYTES)])
    kept.open.clear()
    filling = asyncio.create_task(feed.fill())
    await settle()
    feed.offer([event(3, size=1000)])
    kept.open.set()
    await filling
    assert feed.head == 2
    assert feed.has_hole()


async def test_a_hole_read_while_the_feed_begins_anew_is_read_again(feed: Feed, kept: Log) -> None:
    kept.write(*[event(n) for n in range(1, 9)])
    feed.start_at(Head(6, 1))
    kept.open.clear()
    filling = asyncio.create_task(feed.fill())
    await settle()
    kept.events = [event(1), event(2), event(3)]
    feed.restart(Head(2, 1))
    kept.open.set()
    await filling
    assert flushed(feed) == [3]
    assert feed.oldest == 1
