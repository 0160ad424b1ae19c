"""Group commit: nobody alone waits, what gathers is written together, and everybody gets their own result."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from project.realtime.group_commit import MAX_BATCH, MAX_QUEUED, GroupCommit, QueueFull
from tests.realtime.conftest import PATIENCE, eventually

pytestmark = pytest.mark.usefixtures("transactional_db")  # its threads look after their connections


class Work:
    """Doubles numbers. The first batch waits until it is let go, so that others gather behind it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_end = threading.Event()
        self.refuses: dict[int, Exception] = {}

    def __call__(self, requests: Sequence[int]) -> list[int]:
        self.batches.append(list(requests))
        assert self.may_end.wait(PATIENCE)
        for request in requests:
            if request in self.refuses:
                raise self.refuses[request]
        return [2 * request for request in requests]


@pytest.fixture
def work() -> Work:
    return Work()


async def gather(commit: GroupCommit[int, int], work: Work, count: int, key: str = "k") -> list[object]:
    """Submits the numbers from 0, the first alone and the others while it is at work."""
    first = asyncio.create_task(commit.submit(key, work, 0))
    await eventually(lambda: work.batches)
    others = [asyncio.create_task(commit.submit(key, work, n)) for n in range(1, count)]
    await asyncio.sleep(0)
    work.may_end.set()
    return list(await asyncio.gather(first, *others, return_exceptions=True))


async def test_a_request_alone_starts_at_once_and_alone(work: Work) -> None:
    work.may_end.set()
    assert await GroupCommit[int, int]().submit("k", work, 21) == 42
    assert work.batches == [[21]]


async def test_what_arrives_meanwhile_goes_together_in_the_order_of_its_arrival(work: Work) -> None:
    assert await gather(GroupCommit(), work, 5) == [0, 2, 4, 6, 8]
    assert work.batches == [[0], [1, 2, 3, 4]]


async def test_a_batch_is_bounded(work: Work) -> None:
    assert await gather(GroupCommit(), work, MAX_BATCH + 2) == [2 * n for n in range(MAX_BATCH + 2)]
    assert [len(batch) for batch in work.batches] == [1, MAX_BATCH, 1]


async def test_keys_are_worked_on_side_by_side(work: Work) -> None:
    commit, quick = GroupCommit[int, int](), Work()
    quick.may_end.set()
    slow = asyncio.create_task(commit.submit("slow", work, 1))
    assert await commit.submit("quick", quick, 2) == 4
    assert not slow.done()
    work.may_end.set()
    assert await slow == 2


async def test_a_poison_request_takes_no_others_with_it(work: Work) -> None:
    work.refuses[2] = ZeroDivisionError("mine alone")
    results = await gather(GroupCommit(), work, 4)
    assert [results[0], results[1], results[3]] == [0, 2, 6]
    assert isinstance(results[2], ZeroDivisionError)
    assert work.batches == [[0], [1, 2, 3], [1], [2], [3]]


async def test_each_poison_request_gets_its_own_error(work: Work) -> None:
    work.refuses |= {1: KeyError("one"), 2: ValueError("two")}
    _, one, two = await gather(GroupCommit(), work, 3)
    assert isinstance(one, KeyError)
    assert isinstance(two, ValueError)


async def test_with_the_database_away_everybody_is_told_after_one_try(work: Work) -> None:
    work.refuses[1] = OperationalError("away")
    results = await gather(GroupCommit(), work, 4)
    assert [type(result) for result in results] == [int, OperationalError, OperationalError, OperationalError]
    assert work.batches == [[0], [1, 2, 3]]


async def test_work_with_another_number_of_results_fails_and_blocks_nobody() -> None:
    commit = GroupCommit[int, int]()
    with pytest.raises(ValueError, match="0 results for 1 requests"):
        await commit.submit("k", lambda requests: [], 1)
    assert await commit.submit("k", lambda requests: [3], 1) == 3


async def test_who_gives_up_waiting_takes_nothing_from_the_others(work: Work) -> None:
    commit = GroupCommit[int, int]()
    first = asyncio.create_task(commit.submit("k", work, 0))
    await eventually(lambda: work.batches)
    impatient, patient = (asyncio.create_task(commit.submit("k", work, n)) for n in (1, 2))
    await asyncio.sleep(0)
    impatient.cancel()
    work.may_end.set()
    assert (await first, await patient) == (0, 4)


async def test_a_queue_is_bounded(work: Work) -> None:
    commit = GroupCommit[int, int]()
    first = asyncio.create_task(commit.submit("k", work, 0))
    await eventually(lambda: work.batches)
    waiting = [asyncio.create_task(commit.submit("k", work, n)) for n in range(MAX_QUEUED)]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await commit.submit("k", work, 0)
    work.may_end.set()
    await asyncio.gather(first, *waiting)


async def test_nothing_is_kept_of_a_key_once_it_is_idle(work: Work) -> None:
    commit = GroupCommit[int, int]()
    await gather(commit, work, 3)
    assert all(not queues for queues in commit._queues.values())


async def test_it_says_when_nothing_is_under_way_for_a_key_any_more(work: Work) -> None:
    commit, settled = GroupCommit[int, int](), list[object]()
    commit.settled = settled.append
    first = asyncio.create_task(commit.submit("k", work, 1))
    await eventually(lambda: work.batches)
    second = asyncio.create_task(commit.submit("k", work, 2))
    assert commit.under_way("k")
    assert not commit.under_way("other")
    work.may_end.set()
    assert await asyncio.gather(first, second) == [2, 4]
    await eventually(lambda: settled == ["k"], "saying so once, at the end")
    assert not commit.under_way("k")
