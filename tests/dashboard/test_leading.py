"""One leader at a time closes windows and tells boards, whatever becomes of it."""

from typing import Any

import pytest

from dashboard import ticking
from dashboard.models import Board, Ticker
from dashboard.ticker import LEASE_SECONDS, Leader
from project.realtime import log
from project.realtime.log import Entry
from tests.dashboard.conftest import Push
from tests.dashboard.told import NOW, level, ticks


def test_only_one_leads_until_its_lease_runs_out(board: Board) -> None:
    first, second = Leader(), Leader()
    assert first.beat(NOW)
    assert not second.beat(NOW + 1)
    assert first.beat(NOW + 2)
    assert not second.beat(NOW + 2 + LEASE_SECONDS - 0.1)
    assert second.beat(NOW + 2 + LEASE_SECONDS)
    assert Ticker.objects.get().fence == 2


def test_a_leader_that_was_paused_commits_nothing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Leader(), Leader()
    first.beat(NOW)
    told = len(ticks(board))
    entries = ticking.entries

    def paused(*given: Any) -> list[Entry]:
        monkeypatch.setattr(ticking, "entries", entries)
        second.beat(NOW + 100)
        return entries(*given)

    monkeypatch.setattr(ticking, "entries", paused)
    first.beat(NOW + 1)
    assert not first.leads
    assert second.leads
    found = [tick["t"] for tick in ticks(board)]
    assert len(found) == len(set(found)) == told + 100


def test_a_clock_that_was_an_hour_ahead_holds_up_nobody(board: Board, push: Push) -> None:
    wrong, right = Leader(), Leader()
    wrong.beat(NOW)
    wrong.beat(NOW + 3_600)
    head = log.heads([board.stream])[board.stream].head
    assert right.beat(NOW + 10)
    push(level(NOW + 8))
    for second in (11, 12, 13):
        assert right.beat(NOW + second)
    told = [tick["t"] for tick in ticks(board, head) if not tick["revised"]]
    assert told == list(range(told[0], NOW + 11))
    assert NOW + 8 in told


def test_who_resigns_is_replaced_at_once(board: Board) -> None:
    first, second = Leader(), Leader()
    first.beat(NOW)
    first.resign()
    assert second.beat(NOW + 0.1)
    assert not first.beat(NOW + 0.2)


def test_nothing_is_told_twice_nor_left_out_when_the_next_one_leads(board: Board) -> None:
    leaders = [Leader() for _ in range(3)]
    Board.objects.update(ticked=NOW - 3)
    for second in range(0, 60, 5):
        leaders[second // 5 % 3].beat(NOW + second)
    assert [tick["t"] for tick in ticks(board)] == list(range(NOW - 2, NOW + 53))
