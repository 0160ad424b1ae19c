"""Boards are told of each window that is closed; a snapshot and the ticks after it are always the state."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import actions, ticking
from dashboard.models import Board, Revision, Ticker
from dashboard.panels import parsed
from dashboard.queries import boards
from dashboard.queries.boards import snapshot
from dashboard.queries.choosing import LINES_MAX
from dashboard.queries.lines import evaluate
from dashboard.ticker import LEASE_SECONDS, Leader
from dashboard.tiers import FINEST
from project.accounts.models import User
from project.realtime import log
from project.realtime.models import Event
from tests.dashboard.conftest import Push
from tests.dashboard.told import NOW, PANELS, follow, level, ticks


def test_each_window_is_told_once_when_it_is_closed(board: Board, push: Push) -> None:
    leader = Leader()
    Board.objects.update(ticked=NOW - 5)
    push(level(NOW - 4, 3.0), level(NOW - 4, 5.0))
    for second in (0, 0.4, 1, 2):
        assert leader.beat(NOW + second)
    told = ticks(board)
    assert [(tick["t"], tick["revised"]) for tick in told] == [(NOW - n, False) for n in (4, 3, 2, 1)]
    assert told[0]["panels"]["avg"] == [['{"host":"a"}', 4.0]]
    assert told[1]["panels"] == {"smooth": [["{}", 4.0]]} or told[1]["panels"] == {}


def test_a_board_that_cannot_be_read_keeps_nothing_from_the_others(
    board: Board, push: Push, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    broken = actions.create(alice, "Broken", PANELS)
    follow(broken)
    Board.objects.filter(pk=broken.pk).update(panels=[{"id": "a", "type": "none such"}])
    Board.objects.update(ticked=NOW - 5)
    push(level(NOW - 4))
    assert Leader().beat(NOW)
    assert ticks(board)
    assert not ticks(broken)
    assert "cannot be read" in caplog.text


def test_a_late_sample_is_told_as_a_revision_of_what_it_changes(board: Board, push: Push) -> None:
    leader = Leader()
    Board.objects.update(ticked=NOW - 10)
    push(level(NOW - 8, 2.0), level(NOW - 6, 2.0))
    leader.beat(NOW)
    head = log.heads([board.stream])[board.stream].head
    push(level(NOW - 8, 4.0))
    leader.beat(NOW + 1)
    told = ticks(board, head)
    revised = [tick["t"] for tick in told if tick["revised"]]
    assert revised == [NOW - 8, NOW - 7, NOW - 6, NOW - 5, NOW - 4]  # the moving average looks back
    assert next(tick for tick in told if tick["t"] == NOW - 8)["panels"]["avg"] == [['{"host":"a"}', 3.0]]
    assert not Revision.objects.exists()


def test_a_board_that_nobody_follows_gets_no_ticks_and_is_told_what_it_missed_when_somebody_does(
    board: Board, push: Push
) -> None:
    leader = Leader()
    leader.beat(NOW)
    before = ticks(board)
    follow(board, until=0)
    leader.beat(NOW + 1)
    leader.beat(NOW + 2)
    assert ticks(board) == before
    follow(board)
    leader.beat(NOW + 3)
    assert [tick["t"] for tick in ticks(board)[len(before) :]] == [NOW - 2, NOW - 1, NOW]


def test_a_board_that_was_not_followed_for_long_is_told_of_the_last_seconds_only(board: Board) -> None:
    Board.objects.update(ticked=NOW - ticking.REFILL_SECONDS - 10)
    Leader().beat(NOW)
    assert [tick["t"] for tick in ticks(board)] == list(range(NOW - 3 - ticking.OVERLAP_SECONDS + 1, NOW - 2))


def test_of_very_many_lines_ticks_tell_of_those_that_the_snapshot_draws(
    board: Board, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, known = Leader(), [f"m{n:03}" for n in range(LINES_MAX + 2)]
    push(*[level(NOW - 3, host=host) for host in known])
    leader.beat(NOW)
    monkeypatch.setattr(boards.time, "time", lambda: NOW)
    found = snapshot(board, NOW - 60, NOW, 100)
    drawn = {line["key"] for line in found["panels"]["avg"]}
    assert (len(drawn), found["more"]) == (LINES_MAX, {"avg": 2})
    push(*[level(NOW - 1, host=host) for host in ["a", "b", *known, "z"]])
    leader.beat(NOW + 2)
    told = ticks(board, int(found["cursor"].rpartition(":")[2]))
    assert {key for tick in told for key, _ in tick["panels"].get("avg", [])} == drawn
    push(*[level(NOW + 60, host=host) for host in known[-50:]])  # too few to be chosen among, each by itself
    leader.beat(NOW + 63)
    (tick,) = [one for one in ticks(board) if one["t"] == NOW + 60]
    assert {key for key, _ in tick["panels"]["avg"]} < drawn


def test_a_list_of_the_largest_is_told_what_comes_up_and_what_goes_down(
    board: Board, push: Push, alice: User
) -> None:
    leader, known = Leader(), [f"m{n:03}" for n in range(LINES_MAX + 2)]
    query = {"metric": "level", "fn": "avg", "by": ["host"]}
    actions.update(alice, board.slug, None, [{"id": "most", "type": "table", "queries": [query]}], None)
    push(*[level(NOW - 3, float(n), host) for n, host in enumerate(known)])
    leader.beat(NOW)
    push(level(NOW - 1, 7_000, "m000"), level(NOW - 1, -1, "m101"), level(NOW - 1, 0, "m001"))
    leader.beat(NOW + 2)
    told = {
        tick["t"]: {key[9:13]: value for key, value in tick["panels"].get("most", [])}
        for tick in ticks(board)
    }
    assert told[NOW - 3].keys() == set(known[2:])
    assert told[NOW - 1] == {"m000": 7_000, "m101": -1}


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("push"),
            st.lists(
                st.tuples(st.integers(-40, -1), st.integers(1, 640), st.sampled_from(["a", "b", "hits"])),
                min_size=1,
                max_size=5,
            ),
        ),
        st.tuples(st.just("beat"), st.just([])),
        st.tuples(st.just("snapshot"), st.just([])),
        st.tuples(st.just("leave"), st.just([])),
    ),
    max_size=25,
)

State = dict[tuple[str, str, int], float | None]


@given(STEPS)
@settings(max_examples=60)
def test_a_snapshot_and_the_ticks_after_it_are_the_state(
    board: Board, push: Push, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, list[Any]]]
) -> None:
    """Whatever comes late, and whenever the snapshot is taken, for as long as the board is followed."""
    clock = [NOW + 0.5]
    monkeypatch.setattr(boards.time, "time", lambda: clock[0])
    Event.objects.all().delete()
    Ticker.objects.all().delete()
    follow(board)
    Board.objects.update(ticked=NOW - 60)
    leader = Leader()
    leader.beat(clock[0])
    state, position = taken(board, clock[0])
    for step, samples in steps:
        if step == "push":
            push(*[sample(clock[0], *one) for one in samples])
        elif step == "beat":
            clock[0] += 1
            leader.beat(clock[0])
        elif step == "snapshot":
            state, position = taken(board, clock[0])
        else:  # a leader dies, and the next one takes over
            clock[0] += LEASE_SECONDS + 2
            leader = Leader()
            leader.beat(clock[0])
    clock[0] += 1
    leader.beat(clock[0])
    for tick in ticks(board, position):
        state = {key: value for key, value in state.items() if key[2] != tick["t"]}
        for panel, entries in tick["panels"].items():
            state |= {(panel, key, tick["t"]): value for key, value in entries}
    closed = Ticker.objects.get().closed
    found = evaluate(parsed(PANELS), FINEST, NOW - 45, closed + 1, clock[0])
    true = {
        (panel, line.key, start): value
        for panel, one in found.items()
        for line in one.lines
        for start, value in line.values.items()
    }
    assert {key: value for key, value in state.items() if key[2] >= NOW - 45} == true


def sample(now: float, age: int, value: int, what: str) -> dict[str, Any]:
    if what == "hits":
        return {"name": "hits", "kind": "counter", "value": value, "at": now + age}
    return level(now + age, value / 64, what)


def taken(board: Board, now: float) -> tuple[State, int]:
    """What a client has after reading the board, and where it goes on from."""
    found = snapshot(Board.objects.get(pk=board.pk), NOW - 60, now, 5_000)
    assert found["step"] == 1
    state = {
        (panel, line["key"], start): value
        for panel, lines in found["panels"].items()
        for line in lines
        for start, value in line["points"]
    }
    return state, int(found["cursor"].rpartition(":")[2])
