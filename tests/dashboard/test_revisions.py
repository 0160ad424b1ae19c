"""What changes far back, or too much to be told window by window, is read anew: so who follows always has the state."""

import json
import time
from typing import Any

import pytest

from dashboard import actions, revisions
from dashboard.actions import series
from dashboard.ingest.points import Sender
from dashboard.models import Board, Metric, Revision, Series, Source
from dashboard.queries.boards import snapshot
from dashboard.revisions import APART_SECONDS, REACH_SECONDS
from dashboard.ticker import Leader
from project.accounts.models import User
from project.realtime import log
from tests.dashboard.conftest import Push
from tests.support.jobs import run_due

NOW = int(time.time()) - 600  # the ticker's clock; samples are never in the future
PANELS = [{"id": "p", "type": "line", "queries": [{"metric": "level", "fn": "avg", "by": ["host"]}]}]
OTHER = [{"id": "p", "type": "line", "queries": [{"metric": "other"}]}]
Shown = dict[tuple[str, int], float | None]


@pytest.fixture
def board(alice: User) -> Board:
    return followed(actions.create(alice, "Board", PANELS))


def followed(board: Board) -> Board:
    Board.objects.filter(pk=board.pk).update(followed_until=NOW + 10_000, ticked=NOW - 30)
    return board


def told(board: Board, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, json.loads(event.item)["data"]) for event in log.read(board.stream, after, 10_000)]


def types(board: Board, after: int = 0) -> list[str]:
    return [type for type, _ in told(board, after)]


def head(board: Board) -> int:
    return log.heads([board.stream])[board.stream].head


def level(host: str, at: float, value: float) -> dict[str, Any]:
    return {"name": "level", "value": value, "at": at, "labels": {"host": host}}


class Follower:
    """What somebody shows who has read the board, and applies what it is told."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.read()

    def read(self) -> None:
        board = Board.objects.get(pk=self._board.pk)
        found = snapshot(board, NOW - 60, NOW + 600, 5_000)
        lines = found["panels"]["p"]
        self.shown: Shown = {(line["key"], start): value for line in lines for start, value in line["points"]}
        self._seq = int(found["cursor"].rpartition(":")[2])

    def listen(self) -> None:
        for type, data in told(self._board, self._seq):
            self._seq += 1
            if type == "board.revised":
                return self.read()
            kept = {key: value for key, value in self.shown.items() if key[1] != data["t"]}
            self.shown = kept | {(key, data["t"]): value for key, value in data["panels"].get("p", ())}
        return None


def test_who_follows_has_the_state_after_series_were_merged_and_dropped(board: Board, push: Push) -> None:
    leader, now = Leader(), NOW
    push(*[level(host, NOW - n, float(n)) for host in ("old", "new", "gone") for n in range(1, 20)])
    leader.beat(now)
    follower = Follower(board)
    ids = dict(Series.objects.values_list("labels", "pk"))
    old, new, gone = (ids[f'{{"host":"{host}"}}'] for host in ("old", "new", "gone"))
    for change in (lambda: series.merge_later(new, [old]), lambda: series.drop([gone])):
        before = dict(follower.shown)
        change()
        run_due(only="merge_series")
        for _ in range(APART_SECONDS):
            now += 1
            leader.beat(now)
        follower.listen()
        assert follower.shown != before
        assert follower.shown == Follower(board).shown
    assert {key for key, _ in follower.shown} == {'{"host":"new"}'}
    assert not Revision.objects.exists()


def test_a_metric_that_is_dropped_is_told_to_whoever_shows_anything(
    board: Board, push: Push, alice: User
) -> None:
    other = followed(actions.create(alice, "Other", OTHER))
    push(level("a", NOW - 9, 1.0))
    leader = Leader()
    leader.beat(NOW)
    heads = head(board), head(other)
    series.drop_metrics([Metric.objects.get().pk])
    leader.beat(NOW + APART_SECONDS)
    assert types(board, heads[0])[-1] == types(other, heads[1])[-1] == "board.revised"


def test_what_is_further_back_than_charts_go_is_told_once_in_a_while_to_those_who_show_it(
    board: Board, push: Push, alice: User
) -> None:
    other = followed(actions.create(alice, "Other", OTHER))
    leader = Leader()
    leader.beat(NOW)
    Source.objects.create(key="own agent", newest_at=NOW - 9_000, received_at=NOW)
    heads = head(board), head(other)
    for second in range(2 * APART_SECONDS):
        at = NOW - 9_000 + 10 * second
        push(*[level("a", at + n, 1.0) for n in range(10)], sender=Sender(own="agent"))
        leader.beat(NOW + 1 + second)
    assert types(board, heads[0]).count("board.revised") == 2
    assert not [data for type, data in told(board, heads[0]) if type == "board.tick" and data["revised"]]
    assert "board.revised" not in types(other, heads[1])


def test_more_than_can_be_told_window_by_window_is_told_at_once(
    board: Board, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "MANY", 50)
    leader = Leader()
    leader.beat(NOW)
    push(*[level("a", NOW - 100 - n, 1.0) for n in range(60)])
    assert Revision.objects.count() == 60
    before = head(board)
    leader.beat(NOW + APART_SECONDS)
    assert types(board, before) == ["board.tick"] * APART_SECONDS + ["board.revised"]
    assert not Revision.objects.exists()


def test_one_note_stands_for_all_that_is_far_back(push: Push, board: Board) -> None:
    Leader().beat(NOW)
    Source.objects.create(key="own agent", newest_at=NOW - 9_000, received_at=NOW)
    far = [level("a", NOW - REACH_SECONDS - 700 - n, 1.0) for n in range(100)]
    push(*far, level("a", NOW - 50, 1.0), sender=Sender(own="agent"))
    assert sorted(Revision.objects.values_list("start", flat=True)) == [revisions.MORE, NOW - 50]
