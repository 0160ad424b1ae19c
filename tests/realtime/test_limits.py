"""Token buckets and conflation, on a clock that the test moves."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from project.realtime import conflation, http_limits, limits
from project.realtime.conflation import Conflation
from project.realtime.errors import CommandError
from project.realtime.limits import Bucket
from tests.realtime.conftest import eventually, identity

Advance = Callable[[float], None]


@pytest.fixture
def advance(monkeypatch: pytest.MonkeyPatch) -> Advance:
    """Moves the clock on by so many seconds."""
    now = 1000.0

    def advance(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    return advance


def test_a_bucket_allows_its_burst_and_then_says_how_long_to_wait(advance: Advance) -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take() for _ in range(3)] == [0, 0, 0]
    assert bucket.take() == pytest.approx(0.5)
    advance(0.5)
    assert bucket.take() == 0
    assert bucket.take() > 0


def test_a_bucket_never_holds_more_than_its_burst(advance: Advance) -> None:
    bucket = Bucket(rate=100, burst=2)
    advance(3600)
    assert [bucket.take() > 0 for _ in range(3)] == [False, False, True]


def test_asking_in_vain_costs_nothing(advance: Advance) -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take()
    assert [bucket.take() for _ in range(5)] == [1.0] * 5


def test_a_rate_of_zero_allows_everything() -> None:
    bucket = Bucket(rate=0, burst=0)
    assert not any(bucket.take() for _ in range(1000))


def test_a_refusal_says_when_to_come_back(advance: Advance) -> None:
    bucket = Bucket(rate=4, burst=1)
    bucket.take_or_refuse()
    with pytest.raises(CommandError) as refusal:
        bucket.take_or_refuse()
    assert (refusal.value.code, refusal.value.retry_after) == ("rate_limited", pytest.approx(0.25))


def test_each_http_caller_has_a_bucket_of_their_own(
    advance: Advance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_limits.settings, "LIMIT_COMMANDS_PER_SECOND", 1)
    monkeypatch.setattr(http_limits, "_buckets", type(http_limits._buckets)())
    greedy, modest, other_session = identity(1, token_id=1), identity(1, token_id=2), identity(1, session="s")
    for _ in range(3):
        http_limits.take_or_refuse(greedy)
    with pytest.raises(CommandError):
        http_limits.take_or_refuse(greedy)
    http_limits.take_or_refuse(modest)
    http_limits.take_or_refuse(other_session)


def test_the_callers_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_limits, "MAX_CALLERS", 3)
    monkeypatch.setattr(http_limits, "_buckets", type(http_limits._buckets)())
    for number in range(1, 10):
        http_limits.take_or_refuse(identity(1, token_id=number))
    assert list(http_limits._buckets) == ["token 7", "token 8", "token 9"]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflation, "INTERVAL_SECONDS", 0.05)


async def test_the_first_ephemeral_item_goes_out_at_once(short: None) -> None:
    out: list[dict[str, bytes]] = []
    Conflation(lambda stream, items: out.append(items)).add("lab.1", {"a": b"1"})
    assert out == [{"a": b"1"}]


async def test_later_ones_go_out_together_the_newest_of_each_key(short: None) -> None:
    out: list[dict[str, bytes]] = []
    queue = Conflation(lambda stream, items: out.append(items))
    for items in ({"a": b"1"}, {"a": b"2"}, {"b": b"3"}, {"a": b"4"}):
        queue.add("lab.1", items)
    await eventually(lambda: len(out) > 1)
    assert out == [{"a": b"1"}, {"a": b"4", "b": b"3"}]


async def test_streams_do_not_wait_for_each_other(short: None) -> None:
    out: list[str] = []
    queue = Conflation(lambda stream, items: out.append(stream))
    queue.add("lab.1", {"a": b"1"})
    queue.add("lab.2", {"a": b"1"})
    assert out == ["lab.1", "lab.2"]


async def test_at_most_one_frame_goes_out_in_each_interval(short: None) -> None:
    at: list[float] = []
    loop = asyncio.get_running_loop()
    queue = Conflation(lambda stream, items: at.append(loop.time()))
    while len(at) < 4:
        queue.add("lab.1", {"a": b"1"})
        await asyncio.sleep(0)
    assert all(later - earlier >= 0.045 for earlier, later in itertools.pairwise(at))


async def test_nothing_is_kept_of_a_stream_that_is_quiet_again(short: None) -> None:
    queue = Conflation(lambda stream, items: None)
    queue.add("lab.1", {"a": b"1"})
    await eventually(lambda: not queue._pending)
